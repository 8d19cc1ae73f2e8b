"""Allocated: dollars by key or user, by their share of the usage that explains each line of the bill.

``/costs`` knows no user beside a project, and no key of earlier days. These amounts are allocated, not billed;
together with what could not be allocated they are the bill, to the last digit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagetop.analysis.allocation import allocate
from usagetop.analysis.bill import bill, items_of, kept_by
from usagetop.analysis.numbers import short
from usagetop.analysis.reconcile import categories_for
from usagetop.analysis.sheet import Field, Sheet
from usagetop.model.categories import category
from usagetop.model.dimensions import DIMENSIONS
from usagetop.model.text import label
from usagetop.store.views.usage import usage_frames, whole_bill

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
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
_MOST_NAMED = 4


async def ask(asker: Asker, question: Question) -> Sheet:
    """The bill of a period by who used what it bills; raises what the loader raises."""
    by = question.by or "api_key_id"
    keep = kept_by(question.query.filters)
    answer = await whole_bill(asker, question.query, *_SCOPE)
    scope = tuple(name for name in _SCOPE if name in answer.query.group_by)
    costs = bill(answer.query, answer.buckets, *scope)
    items = filter(keep, items_of(costs))
    # A category that does not know the dimension says nothing of who it was.
    knowing = [name for name in categories_for(items) if category(name).has_dimension(by)]
    usage = await usage_frames(asker, question.query, knowing, by, *scope, needed=(by, *scope))
    found = allocate(costs, usage.frames, by, scope=scope, keep=keep)
    account = asker.account()
    return Sheet(
        view="allocated",
        query=question.query,
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
        said=("allocated by usage share, not billed so", *_left(found)),
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


def _left(found: Allocation) -> Iterator[str]:
    """What could not be allocated, the largest first."""
    alone = sorted(found.left.items(), key=lambda one: one[1].copy_abs(), reverse=True)
    alone = [one for one in alone if one[1]]
    if alone:
        named = ", ".join(
            f"{label(item or '(no line item)', most=40)} {short(amount, 'usd', currency=currency)}"
            for (currency, item), amount in alone[:_MOST_NAMED]
        )
        more = f" and {len(alone) - _MOST_NAMED} more" if len(alone) > _MOST_NAMED else ""
        yield f"nobody can say whose: {named}{more}"


def _most(lines: Mapping[str | None, Decimal]) -> str | None:
    """The line item that makes most of a share."""
    name = max(lines, key=lambda item: lines[item], default=None)
    return None if name is None else label(name)


def _totals(found: Allocation, currency: str) -> SheetRow:
    from usagetop.model.money import ZERO, subtract

    whole = found.totals[currency]
    left = found.unallocated.get(currency, ZERO)
    return {"amount": whole, "allocated": subtract(whole, left), "unallocated": left}
