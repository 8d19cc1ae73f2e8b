"""What people come to find out: what changed, who drove it, will the budget hold; by keyboard, in few keys."""

from __future__ import annotations

import asyncio
import json
import shlex
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.support.counting import Transport
from tests.support.explorer import NOW, Person, at_the_explorer
from usagetop.cli.asking import Asking
from usagetop.cli.options import SourceOptions, ViewOptions, source_of, view_of
from usagetop.cli.show import GRAMMAR, parser
from usagetop.cli.viewing import Viewing
from usagetop.client.memory import MemoryCache
from usagetop.client.origin import Origin
from usagetop.demo.api import respond
from usagetop.exports import FORMATS
from usagetop.screens.desk import Desk, make_desk
from usagetop.screens.sheet import SheetScreen
from usagetop.store.loader import Loader
from usagetop.store.session import Session, View, first_view
from usagetop.store.views import VIEWS

pytestmark = pytest.mark.anyio

SPIKE, LEAK = "2026-11-15", ("2026-11-18", "2026-11-19", "2026-11-20", "2026-11-21", "2026-11-22")


def clock() -> float:
    """The explorer's standing clock, for ``show`` too."""
    return float(NOW)


async def printed(form: str, asking: Viewing | Asking) -> str:
    """What ``show`` prints; it has an event loop of its own."""
    return FORMATS[form].render(await asyncio.to_thread(asking.report))


async def shown(form: str, view: str, scenario: str = "spike", **options: Any) -> str:
    """What ``show costs --view`` prints at the explorer's clock."""
    return await printed(form, Viewing(view, ViewOptions(**options), SourceOptions(scenario), clock))


def sheet(person: Person) -> SheetScreen:
    """The sheet that is shown."""
    screen = person.app.screen
    assert isinstance(screen, SheetScreen)
    assert screen.sheet is not None
    return screen


def cells(person: Person, row: int = 0) -> dict[str, str]:
    """A row of the table that is shown, as drawn, by column."""
    screen = person.app.screen
    table = screen.table if isinstance(screen, SheetScreen) else person.explorer.table
    content = table.content
    assert content is not None
    return {column.name: content.text(row, column) for column in content.columns}


async def open_sheet(person: Person, name: str) -> None:
    """A, and down to the view of that name."""
    await person.press("a", *["down"] * list(VIEWS).index(name), "enter")
    assert VIEWS[name].title in person.lines[0]


# -- what drove it


async def test_the_spike_has_a_project_a_model_a_day_and_a_reason() -> None:
    """Two keys from the first screen: search-api, gpt-5.5, the 15th, by volume; all of it is on the screen."""
    keys = ("a", "enter")
    async with at_the_explorer(scenario="spike") as person:
        await person.press(*keys)
        assert len(keys) <= 6
        top = next(line for line in person.lines if line.startswith("▸"))
        assert "search-api" in top
        assert "gpt-5.5" in top
        assert SPIKE in top
        row = cells(person)
        assert row["volume"] == row["delta"]
        assert row["price"] == "$0.00"
        for drawn in (row["volume"], row["price"], row["status"]):
            assert drawn in top
        assert "against" in person.lines[0]


async def test_the_leaked_key_has_days_and_a_cost() -> None:
    """Five keys from the first screen: which key, on which days, how much of each day was its."""
    keys = ("a", "end", "up", "up", "enter")
    async with at_the_explorer(scenario="leak") as person:
        await person.press(*keys)
        assert len(keys) <= 6
        lines = [line for line in person.lines if "o3-pro" in line]
        assert len(lines) == len(LEAK)
        costs = []
        for at, (line, day) in enumerate(zip(lines, reversed(LEAK), strict=True)):
            assert day in line
            assert "[internal] tools" in line
            assert "staging" in line
            assert cells(person, at)["key_delta"] in line
            costs.append(sheet(person).sheet.rows[at]["key_delta"])  # type: ignore[union-attr]
        rows = json.loads(await shown("json", "anomalies", "leak"))["rows"]
        assert costs == [Decimal(row["key_delta"]) for row in rows]


async def test_a_row_of_drivers_leads_to_its_days_and_back_to_its_place() -> None:
    """Enter: the days of this line of this project. Escape: the sheet, its order, its row; once more: the start."""
    async with at_the_explorer() as person:
        await person.press("down", "down")
        await open_sheet(person, "drivers")
        await person.press("S", "home", "enter", "down", "down", "down")
        before, row = person.lines, cells(person, 3)
        await person.press("enter")
        assert person.app.screen is person.explorer
        assert "by bucket" in person.lines[0]
        assert row["project_id"] in person.lines[0]
        kept = {one.dimension: one.keep for one in person.explorer.view.filters}
        assert kept["line_item"] == (row["line_item"],)
        await person.press("escape")
        assert sheet(person).table.row == 3
        assert person.lines == before
        await person.press("escape")
        assert person.explorer.table.row == 2
        assert "by line item" in person.lines[0]


