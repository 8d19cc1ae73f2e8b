"""The whole explorer on cached data: from the key of a tab or of a sort to the paint."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from statistics import median
from typing import TYPE_CHECKING

from tests.bench.inside import NotingDriver, watched
from tests.bench.timing import Row, percentile
from usagetop.app import ExplorerApp
from usagetop.screens.desk import Desk, make_desk
from usagetop.screens.explorer import Explorer
from usagetop.store.opening import demo_loader
from usagetop.store.session import Session, View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bench.inside import Watched

_NOW = 1_795_508_765  # 2026-11-24: the demo's year is the same each time
_RANGE = "2026-10-01..2026-10-31"
_GRAIN = ("model", "project_id", "user_id", "api_key_id")
_TIMES = 15
_BUDGET = 50.0


def rows() -> Iterator[Row]:
    """The rows of moving about in what is cached."""
    for scenario in ("steady", "huge"):
        yield from asyncio.run(_rows(scenario))


async def _rows(scenario: str) -> list[Row]:
    """Tab switches and sorts on completions by four dimensions over a closed month."""
    loader = demo_loader(scenario, clock=lambda: float(_NOW))
    view = View("completions", range_text=_RANGE, group_by=_GRAIN)
    answer = await loader.load(view.query(_NOW))
    units = sum(bucket.rows for bucket in answer.buckets)
    await loader.load(View("costs", range_text=_RANGE, group_by=("line_item",)).query(_NOW))

    def desk(_: str | None) -> Desk:
        return make_desk(loader, Session(view), clock=lambda: float(_NOW), auto=False, with_names=False)

    app = ExplorerApp(desk, driver_class=NotingDriver)
    async with watched(app) as one:
        explorer = await _at_rest(one)
        tabs, sorts = [], []
        for at in range(2 * _TIMES + 2):
            category, key = ("completions", "2") if at % 2 else ("costs", "1")
            taken = await one.press(key, partial(_shows, explorer, category))
            if at > 1 and at % 2:  # the first round loads what later ones have
                tabs.append(taken)
            await one.rest(0.1)
        for _ in range(_TIMES):
            sorts.append(await one.press("s", partial(_differs, explorer, explorer.view)))
            await one.rest(0.1)
    note = f"completions by four dimensions, {units:,} unit rows, in-process"
    return [
        Row(
            f"{what}, {units:,} unit rows",
            percentile(values, 0.95) * 1e3,
            "ms",
            _BUDGET,
            note=f"p95; p50 {median(values) * 1e3:.0f} ms; {note}",
        )
        for what, values in (("tab switch in cached data", tabs), ("sort in cached data", sorts))
    ]


def _shows(explorer: Explorer, category: str) -> bool:
    """Whether a category is drawn with its numbers, those of the question that is asked now."""
    content, outcome = explorer.table.content, explorer.outcome
    if content is None or outcome is None or explorer.drawn_category != category:
        return False
    return content.source[0] is outcome.frame and outcome.view.asks_like(explorer.view)


def _differs(explorer: Explorer, before: View) -> bool:
    """Whether the view has changed; it is drawn in the same turn."""
    return explorer.view != before


async def _at_rest(one: Watched) -> Explorer:
    """The explorer's screen once its first view is drawn; raises TimeoutError."""
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        screen = one.app.screen
        if isinstance(screen, Explorer) and screen.awaited is None and screen.outcome is not None:
            await one.rest(0.3)
            return screen
        await asyncio.sleep(0.02)
    raise TimeoutError("the explorer did not come to rest")
