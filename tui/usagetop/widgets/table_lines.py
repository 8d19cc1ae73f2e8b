"""The lines of the table as strips: the head, and a row with its marker, mark, cells and bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from usagetop.charts.sparkline import share_bar, spark
from usagetop.model.cells import fit, fit_middle, width_of
from usagetop.theme import TONES
from usagetop.widgets.table_layout import GAP, GUTTER

if TYPE_CHECKING:
    from usagetop.widgets.content import Content
    from usagetop.widgets.styled import Styled
    from usagetop.widgets.table_layout import Layout, Slot

_GAP = " " * GAP
# The cells of so many rows are kept: a few screens.
_KEPT = 512
_PERCENT = len("100.0%")


class Styles(NamedTuple):
    """The styles of the parts of a table; ``tones`` are those of the groups, ``bar`` of what has no tone."""

    row: Style
    cursor: Style
    cell: Style
    quiet: Style
    mark: Style
    bar: Style
    head: Style
    chosen: Style
    tones: tuple[Style, ...]


def styles_of(widget: Styled, *, stale: bool) -> Styles:
    """The styles of a widget, as the theme has them now; rows that are stale are quiet."""
    style = widget.style_of
    quiet = style("quiet")
    tones = [quiet] * (TONES + 1)
    if not stale:
        tones = [Style(color=widget.colour_of(f"tone-{tone}").rich_color) for tone in range(TONES + 1)]
    return Styles(
        row=style("quiet" if stale else ""),
        cursor=style("cursor"),
        cell=style("strong"),
        quiet=quiet,
        mark=style("word"),
        bar=quiet,
        head=style("head"),
        chosen=style("head-chosen"),
        tones=tuple(tones),
    )


class _Cell(NamedTuple):
    """A drawn cell: the number of its column, its text, and its bar: of a share, or the course of a trend."""

    column: int
    text: str
    bar: str = ""


class Lines:
    """Draws the lines of one content in one layout; rows that were drawn lately are not made again."""

    def __init__(
        self,
        content: Content,
        layout: Layout,
        styles: Styles,
        marks: str,
        width: int,
        *,
        odd: str,
        ascii_only: bool,
    ) -> None:
        """``marks`` are the signs of the tones, ``odd`` that of a row with odd days; ``width`` is in cells."""
        self.layout = layout
        self._content = content
        self._styles = styles
        self._marks = marks
        self._odd = odd
        self._ascii = ascii_only
        self._width = width
        self._rows: dict[int, tuple[_Cell, ...]] = {}
        self.blank = Strip.blank(width, styles.row)

    def head(self, chosen: int | None) -> Strip:
        """The heads; ``chosen`` is the column with the cursor while the table has the focus."""
        content, layout, plain = self._content, self.layout, self._styles.head
        line = _Line()
        line.add("‹".ljust(GUTTER) if layout.before else " " * GUTTER, plain)
        for slot in layout.slots:
            mark = (" ▼" if content.descending else " ▲") if slot.column.name == content.sort else ""
            text = fit(slot.column.title, slot.width - len(mark)) + mark
            pad = " " * (slot.width - width_of(text))
            if slot.column.right:
                line.add(pad, plain)
            line.add(text, self._styles.chosen if slot.place == chosen else plain)
            line.add(_GAP if slot.column.right else pad + _GAP, plain)
        return self._ended(line, plain, f"{layout.after} ›" if layout.after else "")

    def row(self, row: int, column: int | None, scroll: str) -> Strip:
        """A row; ``column`` is the one with the cursor where the row has it; ``scroll`` ends the line."""
        styles, here = self._styles, column is not None
        base, line = styles.row, _Line()
        key = self._content.key(row)
        tone = self._content.tones.get(key)
        odd = key in self._content.odd
        line.add(
            "▸" if here else self._odd if odd else " ",
            styles.cursor if here else base + styles.mark if odd else base,
        )
        # The mark of a marked row, else the chart's tone: the legend of a chart that has no room for one.
        if key in self._content.marks:
            line.add("●", base + styles.mark)
        elif tone is not None:
            line.add(self._marks[tone], base + styles.tones[tone])
        else:
            line.add(" ", base)
        line.add(" ", base)
        bar = styles.bar if tone is None else styles.tones[tone]
        for number, cell in enumerate(self._cells(row)):
            style = base
            if here and number == 0:
                style = styles.cursor
            elif here and cell.column == column:
                style = styles.cell
            if cell.bar:
                line.add(cell.text, style)
                line.add(cell.bar, style + bar)
                line.add(_GAP, base)
            elif style is base:
                line.add(cell.text + _GAP, base)
            else:
                line.add(cell.text, style)
                line.add(_GAP, base)
        return self._ended(line, base, scroll)

    def _cells(self, row: int) -> tuple[_Cell, ...]:
        known = self._rows.get(row)
        if known is None:
            if len(self._rows) >= _KEPT:
                self._rows.clear()
            texts = self._content.texts(row)
            known = self._rows[row] = tuple(
                self._cell(row, slot, texts[slot.place]) for slot in self.layout.slots
            )
        return known

    def _cell(self, row: int, slot: Slot, text: str) -> _Cell:
        content = self._content
        if slot.column.kind == "share":
            percent = text.rjust(_PERCENT)
            if not slot.bar:
                return _Cell(slot.place, percent.ljust(slot.width))
            bar = share_bar((content.share(row) or 0.0) / content.largest_share, slot.bar)
            return _Cell(slot.place, percent.ljust(slot.width - slot.bar - 1), " " + bar)
        if slot.column.kind == "trend":
            return _Cell(slot.place, "", spark(content.trend(row), slot.width, ascii_only=self._ascii))
        if slot.column.right:
            # A number that is wider than its column is shortened, never cut.
            if width_of(text) > slot.width:
                text = content.text(row, slot.column, slot.width)
            return _Cell(slot.place, " " * (slot.width - width_of(text)) + text)
        text = fit_middle(text, slot.width)
        return _Cell(slot.place, text + " " * (slot.width - width_of(text)))

    def _ended(self, line: _Line, base: Style, mark: str) -> Strip:
        """The line cut or filled to the width, with ``mark`` in its last cells."""
        room = self._width - len(mark)
        if line.width <= room:
            line.add(" " * (room - line.width), base)
            line.add(mark, self._styles.quiet)
            return Strip(line.segments, self._width)
        strip = Strip(line.segments).adjust_cell_length(room, base)
        return Strip([*strip, Segment(mark, self._styles.quiet)]) if mark else strip


class _Line:
    """Segments that are being put together."""

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self.width = 0

    def add(self, text: str, style: Style) -> None:
        """Go on with a text."""
        if text:
            self.width += width_of(text)
            self.segments.append(Segment(text, style))
