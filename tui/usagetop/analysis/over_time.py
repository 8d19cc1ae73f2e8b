"""The series of a view: one metric over time, the largest groups each and the rest as ``other``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagetop.analysis.frame import charted_rollup
from usagetop.analysis.series import Line, Series
from usagetop.model.categories import SECONDS_OF
from usagetop.model.metrics import QUANTITY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from usagetop.analysis.frame import Frame
    from usagetop.analysis.grouping import Key
    from usagetop.analysis.totals import Part
    from usagetop.model.columns import Bucket
    from usagetop.model.query import Query

MOST_LINES = 8


def over_time(
    query: Query,
    buckets: Sequence[Bucket],
    metric: str,
    *,
    label_of: Callable[[tuple[str, ...], Key], str],
    currency: str = "",
    most: int = MOST_LINES,
    rolled: tuple[Frame, Sequence[Part]] | None = None,
) -> Series:
    """One line for each of the ``most`` largest groups of ``metric``, and ``other`` for the rest.

    For costs only rows of ``currency`` count. ``label_of`` gives the drawable label of (dims, key). A bucket
    that the answer lacks is a gap (None); a bucket without rows is 0. A metric that no row gave has no lines.
    Drawing needs no exact money: values are floats, and no total is ever taken from them. ``rolled`` is
    ``charted_rollup`` of the same query, buckets and metric, where it was made already.
    """
    about = query.about.metric(metric)
    if rolled is None or "bucket" in query.group_by:
        plain = query.with_group_by(tuple(name for name in query.group_by if name != "bucket"))
        rolled = charted_rollup(plain, buckets, metric, (metric,))
    frame, parts = rolled
    given = frame.columns.get(metric, [None] * len(frame))
    wanted = [
        index
        for index in frame.order(metric)
        if given[index] is not None and (not query.about.is_costs or frame.keys[index][-1] == currency)
    ]
    keys = [frame.keys[index] for index in wanted[:most]]
    shown: list[tuple[Key | None, str]] = [(key, label_of(frame.dims, key)) for key in keys]
    # Quantities of different units do not add up: their largest groups stand alone.
    if len(wanted) > most and metric != QUANTITY.name:
        shown.append((None, "other"))
    values = _values(parts, wanted, len(keys), len(frame))
    starts = query.starts()
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


def _values(parts: Iterable[Part], wanted: Sequence[int], lines: int, groups: int) -> dict[int, list[float]]:
    """For each bucket's start one float a line, then one for the other wanted groups, and one for no line."""
    line_of = [lines + 1] * groups
    for place, group in enumerate(wanted):
        line_of[group] = min(place, lines)
    result: dict[int, list[float]] = {}
    for part in parts:
        sums = result[part.start] = [0.0] * (lines + 2)
        for group, value in zip(part.groups, part.values, strict=True):
            sums[line_of[group]] += value
    return result
