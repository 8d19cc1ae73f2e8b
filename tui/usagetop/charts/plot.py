"""The only door to plotext: curves in, rows of cells out.

Every call has a figure of its own, because plotext's module-level one is shared by all threads. plotext draws
the curves and nothing else (no axes, texts or dates: its date axis is off by the local UTC offset, and its legend
would print labels unfiltered). It tells the curves apart by colour codes, which are read back as styles here.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from usagetop.charts.picture import BLANK, Cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from usagetop.charts.picture import Size

_DOTS = "braille"
# Codes from here on are free of names in plotext; 256 - 16 curves are more than there ever are.
_FIRST_CODE = 16
_ESCAPE = re.compile(r"\x1b\[([0-9;]*)m")
_COLOUR = "38;5;"


class Curve(NamedTuple):
    """One curve: its values by position (None breaks it), its style, and what draws it ("" for fine dots)."""

    values: tuple[float | None, ...]
    tone: int | None
    dim: bool = False
    bold: bool = False
    mark: str = ""
    first: int = 0


def draw(curves: Sequence[Curve], count: int, low: float, high: float, size: Size) -> list[list[Cell]]:
    """The curves as ``size.height`` rows of ``size.width`` cells, from the top.

    ``count`` positions spread over the width, ``low`` and ``high`` are the values at the lower and upper edge.
    Later curves are drawn over earlier ones. Nothing to draw is drawn without plotext: an empty figure pins its
    axes.
    """
    width, height = size
    pieces = [(number, piece) for number, curve in enumerate(curves) for piece in _pieces(curve)]
    if not pieces or width <= 0 or height <= 0:
        return [[BLANK] * width for _ in range(height)]
    from plotext._figure import _figure_class  # the class behind plotext's functions; 5.x has no public one

    figure = _figure_class()
    figure._limit_size(width=False, height=False)  # noqa: SLF001 - else it is cut to the terminal's size
    figure.plot_size(width, height)
    figure.frame(False)
    figure.xfrequency(0)
    figure.yfrequency(0)
    figure.canvas_color("default")
    figure.axes_color("default")
    figure.xlim(*((0, count - 1) if count > 1 else (-1, 1)))
    # plotext puts the limits on the centres of the outermost dots, we mean the edges of the plot.
    half = (high - low) / (height * (4 if not curves[0].mark else 1)) / 2
    bottom, top = (low + half, high - half) if low + half < high - half else (low, high)
    figure.ylim(bottom, top)
    for number, (positions, values) in pieces:
        inside = [min(top, max(bottom, value)) for value in values]
        figure.plot(positions, inside, marker=curves[number].mark or _DOTS, color=_FIRST_CODE + number)
    return [_cells(row, curves, width) for row in figure.build().split("\n")[:height]]


def _pieces(curve: Curve) -> Iterator[tuple[list[int], list[float]]]:
    """The unbroken pieces of a curve: positions and values."""
    known = ((at, value) for at, value in enumerate(curve.values, curve.first))
    for is_gap, run in groupby(known, key=lambda pair: pair[1] is None):
        if not is_gap:
            points = [(at, value) for at, value in run if value is not None]
            yield [at for at, _ in points], [value for _, value in points]


def _cells(row: str, curves: Sequence[Curve], width: int) -> list[Cell]:
    """One row of plotext's text as cells: texts and escapes alternate in the parts."""
    cells: list[Cell] = []
    curve: Curve | None = None
    for number, part in enumerate(_ESCAPE.split(row)):
        if number % 2:
            curve = curves[int(part[len(_COLOUR) :]) - _FIRST_CODE] if part.startswith(_COLOUR) else None
        elif curve is None:
            cells.extend([BLANK] * len(part))
        else:
            cells.extend(
                Cell(text, curve.tone, curve.dim, curve.bold) if text != " " else BLANK for text in part
            )
    return (cells + [BLANK] * width)[:width]
