"""The habit of a daily series: what each weekday takes, the level now, how it moves, how it scatters.

Robust: medians carry the weekdays and the slope, and what stands far out of its surroundings is pulled in before
it is averaged, so that one wild day moves little. Estimates, not sums: Decimal with forty digits in a context of
their own, the same on every machine.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from itertools import combinations
from statistics import median

CONTEXT = Context(prec=40, rounding=ROUND_HALF_EVEN)
WEEK = 7
LEAST_DAYS = WEEK
# From here on every weekday was seen twice, so that it can be told from chance.
_WEEKDAYS_FROM = 2 * WEEK
_LEVEL_DAYS, _TREND_DAYS = 10, 42
# A weekday below this share of the busiest says nothing of the level.
_QUIET = Decimal("0.05")
# Beyond so many deviations from its surroundings (±7 days) a day counts as wild.
_WILD = Decimal("3.5")
# Days that are alike to the cent may still differ by this share of their level.
_LEAST_SCATTER = Decimal("0.05")
# A median deviation as standard deviation, and an average one.
OF_MEDIAN, _OF_MEAN = Decimal("1.4826"), Decimal("1.2533")
# Nothing stays as it was: at least this share of the level may come or go from one day to the next.
_LEAST_DRIFT = Decimal("0.012")
_MOST_WEEKS_APART = 5
# How much of a slope is believed: all of it when it is far above chance, and ever less the further ahead.
_DOUBT = 4
_DAMPED = Decimal("0.967")

Numbers = Mapping[int, Decimal]


@dataclass(frozen=True, slots=True)
class Habit:
    """What full days say of the days to come; days are counted since 1970 (a Thursday, weekday ``day % 7``).

    ``shares`` are what a weekday takes of the ``level``, which holds on day ``last`` and moves by ``slope`` a
    day (less and less). The others are variances, a day: ``scatter`` around the habit, ``drift`` of the level
    from day to day, ``doubt`` about the slope; ``level_doubt`` is that of the level on ``last``. ``wild`` is the
    mean square of what days had above all scatter.
    """

    shares: tuple[Decimal, ...]
    level: Decimal
    slope: Decimal
    last: int
    scatter: Decimal
    drift: Decimal
    doubt: Decimal
    level_doubt: Decimal
    wild: Decimal

    def expected(self, day: int) -> Decimal:
        """What that day is likely to have; never below 0."""
        with localcontext(CONTEXT):
            level = self.level + self.slope * self._ahead(day)
            return max(Decimal(0), level * self.shares[day % WEEK])

    def variance(self, days: Sequence[int]) -> Decimal:
        """The variance of the sum of these days (ascending, after ``last``), without the wild ones."""
        with localcontext(CONTEXT):
            shares = [self.shares[day % WEEK] for day in days]
            left = _sum(shares)
            slope = _sum(self._ahead(day) * share for day, share in zip(days, shares, strict=True))
            result = self.scatter * _sum(share * share for share in shares)
            result += self.level_doubt * left * left + self.doubt * slope * slope
            before = self.last
            for day, share in zip(days, shares, strict=True):
                # What the level moved by since then moves all the days that are left.
                result += self.drift * left * left * (day - before)
                before, left = day, left - share
            return result

    def wild_variance(self, days: Sequence[int]) -> Decimal:
        """What wild days, as often as there were, may add to the variance of the sum."""
        with localcontext(CONTEXT):
            return self.wild * _sum(self.shares[day % WEEK] for day in days)

    def _ahead(self, day: int) -> Decimal:
        """For how many days the slope counts up to that day: 1, then a little less each."""
        return _DAMPED * (1 - _DAMPED ** (day - self.last)) / (1 - _DAMPED)


def habit(days: Numbers) -> Habit | None:
    """The habit of full days (day since 1970 → amount); None for fewer than ``LEAST_DAYS``.

    Days may be missing. Below two weeks no weekday is told from another.
    """
    if len(days) < LEAST_DAYS:
        return None
    with localcontext(CONTEXT):
        shares = _shares(days)
        busiest = max(shares[day % WEEK] for day in days)
        levels = {
            day: amount / shares[day % WEEK]
            for day, amount in sorted(days.items())
            if shares[day % WEEK] >= busiest * _QUIET
        }
        calm, scatter, wild = _calmed(levels)
        return _habit(shares, max(days), calm, scatter, wild)


def _sum(values: Iterable[Decimal]) -> Decimal:
    return sum(values, Decimal(0))


def _mean(values: Collection[Decimal]) -> Decimal:
    return _sum(values) / len(values)


def _shares(days: Numbers) -> tuple[Decimal, ...]:
    """What each weekday takes, as share of the median of the seven days around it."""
    ones = (Decimal(1),) * WEEK
    if len(days) < _WEEKDAYS_FROM:
        return ones
    first, last = min(days), max(days)
    found: list[list[Decimal]] = [[] for _ in range(WEEK)]
    for day, amount in days.items():
        begin = max(first, min(day - WEEK // 2, last - WEEK + 1))
        around = median(days[near] for near in range(begin, begin + WEEK) if near in days)
        if around > 0:
            found[day % WEEK].append(amount / around)
    shares = tuple(median(ratios) if ratios else Decimal(1) for ratios in found)
    # Where most days have nothing (or less, by credits) there is no week to tell.
    return shares if min(shares) >= 0 < max(shares[day % WEEK] for day in days) else ones


def _calmed(levels: Numbers) -> tuple[dict[int, Decimal], Decimal, Decimal]:
    """The levels with wild days pulled in, the variance of what is left, and the mean square of what was cut."""
    around = {
        day: median(levels[near] for near in range(day - WEEK, day + WEEK + 1) if near in levels)
        for day in levels
    }
    apart = [abs(levels[day] - around[day]) for day in levels]
    usual = max(OF_MEDIAN * median(apart), _LEAST_SCATTER * median(around.values()))
    # Where most days have nothing, medians say nothing.
    most = _WILD * (usual if usual > 0 else _OF_MEAN * _mean(apart))
    calm = {day: min(max(levels[day], around[day] - most), around[day] + most) for day in levels}
    squares = _sum((calm[day] - around[day]) ** 2 for day in levels)
    above = _sum(max(Decimal(0), levels[day] - calm[day]) ** 2 for day in levels)
    free = max(Decimal(1), len(levels) - 1 - Decimal(len(levels)) / WEEK)
    return calm, squares / free, above / len(levels)


def _habit(shares: tuple[Decimal, ...], last: int, calm: Numbers, scatter: Decimal, wild: Decimal) -> Habit:
    """The habit from levels without wild days."""
    recent = _LEVEL_DAYS if len(calm) >= _WEEKDAYS_FROM else WEEK
    newest = {day: calm[day] for day in sorted(calm)[-recent:]}
    least = (_LEAST_DRIFT * _mean(newest.values())) ** 2
    drift, steady = (max(least, found) for found in _drift(calm, scatter))
    slope, doubt = _slope(calm, last, scatter, steady)
    level = _mean([amount + slope * (last - day) for day, amount in newest.items()])
    age = last - Decimal(sum(newest)) / len(newest)
    level_doubt = scatter / len(newest) + drift * age * 2 / 3
    return Habit(shares, level, slope, last, scatter, drift, doubt, level_doubt, wild)


def _drift(calm: Numbers, scatter: Decimal) -> tuple[Decimal, Decimal]:
    """The variance, a day, by which the level wanders: as it is, and around its own trend.

    Weeks are compared with weeks up to five back, and the widest wandering counts: a level that moves slowly
    one way shows only from afar.
    """
    last = max(calm)
    weeks = []
    for week in range(_MOST_WEEKS_APART + 3):
        some = [
            calm[day] for day in range(last - WEEK * (week + 1) + 1, last - WEEK * week + 1) if day in calm
        ]
        if len(some) > WEEK // 2:
            weeks.append(_mean(some))
    trend = (weeks[0] - weeks[-1]) / (len(weeks) - 1) if len(weeks) > 1 else Decimal(0)
    found = [(Decimal(0), Decimal(0))]
    for apart in range(1, _MOST_WEEKS_APART + 1):
        moves = [weeks[at] - weeks[at + apart] for at in range(len(weeks) - apart)]
        if len(moves) > 1:
            noise = 2 * scatter / WEEK
            reach = apart * WEEK - Decimal(WEEK) / 3
            wandered = (_mean([move**2 for move in moves]) - noise) / reach
            around = (_mean([(move - trend * apart) ** 2 for move in moves]) - noise) / reach
            found.append((wandered, around))
    return max(each for each, _ in found), max(each for _, each in found)


def _slope(calm: Numbers, last: int, scatter: Decimal, drift: Decimal) -> tuple[Decimal, Decimal]:
    """The believed slope a day and its variance: the median of all pairs' slopes, shrunk by what chance makes."""
    points = [(day, amount) for day, amount in sorted(calm.items()) if day > last - _TREND_DAYS]
    if len(points) < _WEEKDAYS_FROM:
        return Decimal(0), Decimal(0)
    raw = median((right[1] - left[1]) / (right[0] - left[0]) for left, right in combinations(points, 2))
    chance = 12 * scatter / len(points) ** 3 + Decimal("1.2") * drift / len(points)
    if not raw:
        return Decimal(0), Decimal(0)
    belief = raw * raw / (raw * raw + _DOUBT * chance)
    return belief * raw, belief * chance
