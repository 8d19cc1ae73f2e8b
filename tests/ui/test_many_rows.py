"""A table of very many rows: sorted and searched elsewhere, while keys stay the reader's."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.support.books import Books, cost
from tests.support.explorer import at_the_explorer
from usagetop.store import arranging
from usagetop.store.arranging import Arranger
from usagetop.store.session import View

pytestmark = pytest.mark.anyio

PROJECTS = View("costs", range_text="7d", group_by=("project_id",))
NAMES = ["proj_a", "proj_b", "proj_c", "proj_d"]


@pytest.fixture(autouse=True)
def _all_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """No table is so small that its rows are made on the event loop."""
    monkeypatch.setattr(arranging, "_QUICK", 0)


class Held:
    """Holds back the making of rows, in the thread that makes them, until it is let go."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        """Closed."""
        self.waiting = 0
        self._go = threading.Event()
        made = Arranger.rows

        def slow(arranger: Arranger, view: View, **more: Any) -> object:
            if threading.current_thread() is not threading.main_thread():
                self.waiting += 1
                assert self._go.wait(20)
            return made(arranger, view, **more)

        patch.setattr(Arranger, "rows", slow)

    def let_go(self) -> None:
        """From now on rows are made at once."""
        self._go.set()


def four() -> Books:
    """Four projects; the ids are their names."""
    return Books([cost(name, amount) for name, amount in zip(NAMES, "4321", strict=True)])


async def test_sorting_and_searching_many_rows_ends_where_few_do() -> None:
    """The same rows in the same order, and the cursor at the top."""
    async with at_the_explorer(desk=four().desk(PROJECTS)) as person:
        assert person.rows == NAMES
        await person.press("j", "l", "s")
        assert person.rows == NAMES[::-1]
        assert person.explorer.table.row == 0
        await person.press("/")
        await person.write("proj_c")
        await person.settled()
        assert person.rows == ["proj_c"]
        assert "1 of 4 rows" in person.status
        await person.press("enter", "escape")
        assert person.rows == NAMES[::-1]


async def test_keys_are_answered_while_many_rows_are_sorted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The old order stands, the cursor moves, the status says what is being done; the last sort wins."""
    async with at_the_explorer(desk=four().desk(PROJECTS)) as person:
        held = Held(monkeypatch)
        await person.pilot.press("l", "s")
        await person.until(lambda: "sorting…" in person.status)
        await person.pilot.press("j", "j")
        assert person.rows == NAMES
        assert person.explorer.table.row == 2
        await person.pilot.press("s")
        held.let_go()
        await person.settled()
        assert person.rows == NAMES
        assert "sorting" not in person.status
        assert person.explorer.view.descending


async def test_ids_for_names_keep_the_order_of_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sorted by what is read: the rows are made anew, and the old ones stand until then."""
    names = dict(zip(NAMES, ["d", "c", "b", "a"], strict=True))
    books = Books(four().rows, projects=names)
    async with at_the_explorer(desk=books.desk(PROJECTS)) as person:
        await person.drawn()
        await person.press("s")
        assert person.rows == ["a", "b", "c", "d"]
        held = Held(monkeypatch)
        await person.pilot.press("n")
        await person.until(lambda: held.waiting > 0)
        assert person.rows == ["a", "b", "c", "d"]
        held.let_go()
        await person.settled()
        assert person.rows == NAMES
