"""Names that are markup, terminal commands or merely odd: drawn harmlessly wherever they are drawn."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.support.books import Books, cost
from tests.support.explorer import Person, at_the_explorer
from usagetop.model.query import make_filter
from usagetop.model.text import label
from usagetop.store.session import View

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


def drawn_harmlessly(person: Person) -> None:
    """No character on the screen moves the terminal, and every line is as wide as the screen."""
    for line in person.lines:
        bad = [sign for sign in line if unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
        assert not bad, (line, bad)
    width = person.app.size.width
    strips = person.app.screen._compositor.render_strips(person.app.size)
    assert {strip.cell_length for strip in strips} == {width}


@pytest.mark.parametrize("as_ids", [False, True], ids=["names", "ids"])
async def test_odd_names_are_harmless_in_table_legend_details_messages_and_picture(*, as_ids: bool) -> None:
    """Whether they are names or what the API gave for ids; one after the other, then all as one filter."""
    ids = list(NAMES.values()) if as_ids else [f"proj_{number}" for number in range(len(NAMES))]
    named = {} if as_ids else dict(zip(ids, NAMES.values(), strict=True))
    books = Books([cost(id_, str(30 - number)) for number, id_ in enumerate(ids)], projects=named)
    async with at_the_explorer(desk=books.desk(VIEW), notifications=True) as person:
        await person.drawn()
        assert len(set(person.rows)) == len(NAMES)
        drawn_harmlessly(person)
        for _ in ids:
            await person.press("d")
            drawn_harmlessly(person)
            await person.press("escape", "y", "space")
            drawn_harmlessly(person)
        svg = person.app.export_screenshot()
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069]", svg)
        await person.press("f", "F")
        assert len(person.explorer.view.filters[0].keep) == len(NAMES)
        drawn_harmlessly(person)
        await person.press("escape", "!")
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
