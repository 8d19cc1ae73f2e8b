"""Moving in a table: what every screen that has one does on the keys of the registry's group Move."""

from __future__ import annotations

from typing import Generic, TypeVar

from textual.screen import Screen

from usagetop.screens.once import Once
from usagetop.widgets.table import FrameTable

_T = TypeVar("_T")


class TableScreen(Once, Screen[_T], Generic[_T]):
    """A screen whose keys move the cursor of its one table."""

    @property
    def table(self) -> FrameTable:
        """The table."""
        return self.query_one(FrameTable)

    def action_rows(self, rows: int) -> None:
        """Move the cursor by rows."""
        self.table.move(rows)

    def action_columns(self, columns: int) -> None:
        """Move the column cursor."""
        self.table.move_column(columns)

    def action_edge(self, direction: int) -> None:
        """First or last row."""
        self.table.go_to(0 if direction < 0 else self.table.rows - 1)

    def action_pages(self, halves: int) -> None:
        """Move by half pages."""
        self.table.move(halves * max(1, self.table.page // 2))
