"""The frame: the groups of a view and their metrics, rolled up from packed buckets.

Buckets are unpacked one at a time and only for the metrics that are asked for; the rows behind a frame are
never held all together. Totals are summed from the buckets, groups from the rows: that both agree is tested.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from itertools import compress
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast

from usagetop.analysis.grouping import Grouping, Key
from usagetop.analysis.ordering import Ordering
from usagetop.model import money
from usagetop.model.money import EXACT, ZERO

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from usagetop.model.categories import Category
    from usagetop.model.columns import Bucket
    from usagetop.model.metrics import Metric
    from usagetop.model.query import Query

Number = int | Decimal
_T = TypeVar("_T")


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

    def order(self, column: str, *, descending: bool = True) -> list[int]:
        """Row indices sorted by a metric or dimension; ties by dimensions ascending, empty values last.

        Amounts of several currencies stay apart: usd first, then the others by name. The list is kept for the
        next time: it is not to be changed.
        """
        return self._ordering.rows(column, descending=descending)

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
    sums = _Money(query, metrics) if query.about.is_costs else _Counts(query, metrics)
    points = []
    for bucket in buckets:
        groups, kept = sums.grouping.assign(bucket)
        totals = sums.add(bucket, groups, kept)
        points.append(BucketTotals(bucket.start, bucket.end, bucket.end > query.range.now, totals))
    return sums.frame(query, tuple(points))


class _Counts:
    """Running sums of counts: one list a metric, one number a group."""

    def __init__(self, query: Query, metrics: Collection[str] | None) -> None:
        self.grouping = Grouping(query)
        self._metrics = [m for m in query.about.metrics if metrics is None or m.name in metrics]
        self._sums: dict[str, list[int]] = {m.name: [] for m in self._metrics}
        self._given: dict[str, set[int]] = {m.name: set() for m in self._metrics if not m.main}
        self._as_of: list[int] = []
        self._levels: dict[str, int] = {}

    def add(self, bucket: Bucket, groups: list[int], kept: list[bool] | None) -> Totals:
        """Add a bucket's rows; returns the bucket's own totals."""
        missing = len(self.grouping.keys) - len(self._as_of)
        self._as_of.extend([bucket.start] * missing)
        present = set(bucket.metrics)
        totals = {}
        for metric in self._metrics:
            self._sums[metric.name].extend([0] * missing)
            total = self._add_column(metric, bucket, groups, kept) if metric.name in present else None
            if total is not None or metric.main:
                totals[metric.name] = total or 0
        return Totals(counts=totals)

    def _add_column(
        self, metric: Metric, bucket: Bucket, groups: list[int], kept: list[bool] | None
    ) -> int | None:
        """Add one metric of the kept rows; returns its sum, or None when no row gave it."""
        counts: Sequence[int | None] = bucket.counts(metric.name)
        if kept is not None:
            counts = list(compress(counts, kept))
        if isinstance(counts, list) and None in counts:  # an array holds none
            groups = list(compress(groups, [count is not None for count in counts]))
            counts = [count for count in counts if count is not None]
        if not groups:
            return None
        sums = self._sums[metric.name]
        if metric.kind == "level":
            # A newer value takes the place of the older one, never adds to it.
            for group in set(groups):
                sums[group] = 0
                self._as_of[group] = bucket.start
        elif not metric.main:
            self._given[metric.name].update(groups)
        total = 0
        for group, count in zip(groups, cast("Sequence[int]", counts), strict=True):
            sums[group] += count
            total += count
        if metric.kind == "level":
            self._levels[metric.name] = total
        return total

    def frame(self, query: Query, points: tuple[BucketTotals, ...]) -> Frame:
        """The finished frame."""
        columns: dict[str, list[Number | None]] = {}
        totals: dict[str, int] = {}
        for metric in self._metrics:
            sums = self._sums[metric.name]
            if metric.main:
                columns[metric.name] = list(sums)
            elif given := self._given[metric.name]:
                columns[metric.name] = [number if g in given else None for g, number in enumerate(sums)]
            else:
                continue
            totals[metric.name] = self._total(metric, points)
        return Frame(
            category=query.about,
            group_by=query.group_by,
            dims=self.grouping.dims,
            keys=self.grouping.keys,
            columns=columns,
            totals=Totals(counts=totals),
            buckets=points,
            as_of=self._as_of if any(m.kind == "level" for m in self._metrics) else None,
        )

    def _total(self, metric: Metric, points: tuple[BucketTotals, ...]) -> int:
        """The sum over the buckets; of a level, the value of the last bucket that gave one."""
        if metric.kind == "level":
            return self._levels.get(metric.name, 0)
        return sum(point.totals.counts.get(metric.name, 0) for point in points)


class _Money:
    """Running exact sums of amounts by group and currency, and of quantities where one unit allows it."""

    def __init__(self, query: Query, metrics: Collection[str] | None) -> None:
        self.grouping = Grouping(query)
        self._with_quantity = "line_item" in query.group_by and (metrics is None or "quantity" in metrics)
        self._amounts: list[Decimal | None] = []
        self._quantities: list[Decimal | None] = []
        self._units: list[str | None] = []
        self._mixed: set[int] = set()

    def add(self, bucket: Bucket, groups: list[int], kept: list[bool] | None) -> Totals:
        """Add a bucket's rows; returns the bucket's own totals."""
        keys = self.grouping.keys
        missing = len(keys) - len(self._amounts)
        self._amounts.extend([None] * missing)
        self._quantities.extend([None] * missing)
        self._units.extend([None] * missing)
        totals: dict[str, Decimal] = {}
        if groups and "amount" in bucket.metrics:
            for group, amount in zip(groups, _chosen(bucket.amounts("amount"), kept), strict=True):
                if amount is not None:
                    # An amount without a currency is no currency's: it stays apart under the empty name.
                    currency = str(keys[group][-1] or "")
                    self._amounts[group] = EXACT.add(self._amounts[group] or ZERO, amount)
                    totals[currency] = EXACT.add(totals.get(currency, ZERO), amount)
        if groups and self._with_quantity and "quantity" in bucket.metrics:
            self._add_quantities(bucket, groups, kept)
        return Totals(amounts=totals)

    def _add_quantities(self, bucket: Bucket, groups: list[int], kept: list[bool] | None) -> None:
        """Add quantities of one unit; a second unit in a group makes its quantity unsayable."""
        units: Sequence[str | None] = [None] * bucket.rows
        if bucket.has("quantity_unit"):
            codes, values = bucket.dimension("quantity_unit")
            units = [values[code] for code in codes]
        rows = zip(groups, _chosen(bucket.amounts("quantity"), kept), _chosen(units, kept), strict=True)
        for group, quantity, unit in rows:
            if quantity is None:
                continue
            before = self._quantities[group]
            if before is None:
                self._units[group] = unit
            elif self._units[group] != unit:
                self._mixed.add(group)
            self._quantities[group] = EXACT.add(before or ZERO, quantity)

    def frame(self, query: Query, points: tuple[BucketTotals, ...]) -> Frame:
        """The finished frame."""
        for group in self._mixed:
            self._quantities[group] = self._units[group] = None
        columns: dict[str, list[Number | None]] = {"amount": list(self._amounts)}
        if self._with_quantity:
            columns["quantity"] = list(self._quantities)
        currencies = {currency for point in points for currency in point.totals.amounts}
        amounts = {
            currency: money.total(point.totals.amounts.get(currency, ZERO) for point in points)
            for currency in sorted(currencies, key=lambda name: (name != "usd", name))
        }
        return Frame(
            category=query.about,
            group_by=query.group_by,
            dims=self.grouping.dims,
            keys=self.grouping.keys,
            columns=columns,
            totals=Totals(amounts=amounts),
            buckets=points,
            units=self._units if self._with_quantity else None,
            mixed_units=len(self._mixed),
        )


def _chosen(values: Sequence[_T], kept: list[bool] | None) -> Sequence[_T]:
    return values if kept is None else list(compress(values, kept))
