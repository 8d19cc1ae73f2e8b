"""How wide the table's columns would like to be: measured on what comes into view, and growing only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagetop.model.cells import width_of
from usagetop.store.outcome import TREND_BINS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from usagetop.widgets.content import Column, Content

# The texts of so many rows from everywhere are measured before any is drawn; others when they come into view.
_SAMPLED = 128
# A share and a trend have their own room, whatever the head.
_FIXED = {"share": len("100.0%"), "trend": TREND_BINS}


class Widths:
    """The widths of one content's columns, in cells.

    A column begins with its head and the ends of its numbers, or the texts of some rows from everywhere: of as
    many, however many there are. It grows with what comes into view and never shrinks: columns do not jump while
    one scrolls, nor when the same frame is sorted or searched (``before``: its widths until then).
    """

    def __init__(self, content: Content, before: Widths | None = None) -> None:
        self._content = content
        self._known: dict[str, int] = {}
        if before is not None and before._content.source == content.source:  # noqa: SLF001 - its own class
            self._known.update(before._known)  # noqa: SLF001
        for column in content.columns:
            # The sort mark stands behind the head.
            least = _FIXED.get(column.kind, len(column.title) + 2)
            ends = max(map(width_of, content.ends(column)), default=0)
            self._known[column.name] = max(self._known.get(column.name, 0), least, ends)
        texts = [column for column in content.columns if column.kind in {"dimension", "unit", "change"}]
        for row in range(0, len(content.rows), -(-len(content.rows) // _SAMPLED) or 1):
            for column in texts:
                self._grow(column, content.text(row, column))

    @property
    def natural(self) -> tuple[int, ...]:
        """The width that each column would like."""
        return tuple(self._known[column.name] for column in self._content.columns)

    def show(self, rows: Iterable[int]) -> bool:
        """Make room for rows that come into view; whether a column had to grow for them."""
        grown = False
        for row in rows:
            for column, text in zip(self._content.columns, self._content.texts(row), strict=True):
                grown |= self._grow(column, text)
        return grown

    def _grow(self, column: Column, text: str) -> bool:
        wide = width_of(text)
        if wide <= self._known[column.name]:
            return False
        self._known[column.name] = wide
        return True
