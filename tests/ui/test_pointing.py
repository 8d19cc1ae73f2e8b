"""The mouse, overridden keys, the palette, and the dialogs that change what is shown."""

from __future__ import annotations

import pytest

from tests.support.explorer import Person, at_the_explorer

pytestmark = pytest.mark.anyio


async def click(person: Person, text: str, *, line: int, times: int = 1) -> None:
    """Click on a text of a line."""
    column = person.lines[line].index(text)
    await person.pilot.click(offset=(column + 1, line % person.app.size.height), times=times)
    await person.settled()


def head_line(person: Person) -> int:
    """The line of the table's heads."""
    return next(at for at, line in enumerate(person.lines) if "amount" in line and "share" in line)


async def test_tabs_heads_rows_and_the_footer_answer_the_mouse() -> None:
    """A tab shows, a head sorts, a row takes the cursor, a second click on it drills, a footer key runs."""
    async with at_the_explorer() as person:
        await click(person, "completions", line=1)
        assert person.explorer.view.category == "completions"
        await click(person, "costs", line=1)
        head = head_line(person)
        await click(person, "line item", line=head)
        assert person.explorer.view.sort == "line_item"
        await click(person, "amount", line=head)
        assert person.explorer.view.sorted_by == "amount"
        name = person.rows[3]
        await person.pilot.click(offset=(6, head + 4))
        await person.settled()
        assert person.explorer.table.row == 3
        await person.pilot.click(offset=(6, head + 4), times=2)
        await person.settled()
        assert name in person.lines[0]
        await click(person, "range", line=-1)
        assert person.app.screen is not person.explorer


async def test_the_footers_quit_quits() -> None:
    """It stands on the right side of the line."""
    async with at_the_explorer(size=(80, 24)) as person:
        await person.pilot.click(offset=(77, 23))
        await person.until(lambda: not person.app.is_running or person.app.return_value == 0)
        assert person.app.return_value == 0


async def test_an_overridden_key_takes_the_place_of_the_old_one() -> None:
    """Several keys for one command; its old key does nothing any more."""
    async with at_the_explorer(keymap={"group-by": "w,ctrl+g", "category-previous": "comma"}) as person:
        await person.press("b")
        assert person.app.screen is person.explorer
        for key in ("w", "ctrl+g"):
            await person.press(key)
            assert person.app.screen is not person.explorer
            await person.press("escape")
        await person.press("comma")
        assert person.explorer.view.category == "decisions"


async def test_the_palette_runs_a_command_by_its_word() -> None:
    """Also one of the program's own."""
    async with at_the_explorer() as person:
        before = person.app.theme
        await person.press("ctrl+p")
        await person.write("next theme")
        await person.until(lambda: "Next theme: dark" in person.text)
        await person.press("enter")
        await person.until(lambda: person.app.theme != before)


async def test_the_sort_list_sorts_and_the_filter_editor_filters() -> None:
    """S picks a column; F takes the command line's grammar, and an empty line takes all filters away."""
    async with at_the_explorer() as person:
        whole = person.lines[2]
        await person.press("S", "home", "enter")
        assert person.explorer.view.sorted_by == "line_item"
        await person.press("F")
        await person.write("colour=red")
        assert "cannot be filtered by" in person.text
        await person.press("enter")
        assert person.app.screen is not person.explorer
        await person.press("ctrl+u")
        await person.write("project_id=")
        await person.press("enter")
        assert [(f.dimension, f.keep) for f in person.explorer.view.filters] == [("project_id", (None,))]
        assert person.lines[2] != whole
        await person.press("F", "end", "ctrl+u", "enter")
        assert person.explorer.view.filters == ()
        assert person.lines[2] == whole


async def test_a_split_arrow_key_is_not_a_command() -> None:
    """Escape and a bracket within 300 ms are the head of a slow arrow key; a comma is itself."""
    async with at_the_explorer() as person:
        await person.pilot.press("escape", "[")
        await person.settled()
        assert person.explorer.view.category == "costs"
        await person.pilot.press("escape", ",")
        await person.settled()
        assert person.explorer.view.category == "decisions"
