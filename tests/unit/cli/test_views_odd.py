"""``show costs --view`` where the server refuses, lacks or fails, and where filters are of line items or models.

What is allowed is answered and what was left out is told; an unknown price is never a zero.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.cli.server import Answer, Asked
from usagetop.model.money import total

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Ran
    from tests.unit.cli.server import Server

DAY = 86_400
RANGE = ("--range", "5d")
BIG = "1234567890123456.789012345678901234"

Run = Callable[..., "Ran"]


def paid(
    item: str | None, value: object, quantity: object = None, unit: str | None = None, **more: object
) -> Any:  # noqa: ANN401 - a row as JSON has it
    """A row of costs as the API writes it."""
    amount = None if value is None else {"value": value, "currency": more.pop("currency", "usd")}
    row = {"object": "organization.costs.result", "line_item": item, "project_id": "p", "amount": amount}
    return {**row, "quantity": quantity, "quantity_unit": unit, **more}


def used(model: str, tokens: int, cached: int | None, **more: object) -> Any:  # noqa: ANN401 - a row as JSON has it
    """A row of completions as the API writes it."""
    row: dict[str, object] = {
        "object": "organization.usage.completions.result",
        "model": model,
        "project_id": "p",
    }
    row |= {"input_tokens": tokens, "input_cached_tokens": cached, "output_tokens": 0}
    return {**row, "num_model_requests": 1, "api_key_id": "k", "batch": False, "service_tier": None, **more}


COSTS = [
    paid("m, input", "10.000000000000000000000000000000000001", 1000, "tokens"),
    paid("m, cached input", 1.5, 1500, "tokens"),
    paid("m, output", BIG, 10, "tokens", project_id=None),
    paid("m, output", "3", 2, "1000_tokens"),
    paid("no quantity, input", "5"),
    paid("credit", "-48.25"),
    paid(None, "0.1"),
    paid("m, input", "2", 100, "tokens", currency="eur"),
    paid("nothing given, input", None, 5, "tokens"),
    paid("zero, input", "0E-6176", 0, "tokens"),
    paid("web search tool calls", "2", 4),
]
USAGE = [used("m", 2600, 1500), used("nowhere billed", 10, 5), used("plain", 10, 0)]


@pytest.fixture
def odd(server: Server) -> Server:
    """Odd rows every day, completions alone of all usage, and no limits to be seen."""
    server.answer = _answer
    return server


def _answer(asked: Asked) -> Answer:
    rows = {"costs": COSTS, "completions": USAGE}.get(asked.path.rpartition("/")[2])
    if rows is None:
        return Answer(b'{"error": {"message": "Invalid URL"}}', status=404)
    return page(asked, rows)


def page(asked: Asked, rows: list[Any]) -> Answer:
    """These rows on every day that is asked for."""
    params = dict(asked.params)
    end = int(params.get("end_time", time.time()))
    starts = range(int(params["start_time"]), end, DAY)
    buckets = [
        {"object": "bucket", "start_time": start, "end_time": start + DAY, "results": rows}
        for start in starts[: int(params["limit"])]
    ]
    return Answer(json.dumps({"object": "page", "data": buckets, "has_more": False}).encode())


def document(run: Run, view: str, *words: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """The document of a view."""
    return run("show", "costs", "--view", view, *words, "--format", "json").document


def codes(found: Any) -> set[str]:  # noqa: ANN401 - whatever JSON holds
    """The codes of its notices."""
    return {notice["code"] for notice in found["notices"]}


# -- odd rows


@pytest.mark.usefixtures("odd")
@pytest.mark.parametrize("view", ["drivers", "prices", "reconcile", "allocated"])
def test_rows_are_the_bill_to_the_last_digit(view: str, run: Run) -> None:
    """Thirty-four digits, credits, a null line item, two units of one line, two currencies: nothing is dropped."""
    found = document(run, view, *RANGE)
    closed = run("show", "costs", "--range", "5d", "--compare", "previous", "--format", "json").document
    whole = run("show", "costs", "--range", "5d", "--by", "none", "--format", "json").document
    bill = (closed if view == "drivers" else whole)["totals"]["amount"]
    assert set(bill) == {"usd", "eur"}
    column = "current" if view == "drivers" else "amount"
    for currency, amount in bill.items():
        mine = [row for row in found["rows"] if row["currency"] == currency]
        parts = [row[column] for row in mine if row[column] is not None]
        parts += [found["totals"][currency]["unallocated"]] if view == "allocated" else []
        assert total(map(Decimal, parts)) == Decimal(amount), currency
        if view != "prices":
            assert Decimal(found["totals"][currency][column]) == Decimal(amount)
    if "totals" in found:
        assert set(found["totals"]) == {"usd", "eur"}, "a currency that nothing was billed in has no total"


@pytest.mark.usefixtures("odd")
def test_a_price_needs_a_quantity(run: Run) -> None:
    """Null, never 0: without a quantity, of a credit, of what was given no amount; units of one line stay apart."""
    rows = document(run, "prices", *RANGE)["rows"]
    prices = {(row["line_item"], row["unit"], row["quantity"], row["currency"]): row["price"] for row in rows}
    known = {key[0] for key, price in prices.items() if price is not None}
    assert known == {"m, input", "m, cached input", "m, output", "web search tool calls"}
    assert not any(price == "0" for price in prices.values())
    assert prices["m, output", "1M tokens", "10", "usd"] == "1500"
    assert prices["m, input", "1M tokens", "500", "eur"] == "20000"


@pytest.mark.usefixtures("odd")
def test_what_was_saved_without_a_price_is_not_known(run: Run) -> None:
    """A model that nobody billed is null and named; the sum of what is not known is null too, with --top as well."""
    found = document(run, "savings", *RANGE)
    saved = {row["model"]: row["saved"] for row in found["rows"]}
    # 1,500 a day at 0.001 instead of 0.01, half of it at what the euros say.
    assert saved["m"] is not None
    assert saved["nowhere billed"] is None
    assert saved["plain"] == "0.00"
    assert found["totals"]["usd"]["unknown_models"] == ["nowhere billed"]
    others = document(run, "savings", *RANGE, "--filter", "model!=m")
    assert others["totals"]["usd"] == {"saved": None, "unknown_models": ["nowhere billed"]}
    rest = document(run, "savings", *RANGE, "--top", "1")["rows"][-1]
    assert (rest["row"], rest["saved"]) == ("other", None)
    assert rest["input_tokens"] == 100


@pytest.mark.usefixtures("odd")
def test_an_amount_that_was_not_given_is_drawn_as_unknown(run: Run) -> None:
    """Not as a zero of an unknown currency."""
    out = run("show", "costs", "--view", "reconcile", *RANGE).out
    (line,) = [one for one in out.splitlines() if one.startswith("nothing given")]
    assert "0.00" not in line
    assert "? 0.00" not in out


# -- what the server lacks, refuses or fails at


@pytest.mark.usefixtures("odd")
@pytest.mark.parametrize("view", ["savings", "tiers", "reconcile", "allocated"])
def test_usage_that_is_not_served_is_told_also_to_programs(view: str, run: Run) -> None:
    """With a notice of its own; the rest is answered, exit 0."""
    found = document(run, view, *RANGE)
    assert found["complete"] is True
    told = " ".join(one["message"] for one in found["notices"] if one["code"] == "usage_missing")
    assert "decisions could not be read" in told


@pytest.mark.usefixtures("odd")
def test_a_line_is_not_called_unexplained_while_its_usage_is_unread(run: Run) -> None:
    """Web searches may well be explained by a category that this server lacks."""
    out = run("show", "costs", "--view", "reconcile", *RANGE).out
    (unsure,) = [line for line in out.splitlines() if line.startswith("not to be told without")]
    (alone,) = [line for line in out.splitlines() if line.startswith("NOT EXPLAINED")]
    assert "web search tool calls $10.00" in unsure
    assert "web search" not in alone
    assert "credit" in alone


@pytest.mark.parametrize("view", ["reconcile", "allocated"])
def test_usage_that_fails_makes_the_view_incomplete(view: str, odd: Server, run: Run) -> None:
    """One category of several: the rows stand, exit 5, and the category is named."""
    odd.answer = lambda asked: (
        Answer(b"busy", status=503) if asked.path.endswith("web_search_calls") else _answer(asked)
    )
    ran = run("show", "costs", "--view", view, *RANGE, "--format", "json")
    assert ran.code == 5
    assert ran.document["rows"]
    assert ran.document["complete"] is False
    assert any("web_search_calls" in one["message"] for one in ran.document["notices"])


@pytest.mark.parametrize("view", ["savings", "tiers", "reconcile", "allocated"])
@pytest.mark.parametrize(("status", "code"), [(403, 3), (503, 4)])
def test_without_any_usage_there_is_no_answer(
    view: str, status: int, code: int, odd: Server, run: Run
) -> None:
    """A bill that nothing could be held against is not printed as one that nothing explains."""
    body = b'{"error": "Missing scopes: api.usage.read"}'
    odd.answer = lambda asked: Answer(body, status=status) if "/usage/" in asked.path else _answer(asked)
    ran = run("show", "costs", "--view", view, *RANGE)
    assert (ran.code, ran.out) == (code, "")


@pytest.mark.parametrize("fallback", [(), ("--fallback",)])
@pytest.mark.parametrize("view", ["drivers", "savings", "tiers", "anomalies"])
def test_a_refused_grouping_that_nobody_asked_for_is_done_without(
    view: str, fallback: tuple[str, ...], run: Run
) -> None:
    """The demo's gateway refuses completions by service_tier: the views answer, and say so."""
    words = ("--view", view, "--scenario", "refusing", "--range", "7d", *fallback)
    ran = run("show", "costs", *words, "--format", "json")
    assert ran.code == 0
    found = ran.document
    if view in {"savings", "tiers"}:
        assert "fallback_grouping" in codes(found)
        assert any(row["saved"] not in {None, "0.00"} for row in found["rows"])
    if view == "tiers":
        # What ran at which of the others is not known, and is not called the default tier.
        assert {row["tier"] for row in found["rows"]} == {"batch", None}


