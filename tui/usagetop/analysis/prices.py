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
from usagetop.analysis.units import unit_of
from usagetop.model import money

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from usagetop.analysis.frame import Frame
    from usagetop.analysis.units import Unit


@dataclass(frozen=True, slots=True)
class Point:
    """One bucket of a line: exact ``amount`` and ``quantity`` (the API's units), None where not given.

    ``start`` is the bucket's, in UTC seconds. ``price`` is per priced unit, None without one.
    """

    start: int
    amount: Decimal | None
    quantity: Decimal | None
    price: Fraction | None


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
    ``spans`` the stretches of one price, as far as the rounding of amounts lets it be known (``_stretches``).
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


# No price changes by a billionth: that much is left to amounts that once were floats.
_FAINT = Fraction(1, 10**9)
_Key = tuple[str | None, str | None, str, str | None]


def prices(costs: Frame) -> tuple[PriceRow, ...]:
    """The prices in a bill (``bill.bill``) by ``bucket`` and project_id; without buckets there is one point.

    Without project_id all projects are one. Order: by line item, project, currency, unit; null last.
    """
    lines: dict[_Key, list[Point]] = {}
    for line in lines_of(costs, ("bucket", "project_id")):
        start, project = line.scope
        point = Point(int(start or 0), line.amount, line.quantity, _ratio(line.amount, line.quantity))
        key = (line.line_item, text_of(project), line.currency, line.quantity_unit)
        lines.setdefault(key, []).append(point)
    # The whole answer is written in one way: what its finest amount shows, holds for all.
    place = _last_place(point.amount for points in lines.values() for point in points)
    rows = [_row(key, points, place) for key, points in lines.items()]
    rows.sort(key=_order)
    return tuple(rows)


def _ratio(amount: Decimal | None, quantity: Decimal | None) -> Fraction | None:
    """The price of one API unit; a negative amount (a credit) or quantity has none."""
    if amount is None or not quantity or quantity < 0 or amount < 0:
        return None
    return Fraction(amount) / Fraction(quantity)


def _row(key: _Key, points: list[Point], place: int) -> PriceRow:
    line_item, project, currency, quantity_unit = key
    unit = unit_of(quantity_unit, line_item)
    times = Fraction(unit.priced, unit.size)
    points.sort(key=lambda point: point.start)
    return PriceRow(
        line_item=line_item,
        project_id=project,
        currency=currency,
        quantity_unit=quantity_unit,
        unit=unit,
        amount=_total(point.amount for point in points),
        quantity=_total(point.quantity for point in points),
        price=_scaled(_weighted(points), times),
        points=tuple(
            Point(point.start, point.amount, point.quantity, _scaled(point.price, times)) for point in points
        ),
        spans=tuple(Span(stretch[0].start, _sure(stretch) * times) for stretch in _stretches(points, place)),
    )


def _total(values: Iterable[Decimal | None]) -> Decimal | None:
    """The exact sum of what was given, None when nothing was."""
    given = [value for value in values if value is not None]
    return money.total(given) if given else None


def _scaled(price: Fraction | None, times: Fraction) -> Fraction | None:
    return None if price is None else price * times


def _weighted(points: Iterable[Point]) -> Fraction | None:
    """Σ amount ÷ Σ quantity of the points that give both; None where the sums are no price."""
    given = [point for point in points if point.amount is not None and point.quantity is not None]
    paid = money.total(point.amount for point in given if point.amount is not None)
    counted = money.total(point.quantity for point in given if point.quantity is not None)
    return _ratio(paid, counted)


def _sure(stretch: Sequence[Point]) -> Fraction:
    """The weighted price of points that have one."""
    return _weighted(stretch) or Fraction()


def _last_place(numbers: Iterable[Decimal | None]) -> int:
    """The exponent of the last decimal place that any of the numbers has, at most 0; trailing zeros say nothing."""
    places = (number.normalize(money.EXACT).as_tuple().exponent for number in numbers if number)
    return min((int(place) for place in places), default=0)


def _slack(number: Decimal, place: int) -> Fraction:
    """By how much a number that is written to that place may differ from what it was before it was rounded.

    Half a unit of the place; less than that where the last digit is odd: a tie is rounded to the even one.
    """
    exact, unit = Fraction(number), Fraction(10) ** place
    half = unit / 2 if exact / unit % 2 == 0 else unit / 2 * (1 - _FAINT)
    return max(half, abs(exact) * _FAINT)


def _stretches(points: Sequence[Point], place: int) -> list[list[Point]]:
    """Points with a price, in stretches of one.

    Amounts are rounded where they are written, so a point's price is known as an interval: (amount ± slack) ÷
    quantity; a quantity has a slack of its own where quantities have decimal places. A stretch goes on as
    long as some price lies in the intervals of all its points; so rounding is never taken for a change.
    """
    counted = _last_place(point.quantity for point in points)
    found: list[list[Point]] = []
    low = high = Fraction()
    for point in points:
        if point.price is None or point.amount is None or point.quantity is None:
            continue
        loose = _slack(point.amount, place)
        vague = _slack(point.quantity, counted) if counted < 0 else Fraction()
        amount, quantity = Fraction(point.amount), Fraction(point.quantity)
        if quantity <= vague:
            continue  # it may have been nothing, and says nothing about the price
        least, most = (
            max(amount - loose, Fraction()) / (quantity + vague),
            (amount + loose) / (quantity - vague),
        )
        if found and low <= most and least <= high:
            found[-1].append(point)
            low, high = max(low, least), min(high, most)
        else:
            found.append([point])
            low, high = least, most
    return found


def _order(row: PriceRow) -> tuple[object, ...]:
    """By line item, project, currency (usd first), unit; null last."""
    currency, item, *rest = rank(row.currency, row.line_item, row.project_id, row.quantity_unit)
    return item, rest[0], currency, rest[1]
