"""Bills for tests: rows of costs as a test writes them, packed and rolled up; and any rows at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.unit.analysis.rows import Row, bucket_of, query
from usagetop.analysis.bill import bill
from usagetop.analysis.frame import Frame, rollup

DIMS = ("line_item", "project_id", "currency", "quantity_unit")
METRICS = ("amount", "quantity")


def paid(
    item: str | None,
    amount: str | None,
    quantity: str | None = None,
    unit: str | None = "tokens",
    *,
    project: str | None = "p",
    currency: str | None = "usd",
) -> Row:
    """One row of costs."""
    return {
        "line_item": item,
        "project_id": project,
        "currency": currency,
        "amount": None if amount is None else Decimal(amount),
        "quantity": None if quantity is None else Decimal(quantity),
        "quantity_unit": unit,
    }


def bill_of(days: Mapping[int, Sequence[Row]] | Sequence[Row], *by: str) -> Frame:
    """The bill of some days (ago: rows), or of one day."""
    found = days if isinstance(days, Mapping) else {1: days}
    buckets = [bucket_of(ago, rows, DIMS, METRICS) for ago, rows in sorted(found.items(), reverse=True)]
    return bill(query("costs", "line_item,project_id"), buckets, *by)


def usage_of(category: str, rows: Sequence[Row], *by: str) -> Frame:
    """A day of usage by these dimensions; metrics are those that some row gives."""
    metrics = dict.fromkeys(name for row in rows for name in row if name not in by)
    asked = query(category, ",".join(by) or "none")
    return rollup(asked, [bucket_of(1, rows, by, list(metrics))])


def total(values: Iterable[Decimal | None]) -> Decimal:
    """A sum, exact for what tests use."""
    from usagetop.model import money

    return money.total(value for value in values if value is not None)


amounts = st.decimals(-100, 1000, places=6, allow_nan=False) | st.decimals(
    0, 10**6, places=25, allow_nan=False
)
quantities = (
    st.none() | st.integers(-3, 10**9).map(Decimal) | st.decimals(0, 10**4, places=4, allow_nan=False)
)

any_paid: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "line_item": st.sampled_from(
            ["gpt-5, input", "gpt-5, output", "web search tool calls", "credit", None]
        ),
        "project_id": st.sampled_from(["p", "q", None]),
        "currency": st.sampled_from(["usd", "usd", "eur", None]),
        "quantity_unit": st.sampled_from(["tokens", "tokens", "1000_tokens", None]),
        "amount": st.none() | amounts,
        "quantity": quantities,
    }
)
any_days = st.dictionaries(st.integers(0, 4), st.lists(any_paid, max_size=6), max_size=4)
