"""Dollars by who used what: allocated parts are the bill, exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.unit.analysis.bills import any_days, bill_of, paid, total, usage_of
from tests.unit.analysis.demo import answered, asked
from tests.unit.analysis.rows import Row
from tests.unit.analysis.test_reconcile import CLOSED, demo_usage
from usagetop.analysis.allocation import Allocation, allocate
from usagetop.analysis.bill import bill
from usagetop.analysis.frame import Frame, rollup
from usagetop.analysis.shares import decimal_of, rounded, split
from usagetop.model import money

D = Decimal


def used(user: str | None, model: str, tokens: int, *, project: str = "p", cached: int = 0) -> Row:
    """One row of completions."""
    return {
        "user_id": user,
        "model": model,
        "project_id": project,
        "input_tokens": tokens,
        "input_cached_tokens": cached,
    }


def completions(*rows: Row) -> dict[str, Frame]:
    """Completions by project, user and model."""
    return {"completions": usage_of("completions", rows, "project_id", "user_id", "model")}


def shares(found: Allocation, currency: str = "usd") -> dict[str | int | None, Decimal]:
    """Amounts by value."""
    return {share.value: share.amount for share in found.shares if share.currency == currency}


# -- splitting


@given(
    st.decimals(-(10**9), 10**9, places=30, allow_nan=False),
    st.lists(st.integers(0, 10**12), min_size=1, max_size=9).filter(any),
)
@example(D("0.0000000001"), [1, 1, 1])
@example(D("1"), [1, 1, 1])
def test_parts_are_the_whole(amount: Decimal, weights: list[int]) -> None:
    """To the last digit: each part is the nearest tenth place, the largest weight takes what is left."""
    parts = split(amount, weights)
    assert total(parts) == amount
    largest = weights.index(max(weights))
    for place, (part, weight) in enumerate(zip(parts, weights, strict=True)):
        exact = Fraction(amount) * weight / sum(weights)
        if place != largest:
            assert abs(Fraction(part) - exact) <= Fraction(1, 2 * 10**10)
            assert part == round(part, 10)
        else:
            assert abs(Fraction(part) - exact) <= Fraction(len(weights), 2 * 10**10)


def test_no_weight_is_no_share() -> None:
    """Nothing to go by is told, not guessed."""
    with pytest.raises(ValueError, match="no weight"):
        split(D(1), [0, 0])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(1, 8), "0.125"),
        (Fraction(1, 3), "0.3333333333"),
        (Fraction(1, 2**70), "0E-10"),
        (Fraction(1, 2**20), "0.00000095367431640625"),
        (Fraction(7), "7"),
        (Fraction(-1, 5**12), "-4.096E-9"),
    ],
)
def test_a_fraction_as_a_decimal(value: Fraction, text: str) -> None:
    """The same number where it is finite and of reasonable length, else ten places."""
    assert decimal_of(value) == D(text)


def test_ties_go_to_the_even_digit() -> None:
    """Half to even, once."""
    assert rounded(Fraction(5, 10**11)) == 0
    assert rounded(Fraction(15, 10**11)) == D("2E-10")
    assert rounded(Fraction(-25, 10**11)) == D("-2E-10")


# -- allocating


def test_a_line_is_shared_by_who_used_it() -> None:
    """Input by input tokens, cached input by cached tokens; the key that was not named has its share too."""
    rows = [paid("m, input", "9", "90"), paid("m, cached input", "1", "10")]
    found = allocate(
        bill_of(rows),
        completions(used("u", "m", 60), used("v", "m", 30, cached=10), used(None, "m", 10)),
        "user_id",
    )
    assert shares(found) == {"u": D(6), "v": D(3), None: D(1)}
    assert found.shares[0].lines == {"m, input": D(6)}
    assert found.shares[1].lines == {"m, input": D(2), "m, cached input": D(1)}
    assert (found.dimension, found.unallocated, found.totals) == ("user_id", {"usd": D(0)}, {"usd": D(10)})


def test_a_project_pays_for_its_own_people() -> None:
    """Within a scope, usage of other projects has no part in a line."""
    rows = [paid("m, input", "8", "10"), paid("m, input", "2", "10", project="q")]
    usage = completions(used("u", "m", 10), used("v", "m", 10, project="q"))
    assert shares(allocate(bill_of(rows, "project_id"), usage, "user_id", scope=("project_id",))) == {
        "u": D(8),
        "v": D(2),
    }
    assert shares(allocate(bill_of(rows), usage, "user_id")) == {"u": D(5), "v": D(5)}


def test_what_nobody_can_be_told_for_stays_unallocated() -> None:
    """Storage knows no user, credits no usage, and usage of nothing no share."""
    rows = [
        paid("vector storage", "5", "1", "gibibyte_hours"),
        paid("credit", "-2"),
        paid("m, input", "3", "0"),
        paid("m, output", "4", "7", currency="eur"),
    ]
    frames = {
        **completions(used("u", "m", 0)),
        "vector_stores": usage_of("vector_stores", [{"usage_bytes": 1}]),
    }
    found = allocate(bill_of(rows), frames, "user_id")
    assert found.shares == ()
    assert found.unallocated == {"usd": D(6), "eur": D(4)}


def test_the_remainder_goes_to_the_largest() -> None:
    """A dollar by three, of whom one used most."""
    usage = completions(used("a", "m", 1), used("b", "m", 1), used("c", "m", 1), used("d", "m", 4))
    found = shares(allocate(bill_of([paid("m, input", "1", "7")]), usage, "user_id"))
    assert found["a"] == found["b"] == found["c"] == D("0.1428571429")
    assert found["d"] == D("0.5714285713")


any_usage = st.lists(
    st.builds(
        used,
        st.sampled_from(["u", "v", "w", None]),
        st.sampled_from(["gpt-5", "gpt-5-2025-08-07"]),
        st.integers(0, 10**6),
        project=st.sampled_from(["p", "q"]),
    ),
    max_size=6,
)


@given(any_days, any_usage, st.sampled_from([(), ("project_id",)]))
def test_allocated_and_unallocated_are_the_bill(
    days: Mapping[int, Sequence[Row]], usage: Sequence[Row], scope: tuple[str, ...]
) -> None:
    """Per currency, to the last digit, whatever is billed and used."""
    costs = bill_of(days, *scope)
    check(allocate(costs, completions(*usage), "user_id", scope=scope), costs)


def check(found: Allocation, costs: Frame) -> None:
    """Shares and the rest against the frame's totals."""
    assert found.totals == costs.totals.amounts
    assert set(found.totals) <= set(found.unallocated)
    for currency, rest in found.unallocated.items():
        parts = [share for share in found.shares if share.currency == currency]
        assert money.add(rest, total(share.amount for share in parts)) == found.totals.get(currency, 0)
        assert len({share.value for share in parts}) == len(parts)
    for share in found.shares:
        assert share.amount == total(share.lines.values())


