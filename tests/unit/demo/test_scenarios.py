"""What each scenario plants."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.demo.asking import COSTS, DAY, NOW, TODAY, USAGE, amount, ask, data, refusal, rows_of
from usagetop.demo.api import DEFAULT_SCENARIO, SCENARIOS, respond
from usagetop.errors import UsageError
from usagetop.model.categories import CATEGORIES

COMPLETIONS = USAGE + "completions"
MONTH: dict[str, Any] = {"start": TODAY - 30 * DAY, "end": TODAY, "limit": 31}


def test_the_scenarios_are_those_of_the_interface() -> None:
    """The names are public; another one is wrong usage."""
    assert set(SCENARIOS) == {"steady", "spike", "leak", "empty", "refusing", "huge"}
    assert DEFAULT_SCENARIO in SCENARIOS
    with pytest.raises(UsageError):
        respond("stormy", COSTS, [("start_time", "1")], now=NOW)


def test_the_spike_is_one_project_and_one_model_on_one_day() -> None:
    """Spike differs from steady in one row of one day, which costs show."""
    by = ["project_id", "model"]
    steady = data(COMPLETIONS, by=by, **MONTH)
    spike = data(COMPLETIONS, by=by, scenario="spike", **MONTH)
    differing = [place for place, pair in enumerate(zip(steady, spike, strict=True)) if pair[0] != pair[1]]
    assert differing == [30 - 9]
    rows = [{(row["project_id"], row["model"]): row for row in one[21]["results"]} for one in (steady, spike)]
    changed = [key for key in rows[0] if rows[0][key] != rows[1][key]]
    assert len(changed) == 1
    before, after = rows[0][changed[0]], rows[1][changed[0]]
    assert after["num_model_requests"] > 5 * before["num_model_requests"]
    costs = [amount(bucket["results"][0]) for bucket in data(COSTS, scenario="spike", **MONTH)]
    assert costs.index(max(costs)) == 21
    assert max(costs) > sorted(costs)[-2] * Decimal("1.3")


def test_a_new_model_appears() -> None:
    """One model has its first day within the month."""
    first_seen: dict[str, int] = {}
    for place, bucket in enumerate(data(COMPLETIONS, by=["model"], **MONTH)):
        for row in bucket["results"]:
            first_seen.setdefault(row["model"], place)
    assert [model for model, place in first_seen.items() if place > 5] == ["gpt-6-astra"]
    assert first_seen["gpt-6-astra"] == 30 - 21


def test_the_leaked_key_works_at_night_with_a_model_it_never_used() -> None:
    """Leak adds one key with one model, on five nights."""
    by = ["api_key_id", "model"]
    pairs = [
        {
            (row["api_key_id"], row["model"])
            for row in rows_of(data(COMPLETIONS, by=by, scenario=name, **MONTH))
        }
        for name in ("steady", "leak")
    ]
    (leaked,) = pairs[1] - pairs[0]
    more = [("api_key_ids[]", leaked[0]), ("models[]", leaked[1])]
    hours = data(
        COMPLETIONS, start=TODAY - 7 * DAY, end=TODAY, width="1h", limit=168, scenario="leak", more=more
    )
    at: Counter[int] = Counter()
    days = set()
    for bucket in hours:
        for row in bucket["results"]:
            at[bucket["start_time"] % DAY // 3600] += row["num_model_requests"]
            days.add(bucket["start_time"] // DAY)
    assert set(at) <= set(range(6))
    assert len(days) == 5


def test_the_empty_organization_has_every_bucket_and_no_row() -> None:
    """Buckets come, rows do not."""
    for category in CATEGORIES:
        buckets = data(category.path, scenario="empty", **MONTH)
        assert len(buckets) == 30
        assert not rows_of(buckets)


def test_the_gateway_refuses() -> None:
    """Groupings, endpoints and names that a gateway may lack."""
    for by in ("user_id", "api_key_id"):
        status, param, message = refusal(ask(COSTS, by=[by], scenario="refusing"))
        assert (status, param) == (400, "group_by")
        assert by in message
    assert ask(COMPLETIONS, by=["service_tier"], scenario="refusing").status == 400
    assert ask(COMPLETIONS, by=["model"], scenario="refusing").status == 200
    for name, status in (("decisions", 404), ("web_search_calls", 404), ("moderations", 503)):
        assert ask(USAGE + name, scenario="refusing").status == status
    for path in ("projects", "users", "projects/proj_1/api_keys", "spend_limit"):
        response = respond("refusing", f"/organization/{path}", [], now=NOW)
        assert response.status == 403
        assert "Missing scopes: api.management.read" in json.loads(response.body)["error"]


def test_the_gateway_omits_what_was_not_grouped() -> None:
    """Keys that were not grouped are absent, the rest is the same."""
    (row, *_) = rows_of(data(COMPLETIONS, by=["model"], scenario="refusing"))
    assert not row.keys() & {"project_id", "user_id", "api_key_id", "batch", "service_tier", "api_source"}
    (row, *_) = rows_of(data(COSTS, scenario="refusing"))
    assert row.keys() == {"object", "amount"}
    (row, *_) = rows_of(data(COSTS, by=["line_item"], scenario="refusing"))
    assert row.keys() == {"object", "amount", "quantity", "quantity_unit", "line_item"}
    full, lean = (data(COMPLETIONS, by=["model"], scenario=name) for name in ("steady", "refusing"))
    for one, other in zip(rows_of(full), rows_of(lean), strict=True):
        assert other.items() <= one.items()


def test_the_huge_organization_has_a_million_rows_a_year() -> None:
    """Enough rows a day at the finest grain; other categories are as in steady."""
    by = ["project_id", "model", "user_id", "api_key_id"]
    days = [TODAY - ago * DAY for ago in (1, 120, 364)]
    rows = [
        len(data(COMPLETIONS, start=day, end=day + DAY, by=by, scenario="huge")[0]["results"]) for day in days
    ]
    assert min(rows) * 365 > 1_000_000
    for name in ("embeddings", "images"):
        assert data(USAGE + name, scenario="huge") == data(USAGE + name)
