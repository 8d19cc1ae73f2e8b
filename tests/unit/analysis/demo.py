"""The demo organization's answers as packed buckets, and as the plain rows that results are held against."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from tests.unit.demo.asking import NOW, ask, data, rows_of
from usagetop.client.wire import read_page
from usagetop.model.categories import SECONDS_OF
from usagetop.model.columns import Bucket
from usagetop.model.query import Query, make_query


def asked(category: str, range_text: str, by: Iterable[str] = ()) -> Query:
    """A daily query at the demo's clock."""
    return make_query(category, range_text, now=NOW, by=",".join(by) or "none", width="1d")[0]


@cache
def answered(query: Query, scenario: str = "steady") -> tuple[Bucket, ...]:
    """The buckets that answer a query, in time order."""
    step, most = SECONDS_OF[query.width], query.about.limits[query.width]
    buckets: list[Bucket] = []
    for start, end in _windows(query, most * step):
        body = ask(
            query.about.path,
            start=start,
            end=end,
            by=query.grain,
            limit=most,
            scenario=scenario,
            more=_filters(query),
        ).body
        buckets += read_page(body, query.about, query.grain, step=step).buckets
    return tuple(buckets)


def raw(query: Query, scenario: str = "steady") -> list[dict[str, Any]]:
    """The same answer as JSON rows, without any code of ours between."""
    most = query.about.limits[query.width]
    rows: list[dict[str, Any]] = []
    for start, end in _windows(query, most * SECONDS_OF[query.width]):
        asking = {"start": start, "end": end, "by": query.grain, "limit": most, "scenario": scenario}
        rows += rows_of(data(query.about.path, **asking, more=_filters(query)))
    return rows


def _windows(query: Query, length: int) -> list[tuple[int, int]]:
    until = query.range.asked_until
    return [(start, min(start + length, until)) for start in range(query.range.start, until, length)]


def _filters(query: Query) -> list[tuple[str, str]]:
    names = {dimension.name: dimension.filter_param for dimension in query.about.dimensions}
    return [(f"{names[name]}[]", value) for name, values in query.pushed_filters for value in values]
