"""Table contents for tests: a frame over rows that a test writes down."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tests.unit.analysis.rows import Row, bucket_of, query
from usagetop.analysis.frame import Frame, rollup
from usagetop.store.labels import Labels, Resolve, no_names
from usagetop.widgets.table_content import TableContent

COSTS = ("line_item", "project_id", "currency", "quantity_unit")
USAGE = ("model", "project_id")
METRICS = ("input_tokens", "output_tokens", "num_model_requests")


def cost(name: str | None, amount: str | None, currency: str | None = "usd", **more: Any) -> Row:
    """One row of costs by line item."""
    value = None if amount is None else Decimal(amount)
    return {"line_item": name, "currency": currency, "amount": value, **more}


def costs(*rows: Row, by: str = "line_item") -> Frame:
    """Costs of one day."""
    return rollup(query("costs", by), [bucket_of(1, rows, COSTS, ("amount", "quantity"))])


def usage(*rows: Row, by: str = "model") -> Frame:
    """Completions of one day."""
    return rollup(query("completions", by), [bucket_of(1, rows, USAGE, METRICS)])


def content(
    frame: Frame,
    metric: str = "",
    *,
    rows: Sequence[int] | None = None,
    resolve: Resolve = no_names,
    sort: str = "",
) -> TableContent:
    """The frame in the order of a metric, the category's first unless another is named."""
    charted = metric or frame.category.metrics[0].name
    order = frame.order(charted) if rows is None else rows
    return TableContent(frame, Labels(resolve), order, charted, sort or charted, descending=True)


def column(table: TableContent, name: str) -> list[str]:
    """A column's texts, from the first row to the last."""
    about = next(each for each in table.columns if each.name == name)
    return [table.text(row, about) for row in range(len(table.rows))]
