"""Years of the demo organization: any seed, any day as now, asked for as the program asks."""

from __future__ import annotations

import asyncio
from functools import cache
from typing import TYPE_CHECKING

from usagetop.analysis.daily import Day, by_group, daily
from usagetop.analysis.frame import rollup
from usagetop.client.origin import Origin
from usagetop.demo.api import respond
from usagetop.model.query import make_query
from usagetop.store.loader import Loader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from usagetop.analysis.grouping import Key
    from usagetop.model.answer import Answer
    from usagetop.model.query import Query

DAY = 86_400
# 2026-11-24T08:30:00Z, the clock of the demo's other tests.
NOW = 1_795_509_000
# Nothing of the demo organization is older.
OLDEST = 420


def now_of(seed: int) -> int:
    """The day on which a seed's year ends: not the same for all, so that months differ."""
    return NOW + seed * 17 % 120 * DAY


def answered(query: Query, *, seed: int = 0, scenario: str = "steady") -> Answer:
    """The demo organization's answer to a query, at the query's now."""
    now = query.range.now

    def handle(path: str, params: Sequence[tuple[str, str]]) -> tuple[int, Mapping[str, str], bytes]:
        response = respond(scenario, path, params, now=now, seed=seed)
        return response.status, response.headers, response.body

    async def ask() -> Answer:
        loader = Loader(Origin("demo:years", None, handle), store=None, clock=lambda: now)
        try:
            return await loader.load(query)
        finally:
            await loader.aclose()

    return asyncio.run(ask())


@cache
def costs(seed: int, *, scenario: str = "steady", days: int = OLDEST, now: int = 0) -> tuple[Day, ...]:
    """The daily costs up to the seed's last day, or up to ``now``."""
    query, _ = make_query("costs", f"{days}d", now=now or now_of(seed), by="none")
    answer = answered(query, seed=seed, scenario=scenario)
    return daily(rollup(query, answer.buckets).buckets, answer.ages, currency="usd")


@cache
def groups(
    seed: int,
    by: str,
    *,
    scenario: str = "steady",
    days: int = OLDEST,
    now: int = 0,
    category: str = "costs",
    filters: tuple[str, ...] = (),
) -> dict[Key, dict[int, Decimal]]:
    """What each group had on each day, of the category's first metric."""
    query, _ = make_query(
        category, f"{days}d", now=now or now_of(seed), by=f"bucket,{by}", width="1d", filters=filters
    )
    answer = answered(query, seed=seed, scenario=scenario)
    column = query.about.metrics[0].name
    return by_group(rollup(query, answer.buckets, {column}), column, currency="usd")
