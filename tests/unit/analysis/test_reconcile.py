"""Whether usage explains the bill: line by line, to the token, and what nothing explains stands out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.analysis.bills import any_days, bill_of, paid, total, usage_of
from tests.unit.analysis.demo import answered, asked
from tests.unit.analysis.rows import Row, bucket_of, query
from tests.unit.demo.asking import COSTS, TODAY, USAGE, amount, data, rows_of
from usagetop.analysis.bill import bill
from usagetop.analysis.frame import Frame, rollup
from usagetop.analysis.reconcile import (
    Reconciliation,
    categories_for,
    reconcile,
    usage_query,
)
from usagetop.model import money
from usagetop.model.categories import BY_NAME
from usagetop.model.query import Query, make_filter

D = Decimal
CLOSED = "2026-10-01..2026-11-20"


def completions(*rows: Row) -> dict[str, Frame]:
    """Completions by model, batch and tier."""
    return {"completions": usage_of("completions", rows, "model", "batch", "service_tier")}


def used(model: str, tokens: int, cached: int = 0, output: int = 0, tier: str = "default") -> Row:
    """One row of completions."""
    return {
        "model": model,
        "batch": "false",
        "service_tier": tier,
        "input_tokens": tokens,
        "input_cached_tokens": cached,
        "output_tokens": output,
    }


# -- lines


def test_a_line_that_usage_explains() -> None:
    """Tokens of both sides are the same: all of it is explained."""
    rows = [paid("m, input", "7", "70"), paid("m, cached input", "1", "30"), paid("m, output", "5", "5")]
    found = reconcile(bill_of(rows), completions(used("m", 100, 30, 5)))
    assert [(row.line_item, row.quantity, row.usage, row.match, row.unexplained) for row in found.rows] == [
        ("m, input", D(70), D(70), "exact", D(0)),
        ("m, output", D(5), D(5), "exact", D(0)),
        ("m, cached input", D(30), D(30), "exact", D(0)),
    ]
    assert found.totals["usd"].explained_share == 1
    assert found.lacking == ()


def test_what_usage_lacks_is_unexplained() -> None:
    """A third of the tokens is missing: so is a third of the amount, rounded once."""
    found = reconcile(bill_of([paid("m, input", "10", "30")]), completions(used("m", 20)))
    (row,) = found.rows
    assert (row.explained, row.unexplained, row.surplus) == (D("6.6666666667"), D("3.3333333333"), D(-10))
    assert found.totals["usd"].explained_share == D("0.6666666667")


def test_more_usage_than_was_billed_is_a_surplus() -> None:
    """It explains all of the line and no more."""
    (row,) = reconcile(bill_of([paid("m, input", "10", "30")]), completions(used("m", 40))).rows
    assert (row.explained, row.usage, row.surplus) == (D(10), D(40), D(10))


def test_a_line_without_a_quantity_is_explained_by_any_usage() -> None:
    """There is nothing to hold the usage against."""
    (row,) = reconcile(bill_of([paid("m, input", "10")]), completions(used("m", 40))).rows
    assert (row.explained, row.usage, row.surplus, row.match) == (D(10), D(40), None, "exact")


def test_what_no_usage_counts_stands_out() -> None:
    """Training, evaluations and credits; a credit is no part of what was charged."""
    rows = [
        paid("m, input", "90", "5"),
        paid("ft-m, training", "8", "1"),
        paid("evals | m, input", "2", "1"),
        paid("credit", "-50"),
    ]
    found = reconcile(bill_of(rows), completions(used("m", 5)))
    assert [(row.line_item, row.match, row.usage, row.unexplained) for row in found.rows] == [
        ("m, input", "exact", D(5), D(0)),
        ("ft-m, training", "none", None, D(8)),
        ("evals | m, input", "none", None, D(2)),
        ("credit", "none", None, D(-50)),
    ]
    balance = found.totals["usd"]
    assert (balance.amount, balance.explained, balance.unexplained) == (D(50), D(90), D(-40))
    assert balance.explained_share == D("0.9")


def test_usage_that_was_not_given_is_named() -> None:
    """A line that another category may explain says which one is lacking."""
    rows = [
        paid("web search tool calls", "1", "100", None),
        paid("tts-1, characters", "1", "5", "characters"),
    ]
    found = reconcile(
        bill_of(rows), {"audio_speeches": usage_of("audio_speeches", [{"model": "x"}], "model")}
    )
    assert found.lacking == ("web_search_calls",)
    assert found.totals["usd"].explained == 0


def test_usage_is_told_in_the_unit_of_the_bill() -> None:
    """Seconds as minutes, tokens by the thousand, bytes over time as GiB-hours."""
    rows = [
        paid("whisper-1, audio", "1", "1.5", "duration_minutes"),
        paid("e, input", "1", "2.5", "1000_tokens"),
        paid("vector storage", "1", "48", "gibibyte_hours"),
        paid("tts-1, audio", "1", "0.1", "duration_minutes"),
    ]
    stored = rollup(
        query("vector_stores", "bucket"),
        [bucket_of(ago, [{"usage_bytes": 2**30}], (), ("usage_bytes",)) for ago in (2, 1)],
    )
    audio = [{"model": "whisper-1", "seconds": 90}, {"model": "tts-1", "seconds": 7}]
    frames = {
        "audio_transcriptions": usage_of("audio_transcriptions", audio, "model"),
        "embeddings": usage_of("embeddings", [{"model": "e", "input_tokens": 2500}], "model"),
        "vector_stores": stored,
    }
    found = {row.line_item: row.usage for row in reconcile(bill_of(rows), frames).rows}
    assert found == {
        "whisper-1, audio": D("1.5"),
        "e, input": D("2.5"),
        "vector storage": D(48),
        "tts-1, audio": D("0.1166666667"),
    }


# -- everything ties

counts = st.integers(0, 10**6)
any_usage = st.lists(
    st.builds(
        used,
        st.sampled_from(["gpt-5", "gpt-5-2025-08-07", "other"]),
        counts,
        st.integers(0, 100),
        counts,
        st.sampled_from(["default", "priority"]),
    ),
    max_size=4,
)


@given(any_days, any_usage)
def test_the_bill_is_what_is_explained_and_what_is_not(
    days: Mapping[int, Sequence[Row]], usage: Sequence[Row]
) -> None:
    """For every line and currency, exactly; no line is dropped, and none is explained beyond its amount."""
    costs = bill_of(days)
    found = reconcile(costs, completions(*usage))
    check(found, costs)
    assert len(found.rows) == len(costs)


def check(found: Reconciliation, costs: Frame) -> None:
    """Rows and totals against the frame's own totals."""
    for row in found.rows:
        assert money.add(row.explained, row.unexplained) == row.amount
        assert 0 <= row.explained <= max(row.amount, D(0))
        if row.match == "none":
            assert (row.usage, row.explained) == (None, D(0))
    for currency, balance in found.totals.items():
        mine = [row for row in found.rows if row.currency == currency]
        assert balance.amount == costs.totals.amounts.get(currency, 0) == total(row.amount for row in mine)
        assert balance.explained == total(row.explained for row in mine)
        assert balance.unexplained == total(row.unexplained for row in mine)
        assert money.add(balance.explained, balance.unexplained) == balance.amount
        charged = sum((Fraction(row.amount) for row in mine if row.amount > 0), Fraction())
        if charged:
            assert balance.explained_share is not None
            exact = Fraction(balance.explained) / charged
            assert abs(Fraction(balance.explained_share) - exact) <= Fraction(1, 2 * 10**10)
            assert 0 <= balance.explained_share <= 1
    assert set(found.totals) >= set(costs.totals.amounts)


