"""Does usage explain the bill: costs' line items beside the tokens, calls and bytes that usage counted.

A line is explained as far as there is usage for its quantity: amount · min(1, usage ÷ quantity), rounded to
ten decimal places; as a whole where it says no quantity to hold against. What no usage counts (training,
evaluations, credits), and what usage lacks, is unexplained. Costs lag behind usage by hours: a period that
ends some days ago reconciles best.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from usagetop.analysis import uses as usage_of
from usagetop.analysis.bill import lines_of, rank, whole
from usagetop.analysis.matching import base_quantity, match, want_of
from usagetop.analysis.shares import decimal_of, rounded
from usagetop.analysis.units import unit_of
from usagetop.model import money
from usagetop.model.categories import category as category_of
from usagetop.model.money import ZERO
from usagetop.model.query import Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from usagetop.analysis.bill import Keep, Line
    from usagetop.analysis.frame import Frame
    from usagetop.analysis.matching import Found, Match


@dataclass(frozen=True, slots=True)
class Reconciled:
    """One line item in one currency and unit.

    ``usage`` is in the unit of ``quantity`` (rounded to ten places where it is no finite decimal there), None
    where nothing explains the line. Several line items that the same usage explains share it.
    """

    line_item: str | None
    currency: str
    quantity_unit: str | None
    amount: Decimal
    quantity: Decimal | None
    usage: Decimal | None
    match: Match
    explained: Decimal

    @property
    def unexplained(self) -> Decimal:
        """The rest of the amount."""
        return money.subtract(self.amount, self.explained)

    @property
    def surplus(self) -> Decimal | None:
        """By how much usage exceeds what was billed (negative: falls short), None where one is not known."""
        if self.usage is None or self.quantity is None:
            return None
        return money.subtract(self.usage, self.quantity)


@dataclass(frozen=True, slots=True)
class Balance:
    """The totals of one currency: amount = explained + unexplained.

    ``explained_share`` is explained ÷ what was charged (the sum of the positive amounts: a credit is nobody's
    usage), rounded to ten places; None where nothing was charged.
    """

    amount: Decimal
    explained: Decimal
    unexplained: Decimal
    explained_share: Decimal | None


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Line items, the largest amount first (usd before other currencies), and totals by currency.

    ``lacking`` are categories that would explain some line and whose usage was not given.
    """

    rows: tuple[Reconciled, ...]
    totals: dict[str, Balance]
    lacking: tuple[str, ...]


def categories_for(line_items: Iterable[str | None]) -> tuple[str, ...]:
    """The usage categories that may explain these line items, in the registry's order."""
    wanted = {name for item in line_items if (want := want_of(item)) for name in want.categories}
    return tuple(name for name in usage_of.BY if name in wanted)


def usage_query(costs: Query, category: str, *more: str) -> Query | None:
    """The question about a category's usage that belongs to a query of costs, with ``more`` dimensions.

    It has the same days. Filters of line items have no counterpart: they only leave lines out of the bill. All
    others go along, and where the category lacks their dimension there is no such usage: None.
    """
    about = category_of(category)
    filters = whole(costs).filters
    if not all(about.has_dimension(each.dimension) for each in filters):
        return None
    names = dict.fromkeys([*more, *usage_of.BY[category]])
    by = tuple(name for name in names if about.has_dimension(name))
    return Query(category, costs.range, costs.width, by, filters)


def reconcile(costs: Frame, usage: Mapping[str, Frame], keep: Keep | None = None) -> Reconciliation:
    """Hold a bill (``bill.bill``) against usage frames by category, grouped as ``usage_query`` asks.

    Of a whole bill only the line items that ``keep`` accepts are told; the others have their part of the usage.
    """
    lines = lines_of(costs)
    found = match(lines, usage_of.uses(usage))
    rows = [
        _row(line, each)
        for line, each in zip(lines, found, strict=True)
        if keep is None or keep(line.line_item)
    ]
    rows.sort(key=_order)
    by_currency: dict[str, list[Reconciled]] = {}
    for row in rows:
        by_currency.setdefault(row.currency, []).append(row)
    asked = categories_for(row.line_item for row in rows if row.match == "none")
    return Reconciliation(
        tuple(rows),
        {name: _balance(members) for name, members in by_currency.items()},
        tuple(name for name in asked if name not in usage),
    )


def _row(line: Line, found: Found) -> Reconciled:
    size = unit_of(line.quantity_unit, line.line_item).size
    return Reconciled(
        line_item=line.line_item,
        currency=line.currency,
        quantity_unit=line.quantity_unit,
        amount=line.paid,
        quantity=line.quantity,
        usage=None if found.usage is None else decimal_of(Fraction(found.usage, size)),
        match=found.match,
        explained=_explained(line, found),
    )


def _explained(line: Line, found: Found) -> Decimal:
    """What of an amount its usage explains; usage explains no credit."""
    if found.usage is None or line.paid <= 0:
        return ZERO
    quantity = base_quantity(line)
    if not quantity or found.usage >= quantity:
        return line.paid
    return rounded(Fraction(line.paid) * found.usage / quantity)


def _order(row: Reconciled) -> tuple[object, ...]:
    """Currencies apart, usd first; the largest amount first; then by line item and unit, null last."""
    currency, *dims = rank(row.currency, row.line_item, row.quantity_unit)
    return currency, row.amount.copy_negate(), dims


def _balance(rows: Sequence[Reconciled]) -> Balance:
    amount, explained = (
        money.total(each) for each in ((r.amount for r in rows), (r.explained for r in rows))
    )
    charged = money.total(row.amount for row in rows if row.amount > 0)
    return Balance(
        amount=amount,
        explained=explained,
        unexplained=money.subtract(amount, explained),
        explained_share=rounded(Fraction(explained) / Fraction(charged)) if charged else None,
    )
