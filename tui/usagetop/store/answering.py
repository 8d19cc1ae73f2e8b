"""Putting an answer together: the query's buckets from stored and fetched units, and what must be said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from usagetop.analysis import numbers
from usagetop.analysis.frame import rollup
from usagetop.client import plan
from usagetop.client.notices import bucket_notices
from usagetop.client.units import Unit
from usagetop.errors import UsagetopError
from usagetop.model.answer import Answer, Notice, Source
from usagetop.model.categories import SECONDS_OF
from usagetop.model.columns import Bucket
from usagetop.model.period import DAY, HOUR, MINUTE, iso
from usagetop.model.query import Query

# A server's clock this far from ours puts "now" and the open bucket in doubt.
_SKEW_SECONDS = 5 * MINUTE
_MOST_NAMED = 3


def answer_of(
    query: Query,
    *,
    base_url: str,
    fetched: Mapping[int, Bucket],
    fetched_at: int,
    stored: Mapping[int, Unit],
    requests: int,
    notices: Iterable[Notice],
) -> Answer:
    """The answer of a query from fetched buckets (by start), and from stored units for what was not fetched."""
    kept = {bucket.start: (bucket, unit.fetched_at) for unit in stored.values() for bucket in unit.buckets}
    buckets: list[Bucket] = []
    ages: list[int] = []
    from_network = 0
    for start in query.starts():
        if start in fetched:
            buckets.append(fetched[start])
            ages.append(fetched_at)
            from_network += 1
        elif start in kept:
            buckets.append(kept[start][0])
            ages.append(kept[start][1])
    told = [*notices, *bucket_notices(buckets)]
    missing = missing_notice(query, {bucket.start for bucket in buckets})
    if missing is not None and all(notice.code != "missing_bucket" for notice in told):
        told.insert(0, missing)
    told += _of_the_query(query, buckets)
    source = Source(
        base_url=base_url,
        requests=requests,
        cached_buckets=len(buckets) - from_network,
        fetched_buckets=from_network,
        fetched_at=min(ages, default=None),
    )
    return Answer(query, tuple(buckets), tuple(dict.fromkeys(told)), source)


def _of_the_query(query: Query, buckets: list[Bucket]) -> list[Notice]:
    """What a reader must know from the question alone: an open bucket, a derived dimension."""
    told = []
    if buckets and buckets[-1].end > query.range.now:
        told.append(Notice("partial_bucket", "the last bucket is still open"))
    derived = {dimension.name for dimension in query.about.derived}
    used = {*query.group_by, *(filter_.dimension for filter_ in query.filters)}
    if derived & used:
        told.append(
            Notice("derived_dimension", "model is read from the line item; what cannot be read keeps it")
        )
    return told


def missing_notice(query: Query, present: Iterable[int]) -> Notice | None:
    """Which of the query's buckets are not there."""
    have = set(present)
    gone = [start for start in query.starts() if start not in have]
    if not gone:
        return None
    named = ", ".join(_moment(start, query.width) for start in gone[:_MOST_NAMED])
    more = f" and {len(gone) - _MOST_NAMED:,} more" if len(gone) > _MOST_NAMED else ""
    noun = "bucket is" if len(gone) == 1 else "buckets are"
    return Notice("missing_bucket", f"{len(gone):,} {noun} missing and stand in no total: {named}{more}")


def _moment(start: int, width: str) -> str:
    return iso(start)[:10] if SECONDS_OF[width] == DAY else iso(start)[:16].replace("T", " ")


def stale_notice(query: Query, units: Mapping[int, Unit], now: int, why: str = "") -> Notice | None:
    """Says that some of these stored units are past their life; None when all are in it."""
    old = [
        unit
        for unit in units.values()
        if plan.is_due(unit.fetched_at, plan.unit_end(unit.start, query.width), now)
    ]
    if not old:
        return None
    oldest = min(unit.fetched_at for unit in old)
    because = f" ({why})" if why else ""
    return Notice(
        "stale", f"some numbers are older than their time to live, from {_age(now - oldest)} ago{because}"
    )


def _age(seconds: int) -> str:
    if seconds < HOUR:
        return f"{max(1, seconds // MINUTE)} min"
    return f"{seconds // HOUR} h" if seconds < 2 * DAY else f"{seconds // DAY} days"


def failed_notice(errors: Iterable[UsagetopError]) -> Notice:
    """Windows that failed while others came: the first error speaks for all."""
    every = list(errors)
    return Notice("paging", f"a part could not be fetched: {every[0]}")


def skew_notice(date: int | None, now: int) -> Notice | None:
    """The server's clock and ours disagree."""
    if date is None or abs(date - now) <= _SKEW_SECONDS:
        return None
    way = "behind" if date > now else "ahead of"
    return Notice("clock_skew", f"this machine's clock is {_age(abs(date - now))} {way} the server's")


def restated(query: Query, old: Unit, new: Unit) -> Notice | None:
    """A change of numbers that should have been final: how much the unit's total moved.

    Usage is expected 15 minutes after its end, costs 48 hours after; a change before that is growth.
    """
    lag = 2 * DAY if query.about.is_costs else 15 * MINUTE
    if old.fetched_at < plan.unit_end(old.start, query.width) + lag:
        return None
    bare = query.with_group_by(())
    before, after = rollup(bare, old.buckets).totals, rollup(bare, new.buckets).totals
    changes = []
    for currency in sorted({*before.amounts, *after.amounts}):
        moved = after.amounts.get(currency, 0) - before.amounts.get(currency, 0)
        if moved:
            changes.append(numbers.signed(moved, "usd", currency=currency))
    for metric in query.about.main_metrics:
        count = after.counts.get(metric.name, 0) - before.counts.get(metric.name, 0)
        if count:
            changes.append(f"{numbers.signed(count, metric.unit)} {metric.label}")
    if not changes:
        return None
    day = datetime.fromtimestamp(old.start, UTC)
    return Notice("restated", f"{day.day} {day:%b} changed by {', '.join(changes)} since it was last read")
