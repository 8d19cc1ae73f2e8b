"""Putting an answer together: the query's buckets from stored and fetched units, and what must be said."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from usagetop.client import plan
from usagetop.client.notices import bucket_notices
from usagetop.client.units import Unit
from usagetop.model.answer import Answer, Notice, Source
from usagetop.model.categories import SECONDS_OF
from usagetop.model.columns import Bucket
from usagetop.model.period import DAY, floor, iso
from usagetop.model.query import Query

_MOST_NAMED = 3


def answer_of(
    query: Query,
    *,
    base_url: str,
    fetched: Mapping[int, Bucket],
    fetched_at: int,
    stored: Mapping[int, Unit],
    finer: Collection[int] = (),
    requests: int,
    notices: Iterable[Notice],
) -> Answer:
    """The answer of a query from fetched buckets (by start), and from stored units for what was not fetched.

    ``finer`` are the starts of stored units of a finer grain.
    """
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
    told += _of_the_query(query, buckets, ages)
    source = Source(
        base_url=base_url,
        requests=requests,
        cached_buckets=len(buckets) - from_network,
        finer_buckets=sum(
            bucket.start not in fetched and plan.unit_of(bucket.start, query.width) in finer
            for bucket in buckets
        ),
        fetched_buckets=from_network,
        fetched_at=min(ages, default=None),
    )
    return Answer(query, tuple(buckets), tuple(dict.fromkeys(told)), source, tuple(ages))


def _of_the_query(query: Query, buckets: list[Bucket], ages: list[int]) -> list[Notice]:
    """What a reader must know whatever came: an open bucket, a derived dimension."""
    told = []
    # A bucket that was open when it was fetched (``ages`` in UTC seconds) lacks its end, though it is over now.
    if buckets and buckets[-1].end > min(query.range.now, ages[-1]):
        told.append(Notice("partial_bucket", "the last bucket is still open"))
    elif query.range.is_open and floor(query.range.now, SECONDS_OF[query.width]) >= query.range.asked_until:
        # Requests end at the last full minute, so a bucket that began with this one cannot be asked for yet.
        told.append(Notice("partial_bucket", "the last bucket has only just begun and is not here yet"))
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
    said = "bucket is missing and stands" if len(gone) == 1 else "buckets are missing and stand"
    return Notice("missing_bucket", f"{len(gone):,} {said} in no total: {named}{more}")


def _moment(start: int, width: str) -> str:
    return iso(start)[:10] if SECONDS_OF[width] == DAY else iso(start)[:16].replace("T", " ")
