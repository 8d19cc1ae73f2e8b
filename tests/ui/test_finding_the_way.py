"""Finding the way: history, marks, chart, panes, widths, and what happens when loads go wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection

import pytest

from tests.support.explorer import NOW, at_the_explorer
from usagetop.app import ExplorerApp
from usagetop.errors import KeyMissing
from usagetop.model.answer import Answer
from usagetop.model.query import Query
from usagetop.screens.desk import Desk, make_desk
from usagetop.screens.explorer import Explorer
from usagetop.screens.welcome import Welcome
from usagetop.store.loader import Loader, Mode
from usagetop.store.opening import demo_loader
from usagetop.store.progress import Progress
from usagetop.store.session import Session, first_view

pytestmark = pytest.mark.anyio


async def test_history_goes_back_and_forward_through_views() -> None:
    """H and L walk what was seen, categories included."""
    async with at_the_explorer() as person:
        await person.press("2", "b", "home", "enter")
        await person.press("H")
        assert person.explorer.view.group_by == ("model",)
        await person.press("H")
        assert person.explorer.view.category == "costs"
        await person.press("L", "L")
        assert person.explorer.view.group_by == ("project_id",)


async def test_marked_rows_drill_together() -> None:
    """Two marked line items become one filter; the total is their sum."""
    async with at_the_explorer() as person:
        outcome = person.explorer.outcome
        content = person.explorer.table.content
        assert outcome is not None
        assert content is not None
        amounts = [outcome.frame.columns["amount"][content.rows[row]] for row in (0, 1)]
        await person.press("space", "space", "enter")
        inner = person.explorer.outcome
        assert inner is not None
        assert inner.frame.totals.amounts["usd"] == sum(amount for amount in amounts if amount is not None)
        assert len(person.explorer.view.filters[0].keep) == 2


async def test_the_chart_tells_a_bucket_and_opens_it() -> None:
    """Tab to the chart, left to the last bucket, enter opens that day in hours."""
    async with at_the_explorer() as person:
        await person.press("2", "tab", "left", "left")
        assert "2026-11-23 UTC" in person.text
        await person.press("enter")
        assert person.explorer.view.range_text == "2026-11-23"
        outcome = person.explorer.outcome
        assert outcome is not None
        assert outcome.answer.query.width == "1h"
        assert len(outcome.answer.buckets) == 24


async def test_z_gives_the_focused_pane_the_screen_and_escape_takes_it_back() -> None:
    """The table first, then the chart."""
    async with at_the_explorer() as person:
        assert person.explorer.chart.display
        await person.press("z")
        assert not person.explorer.chart.display
        await person.press("escape")
        assert person.explorer.chart.display
        await person.press("tab", "z")
        assert not person.explorer.table.display
        await person.press("z")
        assert person.explorer.table.display


async def test_shifting_zooming_and_back_to_now() -> None:
    """< and > move by the range's own length, - and + double and halve it, T comes back."""
    async with at_the_explorer() as person:
        await person.press("<")
        assert "2026-09-26 → 2026-10-25" in person.lines[0]
        await person.press(">", "T")
        assert person.explorer.view.range_text == "30d"
        before = len(person.explorer.view.query(NOW).starts())
        await person.press("-")
        assert len(person.explorer.view.query(NOW).starts()) == 2 * before


async def test_the_width_can_be_chosen_and_a_day_is_shown_in_hours() -> None:
    """I opens the widths; costs have days only."""
    async with at_the_explorer() as person:
        await person.press("2", "t")
        await person.write("yesterday")
        await person.press("enter", "i", "home", "down", "enter")
        assert person.explorer.view.width == "1h"
        outcome = person.explorer.outcome
        assert outcome is not None
        assert len(outcome.answer.buckets) == 24


async def test_the_metric_and_the_chart_kind_change_what_is_drawn() -> None:
    """M chooses, v walks the kinds."""
    async with at_the_explorer() as person:
        await person.press("2", "m", "down", "enter")
        assert "output tokens a day by model" in person.text
        await person.press("v")
        await person.drawn()
        assert "lines" in person.lines[3]


