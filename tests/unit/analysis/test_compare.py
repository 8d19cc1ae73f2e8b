"""Which periods stand beside each other, and that what changed adds up to the last digit."""

from __future__ import annotations

import calendar
import time
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.analysis.rows import (
    COST_DIMS,
    TODAY,
    USAGE_DIMS,
    USAGE_METRICS,
    Row,
    bucket_of,
    cost_row,
    days_of,
    packed,
    query,
    usage_row,
)
from tests.unit.model.moments import DAY, HOUR, NOW, moment, nows, typed
from usagetop.analysis.compare import MODES, Compared, Mode, compare, periods, relative
from usagetop.analysis.frame import Frame, rollup
from usagetop.errors import UsageError
from usagetop.model.categories import SECONDS_OF
from usagetop.model.period import parse_range
from usagetop.model.query import Query, make_query


def costs(range_text: str, now: int = NOW) -> Query:
    """A query of costs."""
    return make_query("costs", range_text, now=now, by="line_item")[0]


def span(asked: Query) -> tuple[int, int]:
    """Start and end of a query."""
    return asked.range.start, asked.range.end


# -- which periods


@pytest.mark.parametrize(
    ("range_text", "mode", "current", "previous", "cut"),
    [
        ("2026-10-01..2026-10-31", "previous", "2026-10-01..2026-10-31", "2026-08-31..2026-09-30", 0),
        ("30d", "previous", "2026-10-25..2026-11-22", "2026-09-26..2026-10-24", 1),
        ("mtd", "previous", "2026-11-01..2026-11-22", "2026-10-10..2026-10-31", 1),
        ("mtd", "month", "2026-11-01..2026-11-22", "2026-10-01..2026-10-22", 1),
        ("2026-10", "month", "2026-10-01..2026-10-31", "2026-09-01..2026-09-30", 0),
        ("2026-03", "month", "2026-03-01..2026-03-31", "2026-02-01..2026-02-28", 0),
        ("2024-03", "month", "2024-03-01..2024-03-31", "2024-02-01..2024-02-29", 0),
        ("2026-02", "month", "2026-02-01..2026-02-28", "2026-01-01..2026-01-28", 0),
        ("2026-03-31", "month", "2026-03-31", "2026-02-28", 0),
        ("2026-03-29..2026-03-31", "month", "2026-03-29..2026-03-31", "2026-02-28", 0),
        ("2026-03-30..2026-04-02", "month", "2026-03-30..2026-04-02", "2026-02-28..2026-03-02", 0),
        ("2026-01-05..2026-01-09", "month", "2026-01-05..2026-01-09", "2025-12-05..2025-12-09", 0),
    ],
)
def test_the_two_ranges_of_a_comparison(
    range_text: str, mode: Mode, current: str, previous: str, cut: int
) -> None:
    """Closed days on both sides, each named by the text that asks for it."""
    found = periods(costs(range_text), mode, NOW)
    assert found.current.range.text == (current if cut else parse_range(range_text, NOW).text)
    assert span(found.current) == span(costs(current))
    assert found.previous.range.text == previous
    assert span(found.previous) == span(costs(previous))
    assert found.open_buckets == cut
    assert found.equal == (found.current.range.seconds == found.previous.range.seconds)


def test_hours_are_held_against_hours() -> None:
    """The open hour is left out; the others meet the same number of hours, or the same hours of the day."""
    asked = make_query("completions", "24h", now=NOW, width="1h")[0]
    found = periods(asked, "previous", NOW)
    assert span(found.current) == (moment("2026-11-22T09:00"), moment("2026-11-23T08:00"))
    assert span(found.previous) == (moment("2026-11-21T10:00"), moment("2026-11-22T09:00"))
    assert found.previous.range.text == "2026-11-21 10:00 → 2026-11-22 09:00"
    found = periods(asked, "month", NOW)
    assert span(found.previous) == (moment("2026-10-22T09:00"), moment("2026-10-23T08:00"))


