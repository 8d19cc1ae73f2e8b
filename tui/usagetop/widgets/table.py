"""The table: our own, on Textual's line API. It draws visible lines only, whatever the number of rows.

The cursor is a marker and a style on few cells, so that a step sends few bytes over SSH.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from usagetop.charts.glyphs import glyphs_for
from usagetop.charts.picture import Look
from usagetop.charts.sparkline import share_bar
from usagetop.messages import CursorMoved, RowOpened, SortChosen
from usagetop.model.cells import fit, fit_middle, width_of
from usagetop.theme import TONES
from usagetop.widgets.table_layout import GAP, GUTTER, Layout, Slot, lay_out

if TYPE_CHECKING:
    from rich.style import Style
    from textual import events

    from usagetop.analysis.grouping import Key
    from usagetop.widgets.table_content import TableContent


class FrameTable(Widget, can_focus=True):
    """A table over a frame with a row cursor, a column cursor, marks and a sort mark.

    Set ``content`` to show something else; ``stale`` dims it while newer data loads.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--head",
        "table--head-chosen",
        "table--row",
        "table--cursor",
        "table--cell",
        "table--quiet",
        "table--mark",
        "table--stale",
        "table--bar",
        *(f"table--tone-{number}" for number in range(TONES + 1)),
    }

    content: reactive[TableContent | None] = reactive(None, init=False)
    stale: reactive[bool] = reactive(False, init=False)

    def __init__(self, look: Look, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        """An empty table; ``look`` says how groups are told apart in this terminal."""
        super().__init__(id=id)
        self._marks = glyphs_for(ascii_only=look.ascii, colour=look.colour).marks
        self.row = 0
        self.column = 0
        self.top = 0
        self._first = 0
        self._placed: tuple[object, Layout] | None = None

    # -- what the screen asks of it

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(self.content.rows) if self.content else 0

    @property
    def page(self) -> int:
        """How many rows are visible."""
        return max(1, self.size.height - 1)

    @property
    def key(self) -> Key | None:
        """The key of the row under the cursor; None in an empty table."""
        return self.content.key(self.row) if self.content is not None and self.rows else None

    def move(self, rows: int) -> None:
        """Move the cursor by rows; it stops at the ends."""
        self.go_to(self.row + rows)

    def go_to(self, row: int) -> None:
        """Put the cursor on a row, and scroll just as far as needed."""
        row = max(0, min(self.rows - 1, row))
        old_row, old_top = self.row, self.top
        self.row = row
        self.top = self._fitting_top(row)
        if self.top != old_top:
            self.refresh()
        elif row != old_row:
            self._refresh_line(old_row)
            self._refresh_line(row)
        if row != old_row:
            self.post_message(CursorMoved())

    def move_column(self, columns: int) -> None:
        """Move the column cursor; columns that had dropped come into view."""
        if self.content is None:
            return
        total = len(self.content.columns)
        self.column = max(0, min(total - 1, self.column + columns))
        self._reveal_column()
        self.refresh()

    def chosen_column(self) -> str:
        """The name of the column under the cursor, or empty."""
        if self.content is None or not self.content.columns:
            return ""
        return self.content.columns[min(self.column, len(self.content.columns) - 1)].name

    def restore(self, row: int, top: int, column: int) -> None:
        """Put cursor and scroll back to where they were in an earlier view."""
        self.row = max(0, min(self.rows - 1, row))
        self.top = top
        self.top = self._fitting_top(self.row)
        self.column = self._possible_column(column)
        self._reveal_column()
        self.refresh()

    def follow(self, key: Key | None) -> None:
        """Put the cursor on the row of this key again, where it still is one; the scroll stays."""
        content = self.content
        if content is None or not content.rows or key is None or content.key(self.row) == key:
            return
        self.go_to(next((row for row in range(self.rows) if content.key(row) == key), self.row))

    # -- drawing

    def watch_content(self) -> None:
        """New content: keep the cursor inside it."""
        self._placed = None
        self.row = max(0, min(self.rows - 1, self.row))
        self.top = self._fitting_top(self.row)
        self.column = self._possible_column(self.column)
        self._reveal_column()
        self.refresh()

    def on_resize(self) -> None:
        """Keep the cursor visible in the new size, and as many columns as there is room for."""
        self.top = self._fitting_top(self.row)
        self._first = 0
        self._reveal_column()
        self.refresh()  # the lines were drawn from the old top

    def render_line(self, y: int) -> Strip:
        """One line: the heads, a row, or nothing."""
        width = self.size.width
        base = self._style("table--stale" if self.stale else "table--row")
        if self.content is None:
            return Strip.blank(width, base)
        if y == 0:
            return self._head(width)
        row = self.top + y - 1
        if row >= self.rows:
            return Strip.blank(width, base)
        return self._line(row, y, width, base)

    def _style(self, part: str) -> Style:
        return self.get_component_rich_style(part)

    def _placing(self) -> Layout:
        # The last cell is kept for the scroll mark.
        token = (self.size.width, self._first)  # another content forgets the layout in its watcher
        if self._placed is None or self._placed[0] != token:
            assert self.content is not None  # noqa: S101 - callers have checked; mypy has not
            self._placed = (token, lay_out(self.content, self.size.width - 1, self._first))
        return self._placed[1]

    def _head(self, width: int) -> Strip:
        content = self.content
        assert content is not None  # noqa: S101 - render_line has checked
        layout = self._placing()
        plain, chosen = self._style("table--head"), self._style("table--head-chosen")
        segments = [Segment("‹".ljust(GUTTER) if layout.before else " " * GUTTER, plain)]
        for slot in layout.slots:
            mark = (" ▼" if content.descending else " ▲") if slot.column.name == content.sort else ""
            text = fit(slot.column.title, slot.width - len(mark)) + mark
            pad = " " * (slot.width - width_of(text))
            style = chosen if slot.index == self.column and self.has_focus else plain
            if slot.column.right:
                segments.append(Segment(pad, plain))
            segments.append(Segment(text, style))
            segments.append(Segment(" " * GAP if slot.column.right else pad + " " * GAP, plain))
        after = f"{layout.after} ›" if layout.after else ""
        return _ended(segments, width, plain, after, self._style("table--quiet"))

    def _line(self, row: int, y: int, width: int, base: Style) -> Strip:
        content = self.content
        assert content is not None  # noqa: S101 - render_line has checked
        here = row == self.row
        key = content.key(row)
        marked = key in content.marks
        cursor = self._style("table--cursor")
        tone = content.tones.get(key)
        # The mark of a marked row, else the chart's tone: the legend of a chart that has no room for one.
        mark = Segment(" ", base)
        if marked:
            mark = Segment("●", base + self._style("table--mark"))
        elif tone is not None:
            mark = Segment(self._marks[tone], base + self._tone(tone))
        segments = [Segment("▸" if here else " ", cursor if here else base), mark, Segment(" ", base)]
        for number, slot in enumerate(self._placing().slots):
            style = base
            if here and number == 0:
                style = cursor
            elif here and slot.index == self.column:
                style = self._style("table--cell")
            segments.extend(self._cell(row, slot, style, tone))
            segments.append(Segment(" " * GAP, base))
        return _ended(segments, width, base, self._scroll_mark(y), self._style("table--quiet"))

    def _cell(self, row: int, slot: Slot, style: Style, tone: int | None) -> list[Segment]:
        content = self.content
        assert content is not None  # noqa: S101 - render_line has checked
        text = content.text(row, slot.column)
        if slot.column.kind == "share":
            percent = text.rjust(len("100.0%"))
            share = content.share(row)
            bar = share_bar((share or 0.0) / (content.largest_share or 1.0), slot.bar) if slot.bar else ""
            rest = slot.width - len(percent) - (len(bar) + 1 if slot.bar else 0)
            segments = [Segment(percent + " " * rest, style)]
            if slot.bar:
                segments.append(Segment(" " + bar, style + self._tone(tone)))
            return segments
        if slot.column.right:
            # The width was measured on some rows: a number that is wider is shortened, never cut.
            if width_of(text) > slot.width:
                text = content.text(row, slot.column, slot.width)
            return [Segment(" " * (slot.width - width_of(text)) + text, style)]
        text = fit_middle(text, slot.width)
        return [Segment(text + " " * (slot.width - width_of(text)), style)]

    def _tone(self, tone: int | None) -> Style:
        from rich.style import Style as RichStyle

        if self.stale or tone is None:
            return self._style("table--bar")
        return RichStyle(color=self.get_component_styles(f"table--tone-{tone}").color.rich_color)

    def _scroll_mark(self, y: int) -> str:
        """One cell at the right end: where the visible rows stand among all."""
        if self.rows <= self.page:
            return ""
        size = max(1, self.page * self.page // self.rows)
        place = self.top * (self.page - size) // max(1, self.rows - self.page)
        return "▐" if place <= y - 1 < place + size else " "

    # -- scrolling

    def _fitting_top(self, row: int) -> int:
        top = min(self.top, row)
        top = max(top, row - self.page + 1)
        return max(0, min(top, self.rows - self.page))

    def _refresh_line(self, row: int) -> None:
        self.refresh(Region(0, row - self.top + 1, self.size.width, 1))

    def _possible_column(self, column: int) -> int:
        """The column, or the last one where there are not so many."""
        return max(0, min(column, len(self.content.columns) - 1)) if self.content is not None else column

    def _reveal_column(self) -> None:
        """Scroll number columns so that the column cursor is drawn."""
        content = self.content
        if content is None or not content.columns:
            return
        texts = sum(column.kind == "dimension" for column in content.columns)
        if self.column < texts:
            self._first = 0
            return
        self._first = min(self._first, self.column - texts)
        while self.column not in {slot.index for slot in self._placing().slots}:
            self._first += 1

    # -- the mouse

    def on_click(self, event: events.Click) -> None:
        """A head sorts, a row takes the cursor, a second click opens it."""
        if self.content is None:
            return
        if event.y == 0:
            slot = self._slot_at(event.x)
            if slot is not None:
                self.post_message(SortChosen(slot.column.name))
            return
        row = self.top + event.y - 1
        if row < self.rows:
            self.go_to(row)
            slot = self._slot_at(event.x)
            if slot is not None and slot.index != self.column:
                self.column = slot.index
                self.refresh()
            if event.chain > 1:
                self.post_message(RowOpened())

    def _slot_at(self, x: int) -> Slot | None:
        slots = self._placing().slots
        return next((slot for slot in slots if slot.x <= x < slot.x + slot.width + GAP), None)

    def on_mouse_scroll_down(self) -> None:
        """The wheel moves the cursor, as the keys do."""
        self.move(3)

    def on_mouse_scroll_up(self) -> None:
        """The wheel moves the cursor, as the keys do."""
        self.move(-3)


def _ended(segments: list[Segment], width: int, base: Style, mark: str, quiet: Style) -> Strip:
    """The line cut or filled to ``width``, with ``mark`` in its last cells."""
    strip = Strip(segments).adjust_cell_length(width - len(mark), base)
    return Strip([*strip, Segment(mark, quiet)]) if mark else strip


__all__ = ["GUTTER", "FrameTable"]
