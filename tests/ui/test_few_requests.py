"""What a reader does without a request, counted where requests leave; and what is seen while they are out."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.support.counting import Transport
from tests.support.explorer import NOW, Person, at_the_explorer
from usagetop.store.session import View

pytestmark = pytest.mark.anyio

DAY = 86_400
Numbers = tuple[dict[tuple[str | int | None, ...], object], object]


def seen(person: Person) -> Numbers:
    """The charted number of every row by its key, and the totals."""
    outcome = person.explorer.outcome
    assert outcome is not None
    frame = outcome.frame
    column = frame.columns[outcome.view.charted]
    return dict(zip(frame.keys, column, strict=True)), (frame.totals.counts, frame.totals.amounts)


async def choose_range(person: Person, text: str) -> None:
    """T, and the range."""
    await person.press("t")
    await person.write(text)
    await person.press("enter")


async def walk(person: Person, transport: Transport, *, free: bool) -> list[Numbers]:
    """By project, one model, back, last 30 days, 7 days, sort, metric: what each shows.

    ``free``: none of it may make a request.
    """
    views: list[Numbers] = []

    async def look(*keys: str) -> None:
        await person.press(*keys)
        outcome = person.explorer.outcome
        assert outcome is not None
        assert outcome.answer.complete
        views.append(seen(person))
        if free:
            assert not transport.asked, keys

    await look("b", "home", "enter")
    assert "by project" in person.lines[0]
    await look("H")
    await look("f")
    assert "›" in person.lines[0]
    await look("H")
    await look("enter")
    assert "by project" in person.lines[0]
    await look("escape")
    for text in ("30d", "7d"):
        await choose_range(person, text)
        await look()
    await look("l", "s")
    await look("m", "down", "enter")
    return views


async def test_after_one_load_of_ninety_days_by_model_a_reader_asks_nobody() -> None:
    """The first numbers, and behind them the grain of the drill path, are all that is asked for."""
    transport = Transport()
    view = View("completions", range_text="90d", group_by=("model",))
    async with at_the_explorer(desk=transport.desk(view)) as person:
        await person.drawn()
        assert len(transport.asked) == 2 * 3  # ninety days are three windows
        transport.asked.clear()
        with_lattice = await walk(person, transport, free=True)
        assert "from cache" in person.status
    alone = Transport()
    async with at_the_explorer(desk=alone.desk(view, lattice=False)) as person:
        await person.drawn()
        assert len(alone.asked) == 3
        alone.asked.clear()
        assert await walk(person, alone, free=False) == with_lattice
        assert alone.asked


async def test_costs_by_line_item_answer_for_projects_and_models() -> None:
    """After both together, either alone; the sums are the same to the last digit."""
    transport = Transport()
    view = View("costs", range_text="90d", group_by=("line_item", "project_id"))
    async with at_the_explorer(desk=transport.desk(view)) as person:
        await person.drawn()
        ((_, asked),) = transport.asked  # a page of costs holds 180 days
        assert asked["limit"] == "180"
        transport.asked.clear()
        outcome = person.explorer.outcome
        assert outcome is not None
        whole = outcome.frame.totals.amounts["usd"]
        await person.press("b", "home", "enter")
        outcome = person.explorer.outcome
        assert outcome is not None
        assert outcome.frame.totals.amounts["usd"] == whole
        assert sum((Decimal(value or 0) for value in outcome.frame.columns["amount"]), Decimal(0)) == whole
        assert "from cache (finer grain)" in person.status
        await person.press("enter", "escape", "H", "x", "H")
        assert not transport.asked


async def test_what_has_come_is_seen_while_the_rest_is_on_its_way() -> None:
    """A tab without older numbers shows the newest days, called incomplete, and then all of them."""
    held = Transport(held_before=NOW - 60 * DAY)
    view = View("costs", range_text="7d", group_by=("line_item",))
    async with at_the_explorer(desk=held.desk(view, ahead=False)) as person:
        await choose_range(person, "90d")
        await person.pilot.press("2")
        explorer = person.explorer
        await person.until(
            lambda: explorer.outcome is not None and explorer.outcome.view.category == "completions"
        )
        outcome = explorer.outcome
        assert outcome is not None
        assert not outcome.answer.complete
        assert 0 < len(outcome.answer.buckets) < 90
        assert "INCOMPLETE" in person.status
        assert f"loading {len(outcome.answer.buckets)}/90" in person.status
        await person.pilot.press("down", "down")
        here = explorer.table.key
        part = seen(person)
        held.go.set()
        await person.settled()
        assert "INCOMPLETE" not in person.status
        assert explorer.table.key == here
        assert seen(person) != part
        outcome = explorer.outcome
        assert outcome is not None
        assert len(outcome.answer.buckets) == 90


async def test_a_cancelled_load_leaves_what_had_come() -> None:
    """On the screen, called incomplete, and in the cache: the next load asks for the rest."""
    held = Transport(held_before=NOW - 60 * DAY)
    view = View("costs", range_text="90d", group_by=("line_item",))
    async with at_the_explorer(desk=held.desk(view, ahead=False)) as person:
        await person.pilot.press("2")
        explorer = person.explorer
        await person.until(lambda: explorer.view.category == "completions" and explorer.outcome is not None)
        await person.pilot.press("escape")
        held.go.set()
        await person.settled()
        assert "INCOMPLETE" in person.status
        assert "loading" not in person.status
        assert explorer.outcome is not None
        assert 0 < len(explorer.outcome.answer.buckets) < 90
        held.asked.clear()
        await person.press("r")
        assert 0 < len(held.asked) < 3
        assert "INCOMPLETE" not in person.status


async def test_a_part_never_takes_the_place_of_older_numbers() -> None:
    """They stay, dimmed, until the new ones are whole."""
    held = Transport(held_before=NOW - 60 * DAY)
    view = View("completions", range_text="7d", group_by=("model",))
    async with at_the_explorer(desk=held.desk(view, ahead=False)) as person:
        before = seen(person)
        await person.press("t")
        await person.write("90d")
        await person.pilot.press("enter")
        explorer = person.explorer
        await person.until(lambda: explorer.progress is not None and explorer.progress.so_far is not None)
        await person.until(lambda: explorer.dimmed)
        await person.pilot.pause()
        assert seen(person) == before
        held.go.set()
        await person.settled()
        assert seen(person) != before
