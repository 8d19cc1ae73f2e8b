"""Volumes: the same everywhere, and a day is its hours is its minutes."""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from tests.unit.demo.asking import COSTS, DAY, HOUR, NOW, TODAY, USAGE, ask, data, rows_of, sums
from usagetop.model.categories import CATEGORIES, Category

if TYPE_CHECKING:
    from collections.abc import Sequence

FLOWS = [category for category in CATEGORIES if category.name not in {"costs", "vector_stores"}]
YESTERDAY = TODAY - DAY


def names_of(category: Category) -> tuple[list[str], list[str]]:
    """All dimensions and all metrics of a category."""
    return [one.name for one in category.dimensions], [one.name for one in category.metrics]


@pytest.mark.parametrize("category", FLOWS, ids=lambda category: category.name)
def test_a_day_is_the_sum_of_its_hours_and_minutes(category: Category) -> None:
    """Exactly, for every group and metric."""
    by, metrics = names_of(category)
    start, end = YESTERDAY, TODAY
    day = data(category.path, start=start, end=end, by=by)
    hours = data(category.path, start=start, end=end, by=by, width="1h", limit=24)
    minutes = data(category.path, start=start, end=end, by=by, width="1m", limit=1440)
    assert (len(day), len(hours), len(minutes)) == (1, 24, 1440)
    whole = +sums(rows_of(day), by, metrics)
    assert whole
    assert +sums(rows_of(hours), by, metrics) == whole
    for place, hour in enumerate(hours):
        of_hour = rows_of(minutes[60 * place : 60 * place + 60])
        assert +sums(of_hour, by, metrics) == +sums(hour["results"], by, metrics)


@pytest.mark.parametrize("category", FLOWS, ids=lambda category: category.name)
def test_grouping_finer_changes_no_total(category: Category) -> None:
    """Every grouping adds up to the ungrouped row."""
    by, metrics = names_of(category)
    coarse = sums(rows_of(data(category.path)), [], metrics)
    for name in by:
        assert sums(rows_of(data(category.path, by=[name])), [], metrics) == coarse
    assert sums(rows_of(data(category.path, by=by)), [], metrics) == coarse


def test_the_open_bucket_grows_and_closed_ones_stay() -> None:
    """Two hours later only the open day has changed, and it equals its hours."""
    early = data(USAGE + "completions", now=NOW)
    late = data(USAGE + "completions", now=NOW + 2 * HOUR)
    assert early[:-1] == late[:-1]
    assert early[-1]["end_time"] == NOW
    assert 0 < early[-1]["results"][0]["input_tokens"] < late[-1]["results"][0]["input_tokens"]
    hours = data(USAGE + "completions", start=TODAY, width="1h")
    assert len(hours) == 9
    assert sums(rows_of(hours), [], ["input_tokens"]) == sums(early[-1]["results"], [], ["input_tokens"])


def test_unaligned_bounds_clip_usage() -> None:
    """The first and last bucket hold what lies within the bounds."""
    start, end = YESTERDAY + 5 * HOUR, TODAY + 3 * HOUR
    first, last = data(USAGE + "completions", start=start, end=end)
    assert (first["start_time"], first["end_time"]) == (start, TODAY)
    assert (last["start_time"], last["end_time"]) == (TODAY, end)
    hours = data(USAGE + "completions", start=start, end=TODAY, width="1h")
    assert sums(rows_of(hours), [], ["output_tokens"]) == sums(first["results"], [], ["output_tokens"])


def test_every_category_has_data_in_the_rich_scenarios() -> None:
    """All twelve tabs have something to show."""
    for scenario in ("steady", "spike", "leak"):
        for category in CATEGORIES:
            assert rows_of(data(category.path, scenario=scenario)), (scenario, category.name)


def test_volumes_follow_the_week_and_the_year() -> None:
    """Weekends are quiet, and the organization grows."""

    def requests(start: int) -> int:
        rows = rows_of(data(USAGE + "completions", start=start, end=start + DAY))
        return int(rows[0]["num_model_requests"])

    saturday, monday = TODAY - 3 * DAY, TODAY - DAY
    assert requests(saturday) < requests(monday) * 3 // 4
    week, year_ago = range(TODAY - 7 * DAY, TODAY, DAY), 364 * DAY
    assert sum(map(requests, week)) > 1.2 * sum(requests(day - year_ago) for day in week)


def test_a_stored_level_grows_slowly() -> None:
    """A level rises from day to day, and a day's is that of its last hour."""
    buckets = data(USAGE + "vector_stores", start=TODAY - 30 * DAY, end=TODAY, limit=31)
    levels = [bucket["results"][0]["usage_bytes"] for bucket in buckets]
    assert levels == sorted(levels)
    assert 1.01 < levels[-1] / levels[0] < 1.2
    hours = data(USAGE + "vector_stores", start=YESTERDAY, end=TODAY, width="1h")
    # A level is not a flow: the last hour says what the day says.
    assert hours[-1]["results"] == buckets[-1]["results"]


def digest(arguments: Sequence[str]) -> str:
    """What another process answers, as a digest."""
    code = (
        "import hashlib\n"
        "from tests.unit.demo.asking import ask, COSTS, USAGE\n"
        "answers = [ask(COSTS, by=['line_item'], limit=180), ask(USAGE + 'completions', by=['model', 'user_id'])]\n"
        "print(hashlib.sha256(b''.join(answer.body for answer in answers)).hexdigest())"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": arguments[0]}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_every_process_gives_the_same_bytes() -> None:
    """No salted hash, no order of calls has a say."""
    answers = [ask(COSTS, by=["line_item"], limit=180), ask(USAGE + "completions", by=["model", "user_id"])]
    here = sha256(b"".join(answer.body for answer in answers)).hexdigest()
    assert {digest(["1"]), digest(["2"])} == {here}
