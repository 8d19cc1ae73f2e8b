"""Odd days: marked in the chart, told in its title, and the rows that drove them marked in the table."""

from __future__ import annotations

import pytest

from tests.support.explorer import at_the_explorer

pytestmark = pytest.mark.anyio


async def test_the_spike_is_marked_without_being_asked_for() -> None:
    """In the title, above its bar, and at the row that drove it; the bucket's own words say how odd it is."""
    async with at_the_explorer() as person:
        await person.drawn()
        assert "1 odd day" in person.text
        explorer = person.explorer
        outcome = explorer.outcome
        assert outcome is not None
        assert outcome.odd is not None
        (day,) = outcome.odd.days
        assert day.amount > day.usual.high
        assert outcome.series.odd == (outcome.series.starts.index(day.start),)
        marked = [line for line in person.lines if line.startswith("▾")]
        assert len(marked) == 1
        assert "gpt-5.5" in marked[0]
        await person.press("shift+tab", "shift+tab")
        while not explorer.chart.has_focus:
            await person.press("tab")
        for _ in range(outcome.series.odd[0] + 1):
            if explorer.chart.bucket == outcome.series.odd[0]:
                break
            await person.press("right")
        assert "odd: usual $" in person.text


async def test_a_steady_organization_has_no_mark() -> None:
    """No alarm where there is none."""
    async with at_the_explorer(scenario="steady") as person:
        await person.drawn()
        assert person.explorer.outcome is not None
        assert "odd day" not in person.text
        assert not any(line.startswith("▾") for line in person.lines)


async def test_rows_by_day_are_marked_on_their_day() -> None:
    """Grouped by bucket, the odd day itself bears the mark."""
    async with at_the_explorer() as person:
        await person.press("enter", "enter")
        await person.drawn()
        assert "by bucket" in person.lines[0]
        outcome = person.explorer.outcome
        assert outcome is not None
        assert outcome.odd is not None
        days = {key[0] for key in outcome.odd.keys}
        assert days <= {day.start for day in outcome.odd.days}


async def test_rows_too_many_to_be_judged_are_named_in_the_title(monkeypatch: pytest.MonkeyPatch) -> None:
    """No mark must not look like a clean bill where nobody looked."""
    monkeypatch.setattr("usagetop.store.odd._MOST_ROWS", 20)
    async with at_the_explorer() as person:
        await person.drawn()
        assert "odd days not looked for among" in person.text
        assert "odd day ·" not in person.text
