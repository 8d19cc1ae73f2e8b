"""What the explorer shows when things are not plain: several currencies, missing or old data, sizes, many rows."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.support.books import DAY, Books, cost
from tests.support.explorer import NOW, Person, at_the_explorer
from usagetop.errors import ServerFailed
from usagetop.store.session import View

pytestmark = pytest.mark.anyio

VIEW = View("costs", range_text="7d", group_by=("project_id",))
DOWN = ServerFailed("the server failed", why="503 Service Unavailable", mend="Try again later")


def many(count: int) -> Books:
    """So many projects, the dearest first."""
    return Books([cost(f"proj_{number:05}", str(count - number)) for number in range(count)])


def place(person: Person) -> tuple[int, int, int]:
    """Where cursor and scroll stand."""
    table = person.explorer.table
    return table.row, table.top, table.column


def cursor_line(person: Person) -> str:
    """The line with the cursor's marker; exactly one."""
    lines = [line for line in person.lines if line.startswith("▸")]
    assert len(lines) == 1
    return lines[0]


async def test_several_currencies_each_have_a_total_and_are_never_added() -> None:
    """A column says which is which; usd comes first."""
    books = Books([cost("proj_a", "1.50"), cost("proj_a", "900", "eur"), cost("proj_b", "70", "gbp")])
    async with at_the_explorer(desk=books.desk(VIEW), size=(200, 60)) as person:
        outcome = person.explorer.outcome
        assert outcome is not None
        assert outcome.frame.totals.amounts == {
            "usd": Decimal("9.0"),
            "eur": Decimal(5400),
            "gbp": Decimal(420),
        }
        totals = person.lines[2]
        assert "9.00" in totals
        assert "5,400" in totals
        assert "420" in totals
        assert "currency" in person.text
        content = person.explorer.table.content
        assert content is not None
        assert [content.key(row)[-1] for row in range(3)] == ["usd", "eur", "gbp"]
        assert [content.share(row) for row in range(3)] == [1.0, 1.0, 1.0]
        assert all(len(line) <= 200 for line in person.lines)


async def test_an_answer_without_some_days_says_incomplete() -> None:
    """In the status line, and why in the messages."""
    books = Books([cost("proj_a", "1")], late=2)
    async with at_the_explorer(desk=books.desk(VIEW)) as person:
        assert "INCOMPLETE" in person.status
        assert "5/7 days" in person.status
        await person.press("!")
        assert "missing_bucket" in person.text


async def test_old_copies_say_stale_where_asking_failed() -> None:
    """The numbers stay, the words tell their age."""
    books = Books([cost("proj_a", "1.25")])
    async with at_the_explorer(desk=books.desk(VIEW)) as person:
        before = person.lines[2]
        assert "STALE" not in person.status
        books.clock += 2 * 3600
        books.fault = DOWN
        await person.press("r")
        assert "STALE" in person.status
        assert person.lines[2] == before
        books.fault = None
        await person.press("r")
        assert "STALE" not in person.status


async def test_a_refresh_that_fails_keeps_the_numbers_the_sort_and_the_marks_and_says_so() -> None:
    """Even of another order than the one they were loaded in."""
    books = Books([cost("proj_a", "2"), cost("proj_b", "1"), cost("proj_c", "3")])
    desk = books.desk(VIEW, mode="no-cache")
    async with at_the_explorer(desk=desk) as person:
        await person.press("home", "h", "h", "h", "s", "down", "space")
        rows, totals, marks = person.rows, person.lines[2], person.explorer.marks
        assert rows == ["proj_a", "proj_b", "proj_c"]
        books.fault = DOWN
        await person.press("R")
        assert person.rows == rows
        assert person.lines[2] == totals
        assert person.explorer.marks == marks
        assert "the last load failed" in person.status
        await person.press("!")
        assert "503 Service Unavailable" in person.text
        await person.press("escape")
        books.fault = None
        await person.press("R")
        assert "failed" not in person.status
        assert person.rows == rows
        assert place(person)[0] == 2


async def test_another_question_that_fails_does_not_stand_over_the_old_numbers() -> None:
    """An error with the keys that help, instead of last week's total."""
    books = Books([cost("proj_a", "2")])
    async with at_the_explorer(desk=books.desk(VIEW, mode="no-cache")) as person:
        books.fault = DOWN
        await person.press("<")
        assert "503 Service Unavailable" in person.text
        assert "try again" in person.text
        assert "total" not in person.lines[2]
        books.fault = None
        await person.press("r")
        assert "try again" not in person.text
        assert "total" in person.lines[2]


async def test_an_automatic_refresh_that_changes_nothing_leaves_cursor_scroll_and_marks() -> None:
    """And one that changes the numbers leaves the cursor on its row."""
    books = many(200)
    async with at_the_explorer(desk=books.desk(VIEW)) as person:
        await person.press("end", "k", "k", "space")
        here, marks, asked = place(person), person.explorer.marks, books.asked
        books.clock += 3600
        person.explorer._refresh_due()
        await person.settled()
        assert books.asked > asked
        assert place(person) == here
        assert person.explorer.marks == marks
        name = person.rows[here[0]]
        books.rows = [*books.rows, cost("proj_new", "999")]
        books.clock += 2 * DAY
        person.explorer._refresh_due()
        await person.settled()
        assert person.rows[0] == "proj_new"
        assert person.rows[place(person)[0]] == name


async def test_a_smaller_screen_and_back_keeps_the_cursor_in_sight() -> None:
    """200x60, 60x15, and below what can be drawn."""
    async with at_the_explorer(desk=many(300).desk(VIEW), size=(200, 60)) as person:
        await person.press("end")
        name = person.rows[person.explorer.table.row]
        assert name in cursor_line(person)
        for size in ((60, 15), (50, 10), (60, 15), (200, 60)):
            await person.pilot.resize_terminal(*size)
            await person.settled()
            if size == (50, 10):
                assert "needs 60x15" in person.text
            else:
                assert name in cursor_line(person)


async def test_twenty_thousand_rows_open_sort_and_are_searched() -> None:
    """Only what is visible is drawn."""
    async with at_the_explorer(desk=many(20_000).desk(VIEW, with_names=False)) as person:
        assert "20,000 rows" in person.status
        await person.press("end")
        assert "proj_19999" in cursor_line(person)
        await person.press("home", "s")
        assert "project ▲" in person.status
        await person.press("slash")
        await person.write("1234")
        assert all("1234" in row for row in person.rows)
        assert "of 20,000 rows" in person.status


@pytest.mark.parametrize("start", [NOW - 40 * DAY])
async def test_no_clock_of_this_machine_is_read(start: int) -> None:
    """The desk's clock alone says what is today."""
    books = Books([cost("proj_a", "1")], clock=start)
    async with at_the_explorer(desk=books.desk(VIEW)) as person:
        assert "2026-10-15" in person.lines[0]
