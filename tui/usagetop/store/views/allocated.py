"""Allocated: dollars by key or user, by their share of the usage that explains each line of the bill.

``/costs`` knows no user beside a project, and no key of earlier days. These amounts are allocated, not billed;
together with what could not be allocated they are the bill, to the last digit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagetop.analysis.allocation import allocate
from usagetop.analysis.bill import bill
from usagetop.analysis.reconcile import categories_for
from usagetop.analysis.sheet import Field, Sheet
from usagetop.model.dimensions import DIMENSIONS
from usagetop.model.text import label
from usagetop.store.views.usage import usage_frames

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from usagetop.analysis.allocation import Allocation, Share
    from usagetop.analysis.sheet import SheetRow
    from usagetop.store.views.asker import Asker, Question

TOTALS = (
    Field("amount", "bill", "money"),
    Field("allocated", "allocated", "money"),
    Field("unallocated", "unallocated", "money"),
)
_SCOPE = ("project_id",)


async def ask(asker: Asker, question: Question) -> Sheet:
    """The bill of a period by who used what it bills; raises what the loader raises."""
    by = question.by or "api_key_id"
    answer = await asker.answer(question.query.with_group_by(("project_id", "line_item")))
    scope = tuple(name for name in _SCOPE if name in answer.query.group_by)
    costs = bill(answer.query, answer.buckets, *scope)
    at = costs.dims.index("line_item")
    items = {None if key[at] is None else str(key[at]) for key in costs.keys}
    frames, unread = await usage_frames(asker, question.query, categories_for(items), by, *scope)
    found = allocate(costs, frames, by, scope=scope)
    account = asker.account()
    return Sheet(
        view="allocated",
        query=answer.query,
        fields=(
            Field(by, DIMENSIONS[by].short, "dimension"),
            Field("amount", "allocated", "money", sums=True),
            Field("share", "share", "share"),
            Field("line_item", "most of it", "text"),
            Field("currency", "currency", "word"),
        ),
        rows=tuple(_row(by, share, found) for share in found.shares),
        notices=account.notices,
        source=account.source,
        total_fields=TOTALS,
        totals={currency: _totals(found, currency) for currency in found.totals},
        said=("allocated by usage share, not billed so", *unread),
    )


def _row(by: str, share: Share, found: Allocation) -> SheetRow:
    whole = found.totals.get(share.currency)
    return {
        by: None if share.value is None else str(share.value),
        "amount": share.amount,
        "share": float(share.amount / whole) if whole else None,
        "line_item": _most(share.lines),
        "currency": share.currency,
    }


def _most(lines: Mapping[str | None, Decimal]) -> str | None:
    """The line item that makes most of a share."""
    name = max(lines, key=lambda item: lines[item], default=None)
    return None if name is None else label(name)


def _totals(found: Allocation, currency: str) -> SheetRow:
    from usagetop.model.money import ZERO, subtract

    whole = found.totals[currency]
    left = found.unallocated.get(currency, ZERO)
    return {"amount": whole, "allocated": subtract(whole, left), "unallocated": left}
