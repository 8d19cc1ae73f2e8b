"""The budget view of the demo organization: limits of the API and own budgets, names and costs together."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.support.years import DAY, NOW
from usagetop.client.memory import MemoryCache
from usagetop.client.origin import Origin
from usagetop.demo.api import respond
from usagetop.demo.organization import organization
from usagetop.settings import Budget
from usagetop.store.budgets import Budgets, load_budgets
from usagetop.store.loader import Loader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SEARCH = organization().project("search-api").id


async def budgets(*own: Budget, scenario: str = "steady", now: int = NOW) -> Budgets:
    """The view as a new session loads it."""

    def handle(path: str, params: Sequence[tuple[str, str]]) -> tuple[int, Mapping[str, str], bytes]:
        response = respond(scenario, path, params, now=now)
        return response.status, response.headers, response.body

    loader = Loader(Origin("demo:budgets", None, handle), store=MemoryCache(), clock=lambda: now)
    return await load_budgets(loader, own, now=now)


def over(found: Budgets) -> set[tuple[str, str]]:
    """Scope and name of what is passed, or likely to be."""
    return {
        (row.threshold.project_id, row.name)
        for row in found.view.rows
        if row.exceeded_on is not None or row.passed
    }


@pytest.mark.parametrize("days_later", [0, 25, 180])
async def test_a_steady_month_keeps_below_every_limit_and_the_spike_passes_an_alert(days_later: int) -> None:
    """Of the demo: search-api has an alert that its spike takes it above."""
    now = NOW + days_later * DAY
    steady = await budgets(now=now)
    assert len(steady.view.rows) > 5
    assert over(steady) == set()
    assert over(await budgets(scenario="spike", now=now)) == {(SEARCH, "spend alert")}


async def test_own_budgets_stand_beside_those_of_the_api_and_names_stand_for_ids() -> None:
    """By project name, by filter with a name, in another currency; in their order, after the API's."""
    own = (
        Budget("all", Decimal(20_000)),
        Budget("search", Decimal(100), "search-api"),
        Budget("search too", Decimal(100), filters=("project_id=search-api",)),
        Budget("euros", Decimal(1), currency="eur"),
        Budget("model", Decimal(1), filters=("model=gpt-5-mini-2025-08-07",)),
    )
    found = await budgets(*own)
    *_, everything, search, too, euros, model = found.view.rows
    assert [row.name for row in found.view.rows[-5:]] == [one.name for one in own]
    assert search.threshold.project_id == SEARCH
    assert search.spent == too.spent
    assert search.spent is not None
    assert everything.spent == found.view.totals["usd"].spent
    assert search.passed
    assert euros.spent == 0
    assert euros.exceeded_on is None
    assert model.passed
    assert found.names.name_of("project_id", SEARCH) == "search-api"
    assert {notice.code for notice in found.notices} == {"partial_bucket"}


async def test_a_budget_whose_project_nobody_knows_is_told_and_the_others_stand() -> None:
    """Unknown is not zero."""
    found = await budgets(Budget("typo", Decimal(5), "serch-api"), Budget("all", Decimal(5)))
    typo, everything = found.view.rows[-2:]
    assert (typo.spent, typo.trouble) == (None, "no project has the name or id 'serch-api'")
    assert everything.passed
    assert ("limits_partial", f"typo: {typo.trouble}") in {(one.code, one.message) for one in found.notices}


async def test_a_grouping_that_is_refused_leaves_only_its_own_budget_unknown() -> None:
    """The gateway of the demo knows no costs by key and has no limits to read."""
    own = (Budget("a key", Decimal(5), filters=("api_key_id=key_1",)), Budget("all", Decimal(5)))
    found = await budgets(*own, scenario="refusing")
    key, everything = found.view.rows
    assert (key.spent, key.trouble) == (None, "costs are not known by api_key_id")
    assert everything.passed
    codes = {notice.code for notice in found.notices}
    assert codes >= {"fallback_grouping", "limits_missing", "names_missing"}


async def test_an_empty_organization_has_spent_nothing_and_holds() -> None:
    """No costs, no projects to ask for limits; those of the organization hold."""
    found = await budgets(Budget("all", Decimal(5)), scenario="empty")
    assert {row.spent for row in found.view.rows} == {Decimal(0)}
    assert over(found) == set()
