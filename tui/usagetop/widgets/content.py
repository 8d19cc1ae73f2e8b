"""What the table draws: columns, rows, and the text of a cell, made only when it is drawn.

A frame and a sheet are contents of their own; the table knows neither.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from usagetop.analysis.grouping import Key
    from usagetop.model.metrics import Unit

# The texts of so many rows are kept: a few screens.
_KEPT = 512
# The widest a number gets before it is shortened honestly: 9,999,999,999 and $9,999,999.99 stand whole.
CELL = 14


class Column(NamedTuple):
    """One column: its name, its head and its kind.

    A *dimension* always stays, a *metric* is set to the right, a *share* has a bar, a *unit* is quiet text, a
    *change* is a number whose sign matters, a *trend* is drawn. For a ``dear`` one names are shortened further.
    """

    name: str
    title: str
    kind: Literal["dimension", "metric", "share", "unit", "change", "trend"]
    unit: Unit = "units"
    dear: bool = False

    @property
    def right(self) -> bool:
        """Whether its cells are set to the right."""
        return self.kind in {"metric", "change"}


class Content:
    """The base of what the table draws; a row is counted by its place on the screen (0 is the first).

    ``rows`` are places in whatever is behind it. ``sort`` is the column that bears the sort mark. ``marks`` are the
    keys of marked rows, ``tones`` the chart's tones of the largest groups, ``odd`` those of rows that
    drove odd days.
    """

    rows: Sequence[int]
    sort: str
    descending: bool
    marks: frozenset[Key]
    tones: Mapping[Key, int]
    odd: frozenset[Key]

    @property
    def source(self) -> tuple[object, object]:
        """What is behind it and how that is labelled: columns keep their widths as long as it is the same."""
        raise NotImplementedError

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns, the dearest first."""
        raise NotImplementedError

    def key(self, row: int) -> Key:
        """The identity of a row."""
        raise NotImplementedError

    def text(self, row: int, column: Column, room: int = CELL) -> str:
        """The text of a cell; a number is shortened honestly to ``room``."""
        raise NotImplementedError

    def exact(self, row: int, column: Column) -> str:
        """The text that is copied from a cell: every digit of a number, anything else as it is drawn."""
        raise NotImplementedError

    def place_of(self, key: Key) -> int | None:
        """The row of a key, None where it has none."""
        raise NotImplementedError

    def ends(self, column: Column) -> Sequence[str]:
        """Texts as wide as any of a column of numbers can be, where they are known without looking at all rows."""
        raise NotImplementedError

    def share(self, row: int) -> float | None:  # noqa: ARG002 - most contents have no shares
        """The row's part of the total, or None where that says nothing."""
        return None

    @cached_property
    def largest_share(self) -> float:
        """The largest share of any row: the one whose bar fills its cell."""
        return 1.0

    def trend(self, row: int) -> Sequence[float | None]:  # noqa: ARG002 - most contents have no trends
        """The row's course over time, None for a gap; empty where there is none to draw."""
        return ()

    def same_rows(self, other: Content) -> bool:
        """Whether both draw the same texts in the same places; marks and tones aside."""
        return (
            self.source == other.source
            and self.rows is other.rows
            and (self.sort, self.descending) == (other.sort, other.descending)
            and self.columns == other.columns
        )

    def draws_like(self, other: Content) -> bool:
        """Whether both draw the very same."""
        mine = (self.tones, self.marks, self.odd)
        return self.same_rows(other) and mine == (other.tones, other.marks, other.odd)

    def marked(self, marks: frozenset[Key]) -> Content:
        """The same content with other rows marked."""
        raise NotImplementedError

    def texts(self, row: int) -> tuple[str, ...]:
        """The texts of all columns of a row; those of the last rows that were asked for are kept."""
        known = self._texts.get(row)
        if known is None:
            if len(self._texts) >= _KEPT:
                self._texts.clear()
            known = self._texts[row] = tuple(self.text(row, column) for column in self.columns)
        return known

    @cached_property
    def _texts(self) -> dict[int, tuple[str, ...]]:
        return {}
