"""Exact money: what is readable, sums without a rounding, plain notation."""

from __future__ import annotations

import json
from decimal import Context, Decimal, Inexact, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.house import TESTS
from usagetop.model import money

# 34 significant digits, as recorded.
RECORDED = "0.02579200000000000000000000000000001"

READABLE = [
    (RECORDED, RECORDED),
    (Decimal(RECORDED), RECORDED),
    ("0E-6176", "0"),
    (Decimal("0E-6176"), "0"),
    (Decimal("-0.00"), "0"),
    ("0." + "0" * 6176, "0"),
    ("1." + "0" * 5000, "1"),
    (0, "0"),
    (-7, "-7"),
    (10**30, "1" + "0" * 30),
    ("9.999e30", "9999" + "0" * 27),
    ("1e30", "1" + "0" * 30),
    ("-1E-60", "-0." + "0" * 59 + "1"),
    ("1e-60", "0." + "0" * 59 + "1"),
    ("+5", "5"),
    (".5", "0.5"),
    ("5.", "5"),
    ("12.3400", "12.34"),
    (Decimal("1E+3"), "1000"),
    (Decimal(100), "100"),
    ("-3.10", "-3.1"),
]

UNREADABLE: list[object] = [
    *("NaN", "sNaN", "nan123", "Infinity", "-inf", Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity")),
    *("1e31", "1E+31", Decimal("1e31"), 10**31, -(10**31), 10**10_000, "1e-61", Decimal("-1e-61"), "9.9e-61"),
    *(
        "1" * 5000,
        "0." + "1" * 5000,
        "-" + "9" * 5000,
        "1" + "0" * 20_000,
        "1e999999999999999999999",
        "1e400",
    ),
    # a tail that no sum could keep
    *("1." + "0" * 100 + "1", Decimal("1." + "0" * 120 + "1")),
    *("1_000", "1,000", "1 000", " 1", "1\n", "", " ", ".", "e5", "1e", "--1", "0x10", "$1", "1\x00", "one"),
    *("\u0661\u0662", "\uff11", "\u00bd", "\u06f1.\u06f5", "\u2212\u0031"),
    *(1.5, 0.0, float("nan"), True, False, None, [], {}, b"1", ["1"], object()),
]


@pytest.mark.parametrize(("wire", "text"), READABLE, ids=range(len(READABLE)))
def test_readable(wire: object, text: str) -> None:
    """Strings, whole numbers and Decimals within the bounds are read to the last digit."""
    number = money.read(wire)
    assert number is not None
    assert money.plain(number) == text


@pytest.mark.parametrize("wire", UNREADABLE, ids=range(len(UNREADABLE)))
def test_unreadable(wire: object) -> None:
    """What is no amount is None, never an exception and never a wrong number."""
    assert money.read(wire) is None


def test_the_current_context_has_no_influence() -> None:
    """Another library may have set a context of few digits, or one that traps nothing."""
    with localcontext(Context(prec=3, traps=[])):
        number = money.read(RECORDED)
        assert number is not None
        assert money.plain(money.add(number, Decimal(1000))) == "1000.02579200000000000000000000000000001"
        assert money.read("x") is None


amounts = st.builds(
    lambda digits, exponent: Decimal(digits).scaleb(exponent, Context(prec=60)),
    st.integers(-(10**34), 10**34),
    st.integers(-40, -4),
)
"""Amounts of up to 34 digits, of any sign and of very different sizes."""


@given(st.lists(amounts, max_size=40))
def test_sums_are_exact(numbers: list[Decimal]) -> None:
    """The sum is that of fractions, whatever the order."""
    expected = sum(map(Fraction, numbers), Fraction())
    assert Fraction(money.total(numbers)) == expected
    assert Fraction(money.total(reversed(numbers))) == expected


@given(amounts, amounts)
def test_differences_are_exact(left: Decimal, right: Decimal) -> None:
    """Adding and taking away are those of fractions."""
    assert Fraction(money.add(left, right)) == Fraction(left) + Fraction(right)
    assert Fraction(money.subtract(left, right)) == Fraction(left) - Fraction(right)


def test_the_widest_sum_is_exact() -> None:
    """The largest and the smallest readable amounts add up, a thousand times over."""
    large, small = money.read("9" * 31), money.read("1e-60")
    assert large is not None
    assert small is not None
    total = money.total([large, small] * 1000)
    assert Fraction(total) == 1000 * (Fraction(large) + Fraction(small))


def test_a_sum_that_would_round_is_an_error() -> None:
    """Not an approximation: what cannot be read is beyond the bounds for that reason."""
    with pytest.raises(Inexact):
        money.add(Decimal("1e150"), Decimal("1e-150"))


def test_the_empty_sum_is_zero() -> None:
    """Nothing costs nothing."""
    assert money.total([]) == money.ZERO


@given(amounts | st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**28), max_value=10**28))
def test_plain_notation_round_trips(number: Decimal) -> None:
    """Never an exponent, never a rounding, no trailing zero but those of money."""
    text = money.plain(number)
    assert not set(text) - set("0123456789.-")
    assert Decimal(text) == number
    assert not ("." in text and text.endswith("0"))
    assert text not in {"-0", ""}
    amount = money.plain_amount(number)
    assert Decimal(amount) == number
    assert len(amount.partition(".")[2]) >= 2


@given(st.text(max_size=12) | st.text("0123456789.eE+-_", max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever is read can be printed and read again."""
    number = money.read(text)
    if number is not None:
        assert money.read(money.plain(number)) == number
        assert Fraction(number) == Fraction(Decimal(text))


@pytest.mark.parametrize(
    ("number", "text"),
    [("0", "0.00"), ("-0.0", "0.00"), ("230", "230.00"), ("1.5", "1.50"), ("1.250", "1.25"), ("-1.5", "-1.50"),
     ("0.0000001", "0.0000001"), ("1E+2", "100.00"), ("0E+3", "0.00")],
)  # fmt: skip
def test_plain_amount(number: str, text: str) -> None:
    """At least two decimals, every digit that it has."""
    assert money.plain_amount(Decimal(number)) == text


def test_the_recorded_number_literals() -> None:
    """The file whose amounts are number literals of 34 digits: read as text, not through a float."""
    text = (TESTS / "fixtures" / "costs_number_amounts_34_digits.raw.json").read_text(encoding="utf-8")
    page = json.loads(text, parse_float=Decimal)
    values = [row["amount"]["value"] for bucket in page["data"] for row in bucket["results"]]
    read = [money.read(value) for value in values]
    assert None not in read
    assert [Fraction(number) for number in read if number is not None] == [
        Fraction(value) for value in values
    ]
    assert max(len(Decimal(value).as_tuple().digits) for value in values) >= 33