class SlowLoader(Loader):
    """A loader whose answers wait until the test lets them go."""

    def __init__(self, inner: Loader) -> None:
        """Answers come from ``inner``."""
        super().__init__(inner.origin, store=None, clock=lambda: float(NOW))
        self.inner = inner
        self.gate = asyncio.Event()
        self.gate.set()
        self.waiting = 0

    async def load(
        self,
        query: Query,
        *,
        mode: Mode = "normal",
        on_progress: Callable[[Progress], None] | None = None,
        needed: Collection[str] | None = None,
    ) -> Answer:
        """The inner loader's answer, once the gate is open."""
        if on_progress is not None:
            on_progress(Progress(18, 30))
        self.waiting += 1
        try:
            await self.gate.wait()
        finally:
            self.waiting -= 1
        return await self.inner.load(query, mode=mode, on_progress=on_progress, needed=needed)


async def test_a_load_shows_progress_keeps_the_old_numbers_and_can_be_cancelled() -> None:
    """Escape ends the wait; the numbers that were there stay."""
    loader = SlowLoader(demo_loader("spike", clock=lambda: float(NOW)))

    def desk(_scenario: str | None) -> Desk:
        return make_desk(loader, Session(first_view("costs")), clock=lambda: float(NOW), auto=False)

    async with at_the_explorer(desk=desk) as person:
        before = person.rows
        loader.gate.clear()
        await person.pilot.press("<")
        await person.until(lambda: "loading 18/30" in person.status)
        assert person.rows == before
        await person.pilot.press("escape")
        await person.until(lambda: loader.waiting == 0)
        await person.settled()
        assert "loading" not in person.status
        assert person.rows == before
        assert person.explorer.view.range_text == "30d"


async def test_the_first_start_without_a_key_offers_the_demo() -> None:
    """D opens it; the screen says DEMO."""

    def desk(scenario: str | None) -> Desk:
        if scenario is None:
            raise KeyMissing("no admin key", why="none is set", mend="Set OPENAI_ADMIN_KEY")
        loader = demo_loader(scenario, clock=lambda: float(NOW))
        return make_desk(loader, Session(first_view("costs")), clock=lambda: float(NOW), auto=False)

    app = ExplorerApp(desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, Welcome)
        await pilot.press("d")
        for _ in range(500):
            await pilot.pause()
            if isinstance(app.screen, Explorer):
                break
        assert isinstance(app.screen, Explorer)
        assert app.screen.desk.origin.startswith("demo:")


@pytest.mark.parametrize(("key", "opened"), [("y", True), ("n", False)])
async def test_another_host_is_asked_about_before_the_key_goes_there(key: str, *, opened: bool) -> None:
    """The desk is not even made before the answer."""
    made: list[str | None] = []
    trusted: list[bool] = []

    def desk(scenario: str | None) -> Desk:
        made.append(scenario)
        loader = demo_loader("spike", clock=lambda: float(NOW))
        return make_desk(loader, Session(first_view("costs")), clock=lambda: float(NOW), auto=False)

    app = ExplorerApp(desk, foreign_host="gateway.example", trust_host=lambda: trusted.append(True))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert not made
        await pilot.press(key)
        await pilot.pause()
    assert bool(made) == bool(trusted) == opened


async def test_top_shows_so_many_rows_keeps_the_totals_and_goes_with_escape() -> None:
    """The status line says how many there are, and a copy has the rest as one row."""
    async with at_the_explorer(view=first_view("costs").changed(top=3)) as person:
        every = person.explorer.outcome
        assert every is not None
        assert len(person.rows) == 3
        assert f"3 of {len(every.frame)} rows" in person.status
        await person.press("Y", "enter")
        assert len(person.app.clipboard.splitlines()) == 1 + 3 + 1
        await person.press("escape")
        assert len(person.rows) == len(every.frame)
