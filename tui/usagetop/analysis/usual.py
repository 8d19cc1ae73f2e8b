"""What is usual for a day: a band around the same weekdays of the weeks before, brought to today's level.

Medians and median deviations: an odd day neither widens the band nor moves it, unless it lasts. Estimates in
Decimal, in the context of ``habit``.
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
# What stays outside for as many days on end is the new custom.
_CUSTOM_AFTER = WEEK
# An earlier weekday is brought to today's level by at most this factor, either way.
_MOST_SCALED = Decimal(2)
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
        self.levels: dict[int, Decimal] = {}  # before the day: the median of the seven days that precede it
        self.apart: dict[int, Decimal] = {}  # how far calm days were above the usual
        self.shares: dict[int, Decimal] = {}  # the same without sign, as share of the usual
        self.odd: list[tuple[int, int, Decimal]] = []  # the run of odd days up to now: day, side, amount
        self.since = 0  # what was before is forgotten

    def usual(self, day: int) -> Usual | None:
        """The band of a day; None while too few of its weekday are known."""
        past = [one for one in range(day - WEEK * WEEKS, day, WEEK) if one in self.calm and one >= self.since]
        if len(past) < _LEAST_WEEKS:
            return None
        alike = [self.calm[one] * self._scaled(one, day) for one in past]
        middle = median(alike)
        spread = OF_MEDIAN * median(abs(one - middle) for one in alike)
        recent = [self.shares[one] for one in range(day - _SCATTER_DAYS, day) if one in self.shares]
        share = max(_LEAST, OF_MEDIAN * median(recent)) if recent else _LEAST
        half = max(_WIDE * max(spread, share * abs(middle)), self.least.get(day, ZERO))
        fallen, risen = self._moved(day)
        return Usual(middle - half + fallen, middle, middle + half + risen)

    def _moved(self, day: int) -> tuple[Decimal, Decimal]:
        """By what the week before was below and above the usual, twice: what comes step by step is nothing odd."""
        week = sorted(self.apart[one] for one in range(day - WEEK, day) if one in self.apart)
        return (min(week[1], ZERO), max(week[-2], ZERO)) if len(week) > 1 else (ZERO, ZERO)

    def _scaled(self, then: int, now: int) -> Decimal:
        """By what an earlier weekday is brought to the level of now."""
        before, level = self.levels.get(then), self.levels.get(now)
        if not before or not level or before < 0 or level < 0:
            return Decimal(1)
        return min(max(level / before, 1 / _MOST_SCALED), _MOST_SCALED)

    def enter(self, day: int) -> None:
        """Begin with a day: the level before it."""
        week = [self.calm[one] for one in range(day - WEEK, day) if one in self.calm]
        if len(week) > WEEK // 2:
            self.levels[day] = median(week)

    def keep(self, day: int, amount: Decimal, usual: Usual | None) -> None:
        """Remember a day, an odd one as if it had been usual, until it has become the custom."""
        side = usual.side(amount) if usual else 0
        if usual is None or not side:
            self.odd.clear()
            self.calm[day] = amount
            if usual is not None:
                self.apart[day] = amount - usual.middle
                if usual.middle:
                    self.shares[day] = abs(self.apart[day] / usual.middle)
            return
        if self.odd and self.odd[-1][1] != side:
            self.odd.clear()
        self.odd.append((day, side, amount))
        self.calm[day] = usual.middle
        if len(self.odd) >= _CUSTOM_AFTER:
            self._adopt()

    def _adopt(self) -> None:
        """Take what was odd for so long for usual, and bring what was before to its level."""
        first = self.odd[0][0]
        had = median(amount for _, _, amount in self.odd)
        usual = median(self.calm[day] for day, _, _ in self.odd)
        if had > 0 and usual > 0:
            self.calm = {day: amount * had / usual for day, amount in self.calm.items()}
            self.levels = {day: level * had / usual for day, level in self.levels.items()}
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
            series.enter(day)
            band = series.usual(day)
            if band is not None:
                found[day] = band
            series.keep(day, amount, band)
    return found
