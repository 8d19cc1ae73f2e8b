"""The frame: the groups of a view and their metrics, rolled up from packed buckets.

Buckets are unpacked one at a time and only for the metrics that are asked for; the rows behind a frame are
never held all together. Totals are summed from the buckets, groups from the rows: that both agree is tested.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, cast

from usagetop.analysis.grouping import Grouping, Key
from usagetop.analysis.ordering import Ordering
from usagetop.analysis.totals import BucketTotals, Number, Totals
from usagetop.model.metrics import QUANTITY
from usagetop.model.money import ZERO

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from usagetop.analysis.totals import Part, Sums
    from usagetop.model.categories import Category
    from usagetop.model.columns import Bucket
    from usagetop.model.query import Query

__all__ = ["BucketTotals", "Frame", "Number", "Totals", "charted_rollup", "rollup"]


class Frame:
    """Groups × metrics of one view.

    ``keys`` hold one value for each of ``dims``; ``columns`` one value for each key (None: not given in that
    group). ``units`` are the quantity units of costs by line item. ``as_of`` are, for a level, the starts of
    the buckets of each group's own last value. ``mixed_units`` counts groups whose quantity was left out.
    """

    def __init__(
        self,
        *,
        category: Category,
        group_by: tuple[str, ...],
        dims: tuple[str, ...],
        keys: list[Key],
        columns: dict[str, list[Number | None]],
        totals: Totals,
        buckets: tuple[BucketTotals, ...],
        units: list[str | None] | None = None,
        as_of: list[int] | None = None,
        mixed_units: int = 0,
    ) -> None:
        self.category = category
        self.group_by = group_by
        self.dims = dims
        self.keys = keys
        self.columns = columns
        self.totals = totals
        self.buckets = buckets
        self.units = units
        self.as_of = as_of
        self.mixed_units = mixed_units

    def __len__(self) -> int:
        """The number of groups."""
        return len(self.keys)

    @cached_property
    def _ordering(self) -> Ordering:
        return Ordering(self.dims, self.keys, self.columns, apart=len(self.totals.amounts) > 1)

    def order(self, column: str, *, descending: bool = True) -> Sequence[int]:
        """Row indices sorted by a metric or dimension; ties by dimensions ascending, empty values last.

        Amounts of several currencies stay apart: usd first, then the others by name. They are kept
        for the next time.
        """
        return self._ordering.rows(column, descending=descending)

    def values(self, dimension: str) -> Sequence[str | int | None]:
        """The different values of one of ``dims``, in no order; looks at all keys, as ``ends`` at all numbers."""
        return self._ordering.values(self.dims.index(dimension))

    @cached_property
    def ends(self) -> Mapping[str, tuple[Number, Number]]:
        """The least and the largest number of every column that has one.

        Looks at all of them: where there are many, ask for it in a thread first.
        """
        found: dict[str, tuple[Number, Number]] = {}
        for name, values in self.columns.items():
            given = values if None not in values else [value for value in values if value is not None]
            if given:
                numbers = cast("list[Number]", given)
                found[name] = (min(numbers), max(numbers))
        return found

    @cached_property
    def top_amounts(self) -> Mapping[str, Decimal]:
        """The largest amount of each currency, where it is above nothing; looks at all of them, as ``ends``."""
        found: dict[str, Decimal] = {}
        for key, value in zip(self.keys, self.columns.get("amount", ()), strict=False):
            currency = str(key[-1])
            if value is not None and value > found.get(currency, ZERO):
                found[currency] = Decimal(value)
        return found


def rollup(query: Query, buckets: Iterable[Bucket], metrics: Collection[str] | None = None) -> Frame:
    """Roll buckets (in time order) up into the frame of a query; ``metrics`` limits what is unpacked.

    Raises ValueError when a bucket lacks a dimension that the query needs.
    """
    frame, _ = charted_rollup(query, buckets, "", metrics)
    return frame


def charted_rollup(
    query: Query, buckets: Iterable[Bucket], charted: str, metrics: Collection[str] | None = None
) -> tuple[Frame, list[Part]]:
    """The frame, and the course of one of its metrics from bucket to bucket, from one walk over the rows."""
    grouping = Grouping(query)
    sums = _sums(query, grouping, charted, metrics)
    points = []
    for bucket in buckets:
        smallest = grouping.smallest(bucket)
        totals = sums.add(smallest, grouping.assign(smallest))
        points.append(BucketTotals(bucket.start, bucket.end, bucket.end > query.range.now, totals))
    summed = sums.result(len(grouping.keys), points)
    frame = Frame(
        category=query.about,
        group_by=query.group_by,
        dims=grouping.dims,
        keys=grouping.keys,
        columns=summed.columns,
        totals=summed.totals,
        buckets=tuple(points),
        units=summed.units,
        as_of=summed.as_of,
        mixed_units=summed.mixed_units,
    )
    return frame, sums.parts


def _sums(query: Query, grouping: Grouping, charted: str, metrics: Collection[str] | None) -> Sums:
    """The way of summing that the query's metrics ask for; only this one is loaded."""
    wanted = [metric for metric in query.about.metrics if metrics is None or metric.name in metrics]
    if query.about.is_costs:
        from usagetop.analysis.amounts import Amounts

        with_quantity = "line_item" in query.group_by and QUANTITY in wanted
        return Amounts(grouping.keys, charted, with_quantity=with_quantity)
    from usagetop.analysis.counts import Counts, Levels

    if any(metric.kind == "level" for metric in wanted):
        return Levels(wanted, charted)
    return Counts(wanted, charted)
