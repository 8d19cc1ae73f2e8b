"""Taking numbers away from the explorer: cells, whole views, files."""

from __future__ import annotations

import json
import stat
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.explorer import Person, at_the_explorer

pytestmark = pytest.mark.anyio


async def copied(person: Person, downs: int) -> str:
    """What the clipboard holds after Y and the choice so many places down."""
    await person.press("Y", *["down"] * downs, "enter")
    return person.app.clipboard


async def test_a_cell_is_copied_with_every_digit() -> None:
    """The screen shows two decimals, the clipboard all of them."""
    async with at_the_explorer() as person:
        await person.press("l", "y")
        outcome = person.explorer.outcome
        content = person.explorer.table.content
        assert outcome is not None
        assert content is not None
        assert Decimal(person.app.clipboard) == outcome.frame.columns["amount"][content.rows[0]]


async def test_a_view_is_copied_as_csv_json_and_command_line() -> None:
    """The JSON is that of ``usagetop show``; the command line asks the same question."""
    async with at_the_explorer() as person:
        outcome = person.explorer.outcome
        assert outcome is not None
        assert (await copied(person, 0)).startswith("line_item,amount,currency")
        document = json.loads(await copied(person, 2))
        assert Decimal(document["totals"]["amount"]["usd"]) == outcome.frame.totals.amounts["usd"]
        assert len(document["rows"]) == len(outcome.frame)
        command = await copied(person, 3)
        assert command.startswith("usagetop show costs --range 30d --by line_item")
        assert "--scenario spike" in command
        curl = await copied(person, 4)
        assert "$OPENAI_ADMIN_KEY" in curl
        assert "group_by[]=line_item" in curl


async def test_the_search_narrows_the_screen_but_not_what_is_copied() -> None:
    """Totals of a copied view must stay those of the bill."""
    async with at_the_explorer() as person:
        await person.press("slash")
        await person.write("cached")
        await person.press("enter")
        document = json.loads(await copied(person, 2))
        outcome = person.explorer.outcome
        assert outcome is not None
        assert len(document["rows"]) == len(outcome.frame) > len(person.rows)


async def test_an_export_is_private_and_never_replaces_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second export to the same name is refused, with a sentence; ctrl+o allows it."""
    target = tmp_path / "c.json"

    async def export(person: Person, *allow: str) -> None:
        await person.press("e", "down", "down", "home", "shift+end", "delete")
        await person.write(target.name)
        await person.press(*allow, "enter")

    monkeypatch.chdir(tmp_path)
    async with at_the_explorer() as person:
        await export(person)
        await person.until(target.exists)
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
        assert json.loads(target.read_text("utf-8"))["schema_version"] == 1
        target.write_text("mine", "utf-8")
        await export(person)
        assert target.read_text("utf-8") == "mine"
        assert any("exists" in told.text for told in person.explorer.told)
        await export(person, "ctrl+o")
        await person.until(lambda: target.read_text("utf-8") != "mine")
