"""The roll-up against a plain dictionary of sums, and the rules of INTERFACE.md one by one."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.analysis.rows import (
    COST_DIMS,
    TODAY,
    USAGE_DIMS,
    USAGE_METRICS,
    Row,
    amount,
    asked_of,
    bucket_of,
    cost_row,
    count,
    days_of,
    grouped,
    keeps,
    packed,
    query,
    summed,
    usage_row,
)
from tests.unit.model.moments import DAY
from usagetop.analysis.frame import Frame, rollup
from usagetop.model.columns import Bucket
from usagetop.model.query import Query

USAGE_MAIN = ("input_tokens", "output_tokens", "num_model_requests")


@given(asked_of("completions", USAGE_DIMS), days_of(usage_row))
def test_counts_against_plain_sums(asked: Query, days: dict[int, list[Row]]) -> None:
    """Every group, every metric, the totals and every bucket's: equal to the last digit, and they add up."""
    frame = rollup(asked, packed(days, USAGE_DIMS, USAGE_METRICS))
    expected = grouped(asked, days)
    everything = [row for rows in days.values() for row in rows if keeps(asked, row)]
    assert len(frame) == len(expected)
    assert set(frame.keys) == set(expected)
    shown = {name for name in USAGE_METRICS if summed(everything, name) is not None} | set(USAGE_MAIN)
    assert set(frame.columns) == set(frame.totals.counts) == shown
    for name, column in frame.columns.items():
        for key, value in zip(frame.keys, column, strict=True):
            total = summed((row for _, row in expected[key]), name)
            assert value == (total or 0 if name in USAGE_MAIN else total)
        by_rows = sum(value for value in column if value is not None)
        by_buckets = sum(point.totals.counts.get(name, 0) for point in frame.buckets)
        assert frame.totals.counts[name] == by_rows == by_buckets == (summed(everything, name) or 0)
    for point, (ago, rows) in zip(frame.buckets, sorted(days.items(), reverse=True), strict=True):
        held = [row for row in rows if keeps(asked, row)]
        sums = {name: summed(held, name) for name in USAGE_METRICS}
        given_here = {name: value for name, value in sums.items() if value is not None}
        assert point.totals.counts == {**dict.fromkeys(USAGE_MAIN, 0), **given_here}
        assert (point.start, point.end, point.partial) == (
            TODAY - ago * DAY,
            TODAY - ago * DAY + DAY,
            ago == 0,
        )


@given(asked_of("costs", ("line_item", "project_id", "model")), days_of(cost_row))
def test_money_against_plain_sums(asked: Query, days: dict[int, list[Row]]) -> None:
    """Amounts by currency are those of fractions: rows, buckets and totals; quantities where one unit allows it."""
    frame = rollup(asked, packed(days, COST_DIMS, ("amount", "quantity")))
    expected = grouped(asked, days)
    assert set(frame.keys) == set(expected)
    assert len(frame) == len(expected)
    rows_total: dict[str, Fraction] = {}
    for key, value in zip(frame.keys, frame.columns["amount"], strict=True):
        total = summed((row for _, row in expected[key]), "amount")
        assert (None if value is None else Fraction(value)) == total
        if total is not None:
            currency = str(key[-1] or "")
            rows_total[currency] = rows_total.get(currency, Fraction()) + total
    buckets_total: dict[str, Fraction] = {}
    for point in frame.buckets:
        for currency, value in point.totals.amounts.items():
            buckets_total[currency] = buckets_total.get(currency, Fraction()) + Fraction(value)
    assert (
        {name: Fraction(value) for name, value in frame.totals.amounts.items()} == rows_total == buckets_total
    )
    assert list(frame.totals.amounts) == sorted(rows_total, key=lambda name: (name != "usd", name))
    check_quantities(frame, expected)


def check_quantities(frame: Frame, expected: Mapping[Any, list[tuple[int, Row]]]) -> None:
    """Only with line_item, only of one unit; the groups left out are counted."""
    if "line_item" not in frame.group_by:
        assert "quantity" not in frame.columns
        assert (frame.units, frame.mixed_units) == (None, 0)
        return
    assert frame.units is not None
    mixed = 0
    for key, value, unit in zip(frame.keys, frame.columns["quantity"], frame.units, strict=True):
        rows = [row for _, row in expected[key] if row["quantity"] is not None]
        units = {row["quantity_unit"] for row in rows}
        mixed += len(units) > 1
        total = summed(rows, "quantity") if len(units) == 1 else None
        assert (None if value is None else Fraction(value)) == total
        assert unit == (next(iter(units)) if len(units) == 1 else None)
    assert frame.mixed_units == mixed


