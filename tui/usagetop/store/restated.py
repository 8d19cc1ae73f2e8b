"""Restatements: a group that was thought final and has another number when its bucket is asked for again.

Before its expected lag a bucket grows, and that is not told. Beyond it every difference is; and a group that
had something and has less, or is gone, is told whenever that happens, so that an empty or smaller answer erases
nothing in silence (DESIGN §4). What the server says last is what is stored and shown; what was there before is
in the log (``told``), with both numbers and both times.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

from usagetop.client.sums import Filters, kept_rows
from usagetop.model import money
from usagetop.model.categories import LAG_COSTS, LAG_USAGE, Category
from usagetop.model.columns import Bucket

if TYPE_CHECKING:
    from usagetop.client.units import Grain, Unit

# Of one bucket so many are kept, the largest first: a day may have thousands of groups.
MOST_OF_A_BUCKET = 20

Number = int | Decimal
# The values of a group's dimensions, the metric, and for amounts the currency (else empty).
Place = tuple[tuple[str | None, ...], str, str]


class Restatement(NamedTuple):
    """One number of one group of one bucket that is other than it was.

    ``start`` and ``end`` are the bucket's edges, ``old_at`` and ``new_at`` when both numbers were fetched (UTC
    seconds). ``dims`` name the values of ``group``; ``filters`` are those that the server applied. ``old`` or
    ``new`` is None where the group was not there. ``currency`` is empty for counts.
    """

    start: int
    end: int
    dims: tuple[str, ...]
    filters: Filters
    group: tuple[str | None, ...]
    metric: str
    currency: str
    old: Number | None
    new: Number | None
    old_at: int
    new_at: int

    @property
    def moved(self) -> Number:
        """By how much it changed; exact."""
        if isinstance(self.old, Decimal) or isinstance(self.new, Decimal):
            return money.subtract(Decimal(self.new or 0), Decimal(self.old or 0))
        return (self.new or 0) - (self.old or 0)


class Comparison(NamedTuple):
    """What a newer copy of a unit says differently: where (starts of buckets), and what of it must be told."""

    starts: frozenset[int]
    told: tuple[Restatement, ...]


def compare(about: Category, grain: Grain, old: Unit, new: Unit, *, filters: Filters = ()) -> Comparison:
    """Compare two copies of a unit, group by group of ``grain``; either may hold more dimensions than that.

    ``filters`` are those of the grain that a copy's server did not apply: they are applied here, where the
    copy has the column. Buckets that only one copy holds are not restated; those that are new have changed.
    """
    before = {bucket.start: bucket for bucket in old.buckets}
    starts: set[int] = set()
    told: list[Restatement] = []
    for bucket in new.buckets:
        earlier = before.get(bucket.start)
        if earlier is not None and earlier == bucket._replace(summary=earlier.summary):
            continue
        now = numbers(about, bucket, grain.dimensions, filters)
        was = numbers(about, earlier, grain.dimensions, filters) if earlier is not None else {}
        moved = [place for place in {**was, **now} if was.get(place, 0) != now.get(place, 0)]
        if not moved:
            continue
        starts.add(bucket.start)
        if earlier is not None:
            final = _was_final(about, bucket.end, old, new)
            gone = not any(now.values())
            restated = [
                Restatement(
                    bucket.start,
                    bucket.end,
                    grain.dimensions,
                    grain.filters,
                    *place,
                    was.get(place),
                    now.get(place),
                    old.fetched_at,
                    new.fetched_at,
                )
                for place in moved
                if final or _shrank(about, was.get(place, 0), now.get(place, 0), gone=gone)
            ]
            told += sorted(restated, key=lambda one: size(one.moved), reverse=True)[:MOST_OF_A_BUCKET]
    return Comparison(frozenset(starts), tuple(told))


def _was_final(about: Category, end: int, old: Unit, new: Unit) -> bool:
    """Whether a bucket was fetched after its lag; not when the clock that says so was ahead."""
    lag = LAG_COSTS if about.is_costs else LAG_USAGE
    return end + lag <= old.fetched_at <= new.fetched_at


def _shrank(about: Category, was: Number, now: Number, *, gone: bool) -> bool:
    """Whether something got lost. A level goes up and down while its day is open; nothing at all is a loss."""
    if about.metrics[0].kind == "level":
        return gone
    return size(now) < size(was) or (now < 0) != (was < 0)


def size(number: Number) -> Decimal:
    """The magnitude of a number; exact, as ``abs`` is not."""
    return Decimal(number).copy_abs()


def numbers(
    about: Category, bucket: Bucket, dims: Iterable[str], filters: Filters = ()
) -> Mapping[Place, Number]:
    """The main metrics of a bucket by group of ``dims``, and of amounts by currency."""
    columns = [list(_values(bucket, name)) for name in dims]
    keys = list(zip(*columns, strict=True)) if columns else [()] * bucket.rows
    kept = kept_rows(bucket, filters)
    result: dict[Place, Number] = {}
    for metric in about.main_metrics:
        if metric.name not in bucket.metrics:
            continue
        values: Iterable[Number | None] = (
            bucket.amounts(metric.name) if about.is_costs else bucket.counts(metric.name)
        )
        currencies = _values(bucket, "currency") if about.is_costs else iter([""] * bucket.rows)
        rows = zip(keys, currencies, values, strict=True)
        for key, currency, value in rows if kept is None else compress(rows, kept):
            if value is not None:
                place = (key, metric.name, currency or "")
                result[place] = _plus(result.get(place), value)
    return result


def _plus(left: Number | None, right: Number) -> Number:
    if left is None:
        return right
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        return money.add(Decimal(left), Decimal(right))
    return left + right


def _values(bucket: Bucket, name: str) -> Iterator[str | None]:
    codes, values = bucket.dimension(name)
    return (values[code] for code in codes)