def test_hours_of_days_that_a_month_lacks_are_its_last_night() -> None:
    """From the evening of the 29th to the morning of the 31st of March there is one evening of February."""
    now = moment("2026-03-31T04:30")
    asked = make_query("completions", "33h", now=now, width="1h")[0]
    assert span(periods(asked, "previous", now).current)[0] == moment("2026-03-29T20:00")
    found = periods(asked, "month", now)
    assert span(found.previous) == (moment("2026-02-28T20:00"), moment("2026-03-01"))
    assert not found.equal


def test_minutes_close_one_by_one() -> None:
    """A minute is closed when it is over."""
    asked = make_query("completions", "30m", now=NOW)[0]
    found = periods(asked, "previous", NOW)
    assert span(found.current)[1] == moment("2026-11-23T08:26")
    assert found.open_buckets == 1


def test_nothing_closed_cannot_be_compared() -> None:
    """Today's costs have one bucket, and it is open."""
    with pytest.raises(UsageError, match="none of its buckets is closed"):
        periods(costs("today"), "previous", NOW)


def test_nothing_lies_before_the_api() -> None:
    """A period that would begin where no range may is refused."""
    with pytest.raises(UsageError, match="did not exist"):
        periods(costs("2015-03-01..2025-01-01"), "previous", NOW)


def test_filters_and_dimensions_are_kept() -> None:
    """Both sides ask the same question of other days."""
    asked = make_query("costs", "7d", now=NOW, by="project_id", filters=["line_item=a"])[0]
    found = periods(asked, "month", NOW)
    for side in (found.current, found.previous):
        assert side._replace(range=asked.range) == asked


@st.composite
def asked_at(draw: st.DrawFn) -> tuple[Query, int]:
    """Any query that can be asked, and its now."""
    now = draw(nows)
    name = draw(st.sampled_from(["costs", "completions"]))
    try:
        return make_query(name, draw(typed(now)), now=now)[0], now
    except UsageError:
        return make_query(name, "7d", now=now)[0], now


@given(asked_at(), st.sampled_from(MODES))
def test_both_sides_are_closed_and_stand_apart(found: tuple[Query, int], mode: Mode) -> None:
    """No bucket of either side is open; the earlier side ends before the other."""
    asked, now = found
    try:
        both = periods(asked, mode, now)
    except UsageError:
        return
    step = SECONDS_OF[asked.width]
    start, end = span(both.current)
    before, until = span(both.previous)
    assert start == asked.range.start
    assert end == asked.range.end <= now or end <= now < end + step
    assert end + both.open_buckets * step == asked.range.end
    assert before < until < end
    assert not (end - start) % step
    assert not (until - before) % step
    if mode == "previous":
        assert (until, until - before, both.equal) == (start, end - start, True)
        assert both.shift == end - start
    else:
        assert abs(until - before - (end - start)) < 4 * DAY
        check_month_before(start, before)
    if not before % DAY and not until % DAY:
        again = parse_range(both.previous.range.text, now)
        assert (again.start, again.end) == (before, until)


def check_month_before(second: int, before: int) -> None:
    """The same time of the same day one month earlier, or of that month's last day."""
    there = time.gmtime(second)
    year, month = (there.tm_year, there.tm_mon - 1) if there.tm_mon > 1 else (there.tm_year - 1, 12)
    day = min(there.tm_mday, calendar.monthrange(year, month)[1])
    here = time.gmtime(before)
    assert (here.tm_year, here.tm_mon, here.tm_mday) == (year, month, day)
    assert second % DAY == before % DAY


# -- what changed


def two_frames(
    name: str, by: str, days: Mapping[int, Sequence[Row]], more: Mapping[int, Sequence[Row]]
) -> tuple[Frame, Frame]:
    """The frames of two answers about the same dimensions."""
    dims, metrics = (COST_DIMS, ("amount", "quantity")) if name == "costs" else (USAGE_DIMS, USAGE_METRICS)
    asked = query(name, by)
    return rollup(asked, packed(days, dims, metrics)), rollup(asked, packed(more, dims, metrics))


