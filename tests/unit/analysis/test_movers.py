"""What moved the bill: the split by volume and price, and that it ties to the last digit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given

from tests.unit.analysis.bills import any_days, bill_of, paid, total
from tests.unit.analysis.demo import answered, asked, raw
from tests.unit.analysis.rows import Row
from tests.unit.demo.asking import NOW
from usagetop.analysis.bill import bill
from usagetop.analysis.compare import periods
from usagetop.analysis.movers import Drivers, drivers
from usagetop.model import money

Key = tuple[Any, ...]
D = Decimal


def between(before: Sequence[Row], after: Sequence[Row]) -> Drivers:
    """What moved from one day's rows to another's."""
    return drivers(bill_of(after, "project_id"), bill_of(before, "project_id"))


def only(before: Sequence[Row], after: Sequence[Row]) -> tuple[Decimal | None, Decimal | None, str]:
    """Volume, price and status of the one row that moved."""
    (row,) = between(before, after).rows
    return row.volume, row.price, row.status


# -- the split


def test_more_of_the_same_is_volume_and_a_dearer_token_is_price() -> None:
    """Twice as many tokens at a price of 3 where it was 2."""
    assert only([paid("a", "20", "10")], [paid("a", "60", "20")]) == (D(20), D(20), "both")


def test_a_repeating_ratio_is_rounded_once_and_half_to_even() -> None:
    """1/3 of a dollar a token: ten decimal places, the rest is price, and both are the difference."""
    volume, price, status = only([paid("a", "1", "3")], [paid("a", "1", "4")])
    assert (volume, price, status) == (Decimal("0.3333333333"), Decimal("-0.3333333333"), "both")
    # Ties: 0.5 and 1.5 units of the tenth place.
    assert only([paid("a", "1E-10", "2")], [paid("a", "0", "3")])[0] == 0
    assert only([paid("a", "3E-10", "2")], [paid("a", "0", "3")])[0] == Decimal("2E-10")


@pytest.mark.parametrize(
    ("before", "after", "status"),
    [
        ([], [paid("a", "5", "1")], "new"),
        ([paid("a", "0", "0")], [paid("a", "5", "1")], "new"),
        ([paid("a", None)], [paid("a", "5", "1")], "new"),
        ([paid("a", "5", "1")], [], "gone"),
        ([paid("a", "5", "1")], [paid("a", "0", "0")], "gone"),
        ([], [paid("a", "-5")], "new"),
        ([paid("a", "5")], [paid("a", "6")], "unsplit"),
        ([paid("a", "5", "1")], [paid("a", "6")], "unsplit"),
        ([paid("a", "5", "1")], [paid("a", "6", "0")], "unsplit"),
        ([paid("a", "5", "0")], [paid("a", "6", "1")], "unsplit"),
        ([paid("a", "-5", "1")], [paid("a", "6", "1")], "unsplit"),
        ([paid("a", "5", "1")], [paid("a", "-6", "1")], "unsplit"),
        ([paid("a", "5", "-1")], [paid("a", "6", "1")], "unsplit"),
        ([paid("a", "5", "1")], [paid("a", None, "1")], "unsplit"),
        ([paid("a", "0", "0")], [paid("a", "0", "0")], "unsplit"),
    ],
)
def test_what_cannot_be_split_says_why_not(before: list[Row], after: list[Row], status: str) -> None:
    """New and gone billed nothing on one side; the rest has no two quantities and prices to speak of."""
    assert only(before, after) == (None, None, status)


def test_what_was_free_and_is_paid_now_is_price() -> None:
    """Also the other way round: a price of 0 is a price."""
    assert only([paid("a", "0", "5")], [paid("a", "10", "10")]) == (D(0), D(10), "both")
    assert only([paid("a", "10", "10")], [paid("a", "0", "20")]) == (D(10), D(-20), "both")


def test_another_unit_is_neither_new_nor_gone() -> None:
    """A line item that changes its unit has two rows, and neither is a saving nor a new cost."""
    found = between([paid("a", "10", "1000")], [paid("a", "12", "1", "1000_tokens")])
    assert [(row.quantity_unit, row.delta, row.status) for row in found.rows] == [
        ("1000_tokens", D(12), "unsplit"),
        ("tokens", D(-10), "unsplit"),
    ]
    assert (found.totals["usd"].unsplit, found.totals["usd"].new, found.totals["usd"].gone) == (
        D(2),
        D(0),
        D(0),
    )


def test_the_biggest_movers_come_first() -> None:
    """By the size of the difference, then by project and line item; currencies apart, usd first."""
    found = between(
        [paid("c", "10", "1"), paid("b", "1", "1")],
        [
            paid("b", "2", "1"),
            paid("a", "1", "1", project=None),
            paid("a", "1", "1", project="q"),
            paid("z", "99", "1", currency="eur"),
        ],
    )
    assert [(row.project_id, row.line_item, row.currency, row.delta) for row in found.rows] == [
        ("p", "c", "usd", D(-10)),
        ("p", "b", "usd", D(1)),
        ("q", "a", "usd", D(1)),
        (None, "a", "usd", D(1)),
        ("p", "z", "eur", D(99)),
    ]
    assert list(found.totals) == ["usd", "eur"]


def test_a_bill_without_projects_has_none() -> None:
    """Where costs cannot be grouped by project, movers are those of the whole bill."""
    found = drivers(bill_of([paid("a", "3", "1")]), bill_of([paid("a", "1", "1", project="q")]))
    assert [(row.project_id, row.delta, row.status) for row in found.rows] == [(None, D(2), "both")]


# -- everything ties


@given(any_days, any_days)
@example({1: [paid("a", "1", "3")]}, {1: [paid("a", "1", "7")]})
def test_every_difference_is_accounted_for(
    before: Mapping[int, Sequence[Row]], after: Mapping[int, Sequence[Row]]
) -> None:
    """Nothing is dropped: rows and totals are the bill, and the parts are the difference, to the last digit."""
    now, then = bill_of(after, "project_id"), bill_of(before, "project_id")
    found = drivers(now, then)
    check(
        found,
        [row for rows in before.values() for row in rows],
        [row for rows in after.values() for row in rows],
    )
    for currency, each in found.totals.items():
        assert each.previous == then.totals.amounts.get(currency, 0)
        assert each.current == now.totals.amounts.get(currency, 0)
    assert {*now.totals.amounts, *then.totals.amounts} <= set(found.totals)


def check(found: Drivers, before: Sequence[Row], after: Sequence[Row]) -> None:
    """Hold every row and total against sums of fractions over the raw rows."""
    sides = [summed(before), summed(after)]
    keys = [(row.project_id, row.line_item, row.currency, row.quantity_unit) for row in found.rows]
    assert len(keys) == len(set(keys))
    assert set(keys) == {*sides[0], *sides[1]}
    for key, row in zip(keys, found.rows, strict=True):
        (a0, q0), (a1, q1) = (side.get(key, (None, None)) for side in sides)
        assert (Fraction(row.previous), Fraction(row.current)) == (a0 or 0, a1 or 0)
        assert Fraction(row.delta) == (a1 or 0) - (a0 or 0)
        splits = q0 and q1 and None not in (a0, a1) and min(q0, q1, a0 or 0, a1 or 0) >= 0
        assert (row.status == "both") == bool(splits)
        if not splits or q0 is None or q1 is None or a0 is None:
            assert (row.volume, row.price) == (None, None)
            continue
        assert row.volume is not None
        assert row.price is not None
        assert abs(Fraction(row.volume) - (q1 - q0) * a0 / q0) <= Fraction(1, 2 * 10**10)
        assert row.volume == round(row.volume, 10)
        assert money.add(row.volume, row.price) == row.delta
    for currency, each in found.totals.items():
        mine = [row for row in found.rows if row.currency == currency]
        for name in ("previous", "current", "delta", "volume", "price"):
            assert getattr(each, name) == total(getattr(row, name) for row in mine)
        for status in ("new", "gone", "unsplit"):
            assert getattr(each, status) == total(row.delta for row in mine if row.status == status)
        parts = (each.volume, each.price, each.new, each.gone, each.unsplit)
        assert each.delta == money.subtract(each.current, each.previous) == total(parts)


def summed(rows: Sequence[Row]) -> dict[Key, tuple[Fraction | None, Fraction | None]]:
    """Amount and quantity by key, None where no row gave one."""
    found: dict[Key, list[list[Fraction]]] = defaultdict(lambda: [[], []])
    for row in rows:
        key = (row["project_id"], row["line_item"], row["currency"] or "", row["quantity_unit"])
        sums = found[key]
        for place, name in enumerate(("amount", "quantity")):
            if row[name] is not None:
                sums[place].append(Fraction(row[name]))
    return {
        key: (sum(a, Fraction()) if a else None, sum(q, Fraction()) if q else None)
        for key, (a, q) in found.items()
    }


# -- the demo organization


def demo(scenario: str) -> Drivers:
    """What moved in the last thirty days of a demo organization, checked against its raw rows."""
    both = periods(asked("costs", "30d", ("project_id", "line_item")), "previous", NOW)
    frames = [bill(each, answered(each, scenario), "project_id") for each in (both.current, both.previous)]
    found = drivers(*frames)
    check(found, as_rows(raw(both.previous, scenario)), as_rows(raw(both.current, scenario)))
    return found


def as_rows(rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Rows of the wire as tests write them."""
    return [
        {
            **row,
            "amount": Decimal(row["amount"]["value"]),
            "currency": row["amount"]["currency"],
            "quantity": None if row["quantity"] is None else Decimal(row["quantity"]),
        }
        for row in rows
    ]


