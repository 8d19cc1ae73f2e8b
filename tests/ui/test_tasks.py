"""What people come to do, by keyboard: each test is one task, and reads what the screen says."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.support.explorer import at_the_explorer
from usagetop.model.categories import CATEGORIES

pytestmark = pytest.mark.anyio


@pytest.mark.usefixtures("either_way")
async def test_a_newcomer_gets_last_months_costs_by_project_sorted_as_a_chart() -> None:
    """Only keys that the footer names: t for the range, b for the dimension, s to sort."""
    async with at_the_explorer() as person:
        await person.press("t")
        await person.write("last-month")
        await person.press("enter")
        await person.press("b", "home", "enter")
        assert "2026-10-01 → 2026-10-31" in person.lines[0]
        assert "by project" in person.lines[0]
        outcome = person.explorer.outcome
        assert outcome is not None
        amounts = outcome.frame.columns["amount"]
        content = person.explorer.table.content
        assert content is not None
        shown = [amounts[row] for row in content.rows]
        assert shown == sorted(shown, key=lambda amount: Decimal(amount or 0), reverse=True)
        assert "amount a day by project" in person.text
        await person.press("l", "s")
        assert outcome.frame.order("amount", descending=False) == person.explorer.table.content.rows  # type: ignore[union-attr]


async def test_every_category_opens_and_its_total_is_the_sum_of_its_rows_and_of_its_buckets() -> None:
    """Twelve tabs, walked with the key for the next one."""
    async with at_the_explorer(scenario="steady") as person:
        for category in CATEGORIES:
            outcome = person.explorer.outcome
            assert outcome is not None
            assert outcome.view.category == category.name
            frame = outcome.frame
            assert len(frame) > 0, category.name
            metric = category.metrics[0]
            if category.is_costs:
                rows = sum((Decimal(value or 0) for value in frame.columns["amount"]), Decimal(0))
                assert frame.totals.amounts["usd"] == rows
                assert rows == sum(
                    (b.totals.amounts.get("usd", Decimal(0)) for b in frame.buckets), Decimal(0)
                )
            elif metric.kind == "additive":
                total = frame.totals.counts[metric.name]
                assert total == sum(int(value or 0) for value in frame.columns[metric.name])
                assert total == sum(bucket.totals.counts[metric.name] for bucket in frame.buckets)
            await person.press("]")
        assert person.explorer.view.category == "costs"


@pytest.mark.usefixtures("either_way")
async def test_drilling_keeps_the_value_and_escape_comes_back_to_the_same_row() -> None:
    """Line item, then project, then days; and back."""
    async with at_the_explorer() as person:
        await person.press("down", "down")
        chosen = person.rows[2]
        await person.press("enter")
        assert chosen in person.lines[0]
        assert "by project" in person.lines[0]
        await person.press("enter")
        assert "by bucket" in person.lines[0]
        await person.press("escape", "escape")
        assert "by line item" in person.lines[0]
        assert person.explorer.table.row == 2


async def test_search_narrows_the_rows_as_one_types_and_escape_clears_it() -> None:
    """The total stays that of all rows."""
    async with at_the_explorer() as person:
        before = len(person.rows)
        totals = person.lines[2]
        await person.press("slash")
        await person.write("cached")
        assert 0 < len(person.rows) < before
        assert all("cached" in row for row in person.rows)
        await person.press("enter")
        assert person.lines[2] == totals
        assert f"of {before} rows" in person.status
        await person.press("escape")
        assert len(person.rows) == before


async def test_a_second_visit_of_the_same_view_makes_no_request() -> None:
    """The status line says where the numbers came from."""
    async with at_the_explorer() as person:
        assert "request" in person.status
        await person.press("2", "1")
        assert "from cache" in person.status


async def test_the_open_bucket_and_the_demo_are_said_in_the_status_line() -> None:
    """Words of INTERFACE.md."""
    async with at_the_explorer() as person:
        assert "DEMO" in person.status
        assert "PARTIAL" in person.status
        await person.press("t")
        await person.write("last-month")
        await person.press("enter")
        assert "PARTIAL" not in person.status


@pytest.mark.usefixtures("either_way")
async def test_a_filter_by_cursor_and_its_opposite_add_up_to_the_whole() -> None:
    """F keeps, x excludes: both parts are the total, to the last digit."""
    async with at_the_explorer() as person:

        def total() -> Decimal:
            outcome = person.explorer.outcome
            assert outcome is not None
            return outcome.frame.totals.amounts["usd"]

        whole = total()
        await person.press("f")
        kept = total()
        await person.press("H", "x")
        assert kept + total() == whole
        assert Decimal(0) < kept < whole


async def test_a_refused_grouping_falls_back_says_so_and_is_remembered() -> None:
    """The refusing gateway answers costs by user with 400."""
    async with at_the_explorer(scenario="refusing") as person:
        await person.press("b")
        picker = person.app.screen
        await person.press("home", "down", "enter")
        assert person.app.screen is not picker
        outcome = person.explorer.outcome
        assert outcome is not None
        assert "user_id" not in outcome.answer.query.group_by
        assert outcome.answer.notice("fallback_grouping") is not None
        await person.press("b")
        assert "refused" in person.text


async def test_a_tab_that_fails_never_takes_the_others_along() -> None:
    """The refusing gateway does not serve decisions: that tab says so, the others go on."""
    async with at_the_explorer(scenario="refusing") as person:
        await person.press(",")
        assert person.explorer.view.category == "decisions"
        assert "try again" in person.text
        await person.press("1")
        assert "line item" in person.text
        assert person.explorer.outcome is not None


async def test_an_empty_range_says_that_it_is_empty_and_what_to_press() -> None:
    """The empty organization."""
    async with at_the_explorer(scenario="empty") as person:
        assert "Nothing in costs" in person.text
        assert "another range" in person.text


async def test_names_and_ids_change_places() -> None:
    """N shows the ids, and again the names."""
    async with at_the_explorer() as person:
        await person.press("b", "home", "enter")
        await person.until(lambda: not any(row.startswith("proj_") for row in person.rows[:3]))
        named = person.rows[0]
        await person.press("n")
        assert person.rows[0].startswith("proj_")
        await person.press("n")
        assert person.rows[0] == named


async def test_details_show_every_field_exactly() -> None:
    """D opens them, escape closes."""
    async with at_the_explorer() as person:
        await person.press("d")
        assert "amount" in person.text
        assert "rows" in person.text
        await person.press("escape")
        assert "DEMO" in person.status


async def test_single_letters_do_not_fire_while_a_text_field_has_the_focus() -> None:
    """Q in the range picker is a letter."""
    async with at_the_explorer() as person:
        await person.press("t")
        await person.write("q")
        assert person.app.is_running
        assert "cannot read the range" in person.text
        await person.press("escape", "slash")
        await person.write("q")
        assert person.app.is_running


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60), (61, 16), (59, 14)])
async def test_every_size_draws_lines_of_the_screens_width(size: tuple[int, int]) -> None:
    """Nothing is wider than the screen, and below 60x15 a sentence stands."""
    async with at_the_explorer(size=size) as person:
        assert len(person.lines) == size[1]
        assert all(len(line) <= size[0] for line in person.lines)
        assert ("needs 60x15" in person.text) == (size[0] < 60)


async def test_help_and_palette_open_by_key_and_close_with_escape() -> None:
    """? tells the keys; both ctrl+p and : open the palette, where a command runs by name."""
    async with at_the_explorer() as person:
        await person.press("?")
        assert "Show costs." in person.text
        await person.press("escape")
        for key in ("ctrl+p", ":"):
            await person.press(key)
            assert person.app.screen is not person.explorer
            await person.press("escape")
        await person.press("ctrl+p")
        await person.write("embeddings")
        await person.until(lambda: "Show embeddings." in person.text)
        await person.press("enter")
        await person.until(lambda: person.explorer.view.category == "embeddings")
