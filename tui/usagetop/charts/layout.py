"""Where the parts of a chart stand: marks at the left, legend at the right or below, time underneath.

``plan`` decides it from the size alone, so that a chart does not jump when its numbers change; ``compose`` puts
the parts together. What a small size has no room for goes in this order: legend, floor, time, values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from usagetop.analysis.series import bin_size, binned, missing
from usagetop.charts import legend
from usagetop.charts.axes import time_ticks
from usagetop.charts.glyphs import Glyphs, glyphs_for, line_glyphs
from usagetop.charts.picture import BLANK, LINE, Cell, Picture, Span, blank, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from usagetop.analysis.series import Key, Series
    from usagetop.charts.picture import Look, Size
    from usagetop.charts.scale import Scale

_LEFT, _LEFT_NARROW, _NARROW, _NARROWEST = 7, 6, 36, 16
# Heights from which the parts are there.
_TIME_FROM, _LEGEND_FROM, _FLOOR_FROM = 4, 7, 9
_LINES_BELOW = ((18, 3), (11, 2), (_LEGEND_FROM, 1))
_WIDE = 90
_SIDE_LEAST, _SIDE_MOST, _SIDE_GAP = 27, 46, 3
_SIDE = _SIDE_LEAST + _SIDE_GAP
# The part of the remaining width that bars must fill for a legend beside them to be worth its room.
_FILLED = 0.6
_MOST_SLOT = 16
_GAP_FROM, _WIDE_GAP_FROM = 3, 8
# plotext takes time for every point, and a line of more points than this says no more.
MOST_POINTS = 110


class Plan(NamedTuple):
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


def plan(
    series: Series, size: Size, look: Look, highlight: Key | None, *, bars: bool, with_total: bool = False
) -> Plan:
    """Decide the places of a chart of at least one bucket and one cell; ``with_total``: of all lines too."""
    left = _left(series, size.width)
    room = size.width - left
    side = 0
    if size.height >= _LEGEND_FROM and _stands_beside(series, size, room, bars=bars):
        # Bars leave more than they must, by their whole columns; lines take what they are given.
        side = _SIDE if bars else max(_SIDE, size.width // 3)
    room -= side
    if bars:
        slot = _slot(series, room)
        drawn = binned(series, room)
        columns = len(drawn.starts) * slot
    else:
        slot, columns = 0, room
        drawn = binned(series, min(room, MOST_POINTS))
    bar = slot if slot < _GAP_FROM else slot - 1 if slot < _WIDE_GAP_FROM else slot - 2
    glyphs = (glyphs_for if bars else line_glyphs)(ascii_only=look.ascii, colour=look.colour)
    found = legend.entries(drawn, glyphs, highlight, with_total=with_total)
    beside, below = _legends(found, size, side and size.width - left - columns)
    floor, time = size.height >= _FLOOR_FROM, size.height >= _TIME_FROM
    return Plan(
        series=drawn,
        holes=missing(series, room if bars else min(room, MOST_POINTS)),
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


def _bins(series: Series, room: int) -> int:
    """How many bars there are when they have ``room`` columns."""
    count = len(series.starts)
    return -(-count // bin_size(count, series.step, room))


def _slot(series: Series, room: int) -> int:
    """The columns of a bar with its gap, when the bars have ``room`` columns."""
    return max(1, min(room // _bins(series, room), _MOST_SLOT))


def _stands_beside(series: Series, size: Size, room: int, *, bars: bool) -> bool:
    """Whether the legend stands beside the plot (else below it).

    A list with aligned numbers reads better than a line, so wide charts have it, unless bars would come out
    too narrow to fill what remains; narrow charts have it where the bars leave the room anyway.
    """
    if not bars:
        return size.width >= _WIDE
    if size.width >= _WIDE:
        left = room - _SIDE
        if _bins(series, left) * _slot(series, left) >= _FILLED * left:
            return True
    return room - _bins(series, room) * _slot(series, room) >= _SIDE


def _legends(
    found: Sequence[legend.Entry], size: Size, free: int
) -> tuple[tuple[legend.Row, ...], tuple[legend.Row, ...]]:
    """The rows beside the plot (in ``free`` columns) or those below it."""
    if size.height < _LEGEND_FROM:
        return (), ()
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
        rows.append((*_mark(plan, under), *_time(plan)))
    return Picture((*(_beside(plan, row, number) for number, row in enumerate(rows)), *plan.below))


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
        elif plan.series.partial and number == last and (not plan.slot or column % plan.slot < plan.bar):
            cells.append(Cell(glyphs.open_floor, dim=True))
        else:
            cells.append(Cell(glyphs.floor, LINE))
    return cells


def _time(plan: Plan) -> tuple[Span, ...]:
    """The texts of the time axis, as wide as the plot; the last may use what is free beside it."""
    room = plan.columns if plan.beside else plan.size.width - plan.left
    count = len(plan.series.starts)
    columns = [plan.column_of(number) for number in range(count)]
    text = ""
    for column, tick in time_ticks(plan.series.starts, plan.series.step, columns, room):
        text = text.ljust(column) + tick
    return (Span(text.ljust(room), dim=True),)


def _beside(plan: Plan, row: tuple[Span, ...], number: int) -> tuple[Span, ...]:
    """The row with its part of the legend, filled to the width of the picture."""
    width = plan.left + plan.columns
    if plan.time and not plan.beside and number == plan.rows + plan.floor:
        return row  # the time axis has taken the whole width
    free = plan.size.width - width
    if number >= len(plan.beside):
        return (*row, blank(free)) if free else row
    entry = plan.beside[number]
    rest = free - _SIDE_GAP - min(free - _SIDE_GAP, _SIDE_MOST)
    return (*row, blank(_SIDE_GAP), *entry, *((blank(rest),) if rest else ()))
