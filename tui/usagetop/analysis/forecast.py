"""Will the budget hold: from the days so far to the end of the month, with a band that holds four times of five.

What is known stays exact: days that are over and settled count as they are, days that may still grow count at
least as far as they were seen, and only what is to come is estimated (``habit``), rounded to cents. The band's
width was found on seeds of the demo organization that the backtest does not print
(``python -m tests.support.backtest``).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, localcontext
from itertools import dropwhile
from typing import TYPE_CHECKING

from usagetop.analysis.daily import Day, daily
from usagetop.analysis.habit import CONTEXT, LEAST_DAYS, Habit, habit
from usagetop.model.money import ZERO, add, total
from usagetop.model.period import DAY, day_text, floor

if TYPE_CHECKING:
    from usagetop.analysis.frame import BucketTotals

# How far back full days are taken: eight weeks, each weekday eight times.
HISTORY_DAYS = 56
# Four of five outcomes of a normal distribution lie within this many deviations; months are a little wilder.
_FOUR_OF_FIVE = Decimal("1.2816")
_WILDER = Decimal("1.15")
_CENT = Decimal("0.01")
# Of an estimate no more digits are said than these, but never less than cents of a larger one.
_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Band:
    """Where the month is likely to end, in money: four times of five from ``low`` to ``high``, about ``mid``."""

    low: Decimal
    mid: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Forecast:
    """One currency's month: ``[start, end)`` in UTC seconds.

    ``spent`` is exact: all that was seen of the month. ``full_days`` of the month had settled; the forecast
    rests on ``history_days`` full days, those of the weeks before among them. Without a forecast ``band`` is
    None and ``reason`` says why. ``seen`` is what was spent at the end of each day that was seen (its start in
    UTC seconds), ``course`` what is likely to be at the end of each day of the month.
    """

    start: int
    end: int
    spent: Decimal
    full_days: int
    history_days: int
    band: Band | None
    reason: str
    seen: tuple[tuple[int, Decimal], ...]
    course: tuple[tuple[int, Decimal], ...]

    @property
    def month(self) -> str:
        """The month as INTERFACE.md writes it: ``2026-11``."""
        return day_text(self.start)[:7]

    def exceeded_on(self, threshold: Decimal) -> int | None:
        """The day (UTC seconds) on which the sum passes the threshold; None when it holds to the month's end.

        What is above it already passed it on the last day that began at or below it; else the forecast's mid
        decides.
        """
        if self.spent > threshold:
            at_or_below = [at for at, (_, amount) in enumerate(self.seen) if amount <= threshold]
            return self.seen[at_or_below[-1] + 1 if at_or_below else 0][0]
        return next((start for start, amount in self.course if amount > threshold), None)


def history_start(now: int) -> int:
    """From which day (UTC seconds) days are worth asking for: eight weeks back, and the whole month."""
    return min(_month(now)[0], floor(now, DAY) - HISTORY_DAYS * DAY)


def forecasts(points: Sequence[BucketTotals], ages: Sequence[int], *, now: int) -> dict[str, Forecast]:
    """The forecast of every currency that is in daily totals of costs, usd first; see ``forecast``."""
    currencies = {currency for point in points for currency in point.totals.amounts}
    return {
        currency: forecast(daily(points, ages, currency=currency), now=now)
        for currency in sorted(currencies, key=lambda name: (name != "usd", name))
    }


def forecast(days: Iterable[Day], *, now: int) -> Forecast:
    """The forecast of the month that holds ``now`` (UTC seconds), from its days and those of weeks before.

    Days may be missing and in any order; those after now and older than eight weeks are left out of the
    estimate.
    """
    known = {day.start: day for day in days if day.start <= now}
    start, end = _month(now)
    month = {begin: known[begin] for begin in range(start, end, DAY) if begin in known}
    history = _history(known, now)
    learned = habit(history)
    course = _course(month, range(start, end, DAY), learned) if learned else []
    spent = total(day.amount for day in month.values())
    return Forecast(
        start=start,
        end=end,
        spent=spent,
        full_days=sum(day.full for day in month.values()),
        history_days=len(history),
        band=_band(course, month, spent, learned) if learned else None,
        reason="" if learned else _too_few(len(history)),
        seen=_summed((begin, day.amount) for begin, day in month.items()),
        course=_summed(course),
    )


def _month(now: int) -> tuple[int, int]:
    """Start and end of the month that holds now (UTC seconds)."""
    first = datetime.fromtimestamp(now, UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    start = int(first.timestamp())
    return start, start + monthrange(first.year, first.month)[1] * DAY


def _history(known: Mapping[int, Day], now: int) -> dict[int, Decimal]:
    """The full days to learn from (day since 1970 → amount), from the first on that had anything."""
    first = floor(now, DAY) - HISTORY_DAYS * DAY
    full = [(begin // DAY, day.amount) for begin, day in sorted(known.items()) if day.full and begin >= first]
    begun = list(dropwhile(lambda day: not day[1], full))
    # Nothing at all for weeks is a habit, too.
    return dict(begun or full)


def _course(month: Mapping[int, Day], begins: Sequence[int], learned: Habit) -> list[tuple[int, Decimal]]:
    """What each day of the month has or is likely to have."""
    course = []
    for begin in begins:
        day = month.get(begin)
        if day is not None and day.full:
            course.append((begin, day.amount))
            continue
        expected = _rounded(learned.expected(begin // DAY), learned.level)
        seen = ZERO if day is None else day.amount
        # A day grows; a credit of today is not made up for by what is still to come.
        course.append((begin, max(seen, expected) if seen >= 0 else add(seen, expected)))
    return course


def _band(
    course: Sequence[tuple[int, Decimal]], month: Mapping[int, Day], spent: Decimal, learned: Habit
) -> Band:
    """The month's likely end and what is likely around it; never below what is spent."""
    mid = total(amount for _, amount in course)
    open_days = [begin // DAY for begin, _ in course if begin not in month or not month[begin].full]
    ahead = [day for day in open_days if day > learned.last]
    with localcontext(CONTEXT) as context:
        wide = (_FOUR_OF_FIVE * _WILDER) ** 2 * learned.variance(ahead)
        # Wild days only add.
        above = wide + _FOUR_OF_FIVE**2 / 2 * learned.wild_variance(ahead)
        low, high = (_rounded(context.sqrt(each), learned.level) for each in (wide, above))
    return Band(max(min(spent, mid), add(mid, low.copy_negate())), mid, add(mid, high))


def _rounded(estimate: Decimal, level: Decimal) -> Decimal:
    """An estimate in cents, or finer where the whole level is a matter of cents."""
    place = min(_CENT, Decimal(1).scaleb(level.adjusted() - _DIGITS)) if level else _CENT
    return estimate.quantize(place, context=CONTEXT)


def _summed(amounts: Iterable[tuple[int, Decimal]]) -> tuple[tuple[int, Decimal], ...]:
    """The running sum, day by day."""
    so_far = ZERO
    result = []
    for begin, amount in amounts:
        so_far = add(so_far, amount)
        result.append((begin, so_far))
    return tuple(result)


def _too_few(days: int) -> str:
    """Why there is no forecast."""
    have = "no full day" if not days else "1 full day" if days == 1 else f"{days} full days"
    return f"{have} of costs yet, {LEAST_DAYS} are needed"
