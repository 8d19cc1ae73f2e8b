"""Data without a screen: pages read at the boundary, packed rows rolled up, every kind of chart."""

from __future__ import annotations

import json
import random
from functools import partial
from typing import TYPE_CHECKING

from tests.bench import volume
from tests.bench.pages import NOW, page, read
from tests.bench.timing import RUNS, Row, busy_seconds, interleaved
from usagetop.analysis.series import Line, Series
from usagetop.charts import DEFAULT_KIND, KINDS
from usagetop.charts.picture import Look, Size
from usagetop.model.period import DAY

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIRST = NOW // DAY * DAY - 186 * DAY
_POINTS = 365


def rows() -> Iterator[Row]:
    """The rows of data."""
    yield _boundary("steady", 31, "every field")
    yield _boundary("huge", 3, "few fields")
    yield from volume.rows()
    yield from _charts()


def _boundary(scenario: str, days: int, kind: str) -> Row:
    """A page read: ``steady`` gives every field in every row, as the API does, ``huge`` leaves most out."""
    body = page(scenario, _FIRST, days)
    count = sum(bucket.rows for bucket in read(body))
    taken, parsed = interleaved(
        lambda: busy_seconds(lambda: read(body)),
        lambda: busy_seconds(lambda: json.loads(body)),
        times=3 * RUNS,
    )
    return Row(
        f"a page validated and packed, {kind}",
        taken * 1e3,
        "ms",
        1.0,
        parsed * 1e3,
        "json.loads of the same bytes",
        f"{count:,} rows, {len(body) / 1e6:.1f} MB",
    )


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
        (taken,) = interleaved(partial(busy_seconds, build), times=3 * RUNS)
        what = "default chart" if name == DEFAULT_KIND else f"chart of {name}"
        budget = 3.0 if name == DEFAULT_KIND else 30.0
        yield Row(f"{what}, {_POINTS} points", taken * 1e3, "ms", budget, note="7 groups, 120x14 cells")