# -- asking


def test_the_questions_that_belong_to_a_bill() -> None:
    """Filters that usage knows go along; without the dimension there is no such usage."""
    costs = asked("costs", "7d", ("line_item",))
    filters = (make_filter("api_key_id", ["k"], ()), make_filter("line_item", ["m, input"], ()))
    narrowed = costs._replace(filters=filters)
    found = usage_query(narrowed, "completions", "project_id")
    assert found == Query(
        "completions",
        costs.range,
        "1d",
        ("project_id", "model", "batch", "service_tier"),
        (filters[0],),
    )
    assert usage_query(narrowed, "vector_stores") is None
    every = usage_query(costs, "vector_stores", "user_id", "project_id")
    assert every is not None
    assert every.group_by == ("project_id", "bucket")


def test_only_categories_that_may_explain_something_are_asked() -> None:
    """Tokens may be of four categories; a bill of training alone needs none."""
    assert categories_for(["ft-m, training", None, "credit"]) == ()
    assert categories_for(["m, input", "web search tool calls"]) == (
        *("completions", "decisions", "embeddings", "moderations"),
        "web_search_calls",
    )
    assert set(categories_for(["m, input", "x"])) <= set(BY_NAME)


# -- the demo organization


def demo_usage(costs: Query, scenario: str, *more: str) -> dict[str, Frame]:
    """The usage that belongs to a bill."""
    frames = {}
    for category in BY_NAME:
        wanted = usage_query(costs, category, *more) if category != "costs" else None
        if wanted is not None:
            frames[category] = rollup(wanted, answered(wanted, scenario))
    return frames


