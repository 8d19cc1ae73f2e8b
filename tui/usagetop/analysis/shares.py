"""Ratios of exact money: how they are rounded, and how an amount is split so that its parts add up to it.

A ratio is a Fraction until it is written down; then it has ten decimal places, rounded half to even, once.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from usagetop.model import money

if TYPE_CHECKING:
    from collections.abc import Sequence

PLACES = 10


def rounded(value: Fraction, places: int = PLACES) -> Decimal:
    """The nearest Decimal of that many places, a tie to the even digit."""
    return Decimal(round(value * 10**places)).scaleb(-places, money.EXACT)


def decimal_of(value: Fraction) -> Decimal:
    """The same number where it is a finite decimal of at most sixty places, else rounded to ten."""
    denominator = value.denominator
    twos = (denominator & -denominator).bit_length() - 1
    rest, fives = denominator >> twos, 0
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    places = max(twos, fives)
    if rest != 1 or places > -money.SMALLEST_EXPONENT:
        return rounded(value)
    return rounded(value, places)


def split(amount: Decimal, weights: Sequence[Fraction | int], places: int = PLACES) -> list[Decimal]:
    """The amount in proportion to weights ≥ 0: parts of ``places`` places that add up to it exactly.

    The largest weight (the first of equal ones) takes the remainder, and with it the digits beyond. Raises
    ValueError where no weight is positive: there is nothing to go by.
    """
    whole = sum(weights, Fraction())
    if whole <= 0:
        message = "no weight to split by"
        raise ValueError(message)
    exact = Fraction(amount)
    parts = [rounded(exact * weight / whole, places) for weight in weights]
    largest = max(range(len(weights)), key=weights.__getitem__)
    others = money.total(part for place, part in enumerate(parts) if place != largest)
    parts[largest] = money.subtract(amount, others)
    return parts
