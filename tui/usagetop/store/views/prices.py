"""Unit prices: what one unit of every line item cost in each project, as billed, and when that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagetop.analysis.bill import bill
from usagetop.analysis.prices import prices
from usagetop.analysis.shares import decimal_of
from usagetop.analysis.sheet import Field, Sheet
from usagetop.store.views.asker import asked_for

if TYPE_CHECKING:
    from usagetop.analysis.prices import PriceRow
    from usagetop.analysis.sheet import SheetRow
    from usagetop.store.views.asker import Asker, Question

_ASKED = ("line_item", "project_id")
FIELDS = (
    Field("line_item", "line item", "dimension"),
    Field("project_id", "project", "dimension"),
    Field("currency", "currency", "word"),
    Field("unit", "per", "text", dear=True),
    Field("price", "price", "price", dear=True),
    Field("changes", "changed to", "changes", dear=True),
    Field("amount", "amount", "money", sums=True),
    Field("quantity", "quantity", "quantity", quiet=True),
)


async def ask(asker: Asker, question: Question) -> Sheet:
    """The prices in a period, the lines that cost the most first; raises what the loader raises."""
    answer = await asker.answer(question.query.with_group_by(_ASKED), needed=("line_item",))
    scope = tuple(name for name in ("project_id",) if name in answer.query.group_by)
    rows = sorted(prices(bill(answer.query, answer.buckets, "bucket", *scope)), key=_dearest)
    account = asker.account()
    return Sheet(
        view="prices",
        query=answer.query,
        fields=asked_for(FIELDS, answer.query.group_by, _ASKED),
        rows=tuple(map(_row, rows)),
        notices=account.notices,
        source=account.source,
        said=tuple(_said(rows)),
    )


def _dearest(row: PriceRow) -> tuple[object, ...]:
    """Currencies apart, usd first; the largest amount first, no amount last."""
    return (row.currency != "usd", row.currency, row.amount is None, -(row.amount or 0))


def _row(row: PriceRow) -> SheetRow:
    return {
        "line_item": row.line_item,
        "project_id": row.project_id,
        "currency": row.currency,
        "unit": row.unit.name or None,
        "price": None if row.price is None else decimal_of(row.price),
        "changes": tuple((span.start, decimal_of(span.price)) for span in row.changes),
        "amount": row.amount,
        "quantity": row.quantity,
    }


def _said(rows: list[PriceRow]) -> list[str]:
    changed = sum(bool(row.changes) for row in rows)
    unknown = sum(row.price is None for row in rows)
    said = [f"{changed:,} of {len(rows):,} prices changed in this range"] if rows else []
    if unknown:
        said.append(f"{unknown:,} without a price: no quantity was billed, or a credit")
    return [" · ".join(said)] if said else []
