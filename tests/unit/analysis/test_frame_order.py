"""The order of a frame's rows, against the rules of INTERFACE.md."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.analysis.rows import (
    COST_DIMS,
    USAGE_DIMS,
    USAGE_METRICS,
    asked_of,
    bucket_of,
    cost_row,
    days_of,
    packed,
    query,
    usage_row,
)
from usagetop.analysis.frame import rollup


def place(key: tuple[Any, ...], *, costs: bool) -> list[tuple[bool, bool, Any]]:
    """Where a key stands: dimensions ascending, null last, usd before other currencies."""
    last = len(key) - 1
    return [
        (value is None, costs and at == last and value != "usd", 0 if value is None else value)
        for at, value in enumerate(key)
    ]


@given(st.data(), st.booleans())
def test_order(data: st.DataObject, descending: bool) -> None:  # noqa: FBT001
    """By any column, either way: empty values last, ties by dimensions, currencies of amounts apart."""
    costs = data.draw(st.booleans())
    if costs:
        asked = data.draw(asked_of("costs", ("line_item", "project_id", "model")))
        frame = rollup(asked, packed(data.draw(days_of(cost_row)), COST_DIMS, ("amount", "quantity")))
    else:
        asked = data.draw(asked_of("completions", USAGE_DIMS))
        frame = rollup(asked, packed(data.draw(days_of(usage_row)), USAGE_DIMS, USAGE_METRICS))
    column = data.draw(st.sampled_from([*frame.columns, *frame.dims, "nothing"]))
    rows = sorted(range(len(frame)), key=lambda row: place(frame.keys[row], costs=costs))
    if column in frame.columns or column in frame.dims:
        values: list[Any] = list(frame.columns.get(column, []))
        if column in frame.dims:
            values = [key[frame.dims.index(column)] for key in frame.keys]
        full = [row for row in rows if values[row] is not None]
        full.sort(
            key=lambda row: (column == "currency" and values[row] != "usd", values[row]), reverse=descending
        )
        rows = full + [row for row in rows if values[row] is None]
    if column == "amount" and len(frame.totals.amounts) > 1:
        rows.sort(key=lambda row: place(frame.keys[row][-1:], costs=True))
    assert frame.order(column, descending=descending) == rows


def test_the_default_order_of_two_currencies() -> None:
    """Usd first, each by amount; 100 yen are not more than 2 dollars."""
    rows = [
        ("a", "jpy", "100"),
        ("a", "usd", "1"),
        ("b", "usd", "2"),
        ("b", "eur", "3"),
        (None, "usd", "2"),
        ("c", None, None),
    ]
    day = [
        {"project_id": project, "currency": currency, "amount": None if value is None else Decimal(value)}
        for project, currency, value in rows
    ]
    frame = rollup(query("costs", "project_id"), [bucket_of(1, day, ("project_id", "currency"), ("amount",))])
    assert [frame.keys[row] for row in frame.order("amount")] == [
        *(("b", "usd"), (None, "usd"), ("a", "usd")),
        *(("b", "eur"), ("a", "jpy"), ("c", None)),
    ]


@given(st.data())
def test_the_ends_of_a_column_are_its_least_and_its_largest_number(data: st.DataObject) -> None:
    """Of those that were given; the largest amounts are of one currency each."""
    asked = data.draw(asked_of("costs", ("line_item", "project_id")))
    frame = rollup(asked, packed(data.draw(days_of(cost_row)), COST_DIMS, ("amount", "quantity")))
    for name, column in frame.columns.items():
        given_here = [value for value in column if value is not None]
        ends = (min(given_here), max(given_here)) if given_here else None
        assert frame.ends.get(name) == ends
    amounts: dict[str, list[Any]] = {}
    for key, value in zip(frame.keys, frame.columns["amount"], strict=True):
        if value is not None and value > 0:
            amounts.setdefault(str(key[-1]), []).append(value)
    assert frame.top_amounts == {currency: max(values) for currency, values in amounts.items()}
