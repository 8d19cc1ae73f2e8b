"""Series of a view: the largest groups, the rest, gaps, the open bucket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.analysis.rows import (
    COST_DIMS,
    DIM_VALUES,
    TODAY,
    USAGE_DIMS,
    USAGE_METRICS,
    Row,
    asked_of,
    bucket_of,
    cost_row,
    count,
    days_of,
    packed,
    query,
    usage_row,
)
from tests.unit.model.moments import DAY
from usagetop.analysis.frame import Frame, charted_rollup, rollup
from usagetop.analysis.over_time import over_time
from usagetop.analysis.series import Series
from usagetop.model.columns import Bucket
from usagetop.model.query import Query

level_row = st.fixed_dictionaries({"project_id": st.sampled_from(["p", "q", None]), "usage_bytes": count})
DIMS = ("model", "project_id", "user_id", "batch")


def said(dims: tuple[str, ...], key: tuple[object, ...]) -> str:
    """A label that shows what it was made of."""
    return " ".join(f"{dim}:{value}" for dim, value in zip(dims, key, strict=True))


def series_of(
    asked: Query, buckets: Sequence[Bucket], metric: str, *, currency: str = "", most: int = 8
) -> Series:
    """The series with labels that tell their keys."""
    return over_time(asked, buckets, metric, label_of=said, currency=currency, most=most)


def tokens(days: Mapping[int, Mapping[str, int | None]]) -> list[Bucket]:
    """Buckets of input tokens by model."""
    return [
        bucket_of(
            ago,
            [{"model": name, "input_tokens": value} for name, value in models.items()],
            ("model",),
            ("input_tokens",),
        )
        for ago, models in sorted(days.items(), reverse=True)
    ]


def test_lines_gaps_and_the_open_bucket() -> None:
    """Largest first; a day that the answer lacks is a gap, an empty one is nothing, today is partial."""
    series = series_of(
        query("completions", "model"),
        tokens({4: {"a": 1, "b": 5}, 3: {}, 1: {"a": 2}, 0: {"c": None}}),
        "input_tokens",
    )
    assert series.starts == tuple(TODAY - ago * DAY for ago in (4, 3, 2, 1, 0))
    assert [(line.key, line.label, line.values) for line in series.lines] == [
        (("b",), "model:b", (5.0, 0.0, None, 0.0, 0.0)),
        (("a",), "model:a", (1.0, 0.0, None, 2.0, 0.0)),
        (("c",), "model:c", (0.0, 0.0, None, 0.0, 0.0)),
    ]
    assert (series.step, series.unit, series.currency, series.kind) == (DAY, "tokens", "", "additive")
    assert series.partial


def test_a_closed_range_is_not_partial() -> None:
    """Nothing is open in a month that is over."""
    asked = query("completions", "model", range_text="2026-10")
    series = series_of(asked, [], "input_tokens")
    assert not series.partial
    assert (len(series.starts), series.lines) == (31, ())


def test_the_rest_is_one_line() -> None:
    """Groups beyond the most are ``other``, which has no key; without any there is none."""
    buckets = tokens({1: {"a": 1, "b": 2, "c": 3, "d": 4}, 0: {"a": 10}})
    asked = query("completions", "model")
    series = series_of(asked, buckets, "input_tokens", most=2)
    assert [(line.key, line.label, line.values[-2:]) for line in series.lines] == [
        (("a",), "model:a", (1.0, 10.0)),
        (("d",), "model:d", (4.0, 0.0)),
        (None, "other", (5.0, 0.0)),
    ]
    assert len(series_of(asked, buckets, "input_tokens", most=4).lines) == 4


def test_buckets_are_no_groups() -> None:
    """A view by bucket has the lines of the view without it."""
    buckets = tokens({1: {"a": 1}, 0: {"a": 2}})
    by_day = series_of(query("completions", "bucket,model"), buckets, "input_tokens")
    assert by_day == series_of(query("completions", "model"), buckets, "input_tokens")
    alone = series_of(query("completions", "bucket"), buckets, "input_tokens")
    assert [(line.key, line.values[-2:]) for line in alone.lines] == [((), (1.0, 2.0))]


@given(st.data(), st.integers(1, 4))
def test_lines_add_up_to_the_totals(data: st.DataObject, most: int) -> None:
    """The lines of a bucket, with ``other``, are that bucket's total; groups come in the frame's order."""
    asked = data.draw(asked_of("completions", DIMS))
    row = st.fixed_dictionaries(
        {
            **{name: st.sampled_from(DIM_VALUES[name]) for name in DIMS},
            "input_tokens": st.none() | st.integers(0, 10**6),
        }
    )
    days: dict[int, list[Row]] = data.draw(days_of(row))
    buckets = [
        bucket_of(ago, rows, DIMS, ("input_tokens",)) for ago, rows in sorted(days.items(), reverse=True)
    ]
    series = series_of(asked, buckets, "input_tokens", most=most)
    frame = rollup(asked.with_group_by(tuple(name for name in asked.group_by if name != "bucket")), buckets)
    totals = {point.start: point.totals.counts["input_tokens"] for point in frame.buckets}
    for at, start in enumerate(series.starts):
        values = [line.values[at] for line in series.lines]
        if start in totals:
            assert sum(value for value in values if value is not None) == totals[start]
        else:
            assert set(values) <= {None}
    top = [frame.keys[row] for row in frame.order("input_tokens")[:most]]
    assert [line.key for line in series.lines] == top + [None] * (len(frame) > most)


@given(st.data(), st.sampled_from(["completions", "costs", "vector_stores"]))
def test_one_walk_gives_frame_and_series(data: st.DataObject, name: str) -> None:
    """The frame is that of the roll-up alone, and the series that of a walk of its own."""
    worlds: dict[str, tuple[tuple[str, ...], st.SearchStrategy[Row], tuple[str, ...]]] = {
        "completions": (USAGE_DIMS, usage_row, USAGE_METRICS),
        "costs": (COST_DIMS, cost_row, ("amount", "quantity")),
        "vector_stores": (("project_id",), level_row, ("usage_bytes",)),
    }
    dims, row, metrics = worlds[name]
    asked = data.draw(asked_of(name, ("line_item", "project_id") if name == "costs" else dims))
    metric = data.draw(st.sampled_from(metrics))
    buckets = packed(data.draw(days_of(row)), dims, metrics)
    rolled = charted_rollup(asked, buckets, metric)
    assert said_by(rolled[0]) == said_by(rollup(asked, buckets))
    currency = "usd" if name == "costs" else ""
    own = over_time(asked, buckets, metric, label_of=said, currency=currency, most=2)
    assert over_time(asked, buckets, metric, label_of=said, currency=currency, most=2, rolled=rolled) == own


def said_by(frame: Frame) -> dict[str, object]:
    """All that a frame says."""
    return {name: value for name, value in vars(frame).items() if not name.startswith("_")}


def money(rows: Sequence[tuple[str, str | None, str | None, str | None]]) -> list[Bucket]:
    """One bucket of (line item, currency, amount, quantity)."""
    return [
        bucket_of(
            0,
            [
                {
                    "line_item": item,
                    "currency": currency,
                    "amount": None if value is None else Decimal(value),
                    "quantity": None if quantity is None else Decimal(quantity),
                    "quantity_unit": "tokens" if "input" in item else "calls",
                }
                for item, currency, value, quantity in rows
            ],
            ("line_item", "currency", "quantity_unit"),
            ("amount", "quantity"),
        )
    ]


def test_one_currency_at_a_time() -> None:
    """Amounts of another currency are in no line, not even in the rest; credits are below zero."""
    buckets = money(
        [
            ("a, input", "usd", "2", None),
            ("b", "usd", "-1", None),
            ("c", "eur", "9", None),
            ("d", None, None, None),
        ]
    )
    series = series_of(query("costs", "line_item"), buckets, "amount", currency="usd", most=1)
    assert [(line.label, line.values[-1]) for line in series.lines] == [
        ("line_item:a, input currency:usd", 2.0),
        ("other", -1.0),
    ]
    assert (series.currency, series.unit) == ("usd", "usd")
    assert series_of(query("costs", "line_item"), buckets, "amount", currency="jpy").lines == ()


def test_quantities_have_no_rest() -> None:
    """Tokens and calls do not add up; without line items there is nothing that can be drawn at all."""
    buckets = money([("a, input", "usd", "1", "500"), ("b", "usd", "1", "7"), ("c, input", "usd", "1", None)])
    series = series_of(query("costs", "line_item"), buckets, "quantity", currency="usd", most=1)
    assert [(line.key, line.values[-1]) for line in series.lines] == [(("a, input", "usd"), 500.0)]
    assert series_of(query("costs", "none"), buckets, "quantity", currency="usd").lines == ()


def test_a_metric_that_no_row_gave_has_no_lines() -> None:
    """A breakdown that older rows lack is not a line of zeros."""
    assert series_of(query("completions", "model"), tokens({0: {"a": 1}}), "input_audio_tokens").lines == ()


def test_a_level_is_drawn_as_it_stood() -> None:
    """Each bucket's own value; the largest by what it is now."""
    buckets = [
        bucket_of(
            ago,
            [{"project_id": name, "usage_bytes": value} for name, value in rows],
            ("project_id",),
            ("usage_bytes",),
        )
        for ago, rows in ((1, [("p", 9), ("q", 1)]), (0, [("p", 2), ("q", 3)]))
    ]
    series = series_of(query("vector_stores", "project_id"), buckets, "usage_bytes")
    assert series.kind == "level"
    assert [(line.key, line.values[-2:]) for line in series.lines] == [
        (("q",), (1.0, 3.0)),
        (("p",), (9.0, 2.0)),
    ]


def test_counts_too_large_for_a_float_have_the_largest_height() -> None:
    """On both sides of zero, and sums of them are still finite."""
    series = series_of(
        query("completions", "model"), tokens({1: {"a": 10**400, "b": -(10**400)}}), "input_tokens"
    )
    assert [line.values[-2] for line in series.lines] == [1e300, -1e300]


def test_a_bucket_without_a_dimension_is_refused() -> None:
    """As by the roll-up."""
    with pytest.raises(ValueError, match="user_id"):
        series_of(query("completions", "user_id"), tokens({0: {"a": 1}}), "input_tokens")
