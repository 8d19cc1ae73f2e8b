"""Answers on every size of screen: the same facts in the same keys, and the month of a limit as a picture."""

from __future__ import annotations

import pytest

from tests.support.explorer import at_the_explorer
from tests.ui.test_answers import LEAK, SPIKE, cells, open_sheet
from usagetop.store.views import VIEWS

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_every_part_of_the_answer_is_on_the_screen_at_every_size(size: tuple[int, int]) -> None:
    """The spike: project, model, day and why. The leak: key, day and what it cost. No key more on a small one."""
    async with at_the_explorer(scenario="spike", size=size) as person:
        await person.press("a", "enter")
        await person.drawn()
        top = next(line for line in person.lines if line.startswith("▸"))
        for part in ("search-api", "gpt-5.5", "input", SPIKE, "volume", cells(person)["delta"]):
            assert part in top
    async with at_the_explorer(scenario="leak", size=size) as person:
        await person.press("a", "end", "up", "up", "enter")
        await person.drawn()
        top = next(line for line in person.lines if line.startswith("▸"))
        for part in ("o3-pro", "staging", LEAK[-1], cells(person)["key_delta"]):
            assert part in top


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_month_of_the_chosen_limit_is_drawn_with_the_day_it_runs_out(size: tuple[int, int]) -> None:
    """The chart follows the cursor; spent, forecast, band and limit are named below or beside it."""
    async with at_the_explorer(size=size) as person:
        await open_sheet(person, "budget")
        assert "spend limit, organization: $11,821.28 of $21,550.00 · holds" in person.text
        for word in ("spent $", "to come", "80% band +", "limit", "━", "low $", "high $"):
            assert word in person.text
        await person.press("end")
        await person.drawn()
        assert "spend alert, search-api: $3,849.55 of $4,200.00 · runs out on 2026-11-26" in person.text


async def test_without_limits_the_month_is_drawn_all_the_same() -> None:
    """The gateway has none to read: what is spent and likely stands, and that none is known."""
    async with at_the_explorer(scenario="refusing") as person:
        await open_sheet(person, "budget")
        assert "No limit, alert or budget is known." in person.text
        assert "$10,818.73 spent · month's end $14,405.63" in person.text


async def test_what_is_cut_above_the_rows_is_read_whole_under_messages() -> None:
    """80 columns have no room for every line that nothing explains; ``!`` has."""
    async with at_the_explorer(size=(80, 24)) as person:
        await open_sheet(person, "reconcile")
        assert "NOT EXPLAINED" in person.text
        assert "… !" in person.text
        await person.press("!")
        assert "$3.98" in person.text


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("way", [(), ("enter", "enter")])
async def test_both_periods_of_a_comparison_are_named(size: tuple[int, int], way: tuple[str, ...]) -> None:
    """However narrow the screen, and however far one has drilled down."""
    async with at_the_explorer(size=size) as person:
        await person.press(*way)
        for earlier in ("2026-09-27 → 2026-10-25", "2026-09-26 → 2026-10-23"):
            await person.press("c")
            await person.drawn()
            assert "2026-10-26 → 2026-11-23 UTC" in person.lines[0]
            assert f"against {earlier}" in "".join(person.lines[:3])


async def test_all_views_are_in_the_list_at_80_columns() -> None:
    """One line each: none is out of sight."""
    async with at_the_explorer(size=(80, 24)) as person:
        await person.press("a")
        assert all(f"{view.title} " in person.text and view.help in person.text for view in VIEWS.values())
