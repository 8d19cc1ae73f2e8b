"""The frame: the groups of a view and their metrics, rolled up from packed buckets.

Buckets are unpacked one at a time and only for the metrics that are asked for; the rows behind a frame are
never held all together. Totals are summed from the buckets, groups from the rows: that both agree is tested.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import compress
from typing import TYPE_CHECKING, TypeVar

from usagetop.analysis.grouping import Grouping, Key
from usagetop.model import money
from usagetop.model.money import EXACT, ZERO

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from usagetop.model.categories import Category
    from usagetop.model.columns import Bucket
    from usagetop.model.query import Query

Number = int | Decimal
_T = TypeVar("_T")
# The unit of a group whose rows came in several units: their quantities cannot be added.
_MIXED = "\0mixed"


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over rows: ``counts`` by metric (usage), ``amounts`` by currency (costs, exact)."""

    counts: Mapping[str, int] = field(default_factory=dict)
    amounts: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BucketTotals:
    """The totals of one bucket; ``partial`` says that it was still open. Edges are UTC seconds."""

    start: int
    end: int
    partial: bool
    totals: Totals


@dataclass(frozen=True)
class Frame:
    """Groups × metrics of one view.

    ``keys`` hold one value for each of ``dims``; ``columns`` one value for each key (None: not given in that
    group). ``units`` are the quantity units of costs by line item. ``as_of`` are, for a level, the starts of
    the buckets of each group's own last value. ``mixed_units`` counts groups whose quantity was left out.
    """

    category: Category
    group_by: tuple[str, ...]
    dims: tuple[str, ...]
    keys: list[Key]
    columns: dict[str, list[Number | None]]
    totals: Totals
    buckets: tuple[BucketTotals, ...]
    units: list[str | None] | None = None
    as_of: list[int] | None = None
    mixed_units: int = 0

    def __len__(self) -> int:
        """The number of groups."""
        return len(self.keys)

    @cached_property
    def _by_dims(self) -> list[int]:
        """Row indices by dimensions ascending, null last, usd before other currencies."""
        costs = self.category.is_costs

        def rank(index: int) -> tuple[tuple[bool, str | int], ...]:
            key = self.keys[index]
            values = tuple((value is None, "" if value is None else value) for value in key)
            return (*values[:-1], (key[-1] != "usd", values[-1][1])) if costs else values

        return sorted(range(len(self.keys)), key=rank)

    def order(self, column: str, *, descending: bool = True) -> list[int]:
        """Row indices sorted by a metric or dimension; ties by dimensions ascending, empty values last.

        Amounts of several currencies stay apart: usd first, then the others by name.
        """
        if column in self.dims:
            at = self.dims.index(column)
            values: Sequence[object] = [key[at] for key in self.keys]
        elif column in self.columns:
            values = self.columns[column]
        else:
            return list(self._by_dims)
        given = [index for index in self._by_dims if values[index] is not None]
        given.sort(key=lambda index: values[index], reverse=descending)  # type: ignore[arg-type, return-value]
        result = given + [index for index in self._by_dims if values[index] is None]
        if column == "amount" and len(self.totals.amounts) > 1:
            result.sort(key=lambda index: (self.keys[index][-1] != "usd", str(self.keys[index][-1])))
        return result


