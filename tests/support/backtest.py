"""How often the forecast's band held, and ordinary days were called odd: ``python -m tests.support.backtest``.

Twenty seeds of the demo organization, a year each: of every month that ended, the forecast is made as it would
have been made at noon of its 5th, 10th and 20th day, with what was known then, and held against what the month
came to. What belongs in the band is four ends of five. The constants of ``analysis.habit`` were chosen on seeds
from 101 on.
"""

from __future__ import annotations

import argparse
import sys
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING

from tests.support.years import DAY, costs, groups
from usagetop.analysis.anomalies import anomalies
from usagetop.analysis.forecast import HISTORY_DAYS, forecast
from usagetop.model.money import total

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from usagetop.analysis.daily import Day

DAYS = (5, 10, 20)
# A day's costs have settled two days after its end; until noon a third of the open day was seen.
_LAG_DAYS = 3
_TILL_NOON = Decimal("0.3")
# Weeks of history that the first month must have had.
_LEAST_BEFORE = 35 * DAY
_BY = ("project_id", "line_item", "line_item,project_id", "api_key_id")
# Costs by key begin on 2025-12-06; the first four weeks of a series only teach.
_KEYED_DAYS, _TAUGHT = 350, 28


@dataclass(frozen=True, slots=True)
class Outcome:
    """One forecast and what came: amounts in dollars; ``plain`` is what was spent drawn on to the month's end."""

    low: Decimal
    mid: Decimal
    high: Decimal
    actual: Decimal
    plain: Decimal

    @property
    def held(self) -> bool:
        """Whether the month ended within the band."""
        return self.low <= self.actual <= self.high


def months(days: Sequence[Day]) -> list[tuple[int, int]]:
    """Start and end of the months that lie whole within the days, with some weeks before them."""
    found = []
    for day in days:
        first = datetime.fromtimestamp(day.start, UTC)
        end = day.start + monthrange(first.year, first.month)[1] * DAY
        if first.day == 1 and day.start >= days[0].start + _LEAST_BEFORE and end <= days[-1].start:
            found.append((day.start, end))
    return found


def known_at(days: Iterable[Day], today: int) -> list[Day]:
    """What was known of the days at noon of that day (its start in UTC seconds)."""
    first = today - HISTORY_DAYS * DAY
    seen = [
        replace(day, full=day.start <= today - _LAG_DAYS * DAY) for day in days if first <= day.start <= today
    ]
    return [replace(day, amount=day.amount * _TILL_NOON) if day.start == today else day for day in seen]


def outcomes(days: Sequence[Day], day_of_month: int) -> list[Outcome]:
    """The forecasts of one day of every month, and what came."""
    found = []
    for start, end in months(days):
        today = start + (day_of_month - 1) * DAY
        made = forecast(known_at(days, today), now=today + DAY // 2)
        if made.band is not None:
            month = [day.amount for day in days if start <= day.start < end]
            so_far = month[: day_of_month - 1]
            plain = total(so_far) / len(so_far) * len(month)
            found.append(Outcome(made.band.low, made.band.mid, made.band.high, total(month), plain))
    return found


def share_held(found: Sequence[Outcome]) -> float:
    """The share of month ends within the band."""
    return sum(one.held for one in found) / len(found)


def _line(name: str, found: Sequence[Outcome]) -> str:
    away = [float(abs(one.mid - one.actual) / one.actual) for one in found]
    plain = [float(abs(one.plain - one.actual) / one.actual) for one in found]
    wide = median(float((one.high - one.low) / one.actual) for one in found)
    above = sum(one.actual > one.high for one in found) / len(found)
    return (
        f"{name:<8}{len(found):>6}{share_held(found):>9.1%}{above:>9.1%}{wide:>9.1%}"
        f"{sum(away) / len(away):>9.1%}{sum(plain) / len(plain):>9.1%}\n"
    )


def main(arguments: list[str] | None = None) -> int:
    """Print both tables; returns 1 when the band did not hold 75 to 85 times of 100."""
    parser = argparse.ArgumentParser(description="Hold forecasts and alarms against years of the demo.")
    parser.add_argument("--seeds", type=int, default=20, metavar="N", help="how many seeds; default 20")
    parser.add_argument("--first", type=int, default=1, metavar="SEED", help="the first of them; default 1")
    given = parser.parse_args(arguments)
    seeds = range(given.first, given.first + given.seeds)
    by_day = {day: [one for seed in seeds for one in outcomes(costs(seed), day)] for day in DAYS}
    every = [one for found in by_day.values() for one in found]
    write = sys.stdout.write
    write("on day    ends  in band    above    width mid away   plain\n")
    for day, found in by_day.items():
        write(_line(f"{day}", found))
    write(_line("all", every))
    write("\nodd days of the scenario steady (there is none)\n")
    for by in _BY:
        odd = sum(
            len(anomalies(costs(seed)[-_KEYED_DAYS:], groups(seed, by, days=_KEYED_DAYS))) for seed in seeds
        )
        write(f"by {by:<24}{odd:>4} of {len(seeds) * (_KEYED_DAYS - _TAUGHT):,} days\n")
    return 0 if 0.75 <= share_held(every) <= 0.85 else 1


if __name__ == "__main__":
    sys.exit(main())