def test_projects_that_are_refused_are_left_out_of_drivers_and_prices(odd: Server, run: Run) -> None:
    """Rows never carry a dimension that was not answered; both periods are asked in one way."""

    def refusing(asked: Asked) -> Answer:
        by = [value for name, value in asked.params if name.startswith("group_by")]
        if asked.path.endswith("costs") and "project_id" in by:
            body = {"error": {"message": "no project_id here", "param": "group_by", "type": "invalid"}}
            return Answer(json.dumps(body).encode(), status=400)
        return _answer(asked)

    odd.answer = refusing
    for view in ("drivers", "prices", "allocated"):
        ran = run("show", "costs", "--view", view, *RANGE, "--format", "json")
        assert ran.code == 0, view
        assert "fallback_grouping" in codes(ran.document)
        assert all("project_id" not in row for row in ran.document["rows"])
    # What was asked for by name is not left out, unless that is wanted.
    words = ("show", "costs", *RANGE, "--by", "project_id")
    assert run(*words).code == 2
    assert run(*words, "--fallback").code == 0


# -- filters of lines and of models


@pytest.mark.parametrize("view", ["savings", "tiers"])
@pytest.mark.parametrize(
    "kept", ["model=gpt-5.5-2026-04-23", "line_item=gpt-5.5-2026-04-23, input", "model=gpt-5.5-2026-04-23-v1"]
)
def test_savings_of_a_model_are_those_of_its_row(view: str, kept: str, run: Run) -> None:
    """A filter keeps rows; it does not take the prices away that they are computed from."""
    words = ("--demo", "--range", "2026-10")
    whole = document(run, view, *words)["rows"]
    found = document(run, view, *words, "--filter", kept)
    assert found["rows"] == [row for row in whole if row["model"] == "gpt-5.5-2026-04-23"]
    assert found["rows"]
    rest = document(run, view, *words, "--filter", "model!=gpt-5.5-2026-04-23")
    assert rest["rows"] == [row for row in whole if row["model"] != "gpt-5.5-2026-04-23"]