def rollup(query: Query, buckets: Iterable[Bucket], metrics: Collection[str] | None = None) -> Frame:
    """Roll buckets (in time order) up into the frame of a query; ``metrics`` limits what is unpacked.

    Raises ValueError when a bucket lacks a dimension that the query needs.
    """
    about = query.about
    sums = _Money(query) if about.is_costs else _Counts(query, metrics)
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
        self._about = query.about
        self._metrics = [m for m in self._about.metrics if metrics is None or m.name in metrics]
        self._sums: dict[str, list[int]] = {m.name: [] for m in self._metrics}
        self._given: dict[str, set[int]] = {m.name: set() for m in self._metrics if not m.main}
        self._as_of: list[int] = []
        self._level: Totals | None = None

    def add(self, bucket: Bucket, groups: list[int], kept: list[bool] | None) -> Totals:
        """Add a bucket's rows; returns the bucket's own totals."""
        size = len(self.grouping.keys)
        self._as_of.extend([bucket.start] * (size - len(self._as_of)))
        present = set(bucket.metrics)
        totals = {}
        for metric in self._metrics:
            sums = self._sums[metric.name]
            sums.extend([0] * (size - len(sums)))
            if metric.name not in present:
                if metric.main:
                    totals[metric.name] = 0
                continue
            counts: Iterable[int | None] = bucket.counts(metric.name)
            if kept is not None:
                counts = list(compress(counts, kept))
            if metric.kind == "level":
                self._replace(sums, groups, bucket.start)
            totals[metric.name] = self._add_column(metric.name, groups, counts)
        result = Totals(counts=totals)
        if groups:
            self._level = result
        return result

    def _replace(self, sums: list[int], groups: list[int], start: int) -> None:
        """A level's newer value takes the place of the older one, never adds to it."""
        for group in set(groups):
            sums[group] = 0
            self._as_of[group] = start

    def _add_column(self, name: str, groups: list[int], counts: Iterable[int | None]) -> int:
        sums = self._sums[name]
        given = self._given.get(name)
        if isinstance(counts, list):  # the general form: a row may have None
            total = 0
            for group, count in zip(groups, counts, strict=True):
                if count is not None:
                    sums[group] += count
                    total += count
                    if given is not None:
                        given.add(group)
            return total
        if given is not None:
            given.update(groups)
        for group, count in zip(groups, counts, strict=True):
            sums[group] += count  # type: ignore[operator]  # an array holds no None
        return sum(counts)  # type: ignore[arg-type]

    def frame(self, query: Query, points: tuple[BucketTotals, ...]) -> Frame:
        """The finished frame."""
        size = len(self.grouping.keys)
        columns: dict[str, list[Number | None]] = {}
        totals: dict[str, int] = {}
        for metric in self._metrics:
            sums = self._sums[metric.name]
            given = self._given.get(metric.name)
            sums.extend([0] * (size - len(sums)))
            if given is None:
                columns[metric.name] = list(sums)
            elif given:
                columns[metric.name] = [number if g in given else None for g, number in enumerate(sums)]
            else:
                continue
            totals[metric.name] = self._total(metric.name, points, level=metric.kind == "level")
        return Frame(
            category=self._about,
            group_by=query.group_by,
            dims=self.grouping.dims,
            keys=self.grouping.keys,
            columns=columns,
            totals=Totals(counts=totals),
            buckets=points,
            as_of=self._as_of if any(m.kind == "level" for m in self._metrics) else None,
        )

    def _total(self, name: str, points: tuple[BucketTotals, ...], *, level: bool) -> int:
        if level:
            return self._level.counts.get(name, 0) if self._level else 0
        return sum(point.totals.counts.get(name, 0) for point in points)


class _Money:
    """Running exact sums of amounts by group and currency, and of quantities where one unit allows it."""

    def __init__(self, query: Query) -> None:
        self.grouping = Grouping(query)
        self._with_quantity = "line_item" in query.group_by
        self._amounts: list[Decimal | None] = []
        self._quantities: list[Decimal | None] = []
        self._units: list[str | None] = []

    def add(self, bucket: Bucket, groups: list[int], kept: list[bool] | None) -> Totals:
        """Add a bucket's rows; returns the bucket's own totals."""
        missing = len(self.grouping.keys) - len(self._amounts)
        for column in (self._amounts, self._quantities, self._units):
            column.extend([None] * missing)  # type: ignore[arg-type]
        totals: dict[str, Decimal] = {}
        if "amount" in bucket.metrics and bucket.rows:
            for group, amount in zip(groups, _chosen(bucket.amounts("amount"), kept), strict=True):
                if amount is not None:
                    currency = str(self.grouping.keys[group][-1])
                    self._amounts[group] = EXACT.add(self._amounts[group] or ZERO, amount)
                    totals[currency] = EXACT.add(totals.get(currency, ZERO), amount)
        if self._with_quantity and "quantity" in bucket.metrics and bucket.rows:
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
                self._units[group] = _MIXED
            self._quantities[group] = EXACT.add(before or ZERO, quantity)

    def frame(self, query: Query, points: tuple[BucketTotals, ...]) -> Frame:
        """The finished frame."""
        mixed = [unit == _MIXED for unit in self._units]
        columns: dict[str, list[Number | None]] = {"amount": list(self._amounts)}
        if self._with_quantity:
            columns["quantity"] = [
                None if unsayable else quantity
                for quantity, unsayable in zip(self._quantities, mixed, strict=True)
            ]
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
            units=[None if unit == _MIXED else unit for unit in self._units] if self._with_quantity else None,
            mixed_units=sum(mixed),
        )


def _chosen(values: Sequence[_T], kept: list[bool] | None) -> Sequence[_T]:
    return values if kept is None else list(compress(values, kept))
