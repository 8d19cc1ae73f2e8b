"""The totals that were last seen of each span of time, so that a fetch of any grain can tell a change.

One note a category beside the units. Spans are the units' own (a UTC day, an hour of minutes), and the hours
of days that were asked by the hour. Each span has the total of all rows, and those of the parts that some view
filtered on the server: all grains whose rows can tell such a part must say the same of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import compress
from typing import Any, NamedTuple

from usagetop.client import plan
from usagetop.client.units import Grain, Unit
from usagetop.model import money
from usagetop.model.categories import Category
from usagetop.model.columns import Bucket
from usagetop.model.dimensions import CURRENCY
from usagetop.model.metrics import AMOUNT

# By metric, or for costs by currency.
Total = Mapping[str, int | Decimal]
# What a server filtered, sorted; none for all rows.
Filters = tuple[tuple[str, tuple[str, ...]], ...]
# Start, end (UTC seconds), and for levels the width, for levels of hours and days are not comparable.
Span = tuple[int, int, str]

MOST_TOTALS = 3_000
# A server whose groupings do not add up to the same would have each view outdate the others for ever: after so
# many fetches that found a grain as it was and unlike the others, their difference is the server's own.
MOST_DOUBTS = 2
# Sums of the same amounts in another order may differ in their last digits, where the server has rounded them.
_SAME_MONEY = Decimal("1e-9")


def sums_name(category: str) -> str:
    """The name of a category's totals among the notes."""
    return f"sums {category}"


class Seen(NamedTuple):
    """A total as it was fetched at ``at``; ``doubts`` counts unexplained differences between grains."""

    at: int
    total: Total
    doubts: int = 0


class Sums:
    """The totals last seen, by span and by what was filtered."""

    def __init__(self, seen: Iterable[tuple[Span, Filters, Seen]] = ()) -> None:
        self._seen: dict[Span, dict[Filters, Seen]] = {}
        for span, filters, entry in seen:
            self._seen.setdefault(span, {})[filters] = entry

    @classmethod
    def load(cls, about: Category, text: bytes | None) -> Sums:
        """The totals of a note's text; none where it cannot be read."""
        number = Decimal if about.is_costs else int
        try:
            rows: list[Any] = json.loads(text) if text is not None else []
            return cls(
                (
                    (int(start), int(end), str(width)),
                    tuple((str(name), tuple(map(str, values))) for name, values in filters),
                    Seen(int(at), {str(name): number(value) for name, value in total.items()}, int(doubts)),
                )
                for start, end, width, filters, at, doubts, total in rows
            )
        except (ValueError, TypeError, AttributeError, ArithmeticError, RecursionError):
            return cls()

    def dump(self) -> bytes:
        """The text of the note: if there are too many, those of parts go first, and then those seen first."""
        every = [(span, filters, seen) for span in self._seen for filters, seen in self._seen[span].items()]
        every.sort(key=lambda row: (not row[1], row[2].at))
        rows = [
            [
                *(*span, filters, seen.at, seen.doubts),
                {name: value if isinstance(value, int) else str(value) for name, value in seen.total.items()},
            ]
            for span, filters, seen in every[-MOST_TOTALS:]
        ]
        return json.dumps(rows, separators=(",", ":")).encode("ascii")

    def known(self, span: Span, filters: Filters = ()) -> Seen | None:
        """What was last seen of a span, under these filters."""
        return self._seen.get(span, {}).get(filters)

    def parts(self, span: Span, grain: Grain) -> list[Filters]:
        """The filters of which something is known that units of ``grain`` can tell: its own, and narrower ones."""
        return [filters for filters in self._seen.get(span, ()) if can_tell(grain, filters)]

    def put(self, span: Span, filters: Filters, seen: Seen) -> None:
        """Remember a total."""
        self._seen.setdefault(span, {})[filters] = seen

    def take(
        self, span: Span, filters: Filters, at: int, total: Total, *, now: int, stood: bool
    ) -> int | None:
        """Take a total that was fetched at ``at``; returns since when it differs from what was known.

        None: it does not. ``stood`` says that the same grain had said the same before: then either the others
        have changed meanwhile, or the server's groupings differ for good.
        """
        known = self.known(span, filters)
        if known is None or known.at > now:
            self.put(span, filters, Seen(at, total))
            return None
        if same(known.total, total):
            self.put(span, filters, Seen(max(at, known.at), known.total))
            return None
        doubts = known.doubts + 1 if stood else 0
        newest = (at, total) if at >= known.at else (known.at, known.total)
        self.put(span, filters, Seen(*newest, min(doubts, MOST_DOUBTS + 1)))
        return max(at, known.at) if doubts <= MOST_DOUBTS else None


