"""Numbers on the screen: honest, in the room that there is."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usagetop.analysis.numbers import Number, cell, change, full, percent, short, signed, tick
from usagetop.model.metrics import Unit

D = Decimal
UNITS: tuple[Unit, ...] = ("usd", "tokens", "seconds", "bytes", "units")
AMOUNTS = st.decimals(D("-1e15"), D("1e15"), allow_nan=False, allow_infinity=False) | st.decimals(
    D("-1e-9"), D("1e-9"), allow_nan=False
)


@pytest.mark.parametrize(
    ("number", "unit", "currency", "exact", "brief"),
    [
        (D("1234.56"), "usd", "usd", "$1,234.56", "$1,234.56"),
        (D("1234.5678"), "usd", "", "$1,234.5678", "$1,234.57"),
        (D("0.000012"), "usd", "usd", "$0.000012", "<$0.01"),
        (D("-0.000012"), "usd", "usd", "-$0.000012", ">-$0.01"),
        (D("-1.5"), "usd", "usd", "-$1.50", "-$1.50"),
        (D("12.3"), "usd", "eur", "EUR 12.30", "EUR 12.30"),
        (D("-12.3"), "usd", "eur", "EUR -12.30", "EUR -12.30"),
        (D("0E-6176"), "usd", "usd", "$0.00", "$0.00"),
        (D("1234567.891"), "usd", "usd", "$1,234,567.891", "$1.23M"),
        (D("0.005"), "usd", "usd", "$0.005", "$0.01"),
        (22_312_345, "tokens", "", "22,312,345", "22.3M"),
        (999_950, "tokens", "", "999,950", "1.00M"),
        (99_999, "tokens", "", "99,999", "99,999"),
        (1234, "requests", "", "1,234", "1,234"),
        (10**40, "tokens", "", f"{10**40:,}", "1.00e40"),
        (11_100, "seconds", "", "11,100 s", "3h 05m"),
        (45, "seconds", "", "45 s", "45s"),
        (750, "seconds", "", "750 s", "12m 30s"),
        (14_399, "seconds", "", "14,399 s", "4h 00m"),
        (4_443_000, "seconds", "", "4,443,000 s", "1,234h"),
        (1_288_490_189, "bytes", "", "1,288,490,189 B", "1.2 GiB"),
        (1_048_575, "bytes", "", "1,048,575 B", "1.0 MiB"),
        (512, "bytes", "", "512 B", "512 B"),
        (D("1234.50"), "units", "", "1,234.5", "1,234.5"),
        (D("0.0012"), "units", "", "0.0012", "0.001"),
    ],
)
def test_full_and_short(number: Number, unit: Unit, currency: str, exact: str, brief: str) -> None:
    """Every unit, exact and as it reads best."""
    assert full(number, unit, currency=currency) == exact
    assert short(number, unit, currency=currency) == brief


@pytest.mark.parametrize(
    ("width", "text"),
    [(13, "$1,234,567.89"), (12, "$1,234,568"), (9, "$1.23M"), (5, "$1.2M"), (3, "$1M"), (1, "$1M")],
)
def test_a_cell_takes_the_longest_form_that_fits(width: int, text: str) -> None:
    """And the shortest of all where none does: digits are never cut."""
    assert cell(D("1234567.891"), "usd", width) == text


def test_amounts_stand_with_their_points_below_one_another() -> None:
    """Right-aligned cells of one column."""
    texts = [cell(D(text), "usd", 12).rjust(12) for text in ("1234.5", "0.001", "-3", "12")]
    assert {text[-3] for text in texts} == {"."}


@pytest.mark.parametrize(
    ("number", "text"),
    [("3.1", "+$3.10"), ("-3.1", "-$3.10"), ("0", "$0.00"), ("0.001", "<+$0.01"), ("2345678", "+$2.35M")],
)
def test_signed(number: str, text: str) -> None:
    """A difference shows its sign."""
    assert signed(D(number), "usd") == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        *[(0, "0%"), (1, "100%"), (0.42, "42%"), (0.042, "4.2%"), (1.5, "150%"), (-0.3, "-30%")],
        *[(0.00004, "<0.1%"), (-0.00004, ">-0.1%"), (0.9996, ">99.9%"), (0.994, "99.4%"), (0.0999, "10.0%")],
    ],
)
def test_percent(share: float, text: str) -> None:
    """Almost nothing is not nothing, almost all is not all."""
    assert percent(share) == text


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [
        (1, 1, "0%"),
        (112, 100, "+12%"),
        (1, 2, "-50%"),
        (0, 5, "-100%"),
        (120, 10, "×12"),
        (5, 0, "new"),
        (0, 0, "0%"),
        (-1, 5, "–"),
    ],
)
def test_change(now: int, before: int, text: str) -> None:
    """Against the period before."""
    assert change(now, before) == text


@pytest.mark.parametrize(
    ("value", "step", "unit", "text"),
    [
        *[
            (0, 5, "usd", "0"),
            (150, 50, "usd", "$150"),
            (0.5, 0.25, "usd", "$0.50"),
            (0.002, 0.001, "usd", "$0.002"),
        ],
        *[(2500, 500, "usd", "$2.5K"), (-50, 50, "usd", "-$50"), (1_500_000, 500_000, "tokens", "1.5M")],
        *[(5400, 1800, "seconds", "1.5h"), (90, 30, "seconds", "1.5m"), (3 * 2**30, 2**30, "bytes", "3GiB")],
    ],
)
def test_marks_of_axes(value: float, step: float, unit: Unit, text: str) -> None:
    """No more digits than the step needs."""
    assert tick(value, step, unit) == text


@given(AMOUNTS, st.sampled_from(UNITS), st.integers(1, 20))
def test_what_is_not_zero_never_reads_as_zero(number: Decimal, unit: Unit, width: int) -> None:
    """In no room whatsoever; and a negative number never loses its sign."""
    for text in (
        short(number, unit),
        short(number, unit, width=width),
        cell(number, unit, width),
        full(number, unit),
    ):
        digits = [character for character in text if character.isdigit()]
        assert digits
        assert set(digits) != {"0"} or not number
        assert ("-" in text) == (number < 0)


@given(AMOUNTS, st.sampled_from(UNITS), st.integers(1, 30))
def test_more_room_never_says_less(number: Decimal, unit: Unit, width: int) -> None:
    """A wider cell has the same form or a longer one, and within its width if any form is."""
    narrow, wide = cell(number, unit, width), cell(number, unit, width + 1)
    assert len(wide) >= len(narrow) or len(narrow) > width


@given(st.decimals(D("-1e20"), D("1e20"), places=12, allow_nan=False))
def test_full_keeps_every_digit(amount: Decimal) -> None:
    """Money is never rounded on its way to a full text."""
    assert D(full(amount, "usd").replace("$", "").replace(",", "")) == amount


def test_foreign_text_in_a_currency_is_made_drawable() -> None:
    """A currency is the server's word."""
    assert "\x1b" not in short(D(1), "usd", currency="\x1b[31mx")
