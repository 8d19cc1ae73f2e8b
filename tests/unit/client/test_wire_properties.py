"""Whatever a server sends: the two readers agree, no number is lost or doubled, nothing but sentences is raised."""

from __future__ import annotations

import contextlib
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.client.support import DAY, FIRST
from usagetop.client import wire, wire_fast
from usagetop.client.coverage import judge
from usagetop.client.wire_values import load
from usagetop.errors import UsagetopError
from usagetop.model.categories import category
from usagetop.model.columns import decode

COMPLETIONS = category("completions")
GRAIN = ("batch", "model", "project_id")
numbers = st.one_of(st.integers(0, 2**65), st.just(0), st.integers(-(10**40), 10**40))
texts = st.one_of(
    st.none(), st.just(""), st.sampled_from(["gpt-5.5", "gpt-6", "p\u202e"]), st.text(max_size=5)
)

good_rows = st.fixed_dictionaries(
    {
        "object": st.just(COMPLETIONS.object),
        "input_tokens": numbers,
        "output_tokens": numbers,
        "num_model_requests": numbers,
    },
    optional={
        "input_cached_tokens": st.one_of(st.none(), numbers),
        "output_audio_tokens": numbers,
        "model": texts,
        "project_id": texts,
        "user_id": texts,
        "batch": st.one_of(st.none(), st.booleans()),
        "project_name": texts,
        "brand_new": st.one_of(st.none(), st.text(max_size=3), st.integers(), st.booleans()),
    },
)
anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


def page_of(rows: list[list[Any]]) -> dict[str, Any]:
    """A page with one bucket a list of rows."""
    data = [
        {
            "object": "bucket",
            "start_time": FIRST + day * DAY,
            "end_time": FIRST + (day + 1) * DAY,
            "results": each,
        }
        for day, each in enumerate(rows)
    ]
    return {"object": "page", "data": data, "has_more": False, "next_page": None}


@given(st.lists(st.lists(good_rows, max_size=6), max_size=3))
def test_the_fast_and_the_exact_reader_agree(rows: list[list[Any]]) -> None:
    """For pages as documented both give the same buckets, column by column."""
    body = json.dumps(page_of(rows)).encode()
    fast = wire.read_page(body, COMPLETIONS, GRAIN, step=DAY)
    exact = wire._exact(load(body), COMPLETIONS, GRAIN, DAY)
    assert fast == exact
    for each in fast.buckets:
        assert decode(each.encode()) == each


# A text that holds a colon may put the fast reader in doubt about the names on the page.
plain_texts = texts.filter(lambda text: ":" not in (text or ""))
sizes = st.sampled_from([0, 255, 2**15, 2**31 - 1, 2**31, 2**63, 2**64])
even_rows = sizes.flatmap(
    lambda largest: st.fixed_dictionaries(
        {
            "object": st.just(COMPLETIONS.object),
            **dict.fromkeys(
                ("input_tokens", "output_tokens", "num_model_requests", "input_cached_tokens"),
                st.integers(0, largest),
            ),
            "model": plain_texts,
            "project_id": plain_texts,
            "batch": st.just(None),
        }
    )
)


@given(st.lists(st.lists(even_rows, max_size=6), max_size=3))
def test_the_readers_agree_on_rows_of_the_same_fields(rows: list[list[Any]]) -> None:
    """The usual page: small numbers, some of 32 bits and more."""
    body = json.dumps(page_of(rows)).encode()
    fast = wire_fast.read(body, COMPLETIONS, GRAIN, DAY)[1]
    assert tuple(fast) == wire._exact(load(body), COMPLETIONS, GRAIN, DAY).buckets


@given(st.data())
def test_what_the_fast_reader_takes_the_exact_one_takes_too(data: st.DataObject) -> None:
    """One place in a usual page holds anything: both read the same, or the fast one does not read at all."""
    form: Any = page_of(
        data.draw(st.lists(st.lists(even_rows, min_size=1, max_size=4), min_size=1, max_size=2))
    )
    row = data.draw(st.sampled_from([row for each in form["data"] for row in each["results"]]))
    row[data.draw(st.sampled_from([*row, "user_id", "brand_new", "output_audio_tokens"]))] = data.draw(
        anything
    )
    body = json.dumps(form).encode()
    with contextlib.suppress(wire_fast.Doubt):
        fast = wire_fast.read(body, COMPLETIONS, GRAIN, DAY)[1]
        assert tuple(fast) == wire._exact(load(body), COMPLETIONS, GRAIN, DAY).buckets