billed_row = st.fixed_dictionaries(
    {
        "line_item": st.sampled_from(["gpt-5, input", None]),
        "currency": st.just("usd"),
        "quantity_unit": st.sampled_from(["tokens", "tokens", "images", None]),
        "quantity": amount,
    }
)


@given(days_of(billed_row))
def test_quantities_against_plain_sums(days: dict[int, list[Row]]) -> None:
    """Few groups of many rows, so that units meet."""
    asked = query("costs", "line_item")
    frame = rollup(asked, packed(days, COST_DIMS, ("quantity",)))
    check_quantities(frame, grouped(asked, days))


level_row = st.fixed_dictionaries({"project_id": st.sampled_from(["p", "q", None]), "usage_bytes": count})


@given(asked_of("vector_stores", ("project_id",)), days_of(level_row))
def test_levels_against_a_plain_reference(asked: Query, days: dict[int, list[Row]]) -> None:
    """Never summed over time: a row is its own last value, the total that of the last bucket with values."""
    frame = rollup(asked, packed(days, ("project_id",), ("usage_bytes",)))
    expected = grouped(asked, days)
    assert set(frame.keys) == set(expected)
    assert frame.as_of is not None
    for key, value, as_of in zip(frame.keys, frame.columns["usage_bytes"], frame.as_of, strict=True):
        told = [(start, row) for start, row in expected[key] if row["usage_bytes"] is not None]
        last = max((start for start, _ in told), default=expected[key][0][0])
        assert as_of == last
        assert value == (summed((row for start, row in told if start == last), "usage_bytes") or 0)
    total = 0
    for point, (_, rows) in zip(frame.buckets, sorted(days.items(), reverse=True), strict=True):
        own = summed((row for row in rows if keeps(asked, row)), "usage_bytes")
        assert point.totals.counts == {"usage_bytes": own or 0}
        total = int(own) if own is not None else total
    assert frame.totals.counts == {"usage_bytes": total}


def test_an_answer_without_rows() -> None:
    """Main metrics are 0, breakdowns absent, money is none; the buckets are there."""
    frame = rollup(
        query("completions", "model"), [bucket_of(1, [], (), USAGE_METRICS), bucket_of(0, [], (), ())]
    )
    assert frame.totals.counts == dict.fromkeys(USAGE_MAIN, 0)
    assert [point.totals for point in frame.buckets] == [frame.totals] * 2
    assert (len(frame), frame.order("input_tokens"), frame.as_of) == (0, [], None)
    costs = rollup(query("costs", "model"), [])
    assert (costs.totals.amounts, costs.columns, costs.units) == ({}, {"amount": []}, None)


def test_only_the_wanted_metrics_are_unpacked() -> None:
    """A column that nobody asks for is never looked at: here it could not even be read."""
    day = bucket_of(
        1, [{"model": "a", "input_tokens": 1, "output_tokens": None}], ("model",), ("input_tokens",)
    )
    broken = Bucket(day.start, day.end, 1, {**day.columns, "output_tokens": ("l", "", b"?")})
    frame = rollup(query("completions", "model"), [broken], metrics=("input_tokens",))
    assert frame.columns == {"input_tokens": [1]}
    assert frame.totals.counts == {"input_tokens": 1}
    with pytest.raises(ValueError, match="Expecting"):
        rollup(query("completions", "model"), [broken])


@pytest.mark.parametrize(
    ("asked", "missing"),
    [
        (query("completions", "model,user_id"), "user_id"),
        (query("completions", "model", "user_id!=u"), "user_id"),
        (query("completions", "model", "service_tier=flex"), "service_tier"),
        (query("costs", "model"), "line_item"),
        (query("costs", "none", "model=gpt-5"), "line_item"),
        (query("costs", "none"), "currency"),
    ],
)
def test_a_bucket_without_a_dimension_is_refused(asked: Query, missing: str) -> None:
    """An answer is never shown under a dimension that it does not have."""
    with pytest.raises(ValueError, match=missing):
        rollup(asked, [bucket_of(1, [{"model": "a"}], ("model",), ())])