def test_savings_leave_no_line_item_out(run: Run) -> None:
    """What was saved is of whole models: exit 2 and what to write."""
    ran = run("show", "costs", "--demo", "--view", "savings", "--filter", "line_item!=gpt-5.5, input")
    assert (ran.code, ran.out) == (2, "")
    assert "model!=" in ran.err


@pytest.mark.parametrize("view", ["reconcile", "allocated"])
def test_a_filtered_line_is_explained_as_in_the_whole_bill(view: str, run: Run) -> None:
    """The other lines keep their part of the usage, though they are not told."""
    words = ("--demo", "--range", "2026-10")
    item = "gpt-5.5-2026-04-23, input"
    found = document(run, view, *words, "--filter", f"line_item={item}")
    amount = run(
        *("show", "costs", *words, "--filter", f"line_item={item}", "--by", "none", "--format", "json")
    ).document["totals"]["amount"]["usd"]
    assert found["totals"]["usd"]["amount"] == amount
    assert found["filters"] == {"line_item": [item]}
    if view == "reconcile":
        whole = document(run, view, *words)["rows"]
        assert found["rows"] == [row for row in whole if row["line_item"] == item]
    else:
        assert {row["line_item"] for row in found["rows"]} == {item}
        parts = total(Decimal(row["amount"]) for row in found["rows"])
        assert parts + Decimal(found["totals"]["usd"]["unallocated"]) == Decimal(amount)


@pytest.mark.parametrize("words", [("--range", "2026-10"), ("--filter", "project_id=search-api")])
def test_a_budget_has_no_range_and_no_filter(words: tuple[str, ...], run: Run) -> None:
    """It is always of the month that runs: exit 2, never an option that is quietly passed over."""
    ran = run("show", "costs", "--demo", "--view", "budget", *words)
    assert (ran.code, ran.out) == (2, "")
    found = document(run, "budget", "--demo")
    assert found["range"]["start"][:10] == found["totals"]["usd"]["month"] + "-01"


def test_a_name_that_nothing_bears_is_refused_where_names_cannot_be_read(odd: Server, run: Run) -> None:
    """It must not pass for a project that cost nothing."""
    odd.answer = lambda asked: page(asked, [])
    odd.lists = {}
    real = odd.respond
    odd.respond = lambda asked: (  # type: ignore[method-assign]
        Answer(b'{"error": "Missing scopes: api.management.read"}', status=403)
        if asked.path.endswith("/projects")
        else real(asked)
    )
    ran = run("show", "costs", "--view", "drivers", *RANGE, "--filter", "project_id=search-api")
    assert (ran.code, ran.out) == (2, "")
    assert "search-api" in ran.err


def test_what_could_not_be_allocated_is_named(run: Run) -> None:
    """Line by line, the largest first."""
    out = run("show", "costs", "--view", "allocated", "--demo", "--range", "2026-10").out
    (line,) = [one for one in out.splitlines() if one.startswith("nobody can say whose")]
    assert "vector storage $" in line
