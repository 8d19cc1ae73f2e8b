"""The course of every group from bucket to bucket, in so few bins that it fits the cell of a table."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from usagetop.analysis.totals import Part

# Beyond these a table does without: the numbers of more groups, or of more rows, are not at hand.
_MOST_GROUPS = 20_000
_MOST_VALUES = 300_000


class Trends:
    """One metric by group and bin, as floats: for drawing alone."""

    def __init__(self, bins: int, values: array[float], gaps: frozenset[int]) -> None:
        self._bins = bins
        self._values = values
        self._gaps = gaps

    def of(self, group: int) -> tuple[float | None, ...]:
        """The values of the group of that number, oldest first; None where the answer lacks all buckets of a bin."""
        values = self._values[group * self._bins : (group + 1) * self._bins]
        return tuple(None if at in self._gaps else value for at, value in enumerate(values))


def trends(
    parts: Sequence[Part],
    starts: Sequence[int],
    groups: int,
    kind: Literal["additive", "level"],
    most: int,
) -> Trends | None:
    """The courses of so many groups over the buckets that begin at ``starts``, in at most ``most`` bins.

    Bins are of equal length and the last one ends with the last bucket; of a level they hold the last value.
    None for a single bucket, and where there is too much to look at.
    """
    count = len(starts)
    if count <= 1 or groups > _MOST_GROUPS or sum(len(part.groups) for part in parts) > _MOST_VALUES:
        return None
    size = -(-count // most)
    bins = -(-count // size)
    skipped = size * bins - count
    bin_of = {start: (at + skipped) // size for at, start in enumerate(starts)}
    values = array("d", bytes(groups * bins * 8))
    for part in parts:
        at = bin_of[part.start]
        if kind == "level":
            for group in part.groups:
                values[group * bins + at] = 0.0
        for group, value in zip(part.groups, part.values, strict=True):
            values[group * bins + at] += value
    gaps = frozenset(range(bins)) - {bin_of[part.start] for part in parts}
    return Trends(bins, values, gaps)
