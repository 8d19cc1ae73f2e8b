"""The series of a view: one metric over time, the largest groups each and the rest as ``other``."""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING

from usagetop.analysis.frame import rollup
from usagetop.analysis.grouping import Grouping, Key
from usagetop.analysis.series import Line, Series
from usagetop.model.categories import SECONDS_OF
from usagetop.model.metrics import QUANTITY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from decimal import Decimal

    from usagetop.model.columns import Bucket
    from usagetop.model.query import Query

MOST_LINES = 8
# Far below the largest float, so that a thousand of them still add up.
_TALLEST = 1e300


def over_time(
    query: Query,
    buckets: Sequence[Bucket],
    metric: str,
    *,
    label_of: Callable[[tuple[str, ...], Key], str],
    currency: str = "",
    most: int = MOST_LINES,
) -> Series:
    """One line for each of the ``most`` largest groups of ``metric``, and ``other`` for the rest.

    For costs only rows of ``currency`` count. ``label_of`` gives the drawable label of (dims, key). A bucket
    that the answer lacks is a gap (None); a bucket without rows is 0. A metric that no row gave has no lines.
    Drawing needs no exact money: values are floats, and no total is ever taken from them.
    """
    about = query.about.metric(metric)
    plain = query.with_group_by(tuple(name for name in query.group_by if name != "bucket"))
    frame = rollup(plain, buckets, metrics=(metric,))
    given = frame.columns.get(metric, [None] * len(frame))
    wanted = [
        index
        for index in frame.order(metric)
        if given[index] is not None and (not query.about.is_costs or frame.keys[index][-1] == currency)
    ]
    line_of = {frame.keys[index]: line for line, index in enumerate(wanted[:most])}
    values = _values(plain, buckets, metric, line_of, currency)
    starts = query.starts()
    shown: list[tuple[Key | None, str]] = [(key, label_of(frame.dims, key)) for key in line_of]
    # Quantities of different units do not add up: their largest groups stand alone.
    if len(wanted) > most and metric != QUANTITY.name:
        shown.append((None, "other"))
    lines = [
        Line(key, drawn, tuple(values[start][at] if start in values else None for start in starts))
        for at, (key, drawn) in enumerate(shown)
    ]
    step = SECONDS_OF[query.width]
    return Series(
        starts=tuple(starts),
        step=step,
        lines=tuple(lines),
        unit=about.unit,
        currency=currency,
        kind=about.kind,
        partial=bool(starts) and starts[-1] + step > query.range.now,
    )


def _values(
    query: Query, buckets: Iterable[Bucket], metric: str, line_of: dict[Key, int], currency: str
) -> dict[int, list[float]]:
    """For each bucket's start one float a line, and the last for all other groups."""
    grouping = Grouping(query)
    lines: list[int | None] = []
    result: dict[int, list[float]] = {}
    for bucket in buckets:
        groups, kept = grouping.assign(bucket)
        for key in grouping.keys[len(lines) :]:
            foreign = query.about.is_costs and key[-1] != currency
            lines.append(None if foreign else line_of.get(key, len(line_of)))
        sums = result[bucket.start] = [0.0] * (len(line_of) + 1)
        if metric not in bucket.metrics or not groups:
            continue
        column: Iterable[int | Decimal | None] = (
            bucket.amounts(metric) if query.about.is_costs else bucket.counts(metric)
        )
        for group, value in zip(groups, column if kept is None else compress(column, kept), strict=True):
            line = lines[group]
            if line is not None and value is not None:
                sums[line] += _drawable(value)
    return result


def _drawable(value: float | Decimal) -> float:
    """A float for a chart; a count too large for one is drawn at the largest height there is."""
    try:
        return float(value)
    except OverflowError:
        return _TALLEST if value > 0 else -_TALLEST
