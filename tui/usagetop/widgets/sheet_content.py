"""A sheet as the table draws it: one column a field, cells made only when they are drawn."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from usagetop.analysis.sheet_text import field_text
from usagetop.model import money
from usagetop.widgets.content import CELL, Column, Content

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from usagetop.analysis.grouping import Key
    from usagetop.analysis.sheet import Field, Sheet
    from usagetop.store.labels import Labels

# A single currency needs no column of its own: the amounts say it.
_CURRENCY = "currency"


@dataclass(frozen=True, eq=False)
class SheetContent(Content):
    """A sheet and how it is shown: which rows in which order, sorted by what, under which names."""

    sheet: Sheet
    rows: Sequence[int]
    labels: Labels
    sort: str = ""
    descending: bool = True
    marks: frozenset[Key] = frozenset()

    odd: frozenset[Key] = frozenset()
    tones: Mapping[Key, int] = field(default_factory=dict)

    @property
    def source(self) -> tuple[object, object]:
        """The sheet and its labels."""
        return self.sheet, self.labels

    @cached_property
    def _fields(self) -> tuple[Field, ...]:
        several = len({row.get(_CURRENCY) for row in self.sheet.rows}) > 1
        return tuple(one for one in self.sheet.fields if one.name != _CURRENCY or several)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Names first, so that they stay while numbers scroll; what is dear before what is quiet, which drops first."""
        fields = sorted(self._fields, key=_place)
        return tuple(Column(one.name, one.title, _kind(one), dear=self._is_dear(one)) for one in fields)

    def _is_dear(self, about: Field) -> bool:
        """Whether names are shortened for a field: not where it says nothing in any row."""
        return about.dear and any(row.get(about.name) for row in self.sheet.rows)

    def key(self, row: int) -> Key:
        """The place of a row in the sheet, which is all the identity that it has."""
        return (self.rows[row],)

    def text(self, row: int, column: Column, room: int = CELL) -> str:
        """The text of a cell; a number is shortened honestly to ``room``."""
        values = self.sheet.rows[self.rows[row]]
        about = self.sheet.field(column.name)
        return field_text(about, values, self.labels.of, min(room, CELL) if about.number else room)

    def exact(self, row: int, column: Column) -> str:
        """What is copied from a cell: every digit of a number, anything else as it is drawn."""
        value = self.sheet.rows[self.rows[row]].get(column.name)
        return money.plain(value) if isinstance(value, Decimal) else self.text(row, column)

    def marked(self, marks: frozenset[Key]) -> SheetContent:
        """The same content with other rows marked."""
        return replace(self, marks=marks)

    def place_of(self, key: Key) -> int | None:
        """The row of a key, None where it has none."""
        return self.rows.index(int(key[0] or 0)) if key[0] in self.rows else None

    def ends(self, column: Column) -> Sequence[str]:
        """The widest number: sheets have few rows, all are measured."""
        return [self.text(row, column) for row in range(len(self.rows))] if column.right else ()


def _place(about: Field) -> tuple[bool, ...]:
    """Where a field's column stands: a lead, the dimensions, then the dearest."""
    return not about.lead, about.kind != "dimension", not about.dear, about.quiet


def _kind(about: Field) -> Literal["dimension", "metric", "unit"]:
    """How the table sets a field: dimensions stay, numbers stand to the right."""
    if about.lead or about.kind == "dimension":
        return "dimension"
    return "metric" if about.number else "unit"
