"""What a chart is drawn into: rows of styled text, exactly as wide and as high as was asked.

Nothing here knows a colour: spans carry tones, which the theme turns into colours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from usagetop.model.cells import width_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Tones 0…7 are the groups by rank. OTHER is the rest. LINE is for floors and grids, fainter than dim text.
OTHER = 8
LINE = 9


class Span(NamedTuple):
    """A piece of a row in one style.

    ``tone`` colours the glyphs, ``ground`` the cells behind them: 0…7 a group, 8 ``other``, 9 the lines of
    axes and grid; None is the terminal's own. ``dim`` is quiet text, or a tone that steps back.
    """

    text: str
    tone: int | None = None
    dim: bool = False
    bold: bool = False
    ground: int | None = None


class Picture(NamedTuple):
    """A drawn chart: ``rows`` from top to bottom, every one exactly as many cells as was asked."""

    rows: tuple[tuple[Span, ...], ...]

    @property
    def text(self) -> str:
        """The rows without their style, joined by line feeds."""
        return "\n".join("".join(span.text for span in row) for row in self.rows)


class Size(NamedTuple):
    """Cells."""

    width: int
    height: int


class Look(NamedTuple):
    """What the terminal can show: ``ascii`` where the locale is not UTF-8, ``colour`` unless NO_COLOR."""

    ascii: bool = False
    colour: bool = True


class Cell(NamedTuple):
    """One drawn cell; ``text`` is one character of one cell. The other fields are those of ``Span``."""

    text: str = " "
    tone: int | None = None
    dim: bool = False
    bold: bool = False
    ground: int | None = None


BLANK = Cell()


def joined(cells: Iterable[Cell]) -> tuple[Span, ...]:
    """Cells as spans: neighbours of one style together; a blank takes the style before it, if it can."""
    spans: list[Span] = []
    style, texts, ground = BLANK[1:], [], None
    last: Cell | None = None
    for cell in cells:
        # Most cells are the one before once more.
        if cell is last:
            texts.append(cell.text)
            continue
        last = cell
        here = cell[1:]
        if here == style or (cell == BLANK and ground is None):
            texts.append(cell.text)
            continue
        if texts:
            spans.append(Span("".join(texts), *style))
        style, texts, ground = here, [cell.text], cell.ground
    if texts:
        spans.append(Span("".join(texts), *style))
    return tuple(spans)


def row_width(row: Sequence[Span]) -> int:
    """The cells that a row takes."""
    return sum(width_of(span.text) for span in row)


def blank(width: int) -> Span:
    """``width`` cells of nothing."""
    return Span(" " * width)


def message(text: str, size: Size) -> Picture:
    """A picture that only says something, dim, in its middle; empty where it does not fit."""
    width, height = max(0, size.width), max(0, size.height)
    rows: list[tuple[Span, ...]] = [(blank(width),) if width else ()] * height
    if rows and 0 < width_of(text) <= width:
        left = (width - width_of(text)) // 2
        rows[(height - 1) // 2] = (Span((" " * left + text).ljust(width), dim=True),)
    return Picture(tuple(rows))
