"""The whole explorer on cached data: from the key of a tab or of a sort to the paint."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING

from tests.bench.inside import NotingDriver, watched
from tests.bench.timing import Row, Spent, percentile, spread
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
        taken = {
            "tab switch": await _there_and_back(one, explorer, ("1", "2"), both=False),
            "sort": [await _sorted(one, explorer) for _ in range(_TIMES)],
            "drill and back": await _there_and_back(one, explorer, ("enter", "escape")),
            "shift of the range": await _there_and_back(one, explorer, ("<", ">")),
        }
    note = f"completions by four dimensions, {units:,} unit rows, in-process"
    return [
        Row(
            f"{what} in cached data, {units:,} unit rows",
            percentile([each.clock for each in values], 0.95) * 1e3,
            "ms",
            _BUDGET,
            note=f"p95; {spread(values)}; {note}",
        )
        for what, values in taken.items()
    ]


async def _there_and_back(
    one: Watched, explorer: Explorer, keys: tuple[str, str], *, both: bool = True
) -> list[Spent]:
    """What it took to go to another view and back, or only to come back; the first round loads what others have."""
    values = []
    for at in range(2 * _TIMES + 2):
        taken = await one.press(keys[at % 2], partial(_shows, explorer, explorer.view))
        if at > 1 and (both or at % 2):
            values.append(taken)
        await one.rest(0.1)
    return values


async def _sorted(one: Watched, explorer: Explorer) -> Spent:
    """What one sort took."""
    taken = await one.press("s", partial(_shows, explorer, explorer.view))
    await one.rest(0.1)
    return taken


def _shows(explorer: Explorer, before: View) -> bool:
    """Whether another view than before is drawn: its numbers, in its order."""
    view, content, outcome = explorer.view, explorer.table.content, explorer.outcome
    if content is None or outcome is None or explorer.drawn_category != view.category:
        return False
    in_order = (content.sort, content.descending) == (view.sorted_by, view.descending)
    return (
        in_order
        and content.source[0] is outcome.frame
        and outcome.view.asks_like(view)
        and (not view.asks_like(before) or (view.sort, view.descending) != (before.sort, before.descending))
    )


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
