"""Which day is odd: days that leave their weekday's usual band, and the group that drove them.

A day is odd when its total leaves the band (``usual``), or when one group rises above its own by an amount that
counts: a key that suddenly works at night is lost in the total of a busy day, but not in its own. That a group
has less is not said by itself: credits and work that ends are no alarm.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cached_property
from statistics import median
from typing import TYPE_CHECKING

from usagetop.analysis.daily import Day
from usagetop.analysis.habit import CONTEXT, WEEK
from usagetop.analysis.usual import WEEKS, Usual, usual_days
from usagetop.model.money import ZERO, subtract
from usagetop.model.period import DAY

if TYPE_CHECKING:
    from usagetop.analysis.grouping import Key

# A group's own oddity counts from this share of an ordinary day's total on.
_COUNTS = Decimal("0.08")
_ORDINARY_DAYS = 4 * WEEK
_CENT = Decimal("0.01")

Groups = Mapping["Key", Mapping[int, Decimal]]


@dataclass(frozen=True, slots=True)
class Driver:
    """The group behind an odd day: what it had (exact), and what is usual for it."""

    key: Key
    amount: Decimal
    usual: Decimal

    @property
    def delta(self) -> Decimal:
        """What it had beyond the usual, or short of it (negative)."""
        return subtract(self.amount, self.usual)


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One odd day (its start in UTC seconds): the total it had (exact), and the band that is usual.

    ``driver`` is the group that moved furthest the same way; None where no groups were given. ``within`` says
    that the total stayed in its band, only the driver left its own.
    """

    start: int
    amount: Decimal
    usual: Usual
    driver: Driver | None = None
    within: bool = False


def anomalies(days: Iterable[Day], groups: Groups | None = None) -> tuple[Anomaly, ...]:
    """The odd days, in time order.

    ``days`` are the daily totals, ``groups`` what each group had of them by the day's start (a day that is not
    there is 0). The first four weeks only teach. A day that may still grow is odd only when it has too much
    already. Days that are missing are passed over.
    """
    with localcontext(CONTEXT):
        return _Search(sorted(days, key=lambda day: day.start), groups or {}).found()


class _Search:
    """One search: the bands of the total, and of those groups that may have left theirs."""

    def __init__(self, days: list[Day], groups: Groups) -> None:
        self._days = {day.start // DAY: day for day in days}
        self._groups = groups
        self._bands: dict[Key, dict[int, Usual]] = {}

    def found(self) -> tuple[Anomaly, ...]:
        """The odd days."""
        found = []
        for at, usual in self._usual.items():
            day = self._days[at]
            side = usual.side(day.amount)
            if side < 0 and not day.full:
                side = 0  # it may still grow
            odd = [key for key, ats in self._odd_groups.items() if at in ats]
            if side or odd:
                driver = self._driver(at, side or 1, odd or self._groups)
                found.append(Anomaly(day.start, day.amount, _in_cents(usual), driver, within=not side))
        return tuple(found)

    @cached_property
    def _usual(self) -> dict[int, Usual]:
        """The bands of the totals."""
        return usual_days({at: day.amount for at, day in self._days.items()})

    @cached_property
    def _least(self) -> dict[int, Decimal]:
        """From what on an amount counts, by day: a share of the median of the four weeks before."""
        found = {}
        for at in self._days:
            before = [self._days[one].amount for one in range(at - _ORDINARY_DAYS, at) if one in self._days]
            if before:
                found[at] = _COUNTS * abs(median(before))
        return found

    @cached_property
    def _odd_groups(self) -> dict[Key, set[int]]:
        """The days on which a group had far more than its own usual, by an amount that counts, by group."""
        found = {}
        for key, amounts in self._groups.items():
            # Most groups never have enough to count: no band is made for them.
            if any(amount > self._least.get(start // DAY, ZERO) for start, amount in amounts.items()):
                found[key] = {at for at, band in self._band(key).items() if self._amount(key, at) > band.high}
        return found

    def _driver(self, at: int, side: int, keys: Iterable[Key]) -> Driver | None:
        """Of these groups the one that moved furthest to that side."""
        drivers = [Driver(key, self._amount(key, at), self._usual_of(key, at)) for key in keys]
        return max(drivers, key=lambda one: one.delta * side, default=None)

    def _amount(self, key: Key, at: int) -> Decimal:
        return self._groups[key].get(at * DAY, ZERO)

    def _usual_of(self, key: Key, at: int) -> Decimal:
        """What is usual for a group: the middle of its band where there is one, else of its weekday's amounts."""
        if key in self._bands:
            return _cents(self._bands[key][at].middle)
        return _cents(median(self._amount(key, at - WEEK * weeks) for weeks in range(1, WEEKS + 1)))

    def _band(self, key: Key) -> dict[int, Usual]:
        if key not in self._bands:
            amounts = {at: self._amount(key, at) for at in self._days}
            self._bands[key] = usual_days(amounts, least=self._least)
        return self._bands[key]


def _in_cents(usual: Usual) -> Usual:
    return Usual(_cents(usual.low), _cents(usual.middle), _cents(usual.high))


def _cents(estimate: Decimal) -> Decimal:
    return estimate.quantize(_CENT, context=CONTEXT)