async def test_what_is_gone_leads_to_where_it_was() -> None:
    """The days of the earlier period: there is nothing to see in this one."""
    async with at_the_explorer() as person:
        await open_sheet(person, "drivers")
        rows = sheet(person).sheet.rows  # type: ignore[union-attr]
        at = next(number for number, row in enumerate(rows) if row["status"] == "gone")
        await person.press(*["down"] * at, "enter")
        outcome = person.explorer.outcome
        assert outcome is not None
        assert outcome.frame.totals.amounts["usd"] == rows[at]["previous"]
        assert outcome.frame.totals.amounts["usd"] > 0


async def test_a_row_that_was_asked_for_already_leads_on_without_a_request() -> None:
    """Drivers ask for projects and line items: their days are in that answer."""
    transport = Transport("spike")
    async with at_the_explorer(desk=transport.desk(first_view("costs"))) as person:
        await person.drawn()
        await open_sheet(person, "drivers")
        transport.asked.clear()
        await person.press("enter")
        assert "by bucket" in person.lines[0]
        await person.press("escape", "down", "enter", "escape", "escape")
        assert not transport.asked
        assert "from cache" in person.status


# -- the same as `show`


# `make test-all` holds every sheet against `show`.
SHEETS = [
    pytest.param(name, marks=() if name in {"drivers", "budget", "reconcile"} else pytest.mark.slow)
    for name in VIEWS
]


@pytest.mark.parametrize("name", SHEETS)
async def test_a_sheet_is_what_show_prints(name: str) -> None:
    """Copied as CSV, Markdown and JSON, row by row and digit by digit."""
    async with at_the_explorer() as person:
        await open_sheet(person, name)
        await person.press("Y", "enter")
        assert person.app.clipboard == await shown("csv", name)
        await person.press("Y", "down", "down", "enter")
        here, there = json.loads(person.app.clipboard), json.loads(await shown("json", name))
        for document in (here, there):
            del document["source"]  # how many requests it took, and where
        assert here == there


