"""Drivers: what moved the bill between two periods, per project and line item, split into volume and price.

Asked for by project_id and line_item over both periods; closed days only, on both sides.
"""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING

from usagetop.analysis.bill import bill
from usagetop.analysis.compare import MODES, periods
from usagetop.analysis.movers import drivers
from usagetop.analysis.sheet import Field, Sheet
from usagetop.store.views.asker import asked_for

if TYPE_CHECKING:
    from usagetop.analysis.movers import Mover
    from usagetop.analysis.sheet import SheetRow
    from usagetop.model.answer import Answer
    from usagetop.store.views.asker import Asker, Question

_ASKED = ("project_id", "line_item")
FIELDS = (
    Field("project_id", "project", "dimension"),
    Field("line_item", "line item", "dimension"),
    Field("currency", "currency", "word"),
    Field("quantity_unit", "unit", "text", quiet=True),
    Field("previous", "before", "money", sums=True, quiet=True),
    Field("current", "now", "money", sums=True, quiet=True),
    Field("delta", "Δ", "money", signed=True, sums=True, dear=True),
    Field("volume", "volume", "money", signed=True, sums=True),
    Field("price", "price", "money", signed=True, sums=True),
    Field("status", "why", "cause", dear=True),
    Field("peak_day", "peak day", "day", dear=True),
)
TOTALS = (
    Field("previous", "before", "money"),
    Field("current", "now", "money"),
    Field("delta", "Δ", "money", signed=True),
    Field("volume", "volume", "money", signed=True),
    Field("price", "price", "money", signed=True),
    Field("new", "new", "money", signed=True),
    Field("gone", "gone", "money", signed=True),
    Field("unsplit", "unsplit", "money", signed=True),
)


async def ask(asker: Asker, question: Question) -> Sheet:
    """The movers of two periods, the biggest first; raises what the loader raises."""
    against = next(mode for mode in MODES if mode == question.compare)
    sides = periods(question.query.with_group_by(_ASKED), against, question.now)
    current, previous = await asker.answers(sides.current, sides.previous, needed=("line_item",))
    scope = tuple(name for name in ("project_id",) if name in current.query.group_by)
    now, before = (bill(each.query, each.buckets, *scope) for each in (current, previous))
    found = drivers(now, before)
    billed = {*now.totals.amounts, *before.totals.amounts}
    peaks = _peaks(current, scope)
    rows = tuple(_row(mover, peaks) for mover in found.rows)
    account = asker.account()
    return Sheet(
        view="drivers",
        query=current.query,
        fields=asked_for(FIELDS, current.query.group_by, _ASKED),
        rows=rows,
        notices=account.notices,
        source=account.source,
        total_fields=TOTALS,
        totals={currency: asdict(moved) for currency, moved in found.totals.items() if currency in billed},
        compared=previous.query,
    )


def _peaks(answer: Answer, scope: tuple[str, ...]) -> dict[tuple[object, ...], int]:
    """The day (start, UTC seconds) on which each line cost the most, by scope, line item, unit and currency."""
    frame = bill(answer.query, answer.buckets, "bucket", *scope)
    best: dict[tuple[object, ...], tuple[Decimal, int]] = {}
    for key, amount in zip(frame.keys, frame.columns["amount"], strict=True):
        start, *rest = key
        line = tuple(rest)
        if amount is not None and isinstance(start, int):
            best[line] = max(best.get(line, (Decimal(amount), start)), (Decimal(amount), start), key=_height)
    return {line: start for line, (amount, start) in best.items() if amount > 0}


def _height(point: tuple[Decimal, int]) -> tuple[Decimal, int]:
    """The higher amount; of equal ones the earlier day."""
    return point[0], -point[1]


def _row(mover: Mover, peaks: dict[tuple[object, ...], int]) -> SheetRow:
    line = (mover.line_item, mover.quantity_unit, mover.currency or None)
    return {
        "project_id": mover.project_id,
        "line_item": mover.line_item,
        "quantity_unit": mover.quantity_unit,
        "currency": mover.currency,
        "previous": mover.previous,
        "current": mover.current,
        "delta": mover.delta,
        "volume": mover.volume,
        "price": mover.price,
        "status": mover.status,
        "peak_day": peaks.get((mover.project_id, *line), peaks.get(line)),
    }
