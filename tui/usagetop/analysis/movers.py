"""What moved the bill: every line item of every project in two periods, by more or less of it and by its price.

With quantities q0, q1 and amounts a0, a1 of the two periods, ``volume`` is what the other quantity would have
cost at the earlier price, (q1 − q0) · a0 / q0, rounded to ten decimal places (half to even); ``price`` is the
rest of a1 − a0. So both add up to the difference, to the last digit.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from usagetop.analysis.bill import lines_of, rank, text_of
from usagetop.analysis.shares import rounded
from usagetop.model import money
from usagetop.model.money import ZERO

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from usagetop.analysis.frame import Frame

Status = Literal["both", "new", "gone", "unsplit"]


@dataclass(frozen=True, slots=True)
class Side:
    """One period of a line: exact ``amount`` and ``quantity``, None where the API gave none."""

    amount: Decimal | None = None
    quantity: Decimal | None = None

    @property
    def billed(self) -> bool:
        """Whether anything was billed at all: a row of zeros is as good as none."""
        return bool(self.amount) or bool(self.quantity)


@dataclass(frozen=True, slots=True)
class Mover:
    """One line item of one project, in one currency and one unit; a side without it has 0.

    ``status`` is *new* or *gone* where one side billed nothing for the line item, *both* where the difference
    could be split into ``volume`` and ``price``, else *unsplit*, and these are None: a quantity is missing or
    zero, an amount is missing or negative (a credit), or the line item is billed in another unit than before.
    """

    project_id: str | None
    line_item: str | None
    currency: str
    quantity_unit: str | None
    before: Side
    after: Side
    previous: Decimal
    current: Decimal
    delta: Decimal
    volume: Decimal | None
    price: Decimal | None
    status: Status


@dataclass(frozen=True, slots=True)
class Moved:
    """The totals of one currency: delta = volume + price + new + gone + unsplit, exactly."""

    previous: Decimal
    current: Decimal
    delta: Decimal
    volume: Decimal
    price: Decimal
    new: Decimal
    gone: Decimal
    unsplit: Decimal


@dataclass(frozen=True, slots=True)
class Drivers:
    """Movers, the biggest first (usd before other currencies), and totals by currency."""

    rows: tuple[Mover, ...]
    totals: dict[str, Moved]


_Line = tuple[str | None, str | None, str]
_Key = tuple[str | None, str | None, str, str | None]


def drivers(current: Frame, previous: Frame) -> Drivers:
    """Hold two bills (``bill.bill``, by project_id) against each other.

    Without project_id (a gateway may refuse it) it is None in every row.
    """
    after, before = _sides(current), _sides(previous)
    # A line item that was billed in both periods is neither new nor gone, whatever its units.
    lasting = _lines(after) & _lines(before)
    none = Side()
    rows = [
        _mover(key, before.get(key, none), after.get(key, none), lasts=key[:3] in lasting)
        for key in dict.fromkeys([*after, *before])
    ]
    rows.sort(key=_order)
    by_currency: dict[str, list[Mover]] = {}
    for row in rows:
        by_currency.setdefault(row.currency, []).append(row)
    return Drivers(tuple(rows), {name: _moved(members) for name, members in by_currency.items()})


def _sides(costs: Frame) -> dict[_Key, Side]:
    """Amount and quantity by project, line item, currency and unit."""
    return {
        (text_of(line.scope[0]), line.line_item, line.currency, line.quantity_unit): Side(
            line.amount, line.quantity
        )
        for line in lines_of(costs, ("project_id",))
    }


def _lines(sides: Mapping[_Key, Side]) -> set[_Line]:
    return {key[:3] for key, side in sides.items() if side.billed}


def _mover(key: _Key, before: Side, after: Side, *, lasts: bool) -> Mover:
    """The difference of one line, split where it can be."""
    previous, current = before.amount or ZERO, after.amount or ZERO
    delta = money.subtract(current, previous)
    volume = _volume(before, after)
    status: Status = "unsplit"
    if volume is not None:
        status = "both"
    elif before.billed != after.billed and not lasts:
        status = "new" if after.billed else "gone"
    project, line_item, currency, unit = key
    return Mover(
        project_id=project,
        line_item=line_item,
        currency=currency,
        quantity_unit=unit,
        before=before,
        after=after,
        previous=previous,
        current=current,
        delta=delta,
        volume=volume,
        price=None if volume is None else money.subtract(delta, volume),
        status=status,
    )


def _volume(before: Side, after: Side) -> Decimal | None:
    """What the difference in quantity would have cost at the earlier price; None where that says nothing."""
    if not before.quantity or not after.quantity or before.amount is None or after.amount is None:
        return None
    if min(before.quantity, after.quantity, before.amount, after.amount) < 0:
        return None
    more = Fraction(after.quantity) - Fraction(before.quantity)
    return rounded(more * Fraction(before.amount) / Fraction(before.quantity))


def _order(row: Mover) -> tuple[object, ...]:
    """Currencies apart, usd first; the largest difference first; then by dimensions, null last."""
    currency, *dims = rank(row.currency, row.project_id, row.line_item, row.quantity_unit)
    return currency, row.delta.copy_abs().copy_negate(), dims


def _moved(rows: Sequence[Mover]) -> Moved:
    """The totals of rows of one currency."""

    def whole(status: Status) -> Decimal:
        return money.total(row.delta for row in rows if row.status == status)

    return Moved(
        previous=money.total(row.previous for row in rows),
        current=money.total(row.current for row in rows),
        delta=money.total(row.delta for row in rows),
        volume=money.total(row.volume for row in rows if row.volume is not None),
        price=money.total(row.price for row in rows if row.price is not None),
        new=whole("new"),
        gone=whole("gone"),
        unsplit=whole("unsplit"),
    )
