"""Exact money and quantities: from the wire's text to plain notation, without a rounding in between.

Amounts come with up to 34 significant digits and as strings or number literals; a zero can be ``0E-6176``.
Sums run in a context wide enough for their operands, with ``Inexact`` trapped: a rounding would raise.
"""

from __future__ import annotations

from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ZERO = Decimal(0)
# Beyond these no sum of money is meant: such a value is told as unreadable, never added.
LARGEST_EXPONENT = 30
SMALLEST_EXPONENT = -60
# Room for LARGEST..SMALLEST and for the carries of a billion addends.
EXACT = Context(prec=200, traps=[Inexact, InvalidOperation, Overflow])
# The plain notation of ``0E-6176`` has 6,178 characters.
_MOST_CHARACTERS = 10_000
_MOST_BITS = 128  # 10**31 has 103
# A tail below this would make sums inexact, however large the head is.
_LAST_PLACE = SMALLEST_EXPONENT - 40


def read(value: object) -> Decimal | None:
    """The exact Decimal of a wire value (str, int or Decimal), or None when it is not a readable amount.

    Floats are refused: they have lost digits already. ``NaN``, infinities, booleans, over-long texts and
    magnitudes outside the bounds above are unreadable. Every zero becomes plain ``0``.
    """
    number: Decimal | None = None
    if isinstance(value, Decimal):
        number = value
    elif isinstance(value, int) and not isinstance(value, bool):
        number = Decimal(value) if value.bit_length() <= _MOST_BITS else None
    elif isinstance(value, str) and len(value) <= _MOST_CHARACTERS and value.isascii():
        number = _from_text(value)
    if number is None or not number.is_finite():
        return None
    if not number:
        return ZERO
    if not SMALLEST_EXPONENT <= number.adjusted() <= LARGEST_EXPONENT:
        return None
    trimmed = _trim(number)
    return trimmed if _exponent(trimmed) >= _LAST_PLACE else None


def _from_text(text: str) -> Decimal | None:
    """Decimal of a text without the underscores and blanks that ``Decimal`` would forgive."""
    if not text or "_" in text or text != text.strip():
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _trim(number: Decimal) -> Decimal:
    """The same value without trailing zeros (``normalize`` would round to the context)."""
    sign, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int) or digits[-1]:
        return number
    kept = len(digits)
    while kept > 1 and digits[kept - 1] == 0:
        kept -= 1
    return Decimal((sign, digits[:kept], exponent + len(digits) - kept))


def add(left: Decimal, right: Decimal) -> Decimal:
    """The exact sum of two amounts."""
    return EXACT.add(left, right)


def subtract(left: Decimal, right: Decimal) -> Decimal:
    """The exact difference of two amounts."""
    return EXACT.subtract(left, right)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum of any number of amounts; 0 for none."""
    result = ZERO
    plus = EXACT.add
    for amount in amounts:
        result = plus(result, amount)
    return result


def plain(number: Decimal, *, decimals: int = 0) -> str:
    """Plain notation, no exponent: trailing zeros stripped down to ``decimals`` places, never rounded."""
    if not number:
        number = ZERO
    text = f"{number:f}"
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0").ljust(decimals, "0")
    return f"{whole}.{fraction}" if fraction else whole


def plain_amount(number: Decimal) -> str:
    """An amount of money as INTERFACE.md prints it: at least two decimals, every digit that it has."""
    return plain(number, decimals=2)
