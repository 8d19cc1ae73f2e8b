"""What the table shows, as frozen values: columns, rows, and the text of a cell.

Nothing here knows Textual; a table of a million rows costs as much as one of a thousand, because a cell is
made only when it is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from usagetop.analysis import numbers
from usagetop.model import money
from usagetop.model.dimensions import DIMENSIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from usagetop.analysis.frame import Frame
    from usagetop.analysis.grouping import Key
    from usagetop.model.metrics import Metric, Unit
    from usagetop.store.labels import Labels

# The texts of so many rows are kept: a few screens.
_KEPT = 512
# The widest a number gets before it is shortened honestly: 9,999,999,999 and $9,999,999.99 stand whole.
CELL = 14
_LEAST_SHARE = 0.0005
# Beside refunds a row can be many times the total; from here on 100.0% cells would be too narrow.
_MOST_SHARE = 9.9995


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name (a dimension, a metric, ``share`` or ``quantity_unit``), its head and its kind."""

    name: str
    title: str
    kind: Literal["dimension", "metric", "share", "unit"]
    unit: Unit = "units"

    @property
    def right(self) -> bool:
        """Whether its cells are set to the right."""
        return self.kind == "metric"


@dataclass(frozen=True, eq=False)
class TableContent:
    """A frame and how it is shown: which rows in which order, which columns, sorted by what.

    ``rows`` are indices into the frame. ``tones`` are the chart's tones of the largest groups. ``marks`` are
    the keys of marked rows.
    """

    frame: Frame
    labels: Labels
    rows: Sequence[int]
    metric: str
    sort: str
    descending: bool
    tones: Mapping[Key, int] = field(default_factory=dict)
    marks: frozenset[Key] = frozenset()

    def same_rows(self, other: TableContent) -> bool:
        """Whether both draw the same texts in the same places; marks and tones aside."""
        mine = (self.metric, self.sort, self.descending)
        return (
            self.frame is other.frame
            and self.labels is other.labels
            and self.rows is other.rows
            and mine == (other.metric, other.sort, other.descending)
        )

    def draws_like(self, other: TableContent) -> bool:
        """Whether nothing of the table looks different."""
        return self.same_rows(other) and (self.tones, self.marks) == (other.tones, other.marks)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Dimensions, then the charted metric with its share, then the other metrics."""
        frame = self.frame
        several = len(frame.totals.amounts) > 1
        dims = [name for name in frame.dims if name != "currency" or several]
        columns = [Column(name, DIMENSIONS[name].short, "dimension") for name in dims]
        metrics = [metric for metric in frame.category.metrics if metric.name in frame.columns]
        metrics.sort(key=lambda metric: metric.name != self.metric)
        for metric in metrics:
            columns.append(Column(metric.name, metric.short, "metric", metric.unit))
            if metric.name == self.metric:
                columns.append(Column("share", "share", "share"))
            if metric.name == "quantity":
                columns.append(Column("quantity_unit", "unit", "unit"))
        return tuple(columns)

    def metric_of(self, name: str) -> Metric:
        """The registry's metric of that name."""
        return self.frame.category.metric(name)

    def key(self, row: int) -> Key:
        """The key of a row, by its place on the screen (0 is the first)."""
        return self.frame.keys[self.rows[row]]

    def text(self, row: int, column: Column, room: int = CELL) -> str:
        """The text of a cell; empty where the API gave nothing. A number is shortened honestly to ``room``."""
        index = self.rows[row]
        if column.kind == "dimension":
            at = self.frame.dims.index(column.name)
            return self.labels.of(column.name, self.frame.keys[index][at])
        if column.kind == "unit":
            unit = (self.frame.units or [])[index] if self.frame.units else None
            return self.labels.of("quantity_unit", unit) if unit else ""
        if column.kind == "share":
            share = self.share(row)
            return "" if share is None else _percent(share)
        value = self.frame.columns[column.name][index]
        if value is None:
            return ""
        currency = self._currency(index)
        return numbers.cell(value, column.unit, min(room, CELL), currency=currency)

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

    def exact(self, row: int, column: Column) -> str:
        """The text that is copied from a cell: every digit of a number, anything else as it is drawn."""
        index = self.rows[row]
        if column.kind == "metric":
            value = self.frame.columns[column.name][index]
            return "" if value is None else money.plain(Decimal(value))
        return self.text(row, column)

    def share(self, row: int) -> float | None:
        """The row's part of the total of the charted metric, or None where that says nothing."""
        index = self.rows[row]
        values = self.frame.columns.get(self.metric)
        value = None if values is None else values[index]
        if value is None or value < 0:
            return None
        total = self._total(index)
        return float(Decimal(value) / Decimal(total)) if total is not None and total > 0 else None

    @cached_property
    def largest_share(self) -> float:
        """The largest share of any row: the one whose bar fills its cell."""
        frame = self.frame
        tops: Mapping[str, int | Decimal] = {}
        totals: Mapping[str, int | Decimal] = {}
        if self.metric == "amount":
            tops, totals = frame.top_amounts, frame.totals.amounts
        elif self.metric in frame.ends:
            tops, totals = {"": frame.ends[self.metric][1]}, {"": frame.totals.counts.get(self.metric, 0)}
        shares = [
            float(Decimal(top) / Decimal(totals[name]))
            for name, top in tops.items()
            if totals.get(name, 0) > 0
        ]
        return max(shares, default=0.0) or 1.0

    def _total(self, index: int) -> int | Decimal | None:
        frame = self.frame
        if frame.category.is_costs:
            return frame.totals.amounts.get(str(frame.keys[index][-1])) if self.metric == "amount" else None
        return frame.totals.counts.get(self.metric)

    def _currency(self, index: int) -> str:
        if not self.frame.category.is_costs:
            return ""
        currency = self.frame.keys[index][-1]
        return "" if currency is None else str(currency)


def _percent(share: float) -> str:
    """One decimal always, so that a column of shares lines up; what is not nothing never reads 0.0%."""
    if share >= _MOST_SHARE:
        return ">999%"
    return "<0.1%" if 0 < share < _LEAST_SHARE else f"{share * 100:.1f}%"
