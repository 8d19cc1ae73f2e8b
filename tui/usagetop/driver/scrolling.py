"""Rows that only moved: the terminal moves them itself."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from usagetop.driver.cells import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from usagetop.driver.shadow import Line

_FEWEST = 3  # rows that must find their place again


class Scroll(NamedTuple):
    """Rows ``top`` to ``bottom``, both included, move ``up`` rows up; down where it is negative."""

    top: int
    bottom: int
    up: int

    def applied(self, lines: list[Line], blank: Line) -> list[Line]:
        """The rows of a screen after it; ``blank`` is what comes in."""
        part = lines[self.top : self.bottom + 1]
        new = [blank] * abs(self.up)
        moved = part[self.up :] + new if self.up > 0 else new + part[: self.up]
        return [*lines[: self.top], *moved, *lines[self.bottom + 1 :]]


def found(lines: list[Line], changed: Mapping[int, Line], barred: Iterable[int]) -> Scroll | None:
    """The scroll after which most of the changed rows stand already; None where none pays.

    ``lines`` is the screen as it is, ``changed`` what rows become; ``barred`` rows may not move.
    """
    if len(changed) < _FEWEST:
        return None
    places: dict[Line, int] = {}
    for y, line in enumerate(lines):
        places[line] = -1 if line in places else y  # rows that look alike tell nothing
    came = {y: places.get(line, -1) for y, line in changed.items()}
    votes = Counter(old - y for y, old in came.items() if old >= 0)
    if not votes:
        return None
    up, count = votes.most_common(1)[0]
    moved = [y for y, old in came.items() if old >= 0 and old - y == up]
    top, bottom = min(moved), max(moved)
    top, bottom = min(top, top + up), max(bottom, bottom + up)
    rows = range(top, bottom + 1)
    spoiled = sum(y not in changed for y in rows) + abs(up)
    if count < _FEWEST or count <= spoiled or not _may_move(rows, lines, changed, set(barred)):
        return None
    return Scroll(top, bottom, up)


def _may_move(rows: range, lines: list[Line], changed: Mapping[int, Line], barred: set[int]) -> bool:
    """Whether every row is known whole in the end: what moved along with it is then written over."""
    return all(y not in barred and UNKNOWN not in changed.get(y, lines[y]).cells for y in rows)
