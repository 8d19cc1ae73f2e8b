"""Dollars by a dimension that costs refuse: every line of the bill, allocated by who used what it bills.

Costs know no user, and at times no key. Their usage does: each line item's amount is split in proportion to
the tokens, calls or seconds that explain it (``matching``), rounded to ten decimal places; the largest share
takes the remainder, so that the parts are the bill, to the last digit. Such amounts are allocated, not billed,
and are told as that. What no usage explains, or none that knows the dimension, stays unallocated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from usagetop.analysis.bill import lines_of, rank
from usagetop.analysis.matching import match
from usagetop.analysis.shares import split
from usagetop.analysis.uses import uses
from usagetop.model import money
from usagetop.model.money import ZERO

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from usagetop.analysis.bill import Keep
    from usagetop.analysis.frame import Frame

Value = str | int | None


@dataclass(frozen=True, slots=True)
class Share:
    """What one value of the dimension (None: usage that names nobody) is allocated, in one currency.

    ``lines`` is the same by line item.
    """

    value: Value
    currency: str
    amount: Decimal
    lines: Mapping[str | None, Decimal]


@dataclass(frozen=True, slots=True)
class Allocation:
    """The bill by ``dimension``: shares, the largest first (usd before other currencies).

    For each currency Σ shares + ``unallocated`` = ``totals``, the bill, exactly; ``left`` is what is unallocated by
    currency and line item.
    """

    dimension: str
    shares: tuple[Share, ...]
    unallocated: Mapping[str, Decimal]
    left: Mapping[tuple[str, str | None], Decimal]
    totals: Mapping[str, Decimal]


def allocate(
    costs: Frame,
    usage: Mapping[str, Frame],
    dimension: str,
    *,
    scope: tuple[str, ...] = (),
    keep: Keep | None = None,
) -> Allocation:
    """Allocate a bill (``bill.bill``, by ``scope``) along a dimension of usage.

    ``usage`` are frames by category, grouped as ``reconcile.usage_query(query, category, dimension, *scope)``
    asks. Within a ``scope`` such as project_id, a line is shared by the usage of its own project alone. Of a
    whole bill only the line items that ``keep`` accepts are allocated.
    """
    lines = lines_of(costs, scope)
    parts: dict[tuple[str, Value], dict[str | None, Decimal]] = {}
    unallocated: dict[str, Decimal] = {}
    left: dict[tuple[str, str | None], Decimal] = {}
    sums: dict[str, Decimal] = {}
    for line, found in zip(lines, match(lines, uses(usage, scope, dimension)), strict=True):
        if keep is not None and not keep(line.line_item):
            continue
        unallocated.setdefault(line.currency, ZERO)
        sums[line.currency] = money.add(sums.get(line.currency, ZERO), line.paid)
        weights = {value: count for value, count in found.by_who.items() if count > 0}
        if not weights:
            unallocated[line.currency] = money.add(unallocated[line.currency], line.paid)
            key = (line.currency, line.line_item)
            left[key] = money.add(left.get(key, ZERO), line.paid)
            continue
        for value, part in zip(weights, split(line.paid, list(weights.values())), strict=True):
            mine = parts.setdefault((line.currency, value), {})
            mine[line.line_item] = money.add(mine.get(line.line_item, ZERO), part)
    shares = [
        Share(value, currency, money.total(mine.values()), mine) for (currency, value), mine in parts.items()
    ]
    shares.sort(key=_order)
    totals = {currency: sums[currency] for currency in costs.totals.amounts if currency in sums}
    return Allocation(dimension, tuple(shares), unallocated, left, totals)


def _order(share: Share) -> tuple[object, ...]:
    """Currencies apart, usd first; the largest amount first; then by value, null last."""
    currency, value = rank(share.currency, share.value)
    return currency, share.amount.copy_negate(), value
