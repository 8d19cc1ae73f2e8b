"""Odd days: the planted ones are found with the group that drove them, ordinary years have none."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.years import DAY, NOW, costs, groups
from usagetop.analysis.anomalies import Groups, anomalies
from usagetop.analysis.daily import Day
from usagetop.demo.organization import organization
from usagetop.demo.scenarios import LEAK_FIRST, LEAK_LAST, SPIKE

if TYPE_CHECKING:
    from usagetop.analysis.anomalies import Anomaly

TODAY = NOW // DAY * DAY
# Eight weeks and a little more.
SPAN = 60
LEAK_AGES = list(range(LEAK_FIRST, LEAK_LAST - 1, -1))
TOOLS = organization().project("[internal] tools")
WEEK = (100, 110, 105, 100, 95, 40, 30)


def ages(found: tuple[Anomaly, ...]) -> list[int]:
    """How many days before today the odd days were."""
    return [(TODAY - one.start) // DAY for one in found]


def office(amounts: list[int]) -> list[Day]:
    """Days up to yesterday with these amounts, the last one last."""
    first = TODAY - len(amounts) * DAY
    return [Day(first + place * DAY, Decimal(amount)) for place, amount in enumerate(amounts)]


def weeks(count: int) -> list[int]:
    """Weeks like any other."""
    return list(WEEK) * count


def test_the_spike_is_found_with_its_project_and_what_it_cost() -> None:
    """One odd day, driven by one project; its cost is the exact amount of that day."""
    by_project = groups(0, "project_id", scenario="spike", days=SPAN, now=NOW)
    (odd,) = anomalies(costs(0, scenario="spike", days=SPAN, now=NOW), by_project)
    assert ages((odd,)) == [SPIKE]
    assert not odd.within
    assert odd.amount > odd.usual.high
    key = (organization().project("search-api").id,)
    assert odd.driver is not None
    assert (odd.driver.key, odd.driver.amount) == (key, by_project[key][odd.start])
    assert odd.driver.delta > odd.amount / 2


def test_the_leak_is_found_with_its_key_its_days_and_its_cost() -> None:
    """Five nights that the total hides: costs by key name the key and what each night cost beyond the usual."""
    by_key = groups(0, "api_key_id", scenario="leak", days=SPAN, now=NOW)
    found = anomalies(costs(0, scenario="leak", days=SPAN, now=NOW), by_key)
    assert ages(found) == LEAK_AGES
    planted = groups(0, "api_key_id", days=SPAN, now=NOW)
    for odd in found:
        assert odd.driver is not None
        assert odd.driver.key == (TOOLS.keys[1].id,)
        cost = by_key[odd.driver.key][odd.start] - planted[odd.driver.key].get(odd.start, 0)
        assert odd.driver.delta == pytest.approx(cost, rel=Decimal("0.05"))


def test_where_costs_have_no_keys_the_usage_of_the_odd_project_names_the_key() -> None:
    """Costs by project and line item find days, project and model; usage of that project finds the key."""
    by_line = groups(0, "project_id,line_item", scenario="leak", days=SPAN, now=NOW)
    found = anomalies(costs(0, scenario="leak", days=SPAN, now=NOW), by_line)
    drivers = {odd.driver.key for odd in found if odd.driver}
    ((project, line),) = drivers
    assert ages(found) == LEAK_AGES
    assert (project, str(line).partition(",")[0]) == (TOOLS.id, "o3-pro-2025-06-10")
    filters = (f"project_id={project}", "model=o3-pro-2025-06-10")
    usage = groups(
        0, "api_key_id", scenario="leak", days=SPAN, now=NOW, category="completions", filters=filters
    )
    assert {key for key, days in usage.items() if days.keys() >= {odd.start for odd in found}} == {
        (TOOLS.keys[1].id,)
    }


@pytest.mark.parametrize("by", ["project_id", "api_key_id", "line_item"])
def test_a_steady_organization_has_no_odd_day(by: str) -> None:
    """New models, price cuts, credits and training runs are no alarm."""
    for days_ago in (0, 31):
        now = NOW - days_ago * DAY
        assert anomalies(costs(0, days=SPAN, now=now), groups(0, by, days=SPAN, now=now)) == ()


@pytest.mark.slow
def test_other_steady_years_have_no_odd_day_either() -> None:
    """Three years whole, by every grouping that costs have: a smaller sample of the backtest."""
    for seed in (3, 7, 20):
        for by in ("project_id", "api_key_id", "line_item"):
            assert anomalies(costs(seed)[-350:], groups(seed, by, days=350)) == ()


@pytest.mark.slow
def test_every_leak_and_every_spike_is_found_in_other_years() -> None:
    """In ten other years: all five nights by key, the day by project, and nothing else."""
    for seed in range(1, 11):
        leak, spike = (
            anomalies(
                costs(seed, scenario=name, days=SPAN, now=NOW),
                groups(seed, by, scenario=name, days=SPAN, now=NOW),
            )
            for name, by in (("leak", "api_key_id"), ("spike", "project_id"))
        )
        assert ages(leak) == LEAK_AGES
        assert {odd.driver.key for odd in leak if odd.driver} == {(TOOLS.keys[1].id,)}
        assert ages(spike) == [SPIKE]


def test_weekends_and_growth_are_nothing_odd() -> None:
    """A weekday is held against its own kind, at today's level."""
    assert anomalies(office(weeks(9))) == ()
    for daily in (1.01, 1.04, 0.96):
        grown = [round(10**6 * amount * daily**day) for day, amount in enumerate(weeks(9))]
        assert anomalies(office(grown)) == ()


