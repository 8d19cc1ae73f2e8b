"""Units, windows and lives: every missing unit is asked for once, nothing else is, and nothing of the future."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from usagetop.client import plan
from usagetop.model.categories import SECONDS_OF, USAGE_LIMITS
from usagetop.model.period import DAY, HOUR, MINUTE, Range
from usagetop.model.query import Query, make_query

# 2026-11-24T08:30:20Z
NOW = 1_795_509_020
MIDNIGHT = NOW - NOW % DAY

widths = st.sampled_from(sorted(SECONDS_OF))


@st.composite
def missing_units(draw: st.DrawFn) -> tuple[list[int], str, int, int]:
    """Starts of units in any order, their width, a page limit, and the second until which may be asked."""
    width = draw(widths)
    size = plan.UNIT_SECONDS[width]
    base = MIDNIGHT - 400 * size
    units = draw(st.lists(st.integers(0, 400).map(lambda n: base + n * size), unique=True, max_size=120))
    limit = draw(st.integers(1, USAGE_LIMITS[width]))
    until = draw(st.integers(base, MIDNIGHT + 2 * size).map(lambda second: second - second % MINUTE))
    return units, width, limit, until


@given(missing_units())
def test_windows_ask_for_exactly_the_missing_units(case: tuple[list[int], str, int, int]) -> None:
    """Every unit that has begun is in one window, and no other unit is in any."""
    units, width, limit, until = case
    windows = plan.windows(units, width, limit=limit, until=until)
    asked = [unit for window in windows for unit in plan.units_of(window, width)]
    assert sorted(asked) == sorted(unit for unit in units if unit < until)


@given(missing_units())
def test_windows_are_disjoint_newest_first_and_never_in_the_future(
    case: tuple[list[int], str, int, int],
) -> None:
    """Each ends before the one before it begins; the first ends at the latest when asking must end."""
    units, width, limit, until = case
    windows = plan.windows(units, width, limit=limit, until=until)
    for newer, older in itertools.pairwise(windows):
        assert older.end <= newer.start
    for window in windows:
        assert window.start < window.end <= until
        assert window.start % plan.UNIT_SECONDS[width] == 0
        assert window.end % plan.UNIT_SECONDS[width] == 0 or window.end == until
        assert window.limit == limit


@given(missing_units())
def test_a_window_is_one_page(case: tuple[list[int], str, int, int]) -> None:
    """At most as many buckets as a page takes, where a unit alone is not more than that."""
    units, width, limit, until = case
    buckets_a_unit = plan.UNIT_SECONDS[width] // SECONDS_OF[width]
    assume(limit >= buckets_a_unit)
    for window in plan.windows(units, width, limit=limit, until=until):
        assert (window.end - window.start) / SECONDS_OF[width] <= limit


@given(missing_units())
def test_no_fewer_windows_would_do(case: tuple[list[int], str, int, int]) -> None:
    """Each run of neighbours takes as many windows as its length asks for, rounded up."""
    units, width, limit, until = case
    size = plan.UNIT_SECONDS[width]
    most = max(1, limit * SECONDS_OF[width] // size)
    begun = {unit for unit in units if unit < until}
    needed = 0
    for unit in begun:
        if unit - size not in begun:
            length = 1
            while unit + length * size in begun:
                length += 1
            needed += -(-length // most)
    assert len(plan.windows(units, width, limit=limit, until=until)) == needed


@pytest.mark.parametrize(
    ("category", "text", "width", "count"),
    [("completions", "365d", "1d", 12), ("costs", "180d", "1d", 1), ("costs", "181d", "1d", 2)],
)
def test_a_year_is_asked_in_few_windows(category: str, text: str, width: str, count: int) -> None:
    """The largest page of the category decides."""
    query, _ = make_query(category, text, now=NOW, width=width)
    windows = plan.windows(
        plan.unit_starts(query),
        width,
        limit=query.about.limits[width],
        until=plan.asked_until(query),
    )
    assert len(windows) == count
    assert windows[0].end == NOW - NOW % MINUTE


@pytest.mark.parametrize(
    ("text", "width", "units"), [("24h", "1h", 2), ("90m", "1m", 2), ("7d", "1d", 7), ("today", "1h", 1)]
)
def test_a_query_stands_on_whole_units(text: str, width: str, units: int) -> None:
    """Hours stand on whole days, minutes on whole hours."""
    query, _ = make_query("completions", text, now=NOW, width=width)
    starts = plan.unit_starts(query)
    assert len(starts) == units
    assert [each for unit in starts for each in plan.wanted_starts(query, unit)] == list(query.starts())


@given(st.integers(1, 300), st.integers(0, 3 * DAY), widths)
def test_units_hold_the_query(count: int, ago: int, width: str) -> None:
    """The buckets of the units include those of the query, wherever it begins and ends."""
    step = SECONDS_OF[width]
    end = (NOW - ago) // step * step + step
    query = Query("completions", Range("x", end - count * step, end, step, NOW), width)
    until = plan.asked_until(query)
    held = {each for unit in plan.unit_starts(query) for each in plan.bucket_starts(unit, width, until)}
    assert set(query.starts()) <= held
    assert all(start < until for start in held)


def test_nothing_is_asked_in_the_first_minute_of_a_day() -> None:
    """Today's unit has no askable second yet."""
    query, _ = make_query("completions", "2d", now=MIDNIGHT + 30)
    assert list(plan.unit_starts(query)) == [MIDNIGHT - DAY]


