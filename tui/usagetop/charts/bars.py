"""Stacked bars in eighth blocks, our own renderer: the default chart.

Where two groups meet in a cell, one is its glyph and the other its ground, so every border is exact to an
eighth of a cell; three in one cell show the two largest. A bar's height is exact to an eighth always: borders
are rounded, not segments. Negative amounts hang from the zero line, where blocks are coarser (to a quarter).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from usagetop.charts.layout import compose, plan
from usagetop.charts.legend import stands_back, tone_of
from usagetop.charts.picture import BLANK, LINE, Cell, Look, Picture, Size, message
from usagetop.charts.scale import Scale, scale

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from usagetop.analysis.series import Key, Series
    from usagetop.charts.glyphs import Glyphs
    from usagetop.charts.layout import Plan

_CELL = 8
# A segment: the tone of its group, whether it steps back, and how many eighths it is high.
Segment = tuple[int, bool, int]
# The groups of one bucket that have an amount of the same sign: tone, whether it steps back, amount.
Stack = list[tuple[int, bool, float]]


def build(series: Series, size: Size, look: Look, highlight: Key | None = None) -> Picture:
    """The picture of ``series``: one bar a bucket (or bin of buckets), largest group at the bottom.

    With ``highlight``, all other groups step back (dim). The bucket that is not complete has a lighter fill.
    """
    if not series.starts or not series.lines or min(size) <= 0:
        return message("no buckets", size)
    places = plan(series, size, look, highlight, bars=True)
    rising, hanging = _stacks(places.series, highlight)
    axis = scale(
        min((sum(value for *_, value in stack) for stack in hanging), default=0.0),
        max(
            [*(sum(value for *_, value in stack) for stack in rising), *_known(places.series.earlier)],
            default=0.0,
        ),
        places.rows,
        series.unit,
        currency=series.currency,
        width=max(1, places.left - 1),
    )
    last = len(rising) - 1
    columns = []
    for number, (up, down) in enumerate(zip(rising, hanging, strict=True)):
        is_open = places.series.partial and number == last
        column = _column(up, down, axis, places, is_open=is_open, is_hole=places.holes[number])
        if number < len(places.series.earlier):
            _mark_earlier(column, places.series.earlier[number], axis, places.glyphs)
        if number in places.series.odd:
            _mark_odd(column, places.glyphs)
        columns.append(column)
    gap = [BLANK] * (places.slot - places.bar)
    plot = [
        [cell for column in columns for cell in ([column[row]] * places.bar + gap)]
        for row in range(places.rows)
    ]
    return compose(places, axis, plot)


def _known(values: Iterable[float | None]) -> list[float]:
    """The values that are known."""
    return [value for value in values if value is not None]


def _mark_earlier(column: list[Cell], value: float | None, axis: Scale, glyphs: Glyphs) -> None:
    """A mark across a bar, in the cell in which the earlier total ends."""
    if value is None or value <= 0:
        return
    above = axis.rows - axis.below
    row = max(0, above - 1 - min(above - 1, int(value / axis.per_row)))
    under = column[row]
    # Inside a bar its tone stays behind the mark.
    whole = under.tone is not None and under.text in {glyphs.rising[_CELL], *glyphs.fills}
    column[row] = Cell(
        glyphs.earlier, bold=True, ground=under.tone if whole and not glyphs.patterned else None
    )


def _mark_odd(column: list[Cell], glyphs: Glyphs) -> None:
    """A mark right above the bar, or at its top where that has no room above."""
    top = next((row for row, cell in enumerate(column) if cell != BLANK), len(column) - 1)
    row = max(0, top - 1)
    under = column[row]
    column[row] = Cell(
        glyphs.odd, bold=True, ground=under.tone if top == 0 and not glyphs.patterned else None
    )


def _stacks(series: Series, highlight: Key | None) -> tuple[list[Stack], list[Stack]]:
    """For each bucket what stands on the zero line and what hangs from it."""
    rising: list[Stack] = [[] for _ in series.starts]
    hanging: list[Stack] = [[] for _ in series.starts]
    for rank, line in enumerate(series.lines):
        tone, dim = tone_of(line, rank), stands_back(line, highlight)
        for number, value in enumerate(line.values):
            if value:
                (rising if value > 0 else hanging)[number].append((tone, dim, value))
    return rising, hanging


def _column(up: Stack, down: Stack, axis: Scale, places: Plan, *, is_open: bool, is_hole: bool) -> list[Cell]:
    """The cells of one bar from the top of the plot to its bottom."""
    glyphs = places.glyphs
    eighth = axis.per_row / _CELL
    above = axis.rows - axis.below
    rising = _cells(_segments(up, eighth, above * _CELL), glyphs, is_open=is_open, hangs=False)
    if axis.below:
        hanging = _cells(_segments(down, eighth, axis.below * _CELL), glyphs, is_open=is_open, hangs=True)
    else:
        hanging = []
    cells = [BLANK] * (above - len(rising)) + rising[::-1] + hanging + [BLANK] * (axis.below - len(hanging))
    if down and not axis.below:
        cells[-1] = Cell("-", dim=True)  # one row only: no room to hang, but not silent
    if is_hole and not places.floor and cells[-1] == BLANK:
        cells[-1] = Cell(glyphs.gap, dim=True)
    return cells


def _segments(stack: Stack, eighth: float, most: int) -> list[Segment]:
    """Heights in eighths: borders are rounded, so they add up; something is never nothing."""
    segments: list[Segment] = []
    total, border = 0.0, 0
    for tone, dim, value in stack:
        total += abs(value)
        upper = min(most, round(total / eighth))
        if upper > border:
            segments.append((tone, dim, upper - border))
            border = upper
    if stack and not border and most:
        tone, dim, _ = max(stack, key=lambda item: abs(item[2]))
        segments.append((tone, dim, 1))
    return segments


def _cells(segments: Iterable[Segment], glyphs: Glyphs, *, is_open: bool, hangs: bool) -> list[Cell]:
    """The cells that segments fill, from the zero line on."""
    cells: list[Cell] = []
    pieces: list[Segment] = []
    room = _CELL
    for tone, dim, high in segments:
        left = high
        while left:
            if room == _CELL and left >= _CELL:
                cells.extend([_full(tone, glyphs, dim or is_open)] * (left // _CELL))
                left %= _CELL
                continue
            taken = min(room, left)
            pieces.append((tone, dim, taken))
            room -= taken
            left -= taken
            if not room:
                cells.append(_mixed(tuple(pieces), glyphs, is_open, hangs))
                pieces, room = [], _CELL
    if pieces:
        cells.append(_end(tuple(pieces), glyphs, is_open, hangs))
    return cells


# A picture has few different cells, and many of each: they are made once.
@lru_cache(256)
def _full(tone: int, glyphs: Glyphs, dim: bool) -> Cell:  # noqa: FBT001 - a key of the cache
    """A cell that one group fills."""
    return Cell(glyphs.fills[tone], tone, dim=dim)


@lru_cache(2048)
def _end(pieces: tuple[Segment, ...], glyphs: Glyphs, is_open: bool, hangs: bool) -> Cell:  # noqa: FBT001
    """The last cell of a bar, partly empty: its height is exact, in the tone of its largest piece."""
    tone, dim, _ = max(pieces, key=lambda piece: piece[2])
    glyph = (glyphs.hanging if hangs else glyphs.rising)[sum(high for *_, high in pieces)]
    return Cell(glyphs.fills[tone] if glyph == glyphs.rising[_CELL] else glyph, tone, dim=dim or is_open)


@lru_cache(4096)
def _mixed(pieces: tuple[Segment, ...], glyphs: Glyphs, is_open: bool, hangs: bool) -> Cell:  # noqa: FBT001
    """A cell that several groups fill: the two largest, one as glyph and one as ground."""
    if len(pieces) == 1 or glyphs.patterned:
        tone, dim, _ = max(pieces, key=lambda piece: piece[2])
        return _full(tone, glyphs, dim or is_open)
    near, far, lower = _two_largest(pieces)
    if hangs:
        near, far, lower = far, near, _CELL - lower
    tones = (near[0], far[0])
    if near[1] != far[1] and not is_open:
        # A span is dim as a whole: beside the highlighted group the other is faint instead.
        tones = (LINE if near[1] else near[0], LINE if far[1] else far[0])
    return Cell(glyphs.rising[lower], tones[0], dim=(near[1] and far[1]) or is_open, ground=tones[1])


def _two_largest(pieces: Sequence[Segment]) -> tuple[Segment, Segment, int]:
    """The two largest pieces of a full cell, in their order, and the height of their border in eighths."""
    if len(pieces) == 2:  # noqa: PLR2004 - two, by far the most frequent case
        return pieces[0], pieces[1], pieces[0][2]
    first, second = sorted(sorted(range(len(pieces)), key=lambda at: -pieces[at][2])[:2])
    # What lies outside the two goes to its neighbour, what lies between to both.
    border = (
        sum(high for *_, high in pieces[: first + 1])
        + sum(high for *_, high in pieces[first + 1 : second]) // 2
    )
    return pieces[first], pieces[second], border
