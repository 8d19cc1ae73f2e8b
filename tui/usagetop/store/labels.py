"""How the values of dimensions are drawn: names or ids, missing values, buckets as dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zlib import crc32

from usagetop.model.dimensions import DIMENSIONS
from usagetop.model.text import label, labels

if TYPE_CHECKING:
    from usagetop.analysis.frame import Frame
    from usagetop.analysis.grouping import Key
    from usagetop.client.names import Names

# (dimension, id) → the drawable name, or None where none is known.
Resolve = Callable[[str, str], str | None]


# So much of an id tells two things of one name apart.
_ENDING = 6


def no_names(dimension: str, value: str) -> None:
    """Knows no name: every value is drawn by its id."""


def by_names(names: Names) -> Resolve:
    """Draws names; what was archived or deleted says so, and what is unknown keeps its id."""

    def resolve(dimension: str, value: str) -> str | None:
        state = names.state_of(dimension, value)
        name = names.name_of(dimension, value)
        if name is None:
            return f"{label(value)} (deleted)" if state == "deleted" else None
        return f"{label(name)} ({state})" if state in {"archived", "deleted"} else label(name)

    return resolve


# So many values of one dimension are drawn one by one: drawing all first would hold up the table.
_MANY = 20_000


class Labels:
    """Drawable text of every dimension value of one frame.

    Different values of one dimension never look the same. Made per dimension when first drawn, so that a
    frame of many groups pays only for what is on the screen.
    """

    def __init__(self, frame: Frame, resolve: Resolve = no_names, *, width: str = "1d") -> None:
        """``resolve`` gives names; ``width`` is the bucket width, which decides how a bucket is written."""
        self._frame = frame
        self._resolve = resolve
        self._width = width
        self._drawn: dict[str, dict[str, str]] = {}
        self._many: set[str] = set()

    def of(self, dimension: str, value: str | int | None) -> str:
        """The drawable text of one value; missing values read ``(no key)`` and the like."""
        if value is None:
            return DIMENSIONS[dimension].missing
        if isinstance(value, int):
            return bucket_text(value, self._width)
        if dimension not in self._frame.dims:
            return self._resolve(dimension, value) or label(value)
        if dimension not in self._drawn:
            self._drawn[dimension] = self._draw(dimension)
        if dimension in self._many:
            return self._resolve(dimension, value) or _lone(value)
        # A value that is excluded stands in no row, but in the breadcrumb.
        return self._drawn[dimension].get(value) or self._resolve(dimension, value) or label(value)

    def _draw(self, dimension: str) -> dict[str, str]:
        """All values of a dimension at once: only then can equal labels be told apart.

        None of them where there are very many: each is then drawn when it is looked at.
        """
        at = self._frame.dims.index(dimension)
        values = {value for key in self._frame.keys if isinstance(value := key[at], str)}
        if len(values) > _MANY:
            self._many.add(dimension)
            return {}
        named = {value: self._resolve(dimension, value) for value in values}
        drawn = labels(value for value in values if named[value] is None)
        missing = DIMENSIONS[dimension].missing
        named |= {value: text for value, text in drawn.items() if text == missing}
        taken = {missing, *drawn.values()}
        for value in sorted(value for value in values if named[value] is not None):
            name = text = str(named[value])
            number = 1
            while text in taken:
                # Two projects of one name are told apart by the end of their ids, else by a number.
                ending = label(value)[-_ENDING:]
                text = f"{name} ({ending})" if number == 1 else f"{name} ({ending}~{number})"
                number += 1
            drawn[value] = text
            taken.add(text)
        return drawn

    def line(self, dims: tuple[str, ...], key: Key) -> str:
        """A whole key as one text for legends and titles; the currency only where it is not usd."""
        parts = [
            self.of(dimension, value)
            for dimension, value in zip(dims, key, strict=True)
            if dimension != "bucket" and not (dimension == "currency" and value in {"usd", None})
        ]
        return " · ".join(parts) or "total"


def _lone(value: str) -> str:
    """The label of a value that cannot be compared with all others: what is not drawn as it is gets a digest."""
    drawn = label(value)
    if drawn == value:
        return drawn
    return f"{drawn}~{crc32(value.encode('utf-8', 'surrogatepass')):08x}"


def bucket_text(start: int, width: str) -> str:
    """A bucket's start: ``2026-11-01`` for days, ``2026-11-01 08:00`` for hours and minutes (UTC)."""
    moment = datetime.fromtimestamp(start, UTC)
    return moment.strftime("%Y-%m-%d") if width == "1d" else moment.strftime("%Y-%m-%d %H:%M")
