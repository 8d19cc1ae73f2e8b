"""Hands on the explorer: the wheel, rebound keys, keys that come too early, too often or split in two."""

from __future__ import annotations

import asyncio

import pytest
from textual.widgets import Input

from tests.support.books import Books, cost
from tests.support.explorer import NOW, at_the_explorer
from usagetop.screens.desk import make_desk
from usagetop.store.opening import demo_loader
from usagetop.store.session import Session, View, first_view
from usagetop.widgets.table import FrameTable

pytestmark = pytest.mark.anyio

SMALL = (80, 24)
PROJECTS = View("costs", range_text="7d", group_by=("project_id",))


async def test_the_wheel_moves_the_cursor_and_stops_at_the_ends() -> None:
    """Three rows at a time."""
    async with at_the_explorer() as person:
        table = person.explorer.table
        for _ in range(3):
            await person.pilot._post_mouse_events([_scroll("down")], FrameTable)
        await person.settled()
        assert table.row == 9
        for _ in range(9):
            await person.pilot._post_mouse_events([_scroll("up")], FrameTable)
        await person.settled()
        assert table.row == 0


def _scroll(direction: str) -> type:
    from textual import events

    return events.MouseScrollDown if direction == "down" else events.MouseScrollUp


async def test_rebound_keys_work_are_shown_and_leave_their_old_keys_free() -> None:
    """In the footer and where a state names what to press."""
    keymap = {"range": "w", "search": "comma,ctrl+f", "category-previous": "p"}

    def desk(_: str | None) -> object:
        loader = demo_loader("empty", clock=lambda: float(NOW))
        return make_desk(
            loader, Session(first_view("costs")), clock=lambda: float(NOW), auto=False, keymap=keymap
        )

    async with at_the_explorer(desk=desk, keymap=keymap) as person:  # type: ignore[arg-type]
        assert "w range" in person.lines[-1]
        assert ", search" in person.lines[-1]
        assert "w another range" in person.text
        await person.press("t")
        assert person.app.screen is person.explorer
        await person.press("w")
        assert "Time range" in person.text
        await person.press("escape", "p")
        assert person.explorer.view.category == "decisions"
        await person.press("[")
        assert person.explorer.view.category == "decisions"


async def test_the_rest_of_a_split_arrow_key_is_no_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """Escape closes a dialog or goes up; ``[`` right after it was never pressed, later it is the previous tab."""
    # Long enough that a slow machine presses both keys within it.
    monkeypatch.setattr("usagetop.app._SPLIT_KEY_SECONDS", 3_600)
    async with at_the_explorer() as person:
        await person.press("t")
        await person.pilot.press("escape", "left_square_bracket")
        await person.settled()
        assert person.app.screen is person.explorer
        assert person.explorer.view.category == "costs"
        await person.pilot.press("escape", "left_square_bracket")
        await person.settled()
        assert person.explorer.view.category == "costs"
        person.app._escaped_at -= 3_601
        await person.press("left_square_bracket")
        assert person.explorer.view.category == "decisions"
        await person.pilot.press("escape", "full_stop")
        await person.settled()
        assert person.explorer.view.category == "costs"


async def test_the_last_column_of_a_wider_table_is_no_trap() -> None:
    """A view with fewer columns clamps the column cursor: the table hung."""
    view = first_view("completions").changed(group_by=("model", "project_id"))
    async with at_the_explorer(view=view, size=SMALL) as person:
        await person.pilot.press(*["l"] * 25)
        await person.settled()
        table = person.explorer.table
        assert table.content is not None
        assert table.column == len(table.content.columns) - 1
        await person.press("enter", "H", "enter")
        assert table.column < len(table.content.columns)
        table.restore(0, 0, 99)
        assert table.column == len(table.content.columns) - 1
        await person.pilot.resize_terminal(200, 60)
        await person.settled()
        assert table.column in {slot.place for slot in table._drawn().layout.slots}
        await person.pilot.press("home", *["h"] * 25)
        await person.settled()
        assert not table._drawn().layout.before


