"""A sheet as the table draws it: one column a field, cells made only when they are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from usagetop.analysis.sheet_text import field_text
from usagetop.model import money
from usagetop.model.cells import width_of
from usagetop.widgets.table_content import Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from usagetop.analysis.grouping import Key
    from usagetop.analysis.sheet import Field, Sheet
    from usagetop.store.labels import Labels

# The widest a number gets before it is shortened honestly.
_CELL = 14
# A single currency needs no column of its own: the amounts say it.
_CURRENCY = "currency"


@dataclass(frozen=True)
class SheetContent:
    """A sheet and how it is shown: which rows in which order, sorted by what, under which names."""

    sheet: Sheet
    rows: Sequence[int]
    labels: Labels
    sort: str = ""
    descending: bool = True
    marks: frozenset[Key] = frozenset()

    @property
    def tones(self) -> Mapping[Key, int]:
        """No row of a sheet has a colour of the chart."""
        return {}

    @property
    def largest_share(self) -> float:
        """No bar is drawn."""
        return 1.0

    @cached_property
    def _fields(self) -> tuple[Field, ...]:
        several = len({row.get(_CURRENCY) for row in self.sheet.rows}) > 1
        return tuple(one for one in self.sheet.fields if one.name != _CURRENCY or several)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Dimensions first, so that they stay while numbers scroll; quiet fields last, where columns drop."""
        fields = sorted(self._fields, key=lambda one: (one.kind != "dimension", one.quiet))
        return tuple(Column(one.name, one.title, _kind(one)) for one in fields)

    def key(self, row: int) -> Key:
        """The place of a row in the sheet, which is all the identity that it has."""
        return (self.rows[row],)

    def text(self, row: int, column: Column, room: int = _CELL) -> str:
        """The text of a cell; a number is shortened honestly to ``room``."""
        values = self.sheet.rows[self.rows[row]]
        about = self.sheet.field(column.name)
        return field_text(about, values, self.labels.of, min(room, _CELL) if about.number else room)

    def exact(self, row: int, column: Column) -> str:
        """What is copied from a cell: every digit of a number, anything else as it is drawn."""
        value = self.sheet.rows[self.rows[row]].get(column.name)
        return money.plain(value) if isinstance(value, Decimal) else self.text(row, column)

    def share(self, row: int) -> float | None:  # noqa: ARG002 - what the table asks of its content
        """No share is drawn."""
        return None

    @cached_property
    def natural_widths(self) -> tuple[int, ...]:
        """The width that each column would like: sheets have few rows, all are measured."""
        return tuple(
            max(
                max((width_of(self.text(row, column)) for row in range(len(self.rows))), default=0),
                len(column.title) + 2,
            )
            for column in self.columns
        )


def _kind(about: Field) -> Literal["dimension", "metric", "unit"]:
    """How the table sets a field: dimensions stay, numbers stand to the right."""
    if about.kind == "dimension":
        return "dimension"
    return "metric" if about.number else "unit"
