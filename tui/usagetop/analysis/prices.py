"""Prices really paid: amount ÷ quantity of every line item and project, over a period and from day to day.

No price list has a say. A price is exact, a Fraction of a dollar (or of another currency) per unit; it is
written with ten decimal places at most (``shares.decimal_of``). Without a quantity there is no price: None,
never 0; a price of 0 is what was used and not charged.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from usagetop.analysis.bill import lines_of, rank, text_of
from usagetop.analysis.stretches import last_place, stretches
from usagetop.analysis.units import unit_of
from usagetop.model import money
from usagetop.model.money import ZERO

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from usagetop.analysis.bill import Line
    from usagetop.analysis.frame import Frame
    from usagetop.analysis.units import Unit


@dataclass(frozen=True, slots=True)
class Point:
    """One bucket of a line: exact ``amount`` and ``quantity`` (the API's units), None where not given.

    ``start`` is the bucket's, in UTC seconds.
    """

    start: int
    amount: Decimal | None
    quantity: Decimal | None
    unit: Unit

    @property
    def price(self) -> Fraction | None:
        """The price of what the unit prices, None where the point says none."""
        return _price(self.amount, self.quantity, self.unit)

    @property
    def has_price(self) -> bool:
        """Whether it says one: a negative amount (a credit) or quantity does not."""
        return (
            self.amount is not None and self.amount >= 0 and self.quantity is not None and self.quantity > 0
        )


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one price, from the bucket that begins at ``start`` on: its Σ amount ÷ Σ quantity."""

    start: int
    price: Fraction


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One line item of one project, in one currency and one unit.

    ``amount`` and ``quantity`` are sums over the period (None: never given), ``price`` is Σ amount ÷
    Σ quantity of the buckets that give both, per ``unit.name``. ``points`` are all its buckets in time order,
    ``spans`` the stretches of one price, as far as the rounding of amounts lets it be known (``stretches``).
    ``quantity_unit`` is what the API said, raw.
    """

    line_item: str | None
    project_id: str | None
    currency: str
    quantity_unit: str | None
    unit: Unit
    amount: Decimal | None
    quantity: Decimal | None
    price: Fraction | None
    points: tuple[Point, ...]
    spans: tuple[Span, ...]

    @property
    def changes(self) -> tuple[Span, ...]:
        """Where the price became another one: every stretch but the first."""
        return self.spans[1:]


_Key = tuple[str | None, str | None, str, str | None]


def prices(costs: Frame) -> tuple[PriceRow, ...]:
    """The prices in a bill (``bill.bill``) by ``bucket`` and project_id, whose buckets came in time order.

    Without buckets a row has one point, without project_id all projects are one. Order: by line item, project,
    currency (usd first), unit; null last.
    """
    lines: dict[_Key, list[Line]] = {}
    for line in lines_of(costs, ("bucket", "project_id")):
        key = (line.line_item, text_of(line.scope[1]), line.currency, line.quantity_unit)
        lines.setdefault(key, []).append(line)
    # The whole answer is written in one way: what its finest amount shows, holds for all.
    place = last_place(line.amount for members in lines.values() for line in members)
    rows = [_row(key, members, place) for key, members in lines.items()]
    rows.sort(key=_order)
    return tuple(rows)


def _price(amount: Decimal | None, quantity: Decimal | None, unit: Unit) -> Fraction | None:
    """Amount ÷ quantity, of what the unit prices; None where that is no price."""
    if amount is None or not quantity or quantity < 0 or amount < 0:
        return None
    return Fraction(amount) / Fraction(quantity) * Fraction(unit.priced, unit.size)


def _row(key: _Key, lines: Sequence[Line], place: int) -> PriceRow:
    line_item, project, currency, quantity_unit = key
    unit = unit_of(quantity_unit, line_item)
    points = [Point(int(line.scope[0] or 0), line.amount, line.quantity, unit) for line in lines]
    return PriceRow(
        line_item=line_item,
        project_id=project,
        currency=currency,
        quantity_unit=quantity_unit,
        unit=unit,
        amount=_total(point.amount for point in points),
        quantity=_total(point.quantity for point in points),
        price=_weighted(points, unit),
        points=tuple(points),
        spans=tuple(_spans(points, place, unit)),
    )


def _spans(points: Sequence[Point], place: int, unit: Unit) -> Iterator[Span]:
    """The stretches of one price."""
    priced = [point for point in points if point.has_price]
    pairs = [(point.amount or ZERO, point.quantity or ZERO) for point in priced]
    for members in stretches(pairs, place):
        price = _weighted([priced[index] for index in members], unit)
        if price is not None:
            yield Span(priced[members[0]].start, price)


def _total(values: Iterable[Decimal | None]) -> Decimal | None:
    """The exact sum of what was given, None when nothing was."""
    given = [value for value in values if value is not None]
    return money.total(given) if given else None


def _weighted(points: Iterable[Point], unit: Unit) -> Fraction | None:
    """Σ amount ÷ Σ quantity of the points that give both; None where the sums are no price."""
    given = [(point.amount, point.quantity) for point in points]
    both = [(amount, quantity) for amount, quantity in given if amount is not None and quantity is not None]
    paid, counted = money.total(amount for amount, _ in both), money.total(quantity for _, quantity in both)
    return _price(paid, counted, unit)


def _order(row: PriceRow) -> tuple[object, ...]:
    """By line item, project, currency (usd first), unit; null last."""
    currency, item, *rest = rank(row.currency, row.line_item, row.project_id, row.quantity_unit)
    return item, rest[0], currency, rest[1]
