"""The range grammar: every word of it at chosen moments, and what holds for all words at all moments."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.model.moments import DAY, HOUR, MINUTE, NOW, moment, nows, ranges, typed
from usagetop.errors import UsageError
from usagetop.model.period import DEFAULT_RANGE, PRESETS, Range, ceil, day_text, floor, iso, parse_range
from usagetop.model.text import label

WORDS = [
    # now, text, start, end
    ("2026-11-23T08:26:40", "today", "2026-11-23", "2026-11-24"),
    ("2026-11-23T08:26:40", "yesterday", "2026-11-22", "2026-11-23"),
    ("2026-11-23T08:26:40", "24h", "2026-11-22T09:00", "2026-11-23T09:00"),
    ("2026-11-23T08:26:40", "1h", "2026-11-23T08:00", "2026-11-23T09:00"),
    ("2026-11-23T08:26:40", "60m", "2026-11-23T07:27", "2026-11-23T08:27"),
    ("2026-11-23T08:26:40", "1m", "2026-11-23T08:26", "2026-11-23T08:27"),
    ("2026-11-23T08:26:40", "1d", "2026-11-23", "2026-11-24"),
    ("2026-11-23T08:26:40", "7d", "2026-11-17", "2026-11-24"),
    ("2026-11-23T08:26:40", "30d", "2026-10-25", "2026-11-24"),
    ("2026-11-23T08:26:40", "90d", "2026-08-26", "2026-11-24"),
    # weeks begin on Monday, also at its first second and on Sunday's last
    ("2026-11-23T08:26:40", "wtd", "2026-11-23", "2026-11-24"),
    ("2026-11-23T00:00:00", "wtd", "2026-11-23", "2026-11-24"),
    ("2026-11-22T23:59:59", "wtd", "2026-11-16", "2026-11-23"),
    ("2026-11-23T00:00:00", "last-week", "2026-11-16", "2026-11-23"),
    ("2026-11-22T23:59:59", "last-week", "2026-11-09", "2026-11-16"),
    ("2027-01-01T00:00:00", "wtd", "2026-12-28", "2027-01-02"),
    ("2027-01-03T12:00:00", "last-week", "2026-12-21", "2026-12-28"),
    ("2026-11-23T08:26:40", "mtd", "2026-11-01", "2026-11-24"),
    ("2026-11-01T00:00:00", "mtd", "2026-11-01", "2026-11-02"),
    ("2026-11-30T23:59:59", "mtd", "2026-11-01", "2026-12-01"),
    ("2026-11-23T08:26:40", "last-month", "2026-10-01", "2026-11-01"),
    ("2026-01-31T12:00:00", "last-month", "2025-12-01", "2026-01-01"),
    ("2024-03-31T12:00:00", "last-month", "2024-02-01", "2024-03-01"),
    ("2026-11-23T08:26:40", "qtd", "2026-10-01", "2026-11-24"),
    ("2026-09-30T23:59:59", "qtd", "2026-07-01", "2026-10-01"),
    ("2026-12-31T12:00:00", "qtd", "2026-10-01", "2027-01-01"),
    ("2026-03-01T12:00:00", "qtd", "2026-01-01", "2026-03-02"),
    ("2026-11-23T08:26:40", "ytd", "2026-01-01", "2026-11-24"),
    ("2027-01-01T00:00:00", "ytd", "2027-01-01", "2027-01-02"),
    # leap days
    ("2024-02-29T12:00:00", "today", "2024-02-29", "2024-03-01"),
    ("2024-03-01T12:00:00", "yesterday", "2024-02-29", "2024-03-01"),
    ("2023-03-01T12:00:00", "yesterday", "2023-02-28", "2023-03-01"),
    ("2024-03-01T12:00:00", "2024-02", "2024-02-01", "2024-03-01"),
    ("2024-03-01T12:00:00", "2024-02-29", "2024-02-29", "2024-03-01"),
    ("2100-03-01T12:00:00", "2d", "2100-02-28", "2100-03-02"),
    # months and days
    ("2026-11-23T08:26:40", "2026-10", "2026-10-01", "2026-11-01"),
    ("2026-11-23T08:26:40", "2025-12", "2025-12-01", "2026-01-01"),
    ("2026-11-23T08:26:40", "2026-10-31", "2026-10-31", "2026-11-01"),
    ("2026-11-23T08:26:40", "2025-12-31", "2025-12-31", "2026-01-01"),
    # both days are included; the end is left open
    ("2026-11-23T08:26:40", "2026-10-01..2026-10-31", "2026-10-01", "2026-11-01"),
    ("2026-11-23T08:26:40", "2026-10-31..2026-10-31", "2026-10-31", "2026-11-01"),
    ("2026-11-23T08:26:40", "2026-10-01..", "2026-10-01", "2026-11-24"),
    ("2026-11-23T08:26:40", "2026-11-23..", "2026-11-23", "2026-11-24"),
    ("2026-11-23T08:26:40", "2026-09..2026-10", "2026-09-01", "2026-11-01"),
    # the day that holds now is the last one, whatever was written
    ("2026-11-23T08:26:40", "2026-11", "2026-11-01", "2026-11-24"),
    ("2026-11-23T08:26:40", "2026-11-20..2027-12-31", "2026-11-20", "2026-11-24"),
    ("2026-11-23T00:00:00", "2026-11-23", "2026-11-23", "2026-11-24"),
    # as it is pasted
    ("2026-11-23T08:26:40", "  MTD\n", "2026-11-01", "2026-11-24"),
    ("2026-11-23T08:26:40", "\u00a07D\u3000", "2026-11-17", "2026-11-24"),
    ("2026-11-23T08:26:40", "2026-10-01 .. 2026-10-31", "2026-10-01", "2026-11-01"),
]

GARBAGE = [
    *("", " ", "d", "7", "7w", "-7d", "+7d", "7.5d", "1e3d", "7 d", "0x7d", "tomorrow", "all", "last month"),
    *("..", "...", "..2026-10-31", "2026-10-01...2026-10-31", "2026-10-01..7d", "7d..", "today..", "a..b"),
    *(
        "2026",
        "2026-",
        "2026-1",
        "2026-1-1",
        "2026-10-1",
        "26-10-01",
        "2026/10/01",
        "20261001",
        "2026-10-31T00:00",
    ),
    *("2026-00", "2026-13", "2026-02-29", "2026-04-31", "2026-10-00", "0000-01", "0000-00-00"),
    *(
        "2014-12-31",
        "0001-01-01",
        "2200-01-01",
        "9999-12",
        "9999-12-31",
        "9999-12-31..",
        "2026-10-01..9999-12-31",
    ),
    *("2026-11-24", "2026-12", "2199-12-31", "2026-11-24..", "2026-12-01..2026-12-31"),
    *("2026-10-31..2026-10-01", "2026-10..2026-09"),
    *("0d", "0h", "00m", "99999999d", "999999999h", "1000000000d", "999999999999999999m", "9" * 19 + "d"),
    *("9" * 5000 + "d", "2026-10-01" * 500, "x" * 100_000),
    # digits and letters of other scripts, which int() and lower() would take
    *(
        "\u0667d",
        "\u0967\u0966d",
        "\uff17d",
        "\u00b2d",
        "2026-1\uff10",
        "last-wee\u212a",
        "\u0661\u0662\u0663\u0664-10",
    ),
    *(
        "7d\x00",
        "\x1b[31m7d",
        "7d\u202e",
        "7\u200bd",
        "\ud800",
        "\x9b2J",
        "today\x7f",
        "2026-10-01\x1b..2026-10-31",
    ),
]


@pytest.mark.parametrize(("now", "text", "start", "end"), WORDS)
def test_every_word_of_the_grammar(now: str, text: str, start: str, end: str) -> None:
    """The words mean what INTERFACE.md says, in UTC."""
    found = parse_range(text, moment(now))
    assert (iso(found.start), iso(found.end)) == (iso(moment(start)), iso(moment(end)))


def test_every_preset_is_tried_above() -> None:
    """No word of the list goes without an example, and the default is one of them."""
    assert set(PRESETS) <= {text for _, text, _, _ in WORDS}
    assert DEFAULT_RANGE in PRESETS


@pytest.mark.fault(
    "time",
    "a range is garbage, a day that is none, or holds control characters",
    "one line that can be drawn",
)
@pytest.mark.parametrize("text", GARBAGE, ids=lambda text: ascii(text[:20]))
def test_garbage_is_refused_in_one_drawable_line(text: str) -> None:
    """What is no range is a UsageError whose sentence holds nothing that moves a terminal."""
    with pytest.raises(UsageError) as caught:
        parse_range(text, NOW)
    for line in caught.value.lines():
        assert label(line, most=1000) == line
    assert len(caught.value.what) < 120
    assert caught.value.mend


@given(st.text(max_size=30) | st.text("0123456789dhm-.:today ", max_size=24), nows)
def test_any_text_is_a_range_or_a_usage_error(text: str, now: int) -> None:
    """Nothing else comes out, whatever is typed."""
    try:
        found = parse_range(text, now)
    except UsageError as error:
        drawn = error.lines()
    else:
        assert found.start < found.end
        drawn = (found.text,)
    assert all(label(line, most=1000) == line for line in drawn)


@given(ranges())
def test_what_holds_for_every_range(period: Range) -> None:
    """It begins before it ends, on its own borders, and never ends beyond the unit that holds now."""
    assert period.start < period.end
    assert period.step in {DAY, HOUR, MINUTE}
    assert period.start % period.step == period.end % period.step == 0
    assert period.start <= period.now
    assert period.end <= ceil(period.now + 1, period.step) == floor(period.now, period.step) + period.step
    assert period.asked_until <= period.now
    assert period.asked_until % MINUTE == 0
    assert period.is_open == (period.end > period.now)
    assert period.seconds == period.end - period.start


@given(nows.flatmap(lambda now: st.tuples(st.just(now), typed(now))))
def test_a_range_says_itself(asked: tuple[int, str]) -> None:
    """Its text, read at the same moment, is the same range."""
    now, text = asked
    period = parse_range(text, now)
    assert parse_range(period.text, now) == period


@given(nows, st.integers(1, 400), st.sampled_from("dhm"))
def test_counted_ranges_have_that_many_units(now: int, count: int, unit: str) -> None:
    """``Nd`` is today and the N-1 days before; ``Nh`` and ``Nm`` likewise."""
    period = parse_range(f"{count}{unit}", now)
    step = {"d": DAY, "h": HOUR, "m": MINUTE}[unit]
    assert (period.end - period.start) // step == count
    assert period.end - step <= now < period.end


@given(nows, st.integers(0, 500), st.integers(0, 500))
def test_both_days_of_a_span_are_in_it(now: int, back: int, length: int) -> None:
    """``A..B`` begins with A's first second and ends with B's last, if B has begun."""
    today = datetime.fromtimestamp(now, UTC).date()
    first = max(today - timedelta(days=back), today.replace(year=2015, month=1, day=1))
    last = first + timedelta(days=length)
    period = parse_range(f"{first}..{last}", now)
    assert day_text(period.start) == first.isoformat()
    assert day_text(period.end - 1) == min(last, today).isoformat()


@pytest.mark.fault(
    "time",
    "the local zone is not UTC, or garbage",
    "ranges are UTC days",
)
@pytest.mark.parametrize(
    "zone", ["UTC", "America/New_York", "Pacific/Kiritimati", "Asia/Kathmandu", "garbage"]
)
def test_the_local_zone_has_no_influence(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Days are UTC days wherever one sits."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    assert parse_range("today", NOW).start == moment("2026-11-23")
    assert parse_range("2026-10", NOW).end == moment("2026-11-01")
    assert (iso(NOW), day_text(NOW)) == ("2026-11-23T08:26:40Z", "2026-11-23")


@given(st.integers(-(10**12), 10**12), st.sampled_from([MINUTE, HOUR, DAY]))
def test_floor_and_ceil_enclose(second: int, step: int) -> None:
    """They are the nearest borders on both sides, and a border is its own."""
    low, high = floor(second, step), ceil(second, step)
    assert low <= second <= high
    assert low % step == high % step == 0
    assert high - low == (step if second % step else 0)
