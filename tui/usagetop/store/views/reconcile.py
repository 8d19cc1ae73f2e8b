"""Reconcile: the bill beside usage, line item by line item, and what nothing explains."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from usagetop.analysis.bill import bill, items_of, kept_by
from usagetop.analysis.numbers import short
from usagetop.analysis.reconcile import categories_for, reconcile
from usagetop.analysis.sheet import Field, Sheet
from usagetop.model.text import label
from usagetop.store.views.usage import usage_frames, whole_bill

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
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
    keep = kept_by(question.query.filters)
    answer = await whole_bill(asker, question.query)
    costs = bill(answer.query, answer.buckets)
    items = filter(keep, items_of(costs))
    usage = await usage_frames(asker, question.query, categories_for(items), needed=())
    found = reconcile(costs, usage.frames, keep)
    account = asker.account()
    return Sheet(
        view="reconcile",
        query=question.query,
        fields=FIELDS,
        rows=tuple(map(_row, found.rows)),
        notices=account.notices,
        source=account.source,
        total_fields=TOTALS,
        totals={
            currency: asdict(found.totals[currency])
            for currency in costs.totals.amounts
            if currency in found.totals
        },
        said=tuple(_said(found, usage.unread)),
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


def _said(found: Reconciliation, unread: Collection[str]) -> Iterator[str]:
    """What nothing explains, by name; what is explained by a family only; what may be explained by unread usage."""
    alone = sorted((row for row in found.rows if row.match == "none" and row.amount), key=_size, reverse=True)
    lacking = {row: {*categories_for([row.line_item])} & {*unread} for row in alone}
    unsure = [row for row in alone if lacking[row]]
    if unsure:
        yield f"not to be told without {', '.join(sorted(set().union(*lacking.values())))}: {_named(unsure)}"
    sure = [row for row in alone if not lacking[row]]
    if sure:
        yield f"NOT EXPLAINED by any usage: {_named(sure)}"
    family = sum(row.match == "family" for row in found.rows)
    if family:
        yield f"{family} explained by a model of the same family: usage has no such exact name"


def _named(rows: Sequence[Reconciled]) -> str:
    """Line items with their amounts, the first few of them."""
    named = ", ".join(
        f"{label(row.line_item or '(no line item)', most=40)} {short(row.amount, 'usd', currency=row.currency)}"
        for row in rows[:_MOST_NAMED]
    )
    return f"{named} and {len(rows) - _MOST_NAMED} more" if len(rows) > _MOST_NAMED else named


def _size(row: Reconciled) -> Decimal:
    return row.amount.copy_abs()