# -- the demo organization


@pytest.mark.parametrize("dimension", ["user_id", "api_key_id"])
def test_the_demo_is_allocated(dimension: str) -> None:
    """A month by user and by key, project by project: the parts are the bill."""
    costs = asked("costs", CLOSED, ("line_item", "project_id"))
    frame = bill(costs, answered(costs), "project_id")
    found = allocate(
        frame, demo_usage(costs, "steady", "project_id", dimension), dimension, scope=("project_id",)
    )
    check(found, frame)
    assert len(found.shares) > 25
    assert found.unallocated["usd"] < found.totals["usd"] / 10


def test_allocated_keys_are_close_to_billed_ones() -> None:
    """Where costs do know the keys, tokens at one price are allocated as they were billed."""
    costs = asked("costs", CLOSED, ("line_item", "project_id"))
    item = "gpt-5.6-sol, output"
    frame = bill(costs, answered(costs), "project_id")
    usage = demo_usage(costs, "steady", "project_id", "api_key_id")
    found = allocate(frame, usage, "api_key_id", scope=("project_id",))
    allocated = {share.value: share.lines[item] for share in found.shares if item in share.lines}
    by_key = asked("costs", CLOSED, ("line_item", "api_key_id"))
    billed = rollup(by_key, answered(by_key))
    expected = {
        key[1]: amount
        for key, amount in zip(billed.keys, billed.columns["amount"], strict=True)
        if key[0] == item
    }
    assert len(expected) > 3
    assert allocated == expected
