"""A frame as the table draws it.

Nothing here knows Textual; a table of a million rows costs as much as one of a thousand, because a cell is
made only when it is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from usagetop.analysis import numbers
from usagetop.charts.sparkline import spark
from usagetop.model import money
from usagetop.model.dimensions import DIMENSIONS
from usagetop.store.outcome import TREND_BINS
from usagetop.widgets.content import CELL, Column, Content

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from usagetop.analysis.frame import Frame
    from usagetop.analysis.grouping import Key
    from usagetop.analysis.trends import Trends
    from usagetop.model.metrics import Metric
    from usagetop.store.earlier import Earlier
    from usagetop.store.labels import Labels

_LEAST_SHARE = 0.0005
# Beside refunds a row can be many times the total; from here on 100.0% cells would be too narrow.
_MOST_SHARE = 9.9995


# Beside an earlier period, of the charted metric.
_COMPARED = (
    Column("delta", "Δ", "change"),
    Column("change", "Δ%", "change"),
    Column("previous", "before", "change"),
)


@dataclass(frozen=True, eq=False)
class TableContent(Content):
    """A frame and how it is shown: which rows in which order, which columns, sorted by what.

    ``rows`` are indices into the frame. ``tones`` are the chart's tones of the largest groups. ``marks`` are
    the keys of marked rows. Beside an ``earlier`` period the rows are those of both. ``trends`` are the courses
    of the frame's rows, where there is room to draw them.
    """

    frame: Frame
    labels: Labels
    rows: Sequence[int]
    metric: str
    sort: str
    descending: bool
    tones: Mapping[Key, int] = field(default_factory=dict)
    marks: frozenset[Key] = frozenset()
    earlier: Earlier | None = None
    trends: Trends | None = None
    odd: frozenset[Key] = frozenset()

    @property
    def source(self) -> tuple[object, object]:
        """The frame and its labels."""
        return self.frame, self.labels

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
                columns += [Column("trend", "trend", "trend")] if self.trends and not self.earlier else []
                columns += _COMPARED if self.earlier is not None else ()
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
        if column.kind in {"share", "trend"}:
            return self._beside(row, column)
        if column.kind == "change":
            return self._change(index, column.name, min(room, CELL))
        value = self.frame.columns[column.name][index]
        if value is None:
            return ""
        currency = self._currency(index)
        return numbers.cell(value, column.unit, min(room, CELL), currency=currency)

    def _beside(self, row: int, column: Column) -> str:
        """What stands beside the charted metric: its share of the total, or its course."""
        if column.kind == "trend":
            return spark(self.trend(row), TREND_BINS)
        share = self.share(row)
        return "" if share is None else _percent(share)

    def _change(self, index: int, name: str, room: int) -> str:
        """The earlier number of a row, the difference with its sign, or the change in percent (new, gone)."""
        assert self.earlier is not None  # noqa: S101 - only a comparison has such columns; mypy cannot know
        compared, unit = self.earlier.compared, self.metric_of(self.metric).unit
        currency = self._currency(index)
        before = compared.previous[self.metric][index] if self.metric in compared.previous else None
        if name == "previous":
            return "" if before is None else numbers.cell(before, unit, room, currency=currency)
        status = compared.status[index]
        if name == "change":
            now = compared.current[self.metric][index]
            return numbers.change(now or 0, before or 0) if status == "both" else status
        delta = compared.delta[self.metric][index]
        return "" if delta is None else numbers.signed_cell(delta, unit, room, currency=currency)

    def exact(self, row: int, column: Column) -> str:
        """The text that is copied from a cell: every digit of a number, anything else as it is drawn."""
        index = self.rows[row]
        if column.kind == "metric":
            value = self.frame.columns[column.name][index]
            return "" if value is None else money.plain(Decimal(value))
        if column.name in {"previous", "delta"} and self.earlier is not None:
            sides = {"previous": self.earlier.compared.previous, "delta": self.earlier.compared.delta}
            value = sides[column.name][self.metric][index]
            return "" if value is None else money.plain(Decimal(value))
        return self.text(row, column)

    def marked(self, marks: frozenset[Key]) -> TableContent:
        """The same content with other rows marked."""
        return replace(self, marks=marks)

    def place_of(self, key: Key) -> int | None:
        """The row of a key, None where the key has gone or its row is not shown."""
        try:
            return self.rows.index(self.frame.keys.index(key))
        except ValueError:
            return None

    def ends(self, column: Column) -> Sequence[str]:
        """The largest and the smallest number, in every currency."""
        if column.kind != "metric":
            return ()
        currencies = list(self.frame.totals.amounts) or [""]
        return [
            numbers.cell(value, column.unit, CELL, currency=currency)
            for value in self.frame.ends.get(column.name, ())
            for currency in currencies
        ]

    def trend(self, row: int) -> Sequence[float | None]:
        """The charted metric of the row over the range."""
        return self.trends.of(self.rows[row]) if self.trends is not None else ()

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