async def test_a_sorted_sheet_is_copied_and_exported_in_its_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file, the clipboard, and what the copied command line prints are the same."""
    monkeypatch.chdir(tmp_path)
    target = tmp_path / "usagetop-drivers-2026-11-24.csv"
    async with at_the_explorer() as person:
        await open_sheet(person, "drivers")
        await person.press("l", "l", "l", "l", "l", "s", "s", "Y", "enter")
        copied = person.app.clipboard
        assert copied == await shown("csv", "drivers", sort="volume:asc")
        assert copied != await shown("csv", "drivers")
        await person.press("e", "enter")
        await person.until(target.exists)
        assert target.read_text("utf-8") == copied
        await person.press("Y", "down", "down", "down", "enter")
        words = shlex.split(person.app.clipboard)
    assert words[:2] == ["usagetop", "show"]
    given = GRAMMAR.read(words[2:], parser)
    assert await printed("csv", Viewing(given.view, view_of(given), source_of(given), clock)) == copied


async def test_a_filter_of_the_explorer_holds_in_the_sheet() -> None:
    """One project: its drivers, under its name, and the same as show says."""
    async with at_the_explorer() as person:
        await person.press("b", "home", "enter")
        await person.until(lambda: "search-api" in person.rows)
        await person.press("f")
        await open_sheet(person, "drivers")
        assert {row["project_id"] for row in sheet(person).sheet.rows} == {  # type: ignore[union-attr]
            person.explorer.view.filters[0].keep[0]
        }
        assert "search-api" in person.lines[0]
        await person.press("Y", "enter")
        assert person.app.clipboard == await shown("csv", "drivers", filters=("project_id=search-api",))


async def test_a_budget_is_of_everything_and_of_the_month() -> None:
    """Whatever range and filters stand in the explorer; the organization is no deleted project."""
    async with at_the_explorer() as person:
        await person.press("f")
        await open_sheet(person, "budget")
        assert "›" not in person.lines[0].partition("budget")[2]
        assert "2026-11-01" in person.lines[0]
        assert "deleted" not in person.text
        await person.press("<")
        assert "2026-11-01" in person.lines[0]
        at = next(at for at in range(7) if cells(person, at)["scope"] == "search-api")
        await person.press(*["down"] * at, "enter")
        assert "search-api" in person.lines[0]


# -- comparing


def numbers(values: Mapping[str, Any]) -> dict[str, Decimal]:
    """Amounts by currency."""
    return {currency: Decimal(amount) for currency, amount in values["amount"].items()}


async def test_comparing_shows_the_figures_of_show_and_goes_off_again() -> None:
    """C: the period before; c: the same days of last month; c: as it was."""
    async with at_the_explorer() as person:
        await person.press("r")  # from the cache, as it will be
        alone = person.lines
        for against in ("previous", "month"):
            await person.press("c")
            await person.drawn()
            outcome = person.explorer.outcome
            assert outcome is not None
            assert outcome.earlier is not None
            asked = ViewOptions(compare=against)
            document = json.loads(await printed("json", Asking(asked, SourceOptions("spike"), clock)))
            assert outcome.frame.totals.amounts == numbers(document["totals"])
            assert outcome.earlier.totals.amounts == numbers(document["compare"]["totals"])
            assert outcome.earlier.delta_totals.amounts == numbers(document["compare"]["delta"])
            # A mark in the bars for the earlier total, named in the legend; new and gone are words.
            assert "━" in "".join(person.lines[4:16])
            assert "before" in person.text
            assert any(word in person.text for word in ("new", "gone"))
            await person.press("Y", "down", "down", "enter")
            here = json.loads(person.app.clipboard)
            assert (here["compare"], here["rows"]) == (document["compare"], document["rows"])
            await person.press("Y", "down", "down", "down", "enter")
            assert f"--compare {against}" in person.app.clipboard
        await person.press("c")
        await person.drawn()
        assert person.explorer.view.compare == ""
        assert person.lines == alone


async def test_drivers_are_held_against_last_month_with_the_same_key() -> None:
    """C on the sheet; the figures are those of show."""
    async with at_the_explorer() as person:
        await open_sheet(person, "drivers")
        await person.press("c", "Y", "enter")
        assert person.app.clipboard == await shown("csv", "drivers", compare="month")


# -- sideways, several rows, refusals, names


async def test_the_other_side_and_back_is_the_same_row() -> None:
    """From a line of the bill to its usage, and back to the row."""
    async with at_the_explorer() as person:
        await person.press("down")
        chosen = person.rows[1]
        await person.press("o")
        assert person.explorer.view.category == "completions"
        assert "gpt-5.5" in person.lines[0]
        await person.press("escape")
        assert person.explorer.view.category == "costs"
        assert person.explorer.table.row == 1
        assert person.rows[1] == chosen


async def test_several_marked_rows_are_drilled_into_at_once() -> None:
    """Their sum is the new total."""
    async with at_the_explorer() as person:
        outcome = person.explorer.outcome
        content = person.explorer.table.content
        assert outcome is not None
        assert content is not None
        amounts = [outcome.frame.columns["amount"][row] or 0 for row in (content.rows[0], content.rows[1])]
        await person.press("space", "space", "enter")
        assert "2 line items" in person.lines[0]
        inner = person.explorer.outcome
        assert inner is not None
        assert inner.frame.group_by == ("project_id",)
        assert inner.frame.totals.amounts["usd"] == sum(map(Decimal, amounts), Decimal(0))


def refusing(*names: str) -> Desk:
    """A desk on a server that refuses to group completions by these."""

    def transport(path: str, params: Sequence[tuple[str, str]]) -> tuple[int, Mapping[str, str], bytes]:
        by = {value for name, value in params if name.startswith("group_by")}
        if path.endswith("completions") and by & set(names):
            error = {"message": f"no {(by & set(names)).pop()} here", "param": "group_by", "type": "invalid"}
            return 400, {}, json.dumps({"error": error}).encode()
        answer = respond("steady", path, params, now=NOW)
        return answer.status, answer.headers, answer.body

    loader = Loader(Origin("demo:steady", None, transport), store=MemoryCache(), clock=clock, fallback=True)
    return make_desk(loader, Session(first_view("completions")), clock=clock, auto=False, ahead=False)


@pytest.mark.parametrize(
    ("refused", "by"),
    [
        (("project_id",), "user_id"),
        (("project_id", "user_id"), "api_key_id"),
        (("project_id", "user_id", "api_key_id"), "bucket"),
    ],
)
async def test_drilling_goes_on_to_the_next_dimension_where_one_is_refused(
    refused: tuple[str, ...], by: str
) -> None:
    """And says so; back comes to the row as always."""
    async with at_the_explorer(desk=lambda _: refusing(*refused), notifications=True) as person:
        await person.press("down")
        chosen = person.rows[1]
        await person.press("enter")
        outcome = person.explorer.outcome
        assert outcome is not None
        assert outcome.answer.query.group_by == (by,)
        assert chosen in person.lines[0]
        assert len(person.rows) > 1
        assert any("project_id here" in told.text for told in person.explorer.told)
        await person.press("escape")
        assert "by model" in person.lines[0]
        assert person.rows[person.explorer.table.row] == chosen


async def test_names_are_marked_where_they_are_of_the_past_and_ids_are_a_key_away() -> None:
    """Deleted keys and archived projects say so; usage without a key is a row like any other."""
    async with at_the_explorer() as person:
        await open_sheet(person, "allocated")
        content = sheet(person).table.content
        assert content is not None
        keys = [content.text(row, content.columns[0]) for row in range(len(content.rows))]
        assert "(no key)" in keys
        assert any(key.endswith("(deleted)") for key in keys)
        assert any(key.startswith("production") for key in keys)
        await person.press("n")
        content = sheet(person).table.content
        assert content is not None
        ids = [content.text(row, content.columns[0]) for row in range(len(content.rows))]
        assert all(one == "(no key)" or one.startswith("key_") for one in ids)
    older = View("costs", range_text="2026-08-01..2026-11-23", group_by=("project_id",))
    async with at_the_explorer(view=older) as person:
        await person.drawn()
        assert any(row.endswith("(archived)") for row in person.rows)
        await person.press("Y", "down", "down", "enter")
        assert not any(
            "(archived)" in row.get("project_name", "") for row in json.loads(person.app.clipboard)["rows"]
        )
