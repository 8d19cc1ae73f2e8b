"""Odd days of a view come from what is cached, and only where the weeks before are."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.explorer import NOW
from usagetop.model.period import DAY
from usagetop.store.odd import Odd, in_weeks, odd_of, taught
from usagetop.store.opening import demo_loader
from usagetop.store.outcome import load_outcome
from usagetop.store.session import View

VIEW = View("costs", group_by=("line_item",))


def odd(view: View, *, scenario: str = "spike", learned: bool = True) -> object:
    """What is odd in a view of the demo organization, with or without the weeks before in the cache."""

    async def look() -> object:
        loader = demo_loader(scenario, clock=lambda: float(NOW))
        if learned:
            await loader.load(in_weeks(view.query(NOW)))
        outcome = await load_outcome(loader, view, now=NOW, mode="normal")
        return odd_of(loader, outcome)

    return asyncio.run(look())


def test_nothing_is_odd_before_the_weeks_are_known() -> None:
    """And nothing is asked for to find out."""
    assert odd(VIEW, learned=False) is None


def test_the_spike_is_one_day_with_the_line_that_drove_it() -> None:
    """Its row is the one of that line item."""
    found = odd(VIEW)
    assert found is not None
    assert len(found.days) == 1  # type: ignore[attr-defined]
    ((line_item, currency),) = found.keys  # type: ignore[attr-defined]
    assert line_item.startswith("gpt-5.5")
    assert currency == "usd"


def test_a_steady_organization_has_no_odd_day() -> None:
    """An empty answer, not an unknown one."""
    found = odd(VIEW, scenario="steady")
    assert found is not None
    assert found.days == ()  # type: ignore[attr-defined]


@pytest.mark.parametrize("view", [VIEW._replace(range_text="24h"), VIEW._replace(range_text="7d")])
def test_every_range_looks_at_the_same_weeks(view: View) -> None:
    """So that changing the range asks for nothing more."""
    assert in_weeks(view.query(NOW)).range.start == in_weeks(VIEW.query(NOW)).range.start
    long = VIEW._replace(range_text="180d").query(NOW)
    assert in_weeks(long) == long
    assert taught(long).range.start == long.range.start - 56 * DAY


@pytest.mark.parametrize(
    ("most", "by", "limit"),
    [
        ("_MOST_GROUPS", ("line_item",), "rows only totals judged"),
        ("_MOST_ROWS", ("line_item",), "odd days not looked for among"),
    ],
)
def test_how_far_odd_days_were_looked_for_is_said(
    most: str, by: tuple[str, ...], limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of very many rows only the totals are judged, of more nothing: never in silence."""
    view = VIEW._replace(group_by=by)
    assert odd(view).limit == ""  # type: ignore[attr-defined]
    monkeypatch.setattr(f"usagetop.store.odd.{most}", 20)

    async def look() -> Odd | None:
        loader = demo_loader("spike", clock=lambda: float(NOW))
        await loader.load(in_weeks(view.query(NOW).with_group_by(())))
        return odd_of(loader, await load_outcome(loader, view, now=NOW, mode="normal"))

    found = asyncio.run(look())
    assert found is not None
    assert limit in found.limit
    assert found.keys == frozenset()
