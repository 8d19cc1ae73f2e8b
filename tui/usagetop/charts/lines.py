"""Lines: one a group, drawn by plotext in fine dots; the last stretch is dim while its bucket is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagetop.charts.glyphs import TOTAL_MARK
from usagetop.charts.layout import compose, plan
from usagetop.charts.legend import stands_back, tone_of
from usagetop.charts.picture import Cell, Look, Picture, Size, message
from usagetop.charts.plot import Curve, draw
from usagetop.charts.scale import scale

if TYPE_CHECKING:
    from usagetop.analysis.series import Key, Series, Value
    from usagetop.charts.layout import Plan


def build(series: Series, size: Size, look: Look, highlight: Key | None = None) -> Picture:
    """The picture of ``series``: one line a group, gaps open; groups other than ``highlight`` step back."""
    return drawn(series, size, look, highlight)


def drawn(
    series: Series, size: Size, look: Look, highlight: Key | None, *, with_total: bool = False
) -> Picture:
    """Like ``build``; ``with_total`` adds the sum of all lines as one more, where there are several."""
    if not series.starts or not series.lines or min(size) <= 0:
        return message("no buckets", size)
    summed = with_total and len(series.lines) > 1
    places = plan(series, size, look, highlight, bars=False, with_total=summed)
    values = [line.values for line in places.series.lines]
    totals = _totals(values) if summed else ()
    known = [value for row in (*values, totals) for value in row if value is not None]
    axis = scale(
        min(known, default=0.0),
        max(known, default=0.0),
        places.rows,
        series.unit,
        currency=series.currency,
        width=max(1, places.left - 1),
    )
    curves = _curves(places, totals, highlight)
    count = len(places.series.starts)
    plot = draw(curves, count, axis.low, axis.high, Size(places.columns, places.rows))
    return compose(places, axis, _with_gaps(places, plot))


def _totals(values: list[tuple[Value, ...]]) -> tuple[Value, ...]:
    """The sum of all lines at each position; None where all of them have a gap."""
    columns = ([value for value in column if value is not None] for column in zip(*values, strict=True))
    return tuple(float(sum(known)) if known else None for known in columns)


def _curves(places: Plan, totals: tuple[Value, ...], highlight: Key | None) -> list[Curve]:
    """What is drawn, in this order: the rest first and the largest last, the highlighted over all."""
    fills = places.glyphs.fills if places.glyphs.patterned else ""
    curves: list[Curve] = []
    ranked = list(enumerate(places.series.lines))[::-1]
    for rank, line in sorted(ranked, key=lambda item: item[1].key == highlight and highlight is not None):
        tone, dim = tone_of(line, rank), stands_back(line, highlight)
        curves += _stretches(places, Curve(line.values, tone, dim=dim, mark=fills[tone] if fills else ""))
    if totals:
        curves += _stretches(places, Curve(totals, None, bold=True, mark=TOTAL_MARK if fills else ""))
    return curves


def _stretches(places: Plan, curve: Curve) -> list[Curve]:
    """The curve, its last stretch apart and dim where it leads to the bucket that is not complete."""
    if not places.series.partial or len(curve.values) < 2:  # noqa: PLR2004 - a stretch has two ends
        return [curve]
    last = len(curve.values) - 2
    tail = Curve(curve.values[last:], curve.tone, dim=True, mark=curve.mark, first=last)
    return [tail, Curve(curve.values[:-1], curve.tone, curve.dim, curve.bold, curve.mark)]


def _with_gaps(places: Plan, plot: list[list[Cell]]) -> list[list[Cell]]:
    """The plot with the gaps marked on its lowest row, where there is no floor to break."""
    if not places.floor and plot:
        for number, is_hole in enumerate(places.holes):
            column = places.column_of(number)
            if is_hole and plot[-1][column].text == " ":
                plot[-1][column] = Cell(places.glyphs.gap, dim=True)
    return plot
