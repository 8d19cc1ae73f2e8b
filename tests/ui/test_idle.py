"""Left open for hours: refreshes come and go, and nothing grows."""

from __future__ import annotations

import gc
import time

import pytest

from tests.support.books import TODAY, Books, cost
from tests.support.explorer import Person, at_the_explorer
from usagetop.store.session import View

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

VIEW = View("costs", range_text="30d", group_by=("project_id",))
MINUTES = 60


async def an_hour(person: Person, books: Books) -> tuple[int, float]:
    """An hour of refreshes, the numbers a little higher each time; objects at its end, CPU seconds it took."""
    began = time.process_time()
    for _ in range(MINUTES):
        books.clock += 60
        books.rows = [{**row, "amount": {"value": str(books.clock), "currency": "usd"}} for row in books.rows]
        person.explorer._refresh_due()
        await person.settled()
    took = time.process_time() - began
    gc.collect()
    return len(gc.get_objects()), took


@pytest.mark.fault(
    "terminal",
    "left open for hours, with a refresh every minute and numbers that change",
    "memory and processor time stay flat",
)
async def test_hours_of_refreshes_leave_memory_and_processor_flat() -> None:
    """Five hours of a scripted clock: the last costs what the second cost, and leaves no more behind."""
    books = Books([cost(f"proj_{number}", "1") for number in range(50)], clock=TODAY + 60)
    async with at_the_explorer(desk=books.desk(VIEW)) as person:
        await an_hour(person, books)
        objects, took = zip(*[await an_hour(person, books) for _ in range(4)], strict=True)
        asked = books.asked
    assert asked > 4 * 10  # every five minutes, as a unit that is open is due
    assert max(objects[2:]) < 1.02 * max(objects[:2]), objects
    assert min(took[2:]) < 1.5 * min(took[:2]), took
