"""Prices really paid: exact ratios, told in units that people use, and changes that are none of rounding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.house import TESTS
from tests.unit.analysis.bills import any_days, bill_of, paid, total
from tests.unit.analysis.demo import answered, asked, raw
from tests.unit.analysis.rows import TODAY, Row
from tests.unit.demo.asking import DAY, NOW
from tests.unit.demo.asking import TODAY as DEMO_TODAY
from usagetop.analysis.bill import bill
from usagetop.analysis.prices import PriceRow, prices
from usagetop.analysis.shares import decimal_of
from usagetop.analysis.units import unit_of
from usagetop.client.wire import read_page
from usagetop.model.categories import category
from usagetop.model.query import make_query

D = Decimal


def priced(days: Mapping[int, Sequence[Row]] | Sequence[Row]) -> tuple[PriceRow, ...]:
    """The prices of some days."""
    return prices(bill_of(days, "bucket", "project_id"))


def price(amount: str | None, quantity: str | None, unit: str | None, item: str = "a") -> tuple[str, Any]:
    """The unit and the price of one row."""
    (row,) = priced([paid(item, amount, quantity, unit)])
    return row.unit.name, None if row.price is None else decimal_of(row.price)


# -- units


@pytest.mark.parametrize(
    ("item", "unit", "amount", "quantity", "name", "per"),
    [
        ("gpt-5.5, input", "tokens", "5", "1000000", "1M tokens", "5"),
        ("emb, input", "1000_tokens", "0.13", "1000", "1M tokens", "0.13"),
        ("tts-1, characters", "characters", "0.015", "1000", "1M characters", "15"),
        ("dall-e 3", "images", "0.08", "2", "image", "0.04"),
        ("whisper-1, audio", "duration_seconds", "0.006", "60", "minute", "0.006"),
        ("whisper-1, audio", "duration_minutes", "0.012", "2", "minute", "0.006"),
        ("session", "duration_hours", "3", "2", "hour", "1.5"),
        ("storage", "gibibyte_hours", "0.4", "100", "GiB-hour", "0.004"),
        ("calls", "calls", "1", "100", "call", "0.01"),
        ("whatever", "furlongs", "1", "4", "furlongs", "0.25"),
        # Recorded answers give no unit: the words of the line item say it.
        ("gpt-5.5-2026-04-23, input", None, "2.19395", "438790", "1M tokens", "5"),
        ("gpt-6-astra, input_cache_write_tokens", None, "1", "100000", "1M tokens", "10"),
        ("tts-1, characters", None, "0.015", "1000", "1M characters", "15"),
        ("web search tool calls", None, "1.01", "101", "call", "0.01"),
        ("assistants api | code interpreter", None, "0.06", "2", "session", "0.03"),
        ("vector storage", None, "0.4", "100", "GiB-hour", "0.004"),
        ("whisper-1, audio", None, "1", "4", "", "0.25"),
        ("Image models", None, "1", "4", "", "0.25"),
    ],
)
def test_prices_are_told_in_units_that_people_use(  # noqa: PLR0917 - a table
    item: str, unit: str | None, amount: str, quantity: str, name: str, per: str
) -> None:
    """Per million tokens, image, minute; an unknown unit as it is; none where nothing says it."""
    assert price(amount, quantity, unit, item) == (name, D(per))
    assert unit_of(unit, item).said == (unit is not None)


@pytest.mark.parametrize(
    ("amount", "quantity", "expected"),
    [
        ("5", None, None),
        ("5", "0", None),
        ("0", "0", None),
        (None, "5", None),
        ("-5", "5", None),
        ("5", "-5", None),
        ("0", "5", D(0)),
    ],
)
def test_without_a_quantity_there_is_no_price(
    amount: str | None, quantity: str | None, expected: Decimal | None
) -> None:
    """None, never $0; but what was used and not charged had a price of nothing."""
    assert price(amount, quantity, "tokens")[1] == expected


def test_the_price_of_a_period_is_exact_and_weighted() -> None:
    """Σ amount ÷ Σ quantity of the days that say both, as a fraction."""
    (row,) = priced({3: [paid("a", "1", "3")], 2: [paid("a", "1", "4")], 1: [paid("a", "9")]})
    assert row.price == Fraction(2, 7) * 10**6
    assert (row.amount, row.quantity) == (D(11), D(7))
    assert [point.price for point in row.points] == [Fraction(10**6, 3), Fraction(10**6, 4), None]
    assert [point.start for point in row.points] == [TODAY - ago * DAY for ago in (3, 2, 1)]
    assert decimal_of(row.price) == D("285714.2857142857")


def test_prices_stand_by_line_item_project_and_currency() -> None:
    """A line item's prices stand together, dollars first."""
    rows = [
        paid("b", "1", "1", project=None),
        paid("b", "1", "1", project="q"),
        paid("b", "1", "1", currency="eur"),
        paid("b", "1", "1"),
        paid("a", "1", "1", project="q"),
        paid(None, "1", "1"),
    ]
    assert [(row.line_item, row.project_id, row.currency) for row in priced(rows)] == [
        ("a", "q", "usd"),
        ("b", "p", "usd"),
        ("b", "p", "eur"),
        ("b", "q", "usd"),
        ("b", None, "usd"),
        (None, "p", "usd"),
    ]


