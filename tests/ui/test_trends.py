"""The course of every row stands beside its share, where there is room for it."""

from __future__ import annotations

import pytest

from tests.support.books import Books, cost
from tests.support.explorer import at_the_explorer
from usagetop.charts.glyphs import EIGHTHS
from usagetop.store.session import View

pytestmark = pytest.mark.anyio

PROJECTS = View("costs", range_text="7d", group_by=("project_id",))


def two() -> Books:
    """Two projects, the same every day up to yesterday."""
    return Books([cost("proj_a", "3"), cost("proj_b", "1")])


async def test_a_wide_table_draws_trends_and_a_narrow_one_the_numbers_alone() -> None:
    """It follows the terminal; today has nothing yet."""
    async with at_the_explorer(desk=two().desk(PROJECTS)) as person:
        row = next(line for line in person.lines if "proj_b" in line and "25.0%" in line)
        assert row.endswith(" " + EIGHTHS[7] * 6)
        await person.pilot.resize_terminal(119, 40)
        await person.settled()
        assert "trend" not in person.text
        await person.pilot.resize_terminal(120, 40)
        await person.settled()
        assert "trend" in person.text


async def test_a_trend_is_no_column_to_sort_by() -> None:
    """The key says nothing there, and the list leaves it out."""
    async with at_the_explorer(desk=two().desk(PROJECTS)) as person:
        await person.press("l", "l", "l")
        assert person.explorer.table.chosen_column() == "trend"
        before = person.explorer.view
        await person.press("s")
        assert person.explorer.view == before
        await person.press("S")
        assert "trend" not in person.text.partition("Sort by")[2]


async def test_beside_an_earlier_period_stand_its_numbers_instead() -> None:
    """There is not room for both."""
    async with at_the_explorer(desk=two().desk(PROJECTS)) as person:
        await person.press("c")
        assert "trend" not in person.text
        await person.press("c", "c")
        assert "trend" in person.text


async def test_rows_that_are_buckets_have_no_trend() -> None:
    """Each is a point of it."""
    async with at_the_explorer(desk=two().desk(PROJECTS.changed(group_by=("bucket",)))) as person:
        assert "trend" not in person.text
