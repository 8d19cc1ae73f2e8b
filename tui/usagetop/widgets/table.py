"""The table: our own, on Textual's line API. It draws visible lines only, whatever the number of rows.

The cursor is a marker and a style on few cells, so that a step sends few bytes over SSH.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip

from usagetop.charts.glyphs import glyphs_for
from usagetop.charts.picture import Look
from usagetop.messages import RowOpened, RowReached, SortChosen
from usagetop.widgets.styled import Styled
from usagetop.widgets.table_layout import GAP, Layout, Slot, lay_out, scroll_mark
from usagetop.widgets.table_lines import Lines, Styles, styles_of
from usagetop.widgets.table_widths import Widths

if TYPE_CHECKING:
    from textual import events

    from usagetop.analysis.grouping import Key
    from usagetop.widgets.content import Content


class FrameTable(Styled, can_focus=True):
    """A table over a frame with a row cursor, a column cursor, marks and a sort mark.

    Set ``content`` to show something else; ``stale`` dims it while newer data loads.
    """

    content: reactive[Content | None] = reactive(None, init=False)
    stale: reactive[bool] = reactive(False, init=False)

    def __init__(self, look: Look, *, tells_rows: bool = False) -> None:
        """An empty table; ``look`` says how groups are told apart in this terminal.

        With ``tells_rows`` it posts when the cursor comes to another row.
        """
        super().__init__()
        self._tells_rows = tells_rows
        glyphs = glyphs_for(ascii_only=look.ascii, colour=look.colour)
        self._marks, self._odd_mark, self._ascii = glyphs.marks, glyphs.odd, look.ascii
        self.row = 0
        self.column = 0
        self.top = 0
        self._first = 0
        self._widths: Widths | None = None
        self._shown_from = -1
        self._lines: Lines | None = None
        self._style_set: Styles | None = None

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
        page = self.page
        row = max(0, min(self.rows - 1, row))
        old_row, old_top = self.row, self.top
        self.row = row
        self.top = self._fitting_top(row, page)
        if self.top != old_top:
            self.refresh()
        elif row != old_row:
            self._refresh_cursor(old_row, row)
        if self._tells_rows and row != old_row:
            self.post_message(RowReached())

    def move_column(self, columns: int) -> None:
        """Move the column cursor; columns that had dropped come into view."""
        if self.content is None:
            return
        before = self._first
        self.column = self._possible_column(self.column + columns)
        self._reveal_column()
        if self._first != before:
            self.refresh()
        else:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in (0, self.row - self.top + 1)))

    def chosen_column(self) -> str:
        """The name of the column under the cursor, or empty."""
        if self.content is None or not self.content.columns:
            return ""
        return self.content.columns[min(self.column, len(self.content.columns) - 1)].name

    def restore(self, row: int, top: int, column: int) -> None:
        """Put cursor and scroll back to where they were in an earlier view."""
        self.row, self.top, self.column = row, top, column
        self._stay_inside()
        self.refresh()

    def follow(self, key: Key | None) -> None:
        """Put the cursor on the row of this key again, where it still is one; the scroll stays."""
        content = self.content
        if content is None or not content.rows or key is None or content.key(self.row) == key:
            return
        row = content.place_of(key)
        if row is not None:
            self.go_to(row)

    # -- drawing

    def watch_content(self, old: Content | None, new: Content | None) -> None:
        """New content: keep the cursor inside it."""
        self._lines = None
        self._shown_from = -1
        if new is None or old is None or not new.same_rows(old):
            self._widths = Widths(new, self._widths) if new is not None else None
            self._stay_inside()
        self.refresh()

    def watch_stale(self) -> None:
        """Old numbers are dimmed."""
        self._lines = self._style_set = None

    def notify_style_update(self) -> None:
        """Another theme, or another state: the styles are read again."""
        super().notify_style_update()
        self._lines = self._style_set = None

    def on_resize(self) -> None:
        """Keep the cursor visible in the new size, and as many columns as there is room for."""
        self._shown_from, self._first = -1, 0
        self._stay_inside()
        self.refresh()  # the lines were drawn from the old top

    def render_line(self, y: int) -> Strip:
        """One line: the heads, a row, or nothing."""
        if self.content is None:
            return Strip.blank(self.size.width, self.style_of())
        lines = self._drawn()
        if y == 0:
            return lines.head(self.column if self.has_focus else None)
        row = self.top + y - 1
        if row >= self.rows:
            return lines.blank
        return lines.row(
            row, self.column if row == self.row else None, scroll_mark(self.rows, self.page, self.top, y - 1)
        )

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines that are asked for; columns grow first for rows that have just come into view."""
        if self._widths is not None and self._shown_from != self.top:
            self._shown_from = self.top
            if self._widths.show(range(self.top, min(self.rows, self.top + self.page))):
                self._lines = None
        return super().render_lines(crop)

    def _drawn(self) -> Lines:
        """What draws the lines of the content as it is placed and styled now."""
        if self._lines is None:
            assert self.content is not None  # noqa: S101 - callers have checked; mypy has not
            if self._style_set is None:
                self._style_set = styles_of(self, stale=self.stale)
            self._lines = Lines(
                self.content,
                self._placed(),
                self._style_set,
                self._marks,
                self.size.width,
                odd=self._odd_mark,
                ascii_only=self._ascii,
            )
        return self._lines

    def _placed(self) -> Layout:
        content, widths = self.content, self._widths
        assert content is not None  # noqa: S101 - callers have checked; mypy has not
        assert widths is not None  # noqa: S101 - content and widths come together
        # The last cell is kept for the scroll mark.
        return lay_out(content.columns, widths.natural, self.size.width - 1, self._first)

    # -- scrolling

    def _fitting_top(self, row: int, page: int) -> int:
        top = min(self.top, row)
        top = max(top, row - page + 1)
        return max(0, min(top, self.rows - page))

    def _stay_inside(self) -> None:
        """Keep row, scroll and column where there are some, and the cursor visible."""
        self.row = max(0, min(self.rows - 1, self.row))
        self.top = self._fitting_top(self.row, self.page)
        self.column = self._possible_column(self.column)
        self._reveal_column()

    def _refresh_cursor(self, *rows: int) -> None:
        """Draw again what the cursor changes in these rows: from their marker to its column, or to the first."""
        slots = self._drawn().layout.slots
        ends = [slot.x + slot.width for at, slot in enumerate(slots) if not at or slot.place == self.column]
        self.refresh(*(Region(0, row - self.top + 1, max(ends), 1) for row in rows))

    def _possible_column(self, column: int) -> int:
        """The column, or the last one where there are not so many."""
        return max(0, min(column, len(self.content.columns) - 1)) if self.content is not None else column

    def _reveal_column(self) -> None:
        """Scroll number columns so that the column cursor is drawn."""
        self._lines = None
        content = self.content
        if content is None or not content.columns:
            return
        texts = sum(column.kind == "dimension" for column in content.columns)
        self._first = max(0, min(self._first, self.column - texts))
        while self.column not in {slot.place for slot in self._placed().slots}:
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
            if slot is not None and slot.place != self.column:
                self.column = slot.place
                self.refresh()
            if event.chain > 1:
                self.post_message(RowOpened())

    def _slot_at(self, x: int) -> Slot | None:
        slots = self._drawn().layout.slots
        return next((slot for slot in slots if slot.x <= x < slot.x + slot.width + GAP), None)

    def on_mouse_scroll_down(self) -> None:
        """The wheel moves the cursor, as the keys do."""
        self.move(3)

    def on_mouse_scroll_up(self) -> None:
        """The wheel moves the cursor, as the keys do."""
        self.move(-3)
