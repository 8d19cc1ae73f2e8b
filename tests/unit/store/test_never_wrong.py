"""A good answer with one change: the whole way from bytes to the total, which is exact or said not to be."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.store.world import DAY, MIDNIGHT, Response, World
from usagetop.analysis.frame import rollup
from usagetop.client.plan import Window
from usagetop.errors import UsagetopError
from usagetop.model.answer import Answer

# The true books: what the server would have said without the change.
TRUE_AMOUNT, TRUE_TOKENS, DAYS = Decimal("1.25"), 7, 3
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**20),
    st.floats(),
    st.sampled_from(
        ["", "7", "1e3", "NaN", "usd", "EUR", "9" * 5_000, "1e999999", [], {}, [1], {"value": 1}]
    ),
)


def good(path: str, window: Window) -> dict[str, Any]:
    """The page of the true books."""
    rows: list[dict[str, Any]] = [{"object": "organization.usage.embeddings.result", "model": "m"}]
    rows[0] |= {"input_tokens": TRUE_TOKENS, "num_model_requests": 1}
    if path == "costs":
        rows = [{"object": "organization.costs.result", "line_item": "m, input"}]
        rows[0]["amount"] = {"value": str(TRUE_AMOUNT), "currency": "usd"}
    data = [
        {"object": "bucket", "start_time": at, "end_time": at + DAY, "results": json.loads(json.dumps(rows))}
        for at in range(window.start, window.end, DAY)
    ]
    return {"object": "page", "data": data, "has_more": False, "next_page": None}


def places(form: object, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a JSON value but its root."""
    inner = form.items() if isinstance(form, dict) else enumerate(form) if isinstance(form, list) else ()
    found = []
    for key, value in inner:
        found += [(*at, key), *places(value, (*at, key))]
    return found


def changed(form: Any, place: tuple[Any, ...], how: str, value: object) -> bytes:  # noqa: ANN401 - JSON
    """The body with the change: something put in the place, taken out, given twice or moved to the front."""
    holder = form
    for key in place[:-1]:
        holder = holder[key]
    key = place[-1]
    if how == "twice" and isinstance(holder, dict):
        text = json.dumps(form).replace(f'"{key}": ', f'"{key}": {json.dumps(value)}, "{key}": ', 1)
        return text.encode()
    if how == "out":
        del holder[key]
    elif how == "double" and isinstance(holder, list):
        holder.append(holder[key])
    elif how == "turn" and isinstance(holder, list):
        holder.reverse()
    else:
        holder[key] = value
    return json.dumps(form).encode()


def truth(body: bytes, path: str) -> Decimal:
    """What the body's readable rows sum up to, by nothing but a loop; a bucket that comes twice counts once."""
    sums: dict[int, Decimal] = {}
    for bucket in json.loads(body, parse_float=Decimal)["data"]:
        day = int(bucket["start_time"])
        sums[day] = Decimal(0)
        for row in bucket.get("results") or ():
            if path == "costs":
                amount = row.get("amount") or {}
                given = amount.get("value") if amount.get("currency") == "usd" else None
            else:
                given = row.get("input_tokens")
            sums[day] += Decimal(given if given is not None else 0)
    return sum(sums.values(), Decimal(0))


def answered(path: str, body: bytes) -> Answer | None:
    """What the loader makes of the body; None for an error with a sentence."""
    world = World()

    def fault(_: Window) -> Response:
        return 200, {}, body

    world.fault = fault
    try:
        loader = world.loader()
        query = world.query("2026-11-20..2026-11-22", path, width="1d", by="none")
        return asyncio.run(loader.load(query))
    except UsagetopError:
        return None


@pytest.mark.fault(
    "shape", "any mutation of a good page", "the exact total, or told; nothing but sentences is raised"
)
@pytest.mark.parametrize("path", ["costs", "embeddings"])
@given(data=st.data())
@settings(max_examples=120, deadline=None)
def test_a_changed_answer_is_exact_or_says_so(path: str, data: st.DataObject) -> None:
    """Never a wrong total that looks right: complete means the sum of everything that the server said."""
    start = MIDNIGHT - 4 * DAY
    form = good(path, Window(start, start + DAYS * DAY, 31))
    place = data.draw(st.sampled_from(places(form)))
    how = data.draw(st.sampled_from(["put", "put", "out", "twice", "double", "turn"]))
    body = changed(form, place, how, data.draw(values))
    answer = answered(path, body)
    if answer is None or not answer.complete:
        return
    totals = rollup(answer.query, answer.buckets).totals
    total = (
        totals.amounts.get("usd", Decimal(0)) if path == "costs" else Decimal(totals.counts["input_tokens"])
    )
    assert total == truth(body, path)
    assert len(answer.buckets) == DAYS
