"""The book of a category: which grains have stored units, and which spans of time have changed.

A fetch that finds another total than the one that was known marks its span of time here. Every unit over that
span that was fetched before, whatever its grain or width, is outdated then: it is asked for again before it is
taken for an answer. So no two views contradict one another, and programs that share a cache see each other's
marks. A book is one note beside the units, written in the same transaction.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from usagetop.client.units import Grain, Scope
from usagetop.model.period import DAY, floor

# Above these the oldest go: a grain that is forgotten answers no other's question any more, and marks that are
# joined call more units outdated than are, never fewer.
MOST_GRAINS = 200
MOST_MARKS = 800
_JOINED = MOST_MARKS // 4


def book_name(category: str) -> str:
    """The name of a category's book among the notes."""
    return f"book {category}"


class Mark(NamedTuple):
    """The span ``[start, end)`` (UTC seconds) has other totals since ``at``, seen by the grains ``seen_by``.

    ``seen_by`` (``Grain.mark``) tells units that were fetched in that very second from those before it.
    """

    start: int
    end: int
    at: int
    seen_by: frozenset[str] = frozenset()

    def outdates(self, grain: Grain, start: int, end: int, fetched_at: int) -> bool:
        """Whether a unit of ``grain`` over ``[start, end)`` was fetched before the change."""
        if not (self.start < end and start < self.end):
            return False
        return fetched_at < self.at or (fetched_at == self.at and grain.mark not in self.seen_by)


class Book(NamedTuple):
    """``grains`` of which units were stored, the latest last, and ``marks``, at most one a span."""

    grains: tuple[Grain, ...] = ()
    marks: tuple[Mark, ...] = ()

    @classmethod
    def load(cls, scope: Scope, category: str, text: bytes | None) -> Book | None:
        """The book of a note's text; None where there is none or it cannot be read."""
        if text is None:
            return None
        try:
            form: dict[str, Any] = json.loads(text)
            grains = tuple(
                Grain(
                    scope,
                    category,
                    str(width),
                    tuple(map(str, dimensions)),
                    tuple((str(name), tuple(map(str, values))) for name, values in filters),
                )
                for width, dimensions, filters in form["grains"]
            )
            marks = tuple(
                Mark(int(start), int(end), int(at), frozenset(map(str, seen_by)))
                for start, end, at, seen_by in form["marks"]
            )
        except (ValueError, TypeError, KeyError, RecursionError):
            return None
        return cls(grains, marks)

    def dump(self) -> bytes:
        """The text of the note."""
        grains = [[grain.width, grain.dimensions, grain.filters] for grain in self.grains]
        marks = [[mark.start, mark.end, mark.at, sorted(mark.seen_by)] for mark in self.marks]
        return json.dumps({"grains": grains, "marks": marks}, separators=(",", ":")).encode("ascii")

    # -- reading

    def sieve(self, grain: Grain) -> Callable[[int, int, int], bool]:
        """Tells of a unit of ``grain`` (start, end within one UTC day, fetched_at) whether it is outdated."""
        days: dict[int, list[Mark]] = {}
        for mark in self.marks:
            day = floor(mark.start, DAY)
            days.setdefault(day if mark.end <= day + DAY else -1, []).append(mark)
        broad = days.get(-1, [])

        def outdated(start: int, end: int, fetched_at: int) -> bool:
            near = days.get(floor(start, DAY), ())
            return any(mark.outdates(grain, start, end, fetched_at) for mark in (*near, *broad))

        return outdated

    # -- writing

    def with_grain(self, grain: Grain) -> Book:
        """The book in which ``grain`` is the latest."""
        others = [other for other in self.grains if other != grain]
        return self._replace(grains=(*others, grain)[-MOST_GRAINS:])

    def with_mark(self, mark: Mark) -> Book:
        """The book with a further change; of what lies within a later one, the later one speaks."""
        if any(other.at > mark.at and _within(mark, other) for other in self.marks):
            return self
        rest = [other for other in self.marks if other.at > mark.at or not _within(other, mark)]
        return self._replace(marks=_within_bounds((*rest, mark)))

    def agreeing(self, grain: Grain, start: int, end: int, fetched_at: int) -> Book:
        """The book that knows that a unit of ``grain``, fetched in the second of a change, has seen it."""
        marks = tuple(
            mark._replace(seen_by=mark.seen_by | {grain.mark})
            if mark.at == fetched_at and mark.start < end and start < mark.end
            else mark
            for mark in self.marks
        )
        return self if marks == self.marks else self._replace(marks=marks)

    def not_after(self, now: int) -> Book:
        """The book without a change in the future: a clock that was wrong then must not outdate for ever."""
        marks = tuple(
            mark if mark.at <= now else mark._replace(at=now, seen_by=frozenset()) for mark in self.marks
        )
        return self if marks == self.marks else self._replace(marks=marks)


def _within(inner: Mark, outer: Mark) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _within_bounds(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """The marks in the order of their changes; when there are too many, the oldest become one over them all."""
    ordered = sorted(marks, key=lambda mark: mark.at)
    if len(ordered) <= MOST_MARKS:
        return tuple(ordered)
    old, young = ordered[:_JOINED], ordered[_JOINED:]
    joined = Mark(min(mark.start for mark in old), max(mark.end for mark in old), old[-1].at)
    return (joined, *young)
