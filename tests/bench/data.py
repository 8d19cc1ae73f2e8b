"""Data without a screen: pages read at the boundary, packed rows rolled up, the default chart."""

from __future__ import annotations

import json
import random
import tracemalloc
from functools import partial
from typing import TYPE_CHECKING

from tests.bench.timing import RUNS, Row, interleaved, seconds
from usagetop.analysis.frame import rollup
from usagetop.analysis.series import Line, Series
from usagetop.charts import DEFAULT_KIND, KINDS
from usagetop.charts.picture import Look, Size
from usagetop.client.wire import read_page
from usagetop.demo.api import respond
from usagetop.model.categories import category
from usagetop.model.columns import decode
from usagetop.model.period import DAY, Range
from usagetop.model.query import Query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from usagetop.model.columns import Bucket

_NOW = 1_795_508_765  # 2026-11-24 08:26:05 UTC
_GRAIN = ("api_key_id", "model", "project_id", "user_id")
_FIRST = _NOW // DAY * DAY - 186 * DAY
_ROWS = 200_000
_PAGE_DAYS = 3
_POINTS = 365


def rows() -> Iterator[Row]:
    """The rows of data."""
    yield _boundary("steady", 31, "every field")
    yield _boundary("huge", _PAGE_DAYS, "few fields")
    yield from _rolled_up()
    yield from _charts()


def _page(scenario: str, first: int, days: int) -> bytes:
    """A page of completions of a demo organization."""
    parameters = [
        ("start_time", str(first)),
        ("end_time", str(first + days * DAY)),
        ("bucket_width", "1d"),
        ("limit", "31"),
        *(("group_by[]", name) for name in _GRAIN),
    ]
    return respond(scenario, "/organization/usage/completions", parameters, now=_NOW).body


def _read(body: bytes) -> tuple[Bucket, ...]:
    return read_page(body, category("completions"), _GRAIN, step=DAY).buckets


def _boundary(scenario: str, days: int, kind: str) -> Row:
    """A page read: ``steady`` gives every field in every row, as the API does, ``huge`` leaves most out."""
    body = _page(scenario, _FIRST, days)
    count = sum(bucket.rows for bucket in _read(body))
    read, parsed = interleaved(
        lambda: seconds(lambda: _read(body)), lambda: seconds(lambda: json.loads(body)), times=2 * RUNS + 1
    )
    return Row(
        f"a page validated and packed, {kind}",
        read * 1e3,
        "ms",
        1.0,
        parsed * 1e3,
        "json.loads of the same bytes",
        f"{count:,} rows, {len(body) / 1e6:.1f} MB",
    )


def _rolled_up() -> Iterator[Row]:
    """Stored bytes to groups; the budget speaks of a million rows, time grows with the rows on both sides."""
    bodies: list[bytes] = []
    stored: list[bytes] = []
    count = 0
    first = _FIRST
    while count < _ROWS:
        bodies.append(_page("huge", first, _PAGE_DAYS))
        for bucket in _read(bodies[-1]):
            count += bucket.rows
            stored.append(bucket.encode())
        first += _PAGE_DAYS * DAY
    query = Query("completions", Range("", _FIRST, first, DAY, _NOW), "1d", ("model",))

    def rolling() -> object:
        return rollup(query, map(decode, stored))

    def parsing() -> float:
        # One page after the other: held together, the number of objects alone would decide.
        return sum(seconds(partial(json.loads, body)) for body in bodies)

    rolled, parsed = interleaved(lambda: seconds(rolling), parsing)
    note = f"{count:,} rows of four dimensions, scaled down from 1M"
    yield Row(
        "cached rows → table by model",
        rolled * 1e3,
        "ms",
        0.08,
        parsed * 1e3,
        "json.loads of the same answers",
        f"from stored bytes; {note}",
    )
    yield Row(
        "... memory above the start", _peak(rolling) / 1e6, "MB", 40, note=f"stored bytes aside; {note}"
    )


def _peak(run: Callable[[], object]) -> int:
    """The most bytes of Python objects that one call holds at a time, above what stood before."""
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _charts() -> Iterator[Row]:
    """Every kind of chart over a year in days, seven groups."""
    dice = random.Random(8)  # noqa: S311 - the same picture each time
    lines = tuple(
        Line((f"group-{at}",), f"group-{at}", tuple(dice.random() * 100 for _ in range(_POINTS)))
        for at in range(7)
    )
    starts = tuple(_FIRST + day * DAY for day in range(_POINTS))
    series = Series(starts, DAY, lines, "usd", "usd", "additive", partial=False)
    size, look = Size(120, 14), Look()
    for name, kind in KINDS.items():
        build = partial(kind.build, series, size, look)
        build()  # loads plotext where it is needed
        (taken,) = interleaved(partial(seconds, build), times=3 * RUNS)
        what = "default chart" if name == DEFAULT_KIND else f"chart of {name}"
        budget = 3.0 if name == DEFAULT_KIND else 30.0
        yield Row(f"{what}, {_POINTS} points", taken * 1e3, "ms", budget, note="7 groups, 120x14 cells")
