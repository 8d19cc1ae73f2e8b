"""Rows as the API gives them, packed into buckets; and the slow, plain roll-up that the fast one is held against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from tests.unit.model.moments import DAY, NOW, moment
from usagetop.model.columns import Bucket, pack
from usagetop.model.line_items import model_of
from usagetop.model.query import Query, make_filter, make_query

Row = Mapping[str, Any]
Key = tuple[Any, ...]
MONEY = ("amount", "quantity")
TODAY = moment("2026-11-23")


def query(name: str, by: str = "none", *filters: str, range_text: str = "5d") -> Query:
    """A query of the five days that end with the open one."""
    return make_query(name, range_text, now=NOW, by=by, width="1d", filters=filters)[0]


def bucket_of(days_ago: int, rows: Sequence[Row], dims: Iterable[str], metrics: Iterable[str]) -> Bucket:
    """The rows of one day, packed as the client packs them; a key that a row lacks is None."""
    start = TODAY - days_ago * DAY
    columns = {name: [row.get(name) for row in rows] for name in (*dims, *metrics)}
    return pack(
        start,
        start + DAY,
        len(rows),
        dims={name: columns[name] for name in dims},
        counts={name: columns[name] for name in metrics if name not in MONEY},
        amounts={name: columns[name] for name in metrics if name in MONEY},
    )


def keeps(asked: Query, row: Row) -> bool:
    """Whether a row passes every filter of the query."""
    for filter_ in asked.filters:
        value = value_of(asked, row, filter_.dimension, 0)
        if (filter_.keep and value not in filter_.keep) or value in filter_.drop:
            return False
    return True


def value_of(asked: Query, row: Row, name: str, start: int) -> str | int | None:
    """A row's value of one dimension, as the frame has it."""
    if name == "bucket":
        return start
    if asked.category == "costs" and name == "model":
        return model_of(row.get("line_item"))
    value: str | None = row.get(name)
    return value


def grouped(asked: Query, days: Mapping[int, Sequence[Row]]) -> dict[Key, list[tuple[int, Row]]]:
    """The kept rows by key, each with its bucket's start."""
    dims = (*asked.group_by, "currency") if asked.category == "costs" else asked.group_by
    result: dict[Key, list[tuple[int, Row]]] = {}
    for days_ago, rows in sorted(days.items(), reverse=True):
        start = TODAY - days_ago * DAY
        for row in rows:
            if keeps(asked, row):
                key = tuple(value_of(asked, row, name, start) for name in dims)
                result.setdefault(key, []).append((start, row))
    return result


def summed(rows: Iterable[Row], metric: str) -> Fraction | None:
    """The exact sum of what the rows gave, None when none gave it."""
    given = [Fraction(row[metric]) for row in rows if row.get(metric) is not None]
    return sum(given, Fraction()) if given else None


DIM_VALUES = {
    "model": [None, "a", "b"],
    "project_id": [None, "p", "q"],
    "user_id": [None, "u", "v"],
    "batch": [None, "true", "false"],
    "line_item": [None, "gpt-5, input", "gpt-5, output", "o3, input", "web search tool calls"],
}

# Of 64 bits and more, and below zero: a column that holds one of the last four is stored in another way.
odd_count = st.sampled_from([2**63, 2**64 - 1, 2**64, 2**70, -1, -(2**65)])
count = st.none() | st.integers(0, 9) | st.integers(0, 2**40) | odd_count
amount = st.none() | st.decimals(-(10**9), 10**9, places=25, allow_nan=False) | st.just(Decimal("1E-60"))


def days_of(row: st.SearchStrategy[Row]) -> st.SearchStrategy[dict[int, list[Row]]]:
    """Up to five days (0 is today, still open), some of them missing, some empty."""
    return st.dictionaries(st.integers(0, 4), st.lists(row, max_size=6), max_size=5)


@st.composite
def asked_of(draw: st.DrawFn, name: str, dims: Sequence[str]) -> Query:
    """A query by any of the dimensions and the bucket, in any order, with any filters."""
    by = draw(st.lists(st.sampled_from([*dims, "bucket"]), unique=True))
    result = query(name, ",".join(by) or "none")
    filters = []
    for dim in sorted(draw(st.sets(st.sampled_from(dims), max_size=2))):
        values = st.lists(st.sampled_from(DIM_VALUES.get(dim, ["gpt-5", "o3", None])), max_size=2)
        keep, drop = draw(values), draw(values)
        if keep or drop:
            filters.append(make_filter(dim, keep, drop))
    return Query(name, result.range, "1d", tuple(by), tuple(filters))


USAGE_DIMS = ("model", "project_id", "user_id", "batch")
USAGE_METRICS = ("input_tokens", "output_tokens", "input_cached_tokens", "output_audio_tokens")
COST_DIMS = ("line_item", "project_id", "currency", "quantity_unit")

usage_row = st.fixed_dictionaries(
    {name: st.sampled_from(DIM_VALUES[name]) for name in USAGE_DIMS},
    optional=dict.fromkeys(USAGE_METRICS, count),
)
cost_row = st.fixed_dictionaries(
    {
        "line_item": st.sampled_from(DIM_VALUES["line_item"]),
        "project_id": st.sampled_from(DIM_VALUES["project_id"]),
        "currency": st.sampled_from(["usd", "usd", "eur", "aud", None]),
        "quantity_unit": st.sampled_from(["tokens", "images", None]),
        "amount": amount,
        "quantity": amount,
    }
)


def packed(days: Mapping[int, Sequence[Row]], dims: Sequence[str], metrics: Sequence[str]) -> list[Bucket]:
    """The days' buckets in time order."""
    return [bucket_of(ago, rows, dims, metrics) for ago, rows in sorted(days.items(), reverse=True)]