async def test_keys_while_the_first_load_of_a_tab_runs_touch_nothing_of_the_tab_before() -> None:
    """Sort, copy, mark, drill, filter, details: there is nothing yet. Escape says that it was cancelled."""
    books = Books([cost("proj_a", "2"), cost("proj_b", "1")])
    make = books.desk(PROJECTS)
    gate = asyncio.Event()
    async with at_the_explorer(desk=make, size=SMALL) as person:
        loader = person.explorer.desk.loader
        load = loader.load

        async def slow(*arguments: object, **options: object) -> object:
            await gate.wait()
            return await load(*arguments, **options)  # type: ignore[arg-type]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(loader, "load", slow)
            await person.pilot.press("2")
            await person.pilot.pause()
            for key in ("s", "y", "space", "enter", "f", "x", "d", "S", "end", "l"):
                await person.pilot.press(key)
            await person.pilot.pause()
            assert person.app.screen is person.explorer
            assert person.explorer.view == person.explorer.session.category("completions")
            assert person.explorer.view.sort == ""
            assert not person.explorer.marks
            assert person.app.clipboard == ""
            person.explorer.draw_loading()
            await person.pilot.press("escape")
            await person.settled()
            assert "cancelled" in person.text
        await person.press("r")
        assert person.explorer.outcome is not None


async def test_cancelling_a_load_brings_back_the_view_and_its_sort_and_leaves_no_step() -> None:
    """The history leads to other views only."""
    books = Books([cost("proj_a", "2"), cost("proj_b", "1")])
    async with at_the_explorer(desk=books.desk(PROJECTS)) as person:
        await person.press("h", "h", "h", "s", "down")
        before = person.explorer.view
        loader = person.explorer.desk.loader

        async def never(*_: object, **__: object) -> object:
            return await asyncio.Event().wait()

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(loader, "load", never)
            await person.pilot.press("<", "<", "<")
            person.explorer.draw_loading()
            await person.pilot.press("escape")
            await person.settled()
        assert person.explorer.view.changed(place=before.place) == before
        assert person.explorer.view.sort == "project_id"
        assert person.explorer.session.back == ()
        assert person.explorer.table.row == 1


async def test_search_drill_and_back_keep_search_and_row() -> None:
    """The search belongs to the view above."""
    async with at_the_explorer() as person:
        await person.press("slash")
        await person.write("cached")
        await person.press("enter", "down", "down")
        name, rows = person.rows[2], person.rows
        await person.press("enter")
        assert person.explorer.view.search == ""
        assert person.explorer.table.row == 0
        await person.press("escape")
        assert person.explorer.view.search == "cached"
        assert person.rows == rows
        assert person.rows[person.explorer.table.row] == name


async def test_filters_are_edited_as_text_and_what_cannot_be_read_is_said() -> None:
    """Enter on a wrong one does not close; an empty line takes all away."""
    async with at_the_explorer(view=PROJECTS, size=SMALL) as person:
        await person.press("f", "F")
        field = person.app.screen.query_one(Input)
        kept = field.value
        assert kept.startswith("project_id=")
        field.value = "nonsense=1"
        await person.settled()
        assert "cannot be filtered by" in person.text
        await person.press("enter")
        assert person.app.screen is not person.explorer
        field.value = kept.replace("=", "!=")
        await person.press("enter")
        assert person.explorer.view.filters[0].drop
        assert "without" in person.lines[0]
        await person.press("F")
        person.app.screen.query_one(Input).value = ""
        await person.press("enter")
        assert person.explorer.view.filters == ()


async def test_names_and_ids_where_only_some_have_names() -> None:
    """N changes what has a name; the rest stays what it is, in both."""
    books = Books([cost("proj_a", "3"), cost("proj_b", "2"), cost(None, "1")], projects={"proj_a": "search"})
    async with at_the_explorer(desk=books.desk(PROJECTS)) as person:
        await person.drawn()
        assert person.rows == ["search", "proj_b (deleted)", "(no project)"]
        await person.press("n")
        assert person.rows == ["proj_a", "proj_b", "(no project)"]
        await person.press("n", "x")
        assert "without project search" in person.lines[0]


async def test_rows_by_bucket_and_project_open_in_their_own_day() -> None:
    """Every bucket is a row, sorted as time goes; the chart still has its groups."""
    view = PROJECTS.changed(group_by=("bucket", "project_id"), sort="bucket", descending=False)
    books = Books([cost("proj_a", "3"), cost("proj_b", "2")])
    async with at_the_explorer(desk=books.desk(view)) as person:
        assert person.rows[:3] == ["2026-11-18", "2026-11-18", "2026-11-19"]
        assert len(person.rows) == 12
        await person.press("enter")
        assert person.explorer.view.range_text == "2026-11-18"
        assert person.explorer.view.filters[0].keep == ("proj_a",)