def can_tell(grain: Grain, filters: Filters) -> bool:
    """Whether rows of a grain say what passes these filters: applied by the server, or by a column."""
    left = set(filters) - set(grain.filters)
    return set(grain.filters) <= set(filters) and {name for name, _ in left} <= set(grain.dimensions)


def same(left: Total, right: Total) -> bool:
    """Whether two totals are equal, amounts of money but for what a server's rounding may do."""
    for name in {*left, *right}:
        one, other = left.get(name, 0), right.get(name, 0)
        if one == other:
            continue
        if isinstance(one, int) and isinstance(other, int):
            return False
        apart = money.subtract(Decimal(one), Decimal(other)).copy_abs()
        if apart > _SAME_MONEY * max(Decimal(one).copy_abs(), Decimal(other).copy_abs()):
            return False
    return True


def total_of(about: Category, buckets: Iterable[Bucket], filters: Filters = ()) -> Total:
    """The sum of every main metric over the rows that pass; amounts by currency. What is zero is left out."""
    sums: dict[str, int | Decimal] = (
        _money(buckets, filters) if about.is_costs else _counts(about, buckets, filters)
    )
    return {name: value for name, value in sums.items() if value}


def _counts(about: Category, buckets: Iterable[Bucket], filters: Filters) -> dict[str, int | Decimal]:
    sums = {metric.name: 0 for metric in about.main_metrics}
    for bucket in buckets:
        kept = kept_rows(bucket, filters)
        for name in sums.keys() & set(bucket.metrics):
            counts = bucket.counts(name)
            if kept is None and not isinstance(counts, list):
                sums[name] += sum(counts)
            else:
                chosen = counts if kept is None else compress(counts, kept)
                sums[name] += sum(number for number in chosen if number is not None)
    return {**sums}


def _money(buckets: Iterable[Bucket], filters: Filters) -> dict[str, int | Decimal]:
    sums: dict[str, Decimal] = {}
    for bucket in buckets:
        if AMOUNT.name not in bucket.metrics:
            continue
        codes, currencies = bucket.dimension(CURRENCY.name)
        kept = kept_rows(bucket, filters)
        rows = zip(codes, bucket.amounts(AMOUNT.name), strict=True)
        for code, amount in rows if kept is None else compress(rows, kept):
            if amount is not None:
                currency = currencies[code] or ""
                sums[currency] = money.add(sums.get(currency, money.ZERO), amount)
    return {**sums}


def kept_rows(bucket: Bucket, filters: Filters) -> list[bool] | None:
    """Which rows pass; None for all. A filter without a column was applied by the server."""
    tests = []
    for name, accepted in filters:
        if bucket.has(name):
            codes, values = bucket.dimension(name)
            passing = [value in accepted for value in values]
            tests.append([passing[code] for code in codes])
    return [all(row) for row in zip(*tests, strict=True)] if tests else None


def span_of(about: Category, grain: Grain, unit: Unit) -> Span:
    """The span of a unit."""
    kind = grain.width if about.metrics[0].kind == "level" else ""
    return unit.start, plan.unit_end(unit.start, grain.width), kind


def hours_of(about: Category, grain: Grain, unit: Unit) -> Iterator[tuple[Span, Bucket]]:
    """The spans of the hours of a day that was asked by the hour; none for levels."""
    if grain.width == "1h" and about.metrics[0].kind != "level":
        for bucket in unit.buckets:
            yield (bucket.start, bucket.end, ""), bucket
