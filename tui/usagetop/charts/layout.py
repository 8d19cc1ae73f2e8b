"""Where the parts of a chart stand: marks at the left, legend at the right or below, time underneath.

``plan`` decides it from the size alone, so that a chart does not jump when its numbers change; ``compose`` puts
the parts together. What a small size has no room for goes in this order: legend, floor, time, values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from usagetop.analysis.series import bin_size, binned, missing
from usagetop.charts import legend
from usagetop.charts.axes import time_ticks
from usagetop.charts.glyphs import Glyphs, glyphs_for
from usagetop.charts.picture import BLANK, LINE, Cell, Picture, Span, blank, joined, row_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from usagetop.analysis.series import Key, Series
    from usagetop.charts.picture import Look, Size
    from usagetop.charts.scale import Scale

_LEFT, _LEFT_NARROW, _NARROW, _NARROWEST = 7, 6, 36, 16
# Heights from which the parts are there.
_TIME_FROM, _LEGEND_FROM, _FLOOR_FROM = 4, 7, 9
_LINES_BELOW = ((20, 3), (14, 2), (_LEGEND_FROM, 1))
_WIDE = 90
_SIDE_LEAST, _SIDE_MOST, _SIDE_GAP = 27, 46, 3
_MOST_SLOT = 16
_GAP_FROM, _WIDE_GAP_FROM = 3, 8
# plotext takes time for every point, and a line of more points than this says no more.
_MOST_POINTS = 110


@dataclass(frozen=True, slots=True)
class Plan:
    """The places of one chart; everything in cells.

    ``series`` is binned to ``columns`` of plot, ``holes`` says which bins lack a bucket. Bars take ``bar`` of
    every ``slot`` columns; 0 for lines, which spread over all columns. ``rows`` are those of the plot.
    """

    series: Series
    holes: tuple[bool, ...]
    size: Size
    glyphs: Glyphs
    left: int
    columns: int
    slot: int
    bar: int
    rows: int
    floor: bool
    time: bool
    beside: tuple[legend.Row, ...]
    below: tuple[legend.Row, ...]

    def column_of(self, number: int) -> int:
        """The first column of a bin."""
        if self.slot:
            return number * self.slot
        last = len(self.series.starts) - 1
        return round(number * (self.columns - 1) / last) if last else self.columns // 2

    def bin_at(self, column: int) -> int:
        """The bin that a column belongs to."""
        if self.slot:
            return column // self.slot
        return round(column * (len(self.series.starts) - 1) / max(1, self.columns - 1))


def plan(series: Series, size: Size, look: Look, highlight: Key | None, *, bars: bool) -> Plan:
    """Decide the places of a chart of at least one bucket and one cell."""
    left = _left(series, size.width)
    room = size.width - left
    side = _side(series, size, room) if size.height >= _LEGEND_FROM else 0
    room -= side
    if bars:
        slot = _slot(series, room)
        drawn = binned(series, room)
        columns = len(drawn.starts) * slot
    else:
        slot, columns = 0, room
        drawn = binned(series, min(room, _MOST_POINTS))
    bar = slot if slot < _GAP_FROM else slot - 1 if slot < _WIDE_GAP_FROM else slot - 2
    glyphs = glyphs_for(ascii_only=look.ascii, colour=look.colour)
    beside, below = _legends(drawn, glyphs, highlight, size, side and size.width - left - columns)
    floor, time = size.height >= _FLOOR_FROM, size.height >= _TIME_FROM
    return Plan(
        series=drawn,
        holes=missing(series, room if bars else min(room, _MOST_POINTS)),
        size=size,
        glyphs=glyphs,
        left=left,
        columns=columns,
        slot=slot,
        bar=bar,
        rows=size.height - floor - time - len(below),
        floor=floor,
        time=time,
        beside=beside,
        below=below,
    )


def _left(series: Series, width: int) -> int:
    """The room for the marks of the values, one blank included; foreign currencies need more."""
    if width < _NARROWEST:
        return 0
    extra = 0 if series.currency in {"", "usd"} else len(series.currency) + 1
    return min((_LEFT if width >= _NARROW else _LEFT_NARROW) + extra, width // 3)


def _slot(series: Series, room: int) -> int:
    """The columns of a bar with its gap, when the bars have ``room`` columns."""
    count = len(series.starts)
    bins = -(-count // bin_size(count, series.step, room))
    return max(1, min(room // bins, _MOST_SLOT))


def _side(series: Series, size: Size, room: int) -> int:
    """The columns kept for a legend beside the plot; 0 where it goes below.

    Wide charts always have it: a list with aligned numbers reads better than a line. Narrow ones have it where
    the bars leave the room anyway.
    """
    if not series.lines:
        return 0
    if size.width >= _WIDE:
        return _SIDE_LEAST + _SIDE_GAP
    free = room - _slot(series, room) * len(binned_starts(series, room))
    return _SIDE_LEAST + _SIDE_GAP if free >= _SIDE_LEAST + _SIDE_GAP else 0


def binned_starts(series: Series, columns: int) -> tuple[int, ...]:
    """The starts of ``binned(series, columns)`` without its values."""
    return series.starts[:: bin_size(len(series.starts), series.step, columns)]


def _legends(
    series: Series, glyphs: Glyphs, highlight: Key | None, size: Size, free: int
) -> tuple[tuple[legend.Row, ...], tuple[legend.Row, ...]]:
    """The rows beside the plot (in ``free`` columns) or those below it."""
    if size.height < _LEGEND_FROM or not series.lines:
        return (), ()
    found = legend.entries(series, glyphs, highlight)
    if free:
        width = min(free - _SIDE_GAP, _SIDE_MOST)
        return tuple(legend.beside(found, width, size.height)), ()
    most = next(lines for height, lines in _LINES_BELOW if size.height >= height)
    return (), tuple(legend.below(found, size.width, most))


def compose(plan: Plan, scale: Scale, plot: Sequence[Sequence[Cell]]) -> Picture:
    """The picture of a chart: ``plot`` are ``plan.rows`` rows of ``plan.columns`` cells, from the top."""
    texts = {plan.rows - edge: text for edge, text in scale.marks}
    zero = plan.rows - scale.below
    rows: list[tuple[Span, ...]] = []
    for number, cells in enumerate(plot):
        drawn = _with_grid(plan, cells, number == zero) if number in texts else cells
        rows.append((*_mark(plan, texts.get(number, "")), *joined(drawn)))
    under = texts.get(plan.rows, "")
    if plan.floor:
        rows.append((*_mark(plan, under), *joined(_floor(plan))))
        under = ""
    if plan.time:
        rows.append((*_mark(plan, under), Span(_time(plan), dim=True)))
    width = plan.size.width
    wide = [_beside(plan, row, number) for number, row in enumerate(rows)]
    return Picture(tuple(_padded(row, width) for row in (*wide, *plan.below)))


def _mark(plan: Plan, text: str) -> tuple[Span, ...]:
    """The text of a mark in its room; nothing rather than a number that was cut."""
    if not plan.left:
        return ()
    shown = text if len(text) < plan.left else ""
    return (Span(shown.rjust(plan.left - 1) + " ", dim=True),)


def _with_grid(plan: Plan, cells: Sequence[Cell], is_zero: bool) -> list[Cell]:  # noqa: FBT001 - which line
    """The row with the line at its upper edge wherever nothing else is drawn; the zero line is stronger."""
    line = Cell(plan.glyphs.grid, dim=True) if is_zero else Cell(plan.glyphs.grid, LINE)
    return [line if cell == BLANK else cell for cell in cells]


def _floor(plan: Plan) -> list[Cell]:
    """The line under the plot: broken where a bucket is missing, dashed under the one that is not complete."""
    glyphs = plan.glyphs
    last = len(plan.series.starts) - 1
    cells = []
    for column in range(plan.columns):
        number = plan.bin_at(column)
        if plan.holes[number]:
            middle = plan.column_of(number) + max(0, plan.bar - 1) // 2
            cells.append(Cell(glyphs.gap, dim=True) if column == middle else BLANK)
        elif plan.series.partial and number == last:
            cells.append(Cell(glyphs.open_floor, dim=True))
        else:
            cells.append(Cell(glyphs.floor, LINE))
    return cells


def _time(plan: Plan) -> str:
    """The texts of the time axis, as wide as the plot and what is free beside it."""
    room = plan.columns if plan.beside else plan.size.width - plan.left
    count = len(plan.series.starts)
    columns = [plan.column_of(number) for number in range(count)]
    text = ""
    for column, tick in time_ticks(plan.series.starts, plan.series.step, columns, room):
        text = text.ljust(column) + tick
    return text.ljust(plan.columns)


def _beside(plan: Plan, row: tuple[Span, ...], number: int) -> tuple[Span, ...]:
    """The row with its part of the legend."""
    if number >= len(plan.beside):
        return row
    return (*row, blank(plan.left + plan.columns + _SIDE_GAP - row_width(row)), *plan.beside[number])


def _padded(row: Sequence[Span], width: int) -> tuple[Span, ...]:
    """The row filled with blanks to the width of the picture."""
    return tuple(span for span in (*row, blank(width - row_width(row))) if span.text)