def test_a_filter_that_the_server_applied_is_trusted() -> None:
    """It need not be grouped; where it is, it is applied again."""
    asked = query("completions", "model", "user_id=u")
    rows = [
        {"model": "a", "user_id": "u", "input_tokens": 1},
        {"model": "b", "user_id": "v", "input_tokens": 2},
    ]
    coarse = rollup(asked, [bucket_of(1, rows, ("model",), ("input_tokens",))])
    fine = rollup(asked, [bucket_of(1, rows, ("model", "user_id"), ("input_tokens",))])
    assert coarse.totals.counts["input_tokens"] == 3
    assert (fine.keys, fine.totals.counts["input_tokens"]) == ([("a",)], 1)


@pytest.mark.parametrize("many", [2, 300])
def test_filters_of_several_dimensions_are_joined_by_and(many: int) -> None:
    """Whether their values are few or more than a byte can count; the groups are those of the kept rows alone."""
    rows = [
        {
            "model": f"m{at % many}",
            "user_id": f"u{at % 7}",
            "project_id": "p" if at % 2 else None,
            "input_tokens": at,
        }
        for at in range(900)
    ]
    day = bucket_of(1, rows, ("model", "user_id", "project_id"), ("input_tokens",))
    for by in ("user_id", "model,project_id", "none"):
        asked = query("completions", by, "model=m1", "user_id!=u1", "project_id=p")
        kept = [row for row in rows if keeps(asked, row)]
        assert len(kept) > 1
        frame = rollup(asked, [day])
        assert frame.totals.counts["input_tokens"] == sum(int(str(row["input_tokens"])) for row in kept)
        assert set(frame.keys) == set(grouped(asked, {1: rows}))


@pytest.mark.parametrize("many", [1, 2, 3, 4, 5])
def test_groups_of_many_dimensions_of_many_values(many: int) -> None:
    """As many as one number a row has room for the codes of, and more."""
    dims = ("model", "project_id", "user_id", "api_key_id", "service_tier")[:many]
    rows = [
        {**{name: f"{name}{at * (5 + place) % 300}" for place, name in enumerate(dims)}, "input_tokens": at}
        for at in range(700)
    ]
    for asked in (
        query("completions", ",".join(dims)),
        query("completions", ",".join(dims), "model!=model5"),
    ):
        frame = rollup(asked, [bucket_of(1, rows, dims, ("input_tokens",))])
        expected = grouped(asked, {1: rows})
        assert set(frame.keys) == set(expected)
        for key, value in zip(frame.keys, frame.columns["input_tokens"], strict=True):
            assert value == summed((row for _, row in expected[key]), "input_tokens")


def test_a_group_by_without_dimensions_is_one_row() -> None:
    """However many rows and buckets there are; and one for each bucket, if that is asked."""
    days = [
        bucket_of(ago, [{"input_tokens": 1}, {"input_tokens": 2}], (), ("input_tokens",)) for ago in (2, 1)
    ]
    one = rollup(query("completions"), days)
    assert (one.keys, one.columns["input_tokens"]) == ([()], [6])
    by_day = rollup(query("completions", "bucket"), days)
    assert (by_day.keys, by_day.columns["input_tokens"]) == ([(TODAY - 2 * DAY,), (TODAY - DAY,)], [3, 3])


def test_columns_of_the_answer_that_were_not_asked_for_are_added_up() -> None:
    """The API leaves project_id in costs by line item."""
    rows = [
        {
            "line_item": "x",
            "project_id": project,
            "currency": "usd",
            "amount": Decimal("0.1"),
            "quantity": Decimal(1),
        }
        for project in "pq"
    ]
    frame = rollup(query("costs", "line_item"), [bucket_of(1, rows, COST_DIMS, ("amount", "quantity"))])
    assert (frame.keys, frame.columns) == (
        [("x", "usd")],
        {"amount": [Decimal("0.2")], "quantity": [Decimal(2)]},
    )


def test_groups_are_numbered_as_they_are_met() -> None:
    """The same answer gives the same frame, key by key."""
    rows = [{"model": name, "user_id": name, "input_tokens": 1} for name in "dbac"]
    for by in ("model", "model,user_id"):
        frame = rollup(
            query("completions", by), [bucket_of(1, rows, ("model", "user_id"), ("input_tokens",))]
        )
        assert [key[0] for key in frame.keys] == list("dbac")
