"""Reconcile: the bill beside usage, line item by line item, and what nothing explains."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from usagetop.analysis.bill import bill
from usagetop.analysis.numbers import short
from usagetop.analysis.reconcile import categories_for, reconcile
from usagetop.analysis.sheet import Field, Sheet
from usagetop.model.text import label
from usagetop.store.views.usage import usage_frames

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from usagetop.analysis.reconcile import Reconciled, Reconciliation
    from usagetop.analysis.sheet import SheetRow
    from usagetop.store.views.asker import Asker, Question

FIELDS = (
    Field("line_item", "line item", "dimension"),
    Field("currency", "currency", "word"),
    Field("amount", "amount", "money", sums=True),
    Field("unexplained", "unexplained", "money", sums=True),
    Field("match", "explained", "word"),
    Field("quantity", "billed", "quantity"),
    Field("usage", "used", "quantity"),
    Field("surplus", "used beyond", "quantity", quiet=True),
    Field("quantity_unit", "unit", "text", quiet=True),
)
TOTALS = (
    Field("amount", "bill", "money"),
    Field("explained", "explained", "money"),
    Field("unexplained", "unexplained", "money"),
    Field("explained_share", "explained share", "share"),
)
_MOST_NAMED = 4


async def ask(asker: Asker, question: Question) -> Sheet:
    """The bill of a period beside its usage; raises what the loader raises."""
    answer = await asker.answer(question.query.with_group_by(("line_item",)))
    costs = bill(answer.query, answer.buckets)
    at = costs.dims.index("line_item")
    items = {None if key[at] is None else str(key[at]) for key in costs.keys}
    frames, unread = await usage_frames(asker, question.query, categories_for(items))
    found = reconcile(costs, frames)
    account = asker.account()
    return Sheet(
        view="reconcile",
        query=answer.query,
        fields=FIELDS,
        rows=tuple(map(_row, found.rows)),
        notices=account.notices,
        source=account.source,
        total_fields=TOTALS,
        totals={currency: asdict(balance) for currency, balance in found.totals.items()},
        said=tuple(_said(found, unread)),
    )


def _row(row: Reconciled) -> SheetRow:
    return {
        "line_item": row.line_item,
        "currency": row.currency,
        "amount": row.amount,
        "unexplained": row.unexplained,
        "match": row.match,
        "quantity": row.quantity,
        "usage": row.usage,
        "surplus": row.surplus,
        "quantity_unit": row.quantity_unit,
    }


def _said(found: Reconciliation, unread: Sequence[str]) -> Iterator[str]:
    """What nothing explains, by name; what is explained by a family only; usage that could not be read."""
    alone = sorted((row for row in found.rows if row.match == "none" and row.amount), key=_size, reverse=True)
    if alone:
        named = ", ".join(
            f"{label(row.line_item or '(no line item)', most=40)} {short(row.amount, 'usd', currency=row.currency)}"
            for row in alone[:_MOST_NAMED]
        )
        more = f" and {len(alone) - _MOST_NAMED} more" if len(alone) > _MOST_NAMED else ""
        yield f"NOT EXPLAINED by any usage: {named}{more}"
    family = sum(row.match == "family" for row in found.rows)
    if family:
        yield f"{family} explained by a model of the same family: usage has no such exact name"
    yield from unread


def _size(row: Reconciled) -> Decimal:
    return row.amount.copy_abs()