# -- changes


def changes(days: Mapping[int, tuple[str, str]]) -> list[tuple[int, Decimal]]:
    """How many days ago a price began, and which, for amounts and quantities by day."""
    (row,) = priced({ago: [paid("a", *each, unit="images")] for ago, each in days.items()})
    assert row.spans[1:] == row.changes
    return [((TODAY - change.start) // DAY, decimal_of(change.price)) for change in row.changes]


def test_a_change_of_price_is_told_with_its_day() -> None:
    """Where it begins, and the price from then on; the same price is no change."""
    assert changes({4: ("10", "10"), 3: ("20", "20"), 2: ("8", "10"), 1: ("4", "5")}) == [(2, D("0.8"))]
    assert changes({4: ("1", "10"), 2: ("8", "10"), 1: ("1", "10")}) == [(2, D("0.8")), (1, D("0.1"))]
    assert changes({2: ("0", "10"), 1: ("8", "10")}) == [(1, D("0.8"))]


def test_a_day_without_a_price_changes_nothing() -> None:
    """Days of nothing, credits and gaps stand between two days of one price."""
    assert not changes({4: ("10", "10"), 3: ("0", "0"), 2: ("-5", "1"), 1: ("20", "20")})
    assert not changes({3: ("10", "10"), 2: ("7", "-1"), 1: ("20", "20")})
    (row,) = priced({4: [paid("a", "10", "10")], 2: [paid("a", "7")], 1: [paid("a", "20", "20")]})
    assert not row.changes
    (row,) = priced({4: [paid("a", "0", "0")]})
    assert (row.spans, row.price) == ((), None)


def test_cents_are_no_price_changes() -> None:
    """One image at a third of a cent, billed in whole cents: every day has another ratio, and one price."""
    assert not changes({4: ("0.00", "1"), 3: ("0.01", "2"), 2: ("0.01", "3"), 1: ("0.03", "10")})
    # With a finer amount in the same answer, cents are exact, and these are changes.
    assert changes({3: ("0.01", "2"), 2: ("0.01", "3"), 1: ("0.000001", "1")})


def test_the_last_digit_may_be_a_change() -> None:
    """As much used for one more unit of the last digit; only two even digits can both have been ties."""
    assert changes({2: ("1.0", "10"), 1: ("1.1", "10")}) == [(1, D("0.11"))]
    assert not changes({2: ("0.00", "1"), 1: ("0.02", "3")})


def test_days_of_little_use_do_not_hide_a_change() -> None:
    """What one day leaves open, the next may settle, and the third contradict."""
    assert changes({3: ("1", "1"), 2: ("6", "10"), 1: ("14", "10")}) == [(1, D("1.4"))]
    assert changes({3: ("1", "1"), 2: ("14", "10"), 1: ("6", "10")}) == [(1, D("0.6"))]


def test_amounts_that_were_floats_are_no_price_changes() -> None:
    """Three times ten cents are not 30.000000000000004 cents."""
    assert not changes({2: ("0.1", "1"), 1: (str(0.1 * 3), "3")})


def test_rounded_quantities_are_no_price_changes() -> None:
    """Minutes with one decimal: 0.006 a minute, whatever the last digit hides."""
    assert not changes({3: ("0.0105", "1.8"), 2: ("0.0003", "0.1"), 1: ("0.0603", "10.0")})


prices_in_nanos = st.integers(1, 10**10).map(lambda nanos: Fraction(nanos, 10**9))
counts = st.integers(1, 10**6)


@given(prices_in_nanos, st.lists(counts, min_size=2, max_size=4), st.integers(0, 9))
def test_rounding_is_never_a_change(per: Fraction, quantities: list[int], places: int) -> None:
    """Amounts at one price, rounded half to even to any decimal place: one stretch."""
    days = enumerate(quantities, start=1)
    assert not changes({ago: (rounded(per * count, places), str(count)) for ago, count in days})


@given(prices_in_nanos, prices_in_nanos, counts)
def test_a_change_that_shows_is_told(before: Fraction, after: Fraction, count: int) -> None:
    """As much used and another amount to pay, be it by one unit of the last digit: another price."""
    found = changes({2: (rounded(before * count, 9), str(count)), 1: (rounded(after * count, 9), str(count))})
    by_a_billionth = abs(before - after) <= max(before, after) / 10**8
    assert len(found) == (before != after) or by_a_billionth


def rounded(value: Fraction, places: int) -> str:
    """An amount as a ledger of so many decimal places writes it."""
    return str(Decimal(round(value * 10**places)).scaleb(-places))


# -- nothing is dropped


@given(any_days)
def test_every_row_is_in_the_prices(days: Mapping[int, Sequence[Row]]) -> None:
    """Amounts and quantities are those of the raw rows; every price is their ratio."""
    found = priced(days)
    check(found, [row for rows in days.values() for row in rows])
    assert total(row.amount for row in found) == total(
        row["amount"] for rows in days.values() for row in rows
    )
    for each in found:
        check_points(each)


def check_points(row: PriceRow) -> None:
    """A row's points are its sums, and every price their ratio."""
    assert total(point.amount for point in row.points) == (row.amount or 0)
    scale = Fraction(row.unit.priced, row.unit.size)
    for point in row.points:
        if point.price is not None:
            assert point.amount is not None
            assert point.quantity is not None
            assert point.price == Fraction(point.amount) / Fraction(point.quantity) * scale
    starts = [span.start for span in row.spans]
    assert starts == sorted(set(starts))
    assert set(starts) <= {point.start for point in row.points if point.price is not None}


def check(found: Sequence[PriceRow], rows: Sequence[Row]) -> None:
    """Amounts and quantities by line item, project, currency and unit."""
    sums: dict[Any, list[Fraction]] = defaultdict(lambda: [Fraction(), Fraction()])
    for row in rows:
        key = (row["line_item"], row["project_id"], row["currency"] or "", row["quantity_unit"])
        sums[key][0] += Fraction(row["amount"] or 0)
        sums[key][1] += Fraction(row["quantity"] or 0)
    keys = [(row.line_item, row.project_id, row.currency, row.quantity_unit) for row in found]
    assert len(set(keys)) == len(keys)
    assert set(keys) == set(sums)
    for key, each in zip(keys, found, strict=True):
        assert [Fraction(each.amount or 0), Fraction(each.quantity or 0)] == sums[key]


# -- recorded and demo answers


def test_recorded_prices() -> None:
    """The recorded bill gives no units and 34 digits: dollars a million tokens, and a call, all the same."""
    body = (TESTS / "fixtures" / "costs_by_line_item_string_amounts.json").read_bytes()
    buckets = read_page(body, category("costs"), ("line_item",), step=DAY).buckets
    found = prices(bill(make_query("costs", "2026-05", now=NOW, by="line_item")[0], buckets, "bucket"))
    told = {row.line_item: (row.unit.name, row.price) for row in found}
    assert told["gpt-5.5-2026-04-23, input"] == ("1M tokens", Fraction(5))
    assert told["gpt-5.5-2026-04-23, cached input"] == ("1M tokens", Fraction(1, 2))
    assert told["gpt-5.5-2026-04-23, output"] == ("1M tokens", Fraction(30))
    assert told["web search tool calls"] == ("call", Fraction(1, 100))
    assert told["gpt-4.1-2025-04-14, cached input"] == ("1M tokens", None)
    assert not [row.line_item for row in found if row.changes]


def test_the_demo_shows_its_price_cut_and_nothing_else() -> None:
    """Ninety days of a hundred line items: one model became a fifth cheaper, on one day."""
    query = asked("costs", "2026-08-27..2026-11-22", ("project_id", "line_item"))
    found = prices(bill(query, answered(query), "bucket", "project_id"))
    changed = [row for row in found if row.changes]
    assert {(row.line_item or "").split(" | ")[-1].split(",")[0] for row in changed} == {
        "gpt-5-mini-2025-08-07"
    }
    for row in changed:
        (change,) = row.changes
        assert change.start == DEMO_TODAY - 45 * DAY
        assert change.price == row.spans[0].price * Fraction(4, 5)
    plain = {row.line_item: row.price for row in found if not row.changes}
    assert plain["gpt-5.5-2026-04-23, input"] == 5
    assert plain["gpt-5.6-sol, cache writes"] == Fraction(15, 2)
    assert plain["text-embedding-3-large, input"] == Fraction(13, 100)
    assert plain["whisper-1, audio"] == Fraction(6, 1000)
    assert plain["web search tool calls"] == Fraction(1, 100)
    assert plain["vector storage"] == Fraction(4, 1000)
    wired: list[Row] = [{**row, "amount": D(row["amount"]["value"]), "currency": "usd"} for row in raw(query)]
    check(found, wired)
