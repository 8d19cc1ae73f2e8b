"""The forecast of a month: exact where it is known, robust where it is not, and honest about how wide it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.backtest import DAYS, outcomes, share_held
from tests.support.years import DAY, costs
from tests.unit.model.moments import moment
from usagetop.analysis.daily import Day, daily
from usagetop.analysis.forecast import Forecast, forecast, forecasts, history_start
from usagetop.analysis.frame import BucketTotals, Totals
from usagetop.model.money import add, total

MONTH = moment("2026-11-01")
NOON = DAY // 2
WEEK = ("100", "110", "105", "100", "95", "40", "30")
amounts = st.decimals(min_value=0, max_value=10**6, places=4)


def at(day: int) -> int:
    """Noon of that day of November 2026."""
    return MONTH + (day - 1) * DAY + NOON


def usual(start: int) -> Decimal:
    """An office's weekday: Monday is the first of ``WEEK``."""
    return Decimal(WEEK[datetime.fromtimestamp(start, UTC).weekday()])


def days(now: int, before: int = 56, factor: str = "1") -> list[Day]:
    """Weeks of an office that spends the same every week, up to ``now``: settled but for the last three days."""
    today = now - now % DAY
    starts = range(today - before * DAY, today + DAY, DAY)
    seen = {today: Decimal("0.25")}
    return [
        Day(start, usual(start) * Decimal(factor) * seen.get(start, 1), full=start + 3 * DAY <= now)
        for start in starts
    ]


def month_of_the_office() -> Decimal:
    """What November comes to when every day is usual."""
    return total(usual(start) for start in range(MONTH, MONTH + 30 * DAY, DAY))


def band(made: Forecast) -> tuple[Decimal, Decimal, Decimal]:
    """Low, mid and high of a forecast that there is."""
    assert made.band is not None
    return made.band.low, made.band.mid, made.band.high


def test_a_steady_office_is_foreseen_with_its_weekends() -> None:
    """The mid is the month's sum to a percent, from any day of the month on, also from the first."""
    for day in (1, 2, 5, 14, 27, 30):
        low, mid, high = band(forecast(days(at(day)), now=at(day)))
        assert abs(mid - month_of_the_office()) < month_of_the_office() / 100
        assert low <= month_of_the_office() <= high


def test_the_band_narrows_as_the_month_goes_by() -> None:
    """What is over is known."""
    widths = []
    for day in (2, 10, 20, 28):
        low, _, high = band(forecast(days(at(day)), now=at(day)))
        widths.append(high - low)
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] < widths[0] / 5


def test_what_is_spent_is_exact_to_the_last_digit() -> None:
    """Settled, late and open days of the month add up as they were read, whatever the context rounds to."""
    now = at(12)
    known = [replace(day, amount=add(day.amount, Decimal("1E-30"))) for day in days(now)]
    with localcontext() as context:
        context.prec = 5
        made = forecast(known, now=now)
    assert made.spent == total(day.amount for day in known if day.start >= MONTH)
    assert made.spent.as_tuple().exponent == -30
    assert (made.month, made.full_days, made.history_days) == ("2026-11", 9, 54)


def test_costs_that_are_late_do_not_pull_the_forecast_down() -> None:
    """Yesterday's and today's costs count at least as seen, and else as any such day."""
    now = at(12)
    late = [replace(day, amount=Decimal(1)) if not day.full else day for day in days(now)]
    assert band(forecast(late, now=now))[1] == band(forecast(days(now), now=now))[1]
    early = [replace(day, amount=Decimal(500)) if day.start == now - NOON else day for day in days(now)]
    more = band(forecast(early, now=now))[1] - band(forecast(late, now=now))[1]
    assert more == pytest.approx(500 - usual(now - NOON), abs=1)


