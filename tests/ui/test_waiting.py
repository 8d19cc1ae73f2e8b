"""While something loads, also behind the reader's back: what is drawn stays true, and keys stay the reader's."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from tests.support.books import Books, cost
from tests.support.explorer import Person, at_the_explorer
from usagetop.app import ExplorerApp
from usagetop.store.first import First
from usagetop.store.progress import Progress
from usagetop.store.session import View

if TYPE_CHECKING:
    from usagetop.model.answer import Answer
    from usagetop.model.query import Query

pytestmark = pytest.mark.anyio

PROJECTS = View("costs", range_text="7d", group_by=("project_id",))


def three() -> Books:
    """Three projects, two of them with names."""
    rows = [cost("proj_a", "3"), cost("proj_b", "2"), cost("proj_c", "1")]
    return Books(rows, projects={"proj_a": "search", "proj_b": "billing"})


class Gate:
    """Holds the loads of a person's explorer back until it is opened; each tells 3 of 7 buckets first."""

    def __init__(self, person: Person, patch: pytest.MonkeyPatch) -> None:
        """Closed."""
        self.opened = asyncio.Event()
        self.waiting = 0
        load = person.explorer.desk.loader.load

        async def slow(query: object, **options: object) -> Answer:
            tell = options.get("on_progress")
            if callable(tell):
                tell(Progress(3, 7))
            self.waiting += 1
            await self.opened.wait()
            return await load(query, **options)  # type: ignore[arg-type]

        patch.setattr(person.explorer.desk.loader, "load", slow)


async def test_a_refresh_behind_the_readers_back_shows_nothing_and_takes_no_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No progress, nothing dimmed; escape goes up a level instead of ending it."""
    async with at_the_explorer(desk=three().desk(PROJECTS)) as person:
        await person.press("down", "enter")
        text = person.text
        gate = Gate(person, monkeypatch)
        person.explorer._refresh_due()
        await person.until(lambda: gate.waiting == 1)
        await person.pilot.pause()
        assert person.text == text
        assert not person.explorer.table.stale
        gate.opened.set()
        await person.press("escape")
        assert person.explorer.view.group_by == ("project_id",)
        assert person.explorer.table.row == 1


async def test_nobody_is_asked_while_a_dialog_or_a_load_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refresh would change numbers under the reader's hands."""
    async with at_the_explorer(desk=three().desk(PROJECTS)) as person:
        gate = Gate(person, monkeypatch)
        await person.press("t")
        person.explorer._refresh_due()
        await person.press("escape")
        assert gate.waiting == 0
        await person.pilot.press("<")
        await person.until(lambda: gate.waiting == 1)
        person.explorer._refresh_due()
        await person.pilot.pause()
        assert gate.waiting == 1
        gate.opened.set()
        await person.settled()


async def test_sort_and_ids_chosen_while_a_view_loads_hold_when_it_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And the old numbers stay dimmed meanwhile, whatever is drawn anew."""
    async with at_the_explorer(desk=three().desk(PROJECTS)) as person:
        await person.drawn()
        assert person.rows == ["search", "billing", "proj_c (deleted)"]
        gate = Gate(person, monkeypatch)
        await person.pilot.press("<")
        await person.until(lambda: gate.waiting == 1)
        person.explorer._dim(person.explorer.view)
        assert "loading 3/7" in person.status
        for key in ("h", "h", "s", "n", "v"):
            await person.pilot.press(key)
        await person.pilot.pause()
        assert person.rows == ["proj_a", "proj_b", "proj_c"]
        assert person.explorer.table.stale
        assert person.explorer.chart.stale
        gate.opened.set()
        await person.settled()
        assert not person.explorer.table.stale
        assert person.explorer.view.sort == "project_id"
        assert person.rows == ["proj_a", "proj_b", "proj_c"]
        await person.press("n")
        assert person.rows == ["billing", "proj_c (deleted)", "search"]


async def test_names_are_remembered_without_a_cache() -> None:
    """One level down nobody asks for the project again, and the breadcrumb still names it."""
    async with at_the_explorer(desk=three().desk(PROJECTS, mode="no-cache")) as person:
        await person.drawn()
        await person.press("enter")
        await person.drawn()
        assert "project search" in person.lines[0]


async def test_a_failing_refresh_every_minute_is_told_once() -> None:
    """In the messages; the status line says it as long as it holds, and not longer."""
    from usagetop.errors import ServerFailed

    books = three()
    async with at_the_explorer(desk=books.desk(PROJECTS)) as person:
        explorer = person.explorer
        explorer.desk.loader._store = None
        rows = person.rows
        books.fault = ServerFailed("the server failed", why="503")
        for _ in range(3):
            explorer._refresh_due()
            await person.settled()
        assert "the last load failed" in person.status
        assert person.rows == rows
        assert sum("the server failed" in told.text for told in explorer.told) == 1
        books.fault = None
        explorer._refresh_due()
        await person.settled()
        assert "failed" not in person.status
        assert "costs!" not in person.lines[1]


async def test_numbers_that_the_cache_gives_late_are_drawn_when_they_are_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The screen stands without them, and nothing is loaded that the cache is about to give."""
    books, opened = three(), threading.Event()
    warm = books.desk(PROJECTS)(None)
    await warm.loader.load(PROJECTS.query(int(warm.clock())))
    peek = warm.loader.peek

    def slow(query: Query) -> Answer | None:
        opened.wait()
        return peek(query)

    async def never(*_: object, **__: object) -> Answer:
        raise AssertionError("it is loaded a second time")

    monkeypatch.setattr(warm.loader, "peek", slow)
    monkeypatch.setattr(warm.loader, "load", never)
    late = warm._replace(first=First(warm.loader, PROJECTS, int(warm.clock())), ahead=False)
    app = ExplorerApp(lambda _: late)
    async with app.run_test(size=(120, 40)) as pilot:
        person = Person(pilot)
        await person.until(lambda: "asking…" in person.text)
        opened.set()
        await person.settled()
        assert person.rows == ["search", "billing", "proj_c (deleted)"]