@pytest.mark.parametrize("scenario", ["steady", "spike", "leak"])
def test_the_demo_reconciles_to_the_token(scenario: str) -> None:
    """Every line that usage can explain is explained in full; the rest is training, evaluations and a credit."""
    costs = asked("costs", CLOSED, ("line_item",))
    frame = bill(costs, answered(costs, scenario))
    found = reconcile(frame, demo_usage(costs, scenario))
    check(found, frame)
    assert found.lacking == ()
    for row in found.rows:
        if row.match != "none":
            assert (row.unexplained, row.surplus) == (D(0), D(0)), row.line_item
    matches = Counter(row.match for row in found.rows)
    assert matches["exact"] > 80
    assert {row.line_item for row in found.rows if row.match == "none"} == {
        "ft-gpt-4o-2024-08-06, training",
        "evals | gpt-4o-mini-2024-07-18, input",
        "evals | gpt-4o-mini-2024-07-18, output",
        "credit, service disruption",
    }
    family = {(row.line_item or "").split(",")[0] for row in found.rows if row.match == "family"}
    assert family == {
        *("ft-gpt-4o-2024-08-06", "gpt-4o-mini", "text-embedding-ada-002-v2", "dall-e 2", "dall-e 3"),
    }


def test_the_demo_against_raw_rows() -> None:
    """The bill's sum and one model's tokens, from JSON alone."""
    costs = asked("costs", "2026-10-25..2026-11-20", ("line_item",))
    found = reconcile(bill(costs, answered(costs)), demo_usage(costs, "steady"))
    start, end = costs.range.start, costs.range.end
    lines = rows_of(data(COSTS, start=start, end=end, by=["line_item"], limit=180))
    assert found.totals["usd"].amount == total(amount(line) for line in lines)
    tokens = rows_of(data(USAGE + "completions", start=start, end=end, by=["model"], limit=31))
    output = sum(row["output_tokens"] for row in tokens if row["model"] == "gpt-5.6-sol")
    (row,) = [row for row in found.rows if row.line_item == "gpt-5.6-sol, output"]
    assert row.usage == row.quantity == output


def test_the_newest_day_lags_behind() -> None:
    """On the open day costs know less than usage: what is billed is explained, with usage to spare."""
    costs = asked("costs", "today", ("line_item",))
    assert costs.range.start == TODAY
    found = reconcile(bill(costs, answered(costs)), demo_usage(costs, "steady"))
    explained = [row for row in found.rows if row.match != "none" and row.quantity]
    assert explained
    surplus = [row for row in explained if row.surplus and row.surplus > 0]
    assert len(surplus) > len(explained) // 2