def test_the_spike_is_volume() -> None:
    """The spike's project and model move the bill most, by more of it and not by its price."""
    calm, found = demo("steady"), demo("spike")
    first = found.rows[0]
    assert (first.line_item, first.status) == ("gpt-5.5-2026-04-23, input", "both")
    assert first.price == 0
    assert found.totals["usd"].volume > calm.totals["usd"].volume + 900
    assert found.totals["usd"].price == calm.totals["usd"].price


def test_the_price_cut_is_price() -> None:
    """Only the model that became cheaper has a price effect, and it is negative."""
    rows = [row for row in demo("steady").rows if row.price]
    assert rows
    assert {(row.line_item or "").split(" | ")[-1].split(",")[0] for row in rows} == {"gpt-5-mini-2025-08-07"}
    assert all(row.price is not None and row.price < 0 for row in rows)


def test_a_model_came_and_a_model_went() -> None:
    """The demo has both, so that the view has something to tell."""
    rows = demo("steady").rows
    models = {
        status: {(row.line_item or "").split(",")[0] for row in rows if row.status == status}
        for status in ("new", "gone")
    }
    assert "gpt-6-astra" in models["new"]
    assert "o1-2024-12-17" in models["gone"]


def test_the_leak_is_a_line_item_its_project_never_had() -> None:
    """The leaked key's model is new in its project, and it is the biggest mover of all."""
    first = demo("leak").rows[0]
    assert (first.line_item, first.status) == ("o3-pro-2025-06-10, input", "new")
