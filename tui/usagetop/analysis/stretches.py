"""Where a price became another one, and where amounts were only rounded.

Amounts are rounded where they are written, so a price is known as an interval: (amount ± half a unit of the
last place) ÷ quantity; a quantity with decimal places has half a unit of its own. A stretch goes on as long
as some price lies in the intervals of all its points. Bounds are whole numbers beside each other, never
divided: a year of a hundred line items has fifty thousand points.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from usagetop.model import money

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

# No price changes by a billionth: that much is left to amounts that once were floats.
_FAINT = 10**9


class _Bound(NamedTuple):
    """An end of an interval, as a ratio; ``closed``: the price may be exactly this."""

    number: int
    over: int
    closed: bool

    def minus(self, other: _Bound) -> int:
        """Above, at or below zero as this bound is above, at or below the other."""
        return self.number * other.over - other.number * self.over


def last_place(numbers: Iterable[Decimal | None]) -> int:
    """The exponent of the last decimal place that any of the numbers has, at most 0; trailing zeros say nothing."""
    places = (number.normalize(money.EXACT).as_tuple().exponent for number in numbers if number)
    return min((int(place) for place in places), default=0)


def stretches(points: Sequence[tuple[Decimal, Decimal]], place: int) -> list[list[int]]:
    """Indices of points (amount ≥ 0, quantity > 0) in stretches of one price.

    ``place`` is the exponent of the last decimal place of amounts in the whole answer (``last_place``).
    """
    counted = last_place(quantity for _, quantity in points)
    found: list[list[int]] = []
    low = high = _Bound(0, 1, closed=True)
    for index, (amount, quantity) in enumerate(points):
        units = int(amount.scaleb(-place, money.EXACT))
        count = 2 * int(quantity.scaleb(-counted, money.EXACT))
        # In halves of the last place; ties are rounded to an even digit, so an odd one never was a tie.
        loose = max(1, -(-2 * units // _FAINT))
        closed = loose > 1 or units % 2 == 0
        vague = 1 if counted < 0 else 0
        least = _Bound(max(0, 2 * units - loose), count + vague, closed)
        most = _Bound(2 * units + loose, count - vague, closed)
        if found and _meet(low, most) and _meet(least, high):
            found[-1].append(index)
            low = least if least.minus(low) > 0 else low
            high = most if most.minus(high) < 0 else high
        else:
            found.append([index])
            low, high = least, most
    return found


def _meet(lower: _Bound, upper: _Bound) -> bool:
    """Whether a price may lie at or above the one and at or below the other."""
    apart = lower.minus(upper)
    return apart < 0 or (apart == 0 and lower.closed and upper.closed)