def values(frame: Frame, metric: str) -> dict[Any, Fraction | None]:
    """A frame's values of one metric by key, as fractions."""
    column = frame.columns.get(metric, [None] * len(frame))
    return {
        key: None if value is None else Fraction(value) for key, value in zip(frame.keys, column, strict=True)
    }


def check_rows(both: Compared, now: Frame, then: Frame) -> None:
    """Every row once, in a stable order, with its status and its difference."""
    assert both.keys[: len(now)] == now.keys
    assert both.keys[len(now) :] == [key for key in then.keys if key not in set(now.keys)]
    assert len(both) == len(set(both.keys))
    for key, status in zip(both.keys, both.status, strict=True):
        expected = "new" if key not in then.keys else "gone" if key not in now.keys else "both"
        assert status == expected
    for metric, delta in both.delta.items():
        if metric == "quantity":
            continue
        after, before = values(now, metric), values(then, metric)
        for row, key in enumerate(both.keys):
            one, other = after.get(key), before.get(key)
            if one is None and other is None:
                assert delta[row] in (None, 0)
            else:
                assert Fraction(delta[row] or 0) == (one or 0) - (other or 0)


@given(days_of(cost_row), days_of(cost_row))
def test_differences_of_money_add_up(days: dict[int, list[Row]], more: dict[int, list[Row]]) -> None:
    """Per row and currency, exactly; their sum is the difference of the totals to the last digit."""
    now, then = two_frames("costs", "line_item,project_id", days, more)
    both = compare(now, then)
    check_rows(both, now, then)
    for currency, total in both.delta_totals.amounts.items():
        rows = [
            Fraction(value)
            for key, value in zip(both.keys, both.delta["amount"], strict=True)
            if (key[-1] or "") == currency and value is not None
        ]
        sides = [Fraction(frame.totals.amounts.get(currency, Decimal(0))) for frame in (now, then)]
        assert Fraction(total) == sum(rows, Fraction()) == sides[0] - sides[1]
    assert set(both.delta_totals.amounts) == {*now.totals.amounts, *then.totals.amounts}


@given(days_of(usage_row), days_of(usage_row))
def test_differences_of_counts_add_up(days: dict[int, list[Row]], more: dict[int, list[Row]]) -> None:
    """The same for tokens of any size."""
    now, then = two_frames("completions", "model,batch", days, more)
    both = compare(now, then)
    check_rows(both, now, then)
    for metric, total in both.delta_totals.counts.items():
        rows = sum(value for value in both.delta[metric] if value is not None)
        assert total == rows == now.totals.counts.get(metric, 0) - then.totals.counts.get(metric, 0)


def test_a_side_without_the_row_says_so() -> None:
    """Main counts are 0 as in every row, money and breakdowns are None: nothing was given."""
    now, then = two_frames(
        "completions",
        "model",
        {1: [{"model": "a", "input_tokens": 5}]},
        {1: [{"model": "b", "input_tokens": 7}]},
    )
    both = compare(now, then)
    assert (both.keys, both.status) == ([("a",), ("b",)], ["new", "gone"])
    assert (both.current["input_tokens"], both.previous["input_tokens"]) == ([5, 0], [0, 7])
    assert both.delta["input_tokens"] == [5, -7]
    now, then = two_frames("costs", "line_item", {1: [cost("a", "1.5")]}, {1: [cost("b", "2")]})
    both = compare(now, then)
    assert (both.current["amount"], both.previous["amount"]) == (
        [Decimal("1.5"), None],
        [None, Decimal(2)],
    )
    assert both.delta["amount"] == [Decimal("1.5"), Decimal(-2)]


def cost(item: str, amount: str, quantity: str | None = None, unit: str | None = "tokens") -> Row:
    """A row of costs in dollars."""
    given = None if quantity is None else Decimal(quantity)
    return {
        "line_item": item,
        "amount": Decimal(amount),
        "currency": "usd",
        "quantity": given,
        "quantity_unit": None if given is None else unit,
    }


