"""Names that are markup, terminal commands or merely odd: drawn harmlessly wherever they are drawn."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.support.books import Books, Row, cost
from tests.support.explorer import Person, at_the_explorer
from usagetop.model.query import make_filter
from usagetop.model.text import label
from usagetop.screens.sheet import SheetScreen
from usagetop.store.session import View
from usagetop.store.views import VIEWS

pytestmark = pytest.mark.anyio

NAMES = {
    "closing tag": "[/]",
    "action": "[@click=app.quit]x",
    "style": "[bold red]prod[/bold red] [link=https://evil.example]y[/link]",
    "escape": "\x1b[2Jgone\x1b]52;c;aGk=\x07",
    "c1": "\x9b31mred\x9d0;title\x9c",
    "bidi": "abc\u202edcba\u2066x\u2069\u200f",
    "newline": "two\nlines\r\ttab",
    "long": "n" * 500,
    "wide": "日本語プロジェクト" * 8,
    "combining": "z\u0300\u0301\u0302\u0303\u0304\u0305" * 20,
    "zero width": "a\u200bb\ufeffc\u2060",
    "surrogate": "half \ud800 pair",
    "rich": "[$error]$x {0} %s \\[x] \\",
}
VIEW = View("costs", range_text="7d", group_by=("project_id",))


# In every field of a row that the server fills, and in fields that nobody knows.
FIELDS = "".join(NAMES[name] for name in ("escape", "c1", "bidi", "action", "style", "surrogate", "newline"))
# What is opened over the explorer, and left with escape: details, messages, copy, export, pickers, help, palette.
OPENED = ("d", "!", "Y", "e", "b", "F", "S", "t", "m", "?", ":")


def drawn_harmlessly(person: Person) -> None:
    """No character on the screen moves the terminal or is a command to click; lines are as wide as the screen."""
    strips = person.app.screen._compositor.render_strips(person.app.size)
    for strip in strips:
        bad = [sign for sign in strip.text if unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
        assert not bad, (strip.text, bad)
        for segment in strip:
            if segment.style is not None:
                assert segment.style.link is None, segment
                assert "app.quit" not in str(segment.style.meta), segment
    assert {strip.cell_length for strip in strips} == {person.app.size.width}


def hostile_books() -> Books:
    """Half of the names are ids, half are what projects are called; every other field is hostile too."""
    called = {f"proj_{number}": name for number, name in enumerate(NAMES.values())}
    rows: list[Row] = []
    for number, id_ in enumerate([*NAMES.values(), *called]):
        row = cost(id_, str(60 - number), line_item=f"{FIELDS}, input")
        rows.append(
            {**row, "quantity": "3", "quantity_unit": FIELDS, "organization_name": FIELDS, FIELDS: FIELDS}
        )
    rows += [cost("plain", "1", currency=FIELDS), {**cost("other", "1"), "object": FIELDS}]
    return Books(rows, projects=called)


@pytest.mark.fault(
    "text",
    "names, ids, line items, units, currencies, unknown fields: markup, click actions, links, terminal commands, bidi",
    "they stand there as text, in table, legend, breadcrumb, details, dialogs, messages, views, pictures, clipboard",
)
async def test_odd_text_is_harmless_wherever_it_is_drawn() -> None:
    """One walk through everything that draws it, in front of one organization that has it everywhere."""
    books = hostile_books()
    async with at_the_explorer(desk=books.desk(VIEW), notifications=True) as person:
        await person.drawn()
        assert len(set(person.rows)) == 2 * len(NAMES) + 1
        drawn_harmlessly(person)
        for key in OPENED:
            await person.press(key)
            assert person.app.screen is not person.explorer, key
            drawn_harmlessly(person)
            await person.press("escape")
        for key in ("y", "v", "v", "v", "n", "space", "j", "space", "f", "H", "j", "f"):
            await person.press(key)
            drawn_harmlessly(person)
        await person.drawn()
        drawn_harmlessly(person)
        svg = person.app.export_screenshot()
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069]", svg)
        await person.press("enter")  # drilled: line items, with their units
        await person.drawn()
        drawn_harmlessly(person)
        await person.press("d")
        drawn_harmlessly(person)


@pytest.mark.slow
async def test_odd_text_is_harmless_in_the_views() -> None:
    """Each of the views that explain costs, its details and its messages."""
    books = hostile_books()
    async with at_the_explorer(desk=books.desk(VIEW), notifications=True) as person:
        for number in range(len(VIEWS)):
            await person.press("a", *["down"] * number, "enter")
            assert isinstance(person.app.screen, SheetScreen), number
            drawn_harmlessly(person)
            for key in ("!", "Y") if number == 0 else ():
                await person.press(key)
                drawn_harmlessly(person)
                await person.press("escape")
            await person.press("y")
            drawn_harmlessly(person)
            await person.press("escape")
            assert not isinstance(person.app.screen_stack[-1], SheetScreen)


async def test_nothing_that_a_terminal_obeys_is_copied() -> None:
    """A cell, and the view in every form: what is pasted into a shell later is text."""
    books = hostile_books()
    copies: list[str] = []
    async with at_the_explorer(desk=books.desk(VIEW)) as person:
        person.app.copy_to_clipboard = copies.append  # type: ignore[method-assign, assignment]
        await person.press("y")
        for number in range(6):
            await person.press("Y", *["down"] * number, "enter")
    assert len(copies) == 7
    for text in copies:
        bad = {sign for sign in text if unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}
        assert bad <= {"\n", "\t"}, (text[:60], bad)


async def test_all_odd_values_stand_in_one_filter() -> None:
    """Marked, kept, and edited: nothing of them moves."""
    books = Books([cost(name, "1") for name in NAMES.values()])
    async with at_the_explorer(desk=books.desk(VIEW)) as person:
        await person.pilot.press(*["space"] * len(NAMES))
        await person.press("f", "F")
        assert len(person.explorer.view.filters[0].keep) == len(NAMES)
        drawn_harmlessly(person)


@pytest.mark.parametrize("name", [NAMES["closing tag"], NAMES["escape"], NAMES["long"], NAMES["wide"]])
async def test_an_odd_id_is_harmless_in_the_breadcrumb(name: str) -> None:
    """Alone in the filter, so that it is written out."""
    books = Books([cost(name, "1")])
    view = VIEW.changed(filters=(make_filter("project_id", [name], ()),))
    async with at_the_explorer(desk=books.desk(view), size=(80, 24)) as person:
        drawn_harmlessly(person)
        assert label(name)[:4] in person.lines[0]


@asynccontextmanager
async def with_name(name: str) -> AsyncIterator[Person]:
    """A person at costs by project, where the largest project has this name."""
    books = Books([cost("proj_odd", "9.50"), cost("proj_plain", "1.25")], projects={"proj_odd": name})
    async with at_the_explorer(desk=books.desk(VIEW), notifications=True) as person:
        await person.drawn()
        yield person


async def test_a_name_that_is_an_action_stands_there_as_text_and_a_click_on_it_quits_nothing() -> None:
    """The whole of it, brackets included."""
    async with with_name(NAMES["action"]) as person:
        assert person.rows[0] == NAMES["action"]
        at = next(number for number, line in enumerate(person.lines) if "[@click=app.quit]x" in line)
        column = person.lines[at].index("[@click")
        await person.pilot.click(offset=(column + 2, at))
        await person.settled()
        assert person.app.is_running
        await person.press("f")
        assert "[@click=app.quit]x" in person.lines[0]


async def test_a_styled_name_keeps_its_head() -> None:
    """``[bold red]prod`` is a name, not a colour."""
    async with with_name("[prod] x") as person:
        assert person.rows[0] == "[prod] x"
        await person.press("y")
        await person.until(lambda: "copied [prod] x" in person.text)


async def test_odd_names_that_look_alike_are_told_apart() -> None:
    """An id that reads like the word for none, and two of one name."""
    books = Books(
        [cost("p1aaaaaa", "3"), cost("p2aaaaaa", "2"), cost("p3aaaaaa", "1.5"), cost(None, "1")],
        projects={"p1aaaaaa": "same", "p2aaaaaa": "same", "p3aaaaaa": "(no project)"},
    )
    async with at_the_explorer(desk=books.desk(VIEW)) as person:
        await person.drawn()
        assert len(set(person.rows)) == 4
        assert all(row.startswith("same~") for row in person.rows[:2])


async def test_the_filter_editor_means_what_it_shows() -> None:
    """A value that cannot be drawn, is long, or holds the editor's own signs survives an enter."""
    values = ("\x1b]52;c;aGk=\x07", "a & b", "a + b", " x", "n" * 500)
    view = VIEW.changed(filters=(make_filter("project_id", values, (None,)),))
    books = Books([cost(value, "1") for value in values])
    async with at_the_explorer(desk=books.desk(view)) as person:
        await person.press("F")
        drawn_harmlessly(person)
        await person.press("enter")
        assert person.explorer.view.filters == view.filters
