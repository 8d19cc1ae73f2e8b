"""Buckets that lie beside, across or within one another: never a part of a day for the whole of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.client.support import DAY, FIRST, bucket, completion, page
from usagetop.client.coverage import Coverage, judge
from usagetop.client.wire import read_page
from usagetop.model.categories import category

HALF = DAY // 2


def judged(*spans: tuple[int, int], until: int = 3 * DAY) -> Coverage:
    """The judgement over buckets of these spans (seconds after the first day's start), a row of 10 in each."""
    given = [bucket(0, completion(), start_time=FIRST + start, end_time=FIRST + end) for start, end in spans]
    body = json.dumps(page(*given)).encode()
    return judge([read_page(body, category("completions"), (), step=DAY)], range(FIRST, FIRST + until, DAY))


def days(*numbers: int) -> list[tuple[int, int]]:
    """Whole days."""
    return [(number * DAY, (number + 1) * DAY) for number in numbers]


@pytest.mark.fault(
    "shape", "buckets that overlap or are cut", "INCOMPLETE; no time is counted twice, no part for the whole"
)
@pytest.mark.parametrize(
    "spans",
    [
        [(-HALF, HALF), *days(0, 1, 2)],
        [(-DAY, DAY), *days(0, 1, 2)],
        [*days(0, 1, 2), (HALF, DAY + HALF)],
        [(HALF, DAY), *days(1, 2)],
        [*days(0, 1), (2 * DAY, 2 * DAY + HALF)],
        [(0, HALF), (HALF, DAY), *days(1, 2)],
        [*days(0, 1), (2 * DAY, 2 * DAY + HALF), (2 * DAY + HALF, 3 * DAY)],
        [*days(0), (DAY, DAY + HALF), *days(2)],
    ],
    ids=[
        "half a day before",
        "two days in one",
        "across midnight",
        "first begins late",
        "last ends early",
        "first in halves",
        "last in halves",
        "ends early between",
    ],
)
def test_what_is_cut_or_overlaps_is_told(spans: list[tuple[int, int]]) -> None:
    """What it lacks, or holds twice, nobody can know."""
    coverage = judged(*spans)
    assert "conflicting_bucket" in {notice.code for notice in coverage.notices}
    assert len(coverage.buckets) <= 3
    assert coverage.sound < {FIRST, FIRST + DAY, FIRST + 2 * DAY}


def test_one_day_in_equal_halves_is_not_taken_for_a_whole_one() -> None:
    """Each of them would pass for the day that is cut on one side."""
    coverage = judged((0, HALF), (HALF, DAY), until=DAY)
    assert [notice.code for notice in coverage.notices] == ["conflicting_bucket"]


@pytest.mark.parametrize(
    ("spans", "until"),
    [
        ([(HALF, DAY), *days(1), (2 * DAY, 2 * DAY + HALF)], 3 * DAY),  # as recorded over an unaligned range
        ([*days(0, 1), (2 * DAY, 2 * DAY + HALF)], 2 * DAY + HALF),  # open, and clipped to now
        ([*days(0, 1), (2 * DAY, 2 * DAY + HALF - 90)], 2 * DAY + HALF),  # by a clock that is behind
        ([*days(-1, 0, 1, 2, 3)], 3 * DAY),  # more than was asked
    ],
    ids=["recorded", "open", "open, another clock", "more"],
)
def test_what_is_clipped_as_answers_are_is_whole(spans: list[tuple[int, int]], until: int) -> None:
    """The first and the last of an unaligned range, and the bucket that is open."""
    coverage = judged(*spans, until=until)
    assert (len(coverage.buckets), coverage.notices) == (3, ())


def test_an_end_that_is_left_out_is_that_of_the_day() -> None:
    """Gateways do so."""
    given: list[Any] = [bucket(day, completion()) for day in range(3)]
    del given[1]["end_time"]
    read = read_page(json.dumps(page(*given)).encode(), category("completions"), (), step=DAY)
    assert judge([read], range(FIRST, FIRST + 3 * DAY, DAY)).notices == ()
