"""A bill that was restated while somebody looks at it."""

from __future__ import annotations

import pytest

from tests.support.books import Books, cost
from tests.support.explorer import at_the_explorer
from usagetop.store.session import View

pytestmark = pytest.mark.anyio


async def test_the_messages_say_what_changed_and_by_how_much() -> None:
    """After asking again for everything; a name that would move the cursor stays a name."""
    hostile = "e\x1b[2J, input"
    books = Books([cost("proj_a", "10"), cost("proj_a", "5", line_item=hostile)])
    view = View("costs", range_text="2026-11-10..2026-11-12", group_by=("line_item",))
    async with at_the_explorer(desk=books.desk(view, with_names=False)) as person:
        await person.press("!")
        assert "+$3.10" not in person.text
        await person.press("escape")
        books.rows = [cost("proj_a", "13.10")]
        books.clock += 60
        await person.press("R")
        assert "notice" in person.status
        await person.press("!")
        assert "12 Nov gpt-5.5, input +$3.10 (was $10.00, read 24 Nov)" in person.text
        assert "e␛[2J, input -$5.00 (gone, was $5.00" in person.text
        assert "\x1b" not in person.text
        await person.press("escape", "b", "home", "enter")
        await person.press("!")
        assert "+$3.10" in person.text
