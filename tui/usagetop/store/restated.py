"""Restatements: a bucket that was thought final and has other totals when it is asked for again.

Before its expected lag a bucket grows, and that is not told. Beyond it every change is; and a bucket that had
something and is empty now is told whenever that happens, so that nothing is erased in silence (DESIGN §4).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

from usagetop.analysis import numbers
from usagetop.client.units import Unit
from usagetop.model import money
from usagetop.model.answer import Notice
from usagetop.model.categories import LAG_COSTS, LAG_USAGE, Category
from usagetop.model.columns import Bucket

# So many are told in full; the sentence stays readable in one line.
MOST_TOLD = 3

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# (metric, currency or "") → total
_Totals = dict[tuple[str, str], int | Decimal]


class Change(NamedTuple):
    """One total of one bucket that changed: ``currency`` is empty for counts, ``start`` in UTC seconds."""

    start: int
    metric: str
    currency: str
    old: int | Decimal
    new: int | Decimal


def changes(about: Category, old: Unit, new: Unit) -> list[Change]:
    """What a newer copy of a unit says differently and must be told; in time order."""
    lag = LAG_COSTS if about.is_costs else LAG_USAGE
    newer: Mapping[int, Bucket] = {bucket.start: bucket for bucket in new.buckets}
    found: list[Change] = []
    for bucket in old.buckets:
        other = newer.get(bucket.start)
        if other is None or other == bucket:
            continue
        was, now = totals(about, bucket), totals(about, other)
        erased = any(was.values()) and not any(now.values())
        if erased or old.fetched_at >= bucket.end + lag:
            found += [
                Change(
                    bucket.start,
                    metric,
                    currency,
                    was.get((metric, currency), 0),
                    now.get((metric, currency), 0),
                )
                for metric, currency in sorted({*was, *now})
                if was.get((metric, currency), 0) != now.get((metric, currency), 0)
            ]
    return found


def totals(about: Category, bucket: Bucket) -> _Totals:
    """The totals of a bucket's main metrics; amounts by currency."""
    result: _Totals = {}
    for metric in about.main_metrics:
        if metric.name not in bucket.metrics:
            continue
        if not about.is_costs:
            result[metric.name, ""] = sum(
                number for number in bucket.counts(metric.name) if number is not None
            )
            continue
        codes, currencies = bucket.dimension("currency")
        for code, amount in zip(codes, bucket.amounts(metric.name), strict=True):
            if amount is not None:
                key = (metric.name, currencies[code] or "")
                result[key] = money.add(Decimal(result.get(key, 0)), amount)
    return result


def notice(about: Category, width: str, found: Iterable[Change]) -> Notice | None:
    """``12 Nov changed by +$3.10``, for a few of the changes, the latest first; None when there are none."""
    ordered = sorted(found, key=lambda change: (-change.start, change.metric, change.currency))
    if not ordered:
        return None
    told = [
        f"{_moment(change.start, width)} changed by {_difference(about, change)}"
        for change in ordered[:MOST_TOLD]
    ]
    if len(ordered) > MOST_TOLD:
        told.append(f"and {len(ordered) - MOST_TOLD} more changes")
    return Notice("restated", ", ".join(told) + ", since it was last read")


def _moment(start: int, width: str) -> str:
    moment = datetime.fromtimestamp(start, UTC)
    day = f"{moment.day} {_MONTHS[moment.month - 1]}"
    return day if width == "1d" else f"{day} {moment:%H:%M}"


def _difference(about: Category, change: Change) -> str:
    """``+$3.10``, ``-2.00 eur`` or ``+1.2K input tokens``."""
    metric = about.metric(change.metric)
    if about.is_costs:
        moved = money.subtract(Decimal(change.new), Decimal(change.old))
        return numbers.signed(moved, metric.unit, currency=change.currency or "usd")
    return f"{numbers.signed(int(change.new) - int(change.old), metric.unit)} {metric.label}"
