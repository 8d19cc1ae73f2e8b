"""What a roll-up says of a whole and of one bucket, and what the ways of summing have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from array import array
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from usagetop.analysis.grouping import Placed
    from usagetop.model.columns import Bucket

Number = int | Decimal
# Far below the largest float, so that a thousand of them still add up.
_TALLEST = 1e300


class Totals(NamedTuple):
    """Sums over rows: ``counts`` by metric (usage), ``amounts`` by currency (costs, exact)."""

    counts: Mapping[str, int] = MappingProxyType({})
    amounts: Mapping[str, Decimal] = MappingProxyType({})


class BucketTotals(NamedTuple):
    """The totals of one bucket; ``partial`` says that it was still open. Edges are UTC seconds."""

    start: int
    end: int
    partial: bool
    totals: Totals


class Part(NamedTuple):
    """One metric in one bucket: ``values[i]`` is the sum of the group of number ``groups[i]``.

    ``start`` in UTC seconds. Values are floats, for drawing alone; several may be of one group.
    """

    start: int
    groups: array[int]
    values: array[float]


class Summed(NamedTuple):
    """The end of a roll-up, in the words of ``Frame``."""

    columns: dict[str, list[Number | None]]
    totals: Totals
    units: list[str | None] | None = None
    as_of: list[int] | None = None
    mixed_units: int = 0


class Sums(ABC):
    """Running sums by group over the buckets of a query.

    ``charted`` is the metric of which ``parts`` are kept, one for each bucket; empty for none.
    """

    def __init__(self, charted: str) -> None:
        self.charted = charted
        self.parts: list[Part] = []

    @abstractmethod
    def add(self, bucket: Bucket, placed: Placed) -> Totals:
        """Add the kept rows of a bucket; returns the bucket's own totals."""

    @abstractmethod
    def result(self, groups: int, points: Sequence[BucketTotals]) -> Summed:
        """The sums of so many groups; ``points`` are the totals of all buckets that were added."""

    def draw(self, start: int, groups: Iterable[int], values: Iterable[Number]) -> None:
        """Keep the charted metric's sums in a bucket."""
        self.parts.append(Part(start, array("Q", groups), array("d", map(_drawable, values))))


def _drawable(value: Number) -> float:
    """A float for a chart; a count too large for one is drawn at the largest height there is."""
    try:
        return float(value)
    except OverflowError:
        return _TALLEST if value > 0 else -_TALLEST