def test_a_missing_day_is_not_taken_for_nothing() -> None:
    """A bucket that did not come is foreseen like a day to come."""
    now = at(20)
    holed = [day for day in days(now) if day.start != MONTH + 4 * DAY]
    mid = band(forecast(holed, now=now))[1]
    assert abs(mid - month_of_the_office()) < 5
    assert forecast(holed, now=now).full_days == forecast(days(now), now=now).full_days - 1


def test_one_wild_day_moves_the_rest_of_the_month_little() -> None:
    """A day of ten times the usual counts itself; the days to come are foreseen as before."""
    now = at(15)
    wild = MONTH + 8 * DAY
    spiked = [replace(day, amount=day.amount * 10) if day.start == wild else day for day in days(now)]
    before, after = forecast(days(now), now=now), forecast(spiked, now=now)
    extra = usual(wild) * 9
    assert abs(band(after)[1] - band(before)[1] - extra) < 40
    # It says itself that such a day may come again.
    assert band(after)[2] - band(after)[1] > band(before)[2] - band(before)[1]


def test_growth_goes_on() -> None:
    """A level that has risen for weeks is foreseen higher than it is."""
    now = at(5)
    grown = [
        replace(day, amount=day.amount * Decimal("1.01") ** ((day.start - MONTH) // DAY)) for day in days(now)
    ]
    flat = total(usual(start) for start in range(MONTH, MONTH + 30 * DAY, DAY))
    assert band(forecast(grown, now=now))[1] > flat * Decimal("1.05")


def test_in_the_first_days_without_history_there_is_none_and_it_says_why() -> None:
    """Fewer than seven full days are not drawn on; the first full week is."""
    young = [day for day in days(at(6)) if day.start >= MONTH]
    made = forecast(young, now=at(6))
    assert made.band is None
    assert made.reason == "3 full days of costs yet, 7 are needed"
    assert made.course == ()
    assert forecast([], now=at(6)).reason == "no full day of costs yet, 7 are needed"
    older = [day for day in days(at(10)) if day.start >= MONTH]
    low, mid, high = band(forecast(older, now=at(10)))
    assert low < mid < high
    # The same first days, with the weeks before.
    assert forecast(days(at(1)), now=at(1)).full_days == 0
    assert forecast(days(at(1)), now=at(1)).band is not None


def test_days_before_the_first_cost_do_not_count_as_quiet_days() -> None:
    """An organization that began last week is not foreseen to fall back to nothing."""
    now = at(20)
    begun = [day if day.start >= at(6) else replace(day, amount=Decimal(0)) for day in days(now)]
    assert forecast(begun, now=now).history_days == 11
    assert band(forecast(begun, now=now))[1] > total(
        day.amount for day in begun if day.start >= MONTH
    ) * Decimal("1.3")


def test_nothing_spent_for_weeks_stays_nothing() -> None:
    """Zero is a forecast, too."""
    now = at(9)
    made = forecast([replace(day, amount=Decimal(0)) for day in days(now)], now=now)
    assert not any(band(made))
    assert made.exceeded_on(Decimal(0)) is None


def test_the_day_on_which_a_threshold_runs_out() -> None:
    """Passed: the day it was passed; to come: the day of the mid; never: none."""
    now = at(15)
    made = forecast(days(now), now=now)
    first_two = usual(MONTH) + usual(MONTH + DAY)
    assert made.exceeded_on(first_two) == MONTH + 2 * DAY
    assert made.exceeded_on(first_two - 1) == MONTH + DAY
    assert made.exceeded_on(Decimal(0)) == MONTH
    later = made.exceeded_on(made.spent + 200)
    assert later is not None
    assert at(15) < later + DAY < at(20)
    mid = band(made)[1]
    assert made.exceeded_on(mid) is None
    assert made.exceeded_on(mid - Decimal("0.01")) == MONTH + 29 * DAY


def test_a_threshold_that_a_credit_saved_is_not_passed() -> None:
    """What came back under the threshold holds until it is passed again."""
    now = at(15)
    credit = [
        replace(day, amount=Decimal(-400)) if day.start == MONTH + 5 * DAY else day for day in days(now)
    ]
    made = forecast(credit, now=now)
    passed_before = total(usual(MONTH + day * DAY) for day in range(5)) - 1
    passed_again = made.exceeded_on(passed_before)
    assert passed_again is not None
    assert passed_again > MONTH + 5 * DAY
    assert made.exceeded_on(made.spent + 1) is not None


@settings(max_examples=60, deadline=None)
@given(st.lists(amounts, min_size=0, max_size=70), st.integers(1, 30), st.data())
def test_whatever_the_days_are_the_forecast_keeps_its_promises(
    known: list[Decimal], day: int, data: st.DataObject
) -> None:
    """Ordered, never below what is spent, the same for any order of days, and consistent with its own days."""
    now = at(day)
    today = now - NOON
    series = [
        Day(today - ago * DAY, amount, full=ago >= 3 and data.draw(st.booleans()) | (ago > 5))
        for ago, amount in enumerate(known)
    ]
    made = forecast(series, now=now)
    assert made == forecast(data.draw(st.permutations(series)), now=now)
    assert made.spent == total(each.amount for each in series if each.start >= MONTH)
    if made.band is None:
        assert made.history_days < 7
        return
    low, mid, high = band(made)
    assert made.spent <= low <= mid <= high
    assert made.course[-1] == (MONTH + 29 * DAY, mid)
    for threshold in (low, mid, high, made.spent):
        day_of = made.exceeded_on(threshold)
        assert (day_of is None) == (mid <= threshold and made.spent <= threshold)


@settings(max_examples=30, deadline=None)
@given(st.integers(-6, 6), st.integers(1, 30))
def test_the_size_of_the_money_does_not_matter(power: int, day: int) -> None:
    """A millionth of the costs has a millionth of the forecast, to a hundredth of a percent."""
    factor = Decimal(10) ** power
    small = band(forecast(days(at(day), factor=str(factor)), now=at(day)))
    for one, other in zip(small, band(forecast(days(at(day)), now=at(day))), strict=True):
        assert abs(one - other * factor) <= abs(one) / 1000


def test_currencies_are_foreseen_apart() -> None:
    """Each currency of the same days has a forecast of its own, usd first."""
    now = at(10)
    points = [
        BucketTotals(
            day.start,
            day.start + DAY,
            partial=False,
            totals=Totals(amounts={"eur": day.amount * 2, "usd": day.amount}),
        )
        for day in days(now)
    ]
    ages = [now] * len(points)
    made = forecasts(points, ages, now=now)
    assert list(made) == ["usd", "eur"]
    assert made["eur"].spent == made["usd"].spent * 2
    assert made["usd"] == forecast(daily(points, ages, currency="usd"), now=now)


def test_a_day_is_full_when_it_was_read_two_days_after_its_end() -> None:
    """What was read earlier may lack costs that come late, however old it is by now."""
    point = BucketTotals(MONTH, MONTH + DAY, partial=False, totals=Totals(amounts={"usd": Decimal(1)}))
    for age, full in ((3 * DAY - 1, False), (3 * DAY, True)):
        assert daily([point], [MONTH + age], currency="usd") == (Day(MONTH, Decimal(1), full=full),)


def test_eight_weeks_and_the_whole_month_are_asked_for() -> None:
    """From wherever in the month."""
    assert history_start(at(1)) == MONTH - 56 * DAY
    assert history_start(moment("2026-12-31") + NOON) == moment("2026-11-05")


@pytest.mark.slow
def test_the_band_holds_four_months_of_five() -> None:
    """Sixty month ends of the demo, foreseen on three days each: a smaller sample of the backtest."""
    found = [one for seed in range(1, 6) for day in DAYS for one in outcomes(costs(seed), day)]
    assert len(found) > 150
    assert 0.7 <= share_held(found) <= 0.9
    plain, made = (
        sum(abs(getattr(one, name) - one.actual) / one.actual for one in found) for name in ("plain", "mid")
    )
    assert made < plain
