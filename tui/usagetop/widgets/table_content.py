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
from usagetop.model.cells import width_of
from usagetop.model.dimensions import DIMENSIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from usagetop.analysis.frame import Frame
    from usagetop.analysis.grouping import Key
    from usagetop.model.metrics import Metric, Unit
    from usagetop.store.labels import Labels

# So many rows are measured for the width of a text column; more would make opening depend on the row count.
_MEASURED = 400
# The widest a number gets before it is shortened honestly: 9,999,999,999 and $9,999,999.99 stand whole.
_CELL = 14
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


@dataclass(frozen=True)
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

    def text(self, row: int, column: Column, room: int = _CELL) -> str:
        """The text of a cell; empty where the API gave nothing. A number is shortened honestly to ``room``."""
        index = self.rows[row]
        key = self.frame.keys[index]
        if column.kind == "dimension":
            return self.labels.of(column.name, key[self.frame.dims.index(column.name)])
        if column.kind == "unit":
            unit = (self.frame.units or [])[index] if self.frame.units else None
            return self.labels.of("quantity_unit", unit) if unit else ""
        if column.kind == "share":
            share = self.share(row)
            return "" if share is None else _percent(share)
        value = self.frame.columns[column.name][index]
        if value is None:
            return ""
        return numbers.cell(value, column.unit, min(room, _CELL), currency=self._currency(key))

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
        value = self.frame.columns.get(self.metric, [None] * len(self.frame))[index]
        total = self._total(self.frame.keys[index])
        if value is None or not total or value < 0 or total < 0:
            return None
        return float(Decimal(value) / Decimal(total))

    @cached_property
    def largest_share(self) -> float:
        """The largest share of any row: the one whose bar fills its cell."""
        frame = self.frame
        values = frame.columns.get(self.metric, [])
        tops: dict[str, int | Decimal] = {}
        if frame.category.is_costs:
            for key, value in zip(frame.keys, values, strict=bool(values)):
                if value is not None and value > tops.get(str(key[-1]), 0):
                    tops[str(key[-1])] = value
            totals: Mapping[str, int | Decimal] = frame.totals.amounts
        else:
            tops[""] = max((value for value in values if value is not None), default=0)
            totals = {"": frame.totals.counts.get(self.metric, 0)}
        shares = [
            float(Decimal(top) / Decimal(totals[name]))
            for name, top in tops.items()
            if totals.get(name, 0) > 0
        ]
        return max(shares, default=0.0) or 1.0

    def _total(self, key: Key) -> int | Decimal | None:
        if self.frame.category.is_costs:
            return self.frame.totals.amounts.get(str(key[-1])) if self.metric == "amount" else None
        return self.frame.totals.counts.get(self.metric)

    def _currency(self, key: Key) -> str:
        return str(key[-1]) if self.frame.category.is_costs and key[-1] is not None else ""

    @cached_property
    def natural_widths(self) -> tuple[int, ...]:
        """The width each column would like, in cells, from a sample that does not grow with the rows."""
        step = max(1, len(self.rows) // _MEASURED)
        sample = range(0, len(self.rows), step)
        widths = []
        for column in self.columns:
            if column.kind == "share":
                widths.append(len("100.0%"))
                continue
            width = max((width_of(self.text(row, column)) for row in sample), default=0)
            if column.kind == "metric":
                width = max(width, self._largest(column))
            # The sort mark stands behind the head.
            widths.append(max(width, len(column.title) + 2))
        return tuple(widths)

    def _largest(self, column: Column) -> int:
        """The width of the largest and the smallest number, which a sample can miss."""
        given = [value for value in self.frame.columns[column.name] if value is not None]
        if not given:
            return 0
        ends = (min(given), max(given))
        currencies = list(self.frame.totals.amounts) or [""]
        return max(
            width_of(numbers.cell(value, column.unit, _CELL, currency=currency))
            for value in ends
            for currency in currencies
        )


def _percent(share: float) -> str:
    """One decimal always, so that a column of shares lines up; what is not nothing never reads 0.0%."""
    if share >= _MOST_SHARE:
        return ">999%"
    return "<0.1%" if 0 < share < _LEAST_SHARE else f"{share * 100:.1f}%"
