"""Running totals: one line a group and one for all, from the start of the range."""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagetop.analysis.series import binned
from usagetop.charts import lines
from usagetop.charts.layout import MOST_POINTS

if TYPE_CHECKING:
    from usagetop.analysis.series import Key, Series, Value
    from usagetop.charts.picture import Look, Picture, Size


def build(series: Series, size: Size, look: Look, highlight: Key | None = None) -> Picture:
    """The picture of the running totals of ``series``; a level does not add up and is drawn as it is.

    A gap stays open, and the total goes on behind it from where it was.
    """
    if series.kind == "level":
        return lines.build(series, size, look, highlight)
    return lines.drawn(running(binned(series, MOST_POINTS)), size, look, highlight, with_total=True)


def running(series: Series) -> Series:
    """The series of running totals of a flow: a level, whose last value is the sum."""
    summed = tuple(line._replace(values=_running(line.values)) for line in series.lines)
    return series._replace(lines=summed, kind="level")


def _running(values: tuple[Value, ...]) -> tuple[Value, ...]:
    """The sums so far; None where the value is."""
    result: list[Value] = []
    total = 0.0
    for value in values:
        total += value or 0.0
        result.append(None if value is None else total)
    return tuple(result)
