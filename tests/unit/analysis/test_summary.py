"""Summaries: the same frames from far fewer rows."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.analysis.rows import (
    COST_DIMS,
    USAGE_DIMS,
    USAGE_METRICS,
    Row,
    asked_of,
    bucket_of,
    query,
    usage_row,
)
from usagetop.analysis.frame import Frame, rollup
from usagetop.analysis.summary import with_summary
from usagetop.model.columns import Bucket, decode
from usagetop.model.query import Query


def said_by(frame: Frame) -> dict[str, Any]:
    """All that a frame says."""
    return {name: value for name, value in vars(frame).items() if not name.startswith("_")}


def summarised(days: Sequence[Bucket], category: str = "completions") -> list[Bucket]:
    """The buckets as they are stored and read again."""
    return [decode(with_summary(day, category).encode()) for day in days]


def large(rows: Sequence[Row]) -> list[Row]:
    """More rows than a summary needs."""
    return [rows[at % len(rows)] for at in range(300)]


@given(asked_of("completions", USAGE_DIMS), st.lists(st.lists(usage_row, min_size=1, max_size=9), max_size=3))
def test_a_view_is_the_same_with_summaries(asked: Query, days: list[list[Row]]) -> None:
    """Whatever it groups and filters by: null values, gaps in breakdowns, numbers of any size."""
    plain = [
        bucket_of(ago, large(rows), USAGE_DIMS, USAGE_METRICS)
        for ago, rows in zip(range(3, 0, -1), days, strict=False)
    ]
    assert all(bucket.summary for bucket in summarised(plain))
    assert said_by(rollup(asked, summarised(plain))) == said_by(rollup(asked, plain))


def test_the_rows_are_left_alone_where_the_summary_says_enough() -> None:
    """Rows that could not even be read do not matter to a view along the drill path, and to no other."""
    dice = random.Random(4)  # noqa: S311 - the same rows each time
    rows = [
        {"model": dice.choice("ab"), "project_id": "p", "user_id": str(at), "input_tokens": at}
        for at in range(500)
    ]
    day = with_summary(
        bucket_of(1, rows, ("model", "project_id", "user_id"), ("input_tokens",)), "completions"
    )
    broken = day._replace(columns={**day.columns, "input_tokens": ("n", "2", b"?")})
    for asked in (query("completions", "model"), query("completions", "bucket", "project_id=p")):
        assert rollup(asked, [broken]).totals.counts["input_tokens"] == sum(range(500))
    for asked in (query("completions", "user_id"), query("completions", "model", "user_id!=7")):
        with pytest.raises(ValueError, match="size"):
            rollup(asked, [broken])


ROW = {"model": "a", "project_id": "p", "user_id": "u", "input_tokens": 1}


@pytest.mark.parametrize(
    ("category", "rows", "dims"),
    [
        ("completions", [ROW] * 255, ("model", "user_id")),  # few rows
        ("completions", [ROW] * 300, ("model", "project_id")),  # the same dimensions
        ("completions", [{**ROW, "model": str(at % 100)} for at in range(300)], ("model", "user_id")),
        ("costs", [{"project_id": "p", "line_item": "x", "currency": "usd"}] * 300, COST_DIMS),
        ("vector_stores", [{"project_id": "p"}] * 300, ("project_id",)),
    ],
)
def test_no_summary_where_it_saves_nothing(category: str, rows: list[Row], dims: tuple[str, ...]) -> None:
    """Nor of money, whose rows are few."""
    assert not with_summary(bucket_of(1, rows, dims, ()), category).summary


def test_the_same_rows_are_stored_in_the_same_bytes() -> None:
    """And the summary makes no difference to what a bucket says."""
    days = [
        with_summary(bucket_of(1, [ROW] * 300, ("model", "user_id"), USAGE_METRICS), "completions")
        for _ in "ab"
    ]
    assert days[0].encode() == days[1].encode()
    assert decode(days[0].encode()) == days[0]
    assert days[0]._replace(summary=b"") == bucket_of(1, [ROW] * 300, ("model", "user_id"), USAGE_METRICS)