@pytest.mark.parametrize(
    ("after", "before", "delta"),
    [
        ([cost("a", "1", "10")], [cost("a", "1", "4")], Decimal(6)),
        ([cost("a", "1", "10")], [cost("b", "1", "4")], Decimal(10)),
        ([cost("a", "1", "10", "images")], [cost("a", "1", "4")], None),
        ([cost("a", "1", "10")], [cost("a", "1")], None),
        ([cost("a", "1", "10")], [cost("a", "1", "4"), cost("a", "1", "4", "images")], None),
    ],
)
def test_quantities_are_subtracted_where_they_are_of_one_kind(
    after: list[Row], before: list[Row], delta: Decimal | None
) -> None:
    """Of one unit and known on both sides, or there on one side alone."""
    both = compare(*two_frames("costs", "line_item", {1: after}, {1: before}))
    assert both.delta["quantity"][0] == delta


def test_buckets_meet_by_their_place() -> None:
    """The first day of one period stands beside the first day of the other."""
    asked = query("costs", "bucket")
    rows = [[cost("a", "5")], [cost("a", "3")]]
    dims, metrics = COST_DIMS, ("amount", "quantity")
    now = rollup(asked, [bucket_of(ago, rows[ago - 1], dims, metrics) for ago in (2, 1)])
    then = rollup(asked, [bucket_of(ago, rows[ago - 3], dims, metrics) for ago in (4, 3)])
    both = compare(now, then, shift=2 * DAY)
    assert both.keys == [(TODAY - 2 * DAY, "usd"), (TODAY - DAY, "usd")]
    assert both.status == ["both", "both"]
    assert both.delta["amount"] == [Decimal(0), Decimal(0)]
    assert both.previous["amount"] == [Decimal(3), Decimal(5)]


def test_levels_are_held_against_their_last_values() -> None:
    """A row's delta is between its last values; a total's between those of the last buckets."""
    asked = query("vector_stores", "project_id")

    def stored(days: Mapping[int, Mapping[str, int]]) -> Frame:
        buckets = [
            bucket_of(
                ago,
                [{"project_id": name, "usage_bytes": size} for name, size in rows.items()],
                ("project_id",),
                ("usage_bytes",),
            )
            for ago, rows in days.items()
        ]
        return rollup(asked, buckets)

    both = compare(stored({2: {"p": 50, "q": 7}, 1: {"p": 60}}), stored({4: {"p": 10}, 3: {"p": 20, "q": 5}}))
    assert both.keys == [("p",), ("q",)]
    assert both.delta["usage_bytes"] == [40, 2]
    assert (both.totals.counts, both.previous_totals.counts) == ({"usage_bytes": 60}, {"usage_bytes": 25})
    assert both.delta_totals.counts == {"usage_bytes": 35}


def test_frames_of_other_dimensions_are_refused() -> None:
    """What has no rows in common is not subtracted."""
    with pytest.raises(ValueError, match="different dimensions"):
        compare(rollup(query("costs", "line_item"), []), rollup(query("costs", "project_id"), []))


@pytest.mark.parametrize(
    ("delta", "previous", "share"),
    [
        (Decimal("2.5"), Decimal(10), Fraction(1, 4)),
        (-5, 10, Fraction(-1, 2)),
        (Decimal(3), Decimal(-2), Fraction(3, 2)),
        (Decimal(3), Decimal(0), None),
        (Decimal(3), None, None),
    ],
)
def test_the_share_of_a_change(
    delta: Decimal | int, previous: Decimal | None, share: Fraction | None
) -> None:
    """With its sign; None where there was nothing before."""
    assert relative(delta, previous) == share


def test_the_step_of_hours() -> None:
    """An hour range keeps its step."""
    asked = make_query("completions", "24h", now=NOW, width="1h")[0]
    assert periods(asked, "previous", NOW).previous.range.step == HOUR
