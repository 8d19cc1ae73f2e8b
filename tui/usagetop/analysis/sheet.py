"""The sheet: the rows of a view beyond the table (drivers, prices, savings …), with what each field is.

One shape for all of them, so that the screen and every format draw a new view without knowing it. Values are raw
and exact: dimensions are the API's own strings, money and prices Decimals, starts UTC seconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from usagetop.model.answer import INCOMPLETE_CODES
from usagetop.model.dimensions import DIMENSIONS

if TYPE_CHECKING:
    from usagetop.analysis.course import Course
    from usagetop.model.answer import Notice, Source
    from usagetop.model.query import Query

# dimension: a raw value with a label and perhaps a name; text: a raw string of the API; word: one of ours.
# day: UTC seconds of a day's start; changes: pairs of a start and a price; models: raw names;
# scope: what a threshold is about; where that is a project, the row has its ``project_id``.
# cause: a driver's status; where both periods have it, people read which of its two parts is the larger.
Kind = Literal[
    "dimension",
    "text",
    "word",
    "count",
    "money",
    "quantity",
    "price",
    "share",
    "day",
    "changes",
    "models",
    "scope",
    "cause",
]
Value = (
    str
    | int
    | float
    | Decimal
    | None
    | Sequence[tuple[int, Decimal]]
    | Sequence[str | None]
    | Mapping[str, Decimal]
)
SheetRow = Mapping[str, Value]

NUMBERS = frozenset({"count", "money", "quantity", "price", "share"})


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name in JSON and CSV, its heading, and what its values are.

    ``signed`` differences are drawn with their sign. ``sums`` says that the values of one currency add up.
    ``quiet`` fields give way first where there is little room, ``dear`` ones last: for them names are shortened.
    A ``lead`` stands with the dimensions, and like them always stays.
    """

    name: str
    title: str
    kind: Kind
    signed: bool = False
    sums: bool = False
    quiet: bool = False
    dear: bool = False
    lead: bool = False

    @property
    def number(self) -> bool:
        """Whether its values are set to the right."""
        return self.kind in NUMBERS


@dataclass(frozen=True)
class Sheet:
    """A view beyond the table.

    ``rows`` hold a value for each field, None where it is not known; one currency a row. A dimension that is None
    has no value, one that is not known is not in the row. ``totals`` are by
    currency, usd first, of ``total_fields``. ``compared`` is the query of the earlier period, where there is
    one. ``said`` are drawable sentences that stand above the rows. ``courses`` are months to draw: one a row (None:
    not known), and a last one of everything, which stands for a sheet without rows.
    """

    view: str
    query: Query
    fields: tuple[Field, ...]
    rows: tuple[SheetRow, ...]
    notices: tuple[Notice, ...]
    source: Source
    total_fields: tuple[Field, ...] = ()
    totals: Mapping[str, SheetRow] = field(default_factory=dict)
    compared: Query | None = None
    said: tuple[str, ...] = ()
    courses: tuple[Course | None, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether the rows cover everything that was asked for."""
        return not any(notice.code in INCOMPLETE_CODES for notice in self.notices)

    def field(self, name: str) -> Field:
        """The field of that name; raises KeyError."""
        return {one.name: one for one in self.fields}[name]

    def ids(self) -> dict[str, list[str]]:
        """The ids in the rows that may have a name, by dimension, in the order of the rows."""
        found: dict[str, list[str]] = {}
        for one in self.fields:
            dimension = "project_id" if one.kind == "scope" else one.name
            if one.kind in {"dimension", "scope"} and DIMENSIONS[dimension].names:
                values = (value for row in self.rows if isinstance(value := row.get(dimension), str))
                if ids := list(dict.fromkeys(values)):
                    found[dimension] = ids
        return found

    def order(self, name: str, *, descending: bool) -> list[int]:
        """Row indices by a field, None last, ties in the order of the rows; the rows' own order without one."""
        if name not in {one.name for one in self.fields} or self.field(name).kind == "changes":
            return list(range(len(self.rows)))
        given = [index for index, row in enumerate(self.rows) if row.get(name) is not None]
        given.sort(key=lambda index: self.rows[index][name], reverse=descending)  # type: ignore[arg-type, return-value]
        missing = [index for index, row in enumerate(self.rows) if row.get(name) is None]
        return given + missing
