"""The explorer stays open over midnight: the new day enters the range, the old one settles."""

from __future__ import annotations

import pytest

from tests.support.books import DAY, TODAY, Books, cost
from tests.support.explorer import at_the_explorer
from usagetop.store.session import View

pytestmark = pytest.mark.anyio


@pytest.mark.fault(
    "time",
    "midnight (UTC) passes while the explorer is open",
    "the next refresh, by itself or by hand, shows the new day and asks once more for the old one",
)
@pytest.mark.parametrize("by_hand", [False, True], ids=["by itself", "by hand"])
async def test_the_new_day_enters_the_range(by_hand: bool) -> None:  # noqa: FBT001 - a case of the test
    """A range that ends today goes on ending today; the day that ended is asked for until it is settled."""
    books = Books([cost("proj_a", "10")])
    books.clock = TODAY + DAY - 30
    view = View("costs", range_text="7d", group_by=("line_item",))
    async with at_the_explorer(desk=books.desk(view, with_names=False)) as person:
        assert "2026-11-18 → 2026-11-24" in person.text
        for days, shown in ((1, "2026-11-19 → 2026-11-25"), (4, "2026-11-22 → 2026-11-28")):
            books.clock = TODAY + days * DAY + 90
            asked = books.asked
            if by_hand:
                await person.press("r")
            else:
                person.explorer._refresh_due()
                await person.settled()
            assert shown in person.text
            assert books.asked > asked
            outcome = person.explorer.outcome
            assert outcome is not None
            assert [bucket.start for bucket in outcome.answer.buckets][-1] == TODAY + days * DAY


@pytest.mark.fault(
    "time",
    "the clock steps back, or to an absurd year, while the explorer is open",
    "the numbers stay; the range follows the clock, an absurd one is an error that can be read",
)
async def test_a_step_of_the_clock_is_survived() -> None:
    """Back by days, far beyond every year, and right again."""
    books = Books([cost("proj_a", "10")])
    view = View("costs", range_text="7d", group_by=("line_item",))
    async with at_the_explorer(desk=books.desk(view, with_names=False)) as person:
        right = books.clock
        books.clock = right - 3 * DAY
        await person.press("r")
        assert "2026-11-15 → 2026-11-21" in person.text
        for absurd in (1e12, -1e12, 1e20):
            books.clock = absurd
            await person.press("r")
            assert "the last load failed" in person.status
        books.clock = right
        await person.press("r")
        assert "2026-11-18 → 2026-11-24" in person.text
        assert "failed" not in person.status