@given(st.lists(st.lists(good_rows, max_size=6), max_size=3))
def test_sums_are_those_of_the_rows(rows: list[list[Any]]) -> None:
    """Every number of a good page is in its column, once."""
    read_page = wire.read_page(json.dumps(page_of(rows)).encode(), COMPLETIONS, GRAIN, step=DAY)
    for metric in ("input_tokens", "output_tokens", "num_model_requests"):
        total = sum(number or 0 for each in read_page.buckets if each.rows for number in each.counts(metric))
        assert total == sum(row[metric] for each in rows for row in each)


@st.composite
def mutated_pages(draw: st.DrawFn, rows: st.SearchStrategy[dict[str, Any]]) -> Any:  # noqa: ANN401 - JSON
    """A good page in which some places hold anything."""
    form: Any = page_of(draw(st.lists(st.lists(rows, min_size=1, max_size=3), min_size=1, max_size=3)))
    for _ in range(draw(st.integers(1, 4))):
        place = form
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            deeper = isinstance(place[key], dict | list) and len(place[key]) > 0
            if deeper and draw(st.integers(0, 3)):
                place = place[key]
                continue
            if isinstance(place, dict) and draw(st.booleans()):
                del place[key]
            else:
                place[key] = draw(anything)
            break
    return form


@pytest.mark.fault(
    "shape", "any mutation of a good page", "the exact total, or told; nothing but sentences is raised"
)
@given(mutated_pages(good_rows))
def test_no_mutation_loses_doubles_or_crashes(form: Any) -> None:  # noqa: ANN401 - JSON
    """Only sentences are raised; what is read is what is there; what is not read is told."""
    body = json.dumps(form).encode()
    try:
        read_page = wire.read_page(body, COMPLETIONS, GRAIN, step=DAY)
    except UsagetopError:
        return
    coverage = judge([read_page], range(FIRST, FIRST + 3 * DAY, DAY))
    for each in read_page.buckets:
        assert decode(each.encode()) == each
    codes = {problem.code for each in read_page.buckets for problem in each.problems}
    codes |= {problem.code for problem in read_page.problems} | {notice.code for notice in coverage.notices}
    if codes & {"unreadable_values", "unknown_objects", "missing_bucket", "conflicting_bucket"}:
        return
    # Nothing was said to be left out: then every count is there.
    for metric in ("input_tokens", "output_tokens", "num_model_requests"):
        total = sum(
            n or 0 for each in read_page.buckets if metric in each.metrics for n in each.counts(metric)
        )
        assert total == sum(whole(row.get(metric)) for row in rows_of(form))


def rows_of(form: Any) -> list[Any]:  # noqa: ANN401 - JSON
    """All rows of a page that can be walked."""
    return [row for each in form["data"] for row in each.get("results", each.get("result"))]


def whole(value: object) -> int:
    """A count that JSON can write, floats without a fraction among them."""
    if isinstance(value, float):
        return int(Decimal(json.dumps(value)))
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else 0


costs_rows = st.fixed_dictionaries(
    {
        "object": st.just("organization.costs.result"),
        "amount": st.fixed_dictionaries(
            {
                "value": st.decimals(-1000, 1000, places=12).map(str),
                "currency": st.sampled_from(["usd", "USD", "eur"]),
            }
        ),
        "line_item": texts,
    },
    optional={"quantity": st.integers(0, 10**9), "quantity_unit": texts},
)


@pytest.mark.fault(
    "shape", "any mutation of a good page", "the exact total, or told; nothing but sentences is raised"
)
@given(mutated_pages(costs_rows))
def test_no_mutation_of_costs_crashes(form: Any) -> None:  # noqa: ANN401 - JSON
    """The same for money: with nothing said to be left out, the sum is that of the texts."""
    try:
        read_page = wire.read_page(json.dumps(form).encode(), category("costs"), ("line_item",), step=DAY)
    except UsagetopError:
        return
    coverage = judge([read_page], range(FIRST, FIRST + 3 * DAY, DAY))
    codes = {problem.code for each in read_page.buckets for problem in each.problems}
    codes |= {problem.code for problem in read_page.problems} | {notice.code for notice in coverage.notices}
    if codes & {
        "unreadable_values",
        "unknown_objects",
        "missing_bucket",
        "conflicting_bucket",
        "missing_values",
    }:
        return
    total = sum(a or 0 for each in read_page.buckets if each.rows for a in each.amounts("amount"))
    assert total == sum(Decimal(json.dumps(row["amount"]["value"]).strip('"')) for row in rows_of(form))


@pytest.mark.fault("shape", "any bytes at all", "nothing but sentences is raised")
@given(st.one_of(st.binary(max_size=200), anything.map(lambda form: json.dumps(form).encode())))
def test_any_bytes_at_all(body: bytes) -> None:
    """Bytes and JSON of no kin to a page raise sentences."""
    for name in ("completions", "costs"):
        with contextlib.suppress(UsagetopError):
            wire.read_page(body, category(name), (), step=DAY)