def test_a_weekend_as_busy_as_a_weekday_is_odd() -> None:
    """Sunday's usual is Sunday's."""
    busy = [*weeks(9)[:-1], 100]
    (odd,) = anomalies(office(busy))
    assert ages((odd,)) == [1]
    assert odd.usual.high < 60
    assert odd.driver is None


def test_a_day_with_far_too_little_is_odd_once_it_is_over() -> None:
    """A full day may lack; one that may still grow is only early."""
    series = office([*weeks(9)[:-3], 5])
    assert ages(anomalies(series)) == [1]
    open_day = [*series[:-1], Day(series[-1].start, series[-1].amount, full=False)]
    assert anomalies(open_day) == ()
    too_much = [*series[:-1], Day(series[-1].start, Decimal(400), full=False)]
    assert ages(anomalies(too_much)) == [1]


def test_an_odd_day_does_not_hide_the_next_nor_make_the_week_after_odd() -> None:
    """Two wild days side by side are two odd days; the same weekdays a week later are as before."""
    series = weeks(9)
    series[-10] = series[-9] = 900
    assert ages(anomalies(office(series))) == [10, 9]


def test_odd_days_that_lie_apart_stay_odd() -> None:
    """Ten of them in three months are no custom."""
    series = weeks(18)
    for place in range(36, 126, 9):
        series[place] = 900
    found = ages(anomalies(office(series)))
    assert found == [126 - place for place in range(36, 126, 9)]


def test_what_lasts_a_week_is_the_new_custom() -> None:
    """A new level is said for a week and then no more, and what is odd at the new level is said again."""
    for factor in (3, 20):
        new = [amount * factor for amount in weeks(4)]
        new[-4] *= 3
        found = anomalies(office([*weeks(6), *new]))
        assert ages(found) == [*range(28, 21, -1), 4]
    begun = anomalies(office([*[0] * 42, *weeks(6)]))
    assert ages(begun) == list(range(42, 35, -1))


def test_a_group_that_begins_step_by_step_is_no_alarm_and_one_at_once_is() -> None:
    """Both end at a fifth of the total."""
    days = office(weeks(9))
    for first in (15, 40):
        slow: Groups = {
            ("slow",): {day.start: Decimal(max(0, place - first)) for place, day in enumerate(days)}
        }
        assert anomalies(days, slow) == ()
    swing = (5, 12, 7, 18, 6, 11, 9, 19)
    restless: Groups = {
        ("slow",): {
            day.start: Decimal(max(0, place - 30) * swing[place % 8]) / 10 for place, day in enumerate(days)
        }
    }
    assert anomalies(days, restless) == ()
    sudden: Groups = {("sudden",): {day.start: Decimal(20) for day in days[-3:]}}
    found = anomalies(days, sudden)
    assert ages(found) == [3, 2, 1]
    assert all(odd.within and odd.driver and odd.driver.key == ("sudden",) for odd in found)


def test_the_driver_is_the_group_that_left_its_own_band() -> None:
    """Beside a large group that had a good day, as it has at times."""
    days = office([amount * 10 for amount in weeks(9)])
    swing = (0, 150, 20, 300, 60, 250, 110, 200, 30)
    groups: Groups = {
        ("large",): {
            day.start: day.amount / 2 + swing[place % len(swing)] for place, day in enumerate(days[:-2])
        },
        ("sudden",): {days[-2].start: Decimal(100)},
    }
    groups = {**groups, ("large",): {**groups["large",], days[-2].start: days[-2].amount / 2 + 300}}
    (odd,) = anomalies(days, groups)
    assert odd.within
    assert odd.driver is not None
    assert odd.driver.key == ("sudden",)
    assert odd.driver.delta == 100


def test_a_group_that_ends_is_no_alarm() -> None:
    """Credits and finished work are told elsewhere."""
    days = office(weeks(9))
    ending: Groups = {
        ("ending",): {day.start: Decimal(30) for day in days[:-3]},
        ("credit",): {days[-2].start: Decimal(-50)},
    }
    assert anomalies(days, ending) == ()


def test_four_weeks_only_teach_and_missing_days_are_passed_over() -> None:
    """Nothing is said of the beginning; a hole is no day with nothing."""
    assert anomalies(()) == ()
    assert anomalies(office([*weeks(3), 10**6])) == ()
    holed = [day for place, day in enumerate(office(weeks(9))) if place not in {20, 45, 46, 60}]
    assert anomalies(holed) == ()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 1000), min_size=25, max_size=60),
    st.sampled_from([Decimal("0.001"), Decimal(1), Decimal(10**9)]),
    st.data(),
)
def test_whatever_the_days_are_what_is_said_of_them_is_true(
    amounts: list[int], size: Decimal, data: st.DataObject
) -> None:
    """In time order, outside the band unless the driver alone is odd, the same for any order of days."""
    days = [Day(day.start, day.amount * size) for day in office(amounts)]
    shares: Groups = {("all",): {day.start: day.amount for day in days}}
    found = anomalies(data.draw(st.permutations(days)), shares)
    assert found == anomalies(days, shares)
    assert list(found) == sorted(found, key=lambda odd: odd.start)
    by_start = {day.start: day.amount for day in days}
    for odd in found:
        assert odd.amount == by_start[odd.start]
        assert odd.usual.low <= odd.usual.middle <= odd.usual.high
        assert odd.driver is not None
        assert odd.driver.delta == odd.driver.amount - odd.driver.usual
        if size >= 1:
            assert odd.within or not odd.usual.low < odd.amount < odd.usual.high