# -- settling: the table of DESIGN §4


@pytest.mark.parametrize(
    ("fetched_at", "expected"),
    [
        (MIDNIGHT - HOUR, 5 * MINUTE),  # open
        (MIDNIGHT, 2 * MINUTE),  # just ended
        (MIDNIGHT + 15 * MINUTE - 1, 2 * MINUTE),
        (MIDNIGHT + 15 * MINUTE, HOUR),
        (MIDNIGHT + 3 * DAY - 1, HOUR),
        (MIDNIGHT + 3 * DAY, None),
        (MIDNIGHT + 300 * DAY, None),
    ],
)
def test_the_life_of_a_day(fetched_at: int, expected: int | None) -> None:
    """Fixed by the age of the day's end at the moment of fetching."""
    assert plan.life(fetched_at, MIDNIGHT) == expected


@pytest.mark.parametrize(
    ("fetched_at", "expected"),
    [
        (MIDNIGHT + 8 * HOUR, 2 * MINUTE),
        (MIDNIGHT + 8 * HOUR + 15 * MINUTE, 5 * MINUTE),  # the same UTC day
        (MIDNIGHT + DAY - 1, 5 * MINUTE),
        (MIDNIGHT + DAY, HOUR),
    ],
)
def test_the_life_of_an_hour(fetched_at: int, expected: int) -> None:
    """An hour that ended today is asked again after five minutes, one of yesterday after an hour."""
    assert plan.life(fetched_at, MIDNIGHT + 8 * HOUR) == expected


def test_the_last_hour_of_a_day_is_of_that_day() -> None:
    """It ends at midnight, but midnight is the next day's."""
    assert plan.life(MIDNIGHT + 20 * MINUTE, MIDNIGHT) == HOUR


seconds = st.integers(-5 * DAY, 5 * DAY)


@given(seconds, st.integers(0, 400 * DAY))
def test_a_unit_fetched_too_early_is_due_once_more_however_old(age: int, waited: int) -> None:
    """Only what was fetched three days after its end is settled: opened again months later, the rest is asked."""
    fetched_at = MIDNIGHT + age
    now = fetched_at + waited
    due = plan.is_due(fetched_at, MIDNIGHT, now)
    if age >= plan.SETTLED_AFTER:
        assert not due
    else:
        life = plan.life(fetched_at, MIDNIGHT)
        assert life is not None
        assert due == (waited >= life)


def test_a_life_ends_with_its_last_second() -> None:
    """Five minutes after an open unit was fetched it is due."""
    fetched_at = MIDNIGHT - HOUR
    assert not plan.is_due(fetched_at, MIDNIGHT, fetched_at + 5 * MINUTE - 1)
    assert plan.is_due(fetched_at, MIDNIGHT, fetched_at + 5 * MINUTE)


@given(seconds, st.integers(1, 400 * DAY))
@pytest.mark.fault(
    "time",
    "a unit was fetched at a time that has not come",
    "it is asked for again",
)
def test_what_was_fetched_in_the_future_is_due(age: int, ahead: int) -> None:
    """The clock was wrong then or is now: no life can be counted on."""
    assert plan.is_due(MIDNIGHT + age, MIDNIGHT, MIDNIGHT + age - ahead)


@given(seconds, st.integers(0, DAY), st.integers(0, DAY))
def test_due_stays_due(age: int, waited: int, longer: int) -> None:
    """Time alone never makes a due unit fresh."""
    fetched_at = MIDNIGHT + age
    if plan.is_due(fetched_at, MIDNIGHT, fetched_at + waited):
        assert plan.is_due(fetched_at, MIDNIGHT, fetched_at + waited + longer)


def test_a_query_of_the_past_asks_whole_units_up_to_now() -> None:
    """A window may reach past the query's end, for units are whole, but not past now."""
    query, _ = make_query("completions", "3h", now=NOW, width="1h")
    earlier = query._replace(range=query.range._replace(end=query.range.end - HOUR))
    assert plan.asked_until(earlier) == NOW - NOW % MINUTE
