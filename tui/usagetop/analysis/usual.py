"""What is usual for a day: a band around the same weekdays of the weeks before, moved by what the last days moved.

Medians and median deviations: an odd day neither widens the band nor moves it, unless it lasts. What grows step by
step is usual. Estimates in Decimal, in the context of ``habit``.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from statistics import median
from types import MappingProxyType

from usagetop.analysis.habit import CONTEXT, OF_MEDIAN, WEEK, Numbers
from usagetop.model.money import ZERO

WEEKS = 8
# Fewer of the same weekday say nothing.
_LEAST_WEEKS = 4
# Half the width of the band, in deviations; and the least deviation, as share of what is usual.
_WIDE = 5
_LEAST = Decimal("0.04")
# What is outside on so many days of so many (weekends may be quiet) is the new custom.
_CUSTOM_AFTER, _CUSTOM_WITHIN = WEEK, 10
# The scatter of all weekdays is looked at for as many days.
_SCATTER_DAYS = 4 * WEEK


@dataclass(frozen=True, slots=True)
class Usual:
    """The band of one day and its middle, in the series' own unit."""

    low: Decimal
    middle: Decimal
    high: Decimal

    def side(self, amount: Decimal) -> int:
        """1 above the band, -1 below it, 0 within."""
        return (amount > self.high) - (amount < self.low)


class _Series:
    """A series while it is walked through, day by day: ``calm`` are its amounts with the odd ones replaced."""

    def __init__(self, least: Numbers) -> None:
        self.least = least
        self.calm: dict[int, Decimal] = {}
        self.apart: dict[int, Decimal] = {}  # how far calm days were above the usual
        self.shares: dict[int, Decimal] = {}  # how far they were from what was to be expected, as share of it
        self.odd: list[tuple[int, int, Decimal]] = []  # the last odd days of one side: day, side, amount
        self.since = 0  # what was before is forgotten

    def usual(self, day: int) -> Usual | None:
        """The band of a day; None while too few of its weekday are known."""
        past = self._past(day)
        if len(past) < _LEAST_WEEKS:
            return None
        alike = [self.calm[one] for one in past]
        middle = median(alike)
        spread = OF_MEDIAN * median(abs(one - middle) for one in alike)
        recent = [self.shares[one] for one in range(day - _SCATTER_DAYS, day) if one in self.shares]
        share = max(_LEAST, OF_MEDIAN * median(recent)) if recent else _LEAST
        fallen, risen = self._moved(day)
        size = abs(middle) + max(risen, -fallen)
        half = max(_WIDE * max(spread, share * size), self.least.get(day, ZERO))
        return Usual(middle - half + fallen, middle, middle + half + risen)

    def _past(self, day: int) -> list[int]:
        """The same weekdays before, as far as they are known and not forgotten."""
        return [one for one in range(day - WEEK * WEEKS, day, WEEK) if one in self.calm and one >= self.since]

    def _moved(self, day: int) -> tuple[Decimal, Decimal]:
        """By what the week before was below and above the usual, twice: what comes step by step is nothing odd."""
        week = sorted(self.apart[one] for one in range(day - WEEK, day) if one in self.apart)
        return (min(week[1], ZERO), max(week[-2], ZERO)) if len(week) > 1 else (ZERO, ZERO)

    def keep(self, day: int, amount: Decimal, usual: Usual | None) -> None:
        """Remember a day, an odd one as if it had been usual, until it has become the custom."""
        side = usual.side(amount) if usual else 0
        if usual is None or not side:
            past = [self.calm[one] for one in self._past(day)]
            self.calm[day] = amount
            if usual is not None:
                self._compare(day, amount, usual.middle)
            elif past:
                self.apart[day] = amount - median(past)
            return
        self.odd = [one for one in self.odd if one[0] > day - _CUSTOM_WITHIN and one[1] == side]
        self.odd.append((day, side, amount))
        self.calm[day] = usual.middle
        if len(self.odd) >= _CUSTOM_AFTER:
            self._adopt()

    def _compare(self, day: int, amount: Decimal, middle: Decimal) -> None:
        """Remember how far a calm day was from the usual, and from where the week before had moved it."""
        week = [self.apart[one] for one in range(day - WEEK, day) if one in self.apart]
        self.apart[day] = amount - middle
        expected = middle + (median(week) if week else 0)
        if most := max(abs(amount), abs(expected)):
            self.shares[day] = abs(amount - expected) / most

    def _adopt(self) -> None:
        """Take what was odd for so long for usual, and bring what was before to its level."""
        first = self.odd[0][0]
        had = median(amount for _, _, amount in self.odd)
        usual = median(self.calm[day] for day, _, _ in self.odd)
        if had > 0 and usual > 0:
            self.calm = {day: amount * had / usual for day, amount in self.calm.items()}
        else:
            self.since = first
        self.calm.update((day, amount) for day, _, amount in self.odd)
        self.apart.clear()
        self.odd.clear()


def usual_days(amounts: Numbers, *, least: Numbers = MappingProxyType({})) -> dict[int, Usual]:
    """The band of every day (days since 1970 → amount) that has enough of its weekday before it.

    Half its width is ``least`` of that day at the least.
    """
    found = {}
    series = _Series(least)
    with localcontext(CONTEXT):
        for day, amount in sorted(amounts.items()):
            band = series.usual(day)
            if band is not None:
                found[day] = band
            series.keep(day, amount, band)
    return found
