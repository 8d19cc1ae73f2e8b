"""``show costs --view``: what every view beyond the table has in common, and that its sums hold."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from usagetop.model.money import total
from usagetop.store.views import VIEWS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.cli.conftest import Ran

# The fields that are promised to scripts.
FIELDS = {
    "drivers": "project_id line_item currency quantity_unit previous current delta volume price status",
    "prices": "line_item project_id currency unit price amount quantity changes",
    "anomalies": "day amount usual_low usual_high project_id line_item delta api_key_id key_delta currency",
    "tiers": "model tier saved num_model_requests input_tokens output_tokens currency",
    "allocated": "api_key_id amount share line_item currency",
    "savings": "model input_tokens input_cached_tokens input_cache_write_tokens hit_rate saved currency",
    "budget": "name scope threshold currency spent share exceeded_on",
    "reconcile": "line_item currency amount quantity usage match",
}
PARTS = ("volume", "price", "new", "gone", "unsplit")


def asked(run: Callable[..., Ran], view: str, *words: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """The document of a view on the demo organization."""
    return run("show", "costs", "--view", view, "--demo", *words, "--format", "json").document


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_keeps_the_head_of_every_document(view: str, run: Callable[..., Ran]) -> None:
    """And its rows have the promised fields, one currency each."""
    document = asked(run, view)
    assert document["category"] == "costs"
    assert document["view"] == view
    assert document["complete"] is True
    assert {"range", "filters", "source", "notices"} <= document.keys()
    assert document["source"]["base_url"] == "demo:spike"
    assert document["rows"]
    for row in document["rows"]:
        assert set(FIELDS[view].split()) <= row.keys()
        assert row["currency"] is None or isinstance(row["currency"], str)


FORMS = ("table", "csv", "tsv", "jsonl", "markdown")
# Each view and each format at least once; `make test-all` tries every pair.
PAIRS = [
    pytest.param(form, view, marks=() if number % len(FORMS) == place else pytest.mark.slow)
    for place, form in enumerate(FORMS)
    for number, view in enumerate(VIEWS)
]


@pytest.mark.parametrize(("form", "view"), PAIRS)
def test_a_view_is_written_in_every_format(view: str, form: str, run: Callable[..., Ran]) -> None:
    """The same rows, whoever reads them."""
    ran = run("show", "costs", "--view", view, "--demo", "--format", form)
    assert ran.code == 0
    count = len(asked(run, view)["rows"])
    lines = ran.out.splitlines()
    if form == "jsonl":
        assert len(lines) == count
    elif form in {"csv", "tsv"}:
        rows = list(csv.DictReader(io.StringIO(ran.out), delimiter="," if form == "csv" else "\t"))
        assert len(rows) == count
        assert set(FIELDS[view].split()) <= set(rows[0])
    else:
        assert len(lines) > count


@pytest.mark.parametrize("scenario", ["spike", "leak", "steady"])
@pytest.mark.parametrize("against", ["previous", "month"])
def test_drivers_add_up_to_the_difference(scenario: str, against: str, run: Callable[..., Ran]) -> None:
    """Per row and in total, to the last digit; and both totals are those of the bill."""
    document = run(
        *("show", "costs", "--view", "drivers", "--scenario", scenario, "--compare", against),
        *("--range", "mtd", "--format", "json"),
    ).document
    rows = document["rows"]
    for row in rows:
        assert Decimal(row["delta"]) == Decimal(row["current"]) - Decimal(row["previous"])
        if row["status"] == "both":
            assert Decimal(row["volume"]) + Decimal(row["price"]) == Decimal(row["delta"])
        else:
            assert (row["volume"], row["price"]) == (None, None)
    for currency, totals in document["totals"].items():
        mine = [row for row in rows if row["currency"] == currency]
        assert total(Decimal(totals[part]) for part in PARTS) == Decimal(totals["delta"])
        for name in ("previous", "current", "delta"):
            assert total(Decimal(row[name]) for row in mine) == Decimal(totals[name])
        for status in ("new", "gone", "unsplit"):
            whole = total(Decimal(row["delta"]) for row in mine if row["status"] == status)
            assert whole == Decimal(totals[status])
    compared = run(
        *("show", "costs", "--scenario", scenario, "--compare", against, "--range", "mtd"),
        *("--by", "none", "--format", "json"),
    ).document
    assert document["compare"]["range"] == compared["compare"]["range"]
    assert document["totals"]["usd"]["current"] == compared["totals"]["amount"]["usd"]
    assert document["totals"]["usd"]["previous"] == compared["compare"]["totals"]["amount"]["usd"]


def test_top_and_sort_hold_in_a_view(run: Callable[..., Ran]) -> None:
    """The rest is one row a currency that adds up what adds up."""
    whole = asked(run, "drivers")
    document = asked(run, "drivers", "--top", "2", "--sort", "volume:desc")
    assert document["totals"] == whole["totals"]
    first, second, rest = document["rows"]
    assert Decimal(first["volume"]) >= Decimal(second["volume"])
    assert rest["row"] == "other"
    assert rest["groups"] == len(whole["rows"]) - 2
    assert rest["project_id"] is None
    shown = Decimal(first["delta"]) + Decimal(second["delta"]) + Decimal(rest["delta"])
    assert shown == Decimal(whole["totals"]["usd"]["delta"])


@pytest.mark.parametrize(
    "words",
    [
        ("completions", "--view", "drivers"),
        ("costs", "--view", "prices", "--compare", "previous"),
        ("costs", "--view", "drivers", "--by", "project_id"),
        ("costs", "--view", "drivers", "--metric", "amount"),
        ("costs", "--view", "drivers", "--width", "1h"),
        ("costs", "--view", "drivers", "--sort", "nothing"),
        ("costs", "--view", "magic"),
    ],
)
def test_what_means_nothing_in_a_view_is_refused(words: tuple[str, ...], run: Callable[..., Ran]) -> None:
    """Exit 2 and a sentence, never an option that is quietly passed over."""
    ran = run("show", *words, "--demo")
    assert (ran.code, ran.out) == (2, "")


def test_a_filter_narrows_a_view(run: Callable[..., Ran]) -> None:
    """By name as everywhere; the document holds the id."""
    document = asked(run, "drivers", "--filter", "project_id=search-api")
    assert {row["project_name"] for row in document["rows"]} == {"search-api"}
    assert list(document["filters"]) == ["project_id"]


def test_the_spike_is_found_and_a_steady_month_has_none(run: Callable[..., Ran]) -> None:
    """With the day, what it cost beyond the usual, the line, the project and the key."""
    spike, *others = asked(run, "anomalies")["rows"]
    assert others == []
    assert spike["project_name"] == "search-api"
    assert spike["line_item"].startswith("gpt-5.5")
    assert Decimal(spike["amount"]) > Decimal(spike["usual_high"])
    assert Decimal(spike["key_delta"]) >= Decimal(spike["delta"]) > 0
    steady = run("show", "costs", "--view", "anomalies", "--scenario", "steady", "--format", "json")
    assert steady.document["rows"] == []


def test_a_leaked_key_is_found_with_day_and_cost(run: Callable[..., Ran]) -> None:
    """Its first night was days ago, and every day since is told."""
    rows = run("show", "costs", "--view", "anomalies", "--scenario", "leak", "--format", "json").document[
        "rows"
    ]
    assert len(rows) >= 2
    assert {(row["project_name"], row["api_key_name"]) for row in rows} == {("[internal] tools", "staging")}
    assert all(Decimal(row["key_delta"]) > 0 for row in rows)


def test_allocated_dollars_and_what_is_left_are_the_bill(run: Callable[..., Ran]) -> None:
    """By key and by user, to the last digit; and that they are allocated is said."""
    bill = run("show", "costs", "--demo", "--by", "none", "--format", "json").document["totals"]["amount"]
    for by in ("api_key_id", "user_id"):
        document = asked(run, "allocated", "--by", by)
        for currency, totals in document["totals"].items():
            parts = total(Decimal(row["amount"]) for row in document["rows"] if row["currency"] == currency)
            assert totals["amount"] == bill[currency]
            assert parts == Decimal(totals["allocated"])
            assert parts + Decimal(totals["unallocated"]) == Decimal(bill[currency])


def test_reconciling_explains_every_line_that_usage_knows(run: Callable[..., Ran]) -> None:
    """A whole past month: explained and unexplained are the bill, and what nothing explains is named."""
    words = ("show", "costs", "--view", "reconcile", "--demo", "--range", "2026-10")
    document = run(*words, "--format", "json").document
    for currency, totals in document["totals"].items():
        mine = [row for row in document["rows"] if row["currency"] == currency]
        assert Decimal(totals["explained"]) + Decimal(totals["unexplained"]) == Decimal(totals["amount"])
        assert total(Decimal(row["amount"]) for row in mine) == Decimal(totals["amount"])
        assert totals["explained_share"] > 0.9
    alone = [row["line_item"] for row in document["rows"] if row["match"] == "none"]
    assert alone
    said = run(*words).out
    assert "NOT EXPLAINED" in said
    assert alone[0].partition(",")[0] in said


def test_a_budget_names_limits_month_and_forecast(run: Callable[..., Ran]) -> None:
    """Shares are of what was spent, and an alert that will run out says on which day."""
    document = asked(run, "budget")
    totals = document["totals"]["usd"]
    low, mid, high = (Decimal(totals["forecast"][name]) for name in ("low", "mid", "high"))
    assert Decimal(totals["spent"]) <= low <= mid <= high
    for row in document["rows"]:
        assert row["share"] == pytest.approx(float(Decimal(row["spent"]) / Decimal(row["threshold"])))
    assert {row["name"] for row in document["rows"]} == {"spend limit", "spend alert"}
