"""The bill: costs rolled up by line item and unit, the form from which movers, prices and the rest are made."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from usagetop.analysis.frame import rollup
from usagetop.model.money import ZERO

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from usagetop.analysis.frame import Frame
    from usagetop.analysis.grouping import Key
    from usagetop.model.columns import Bucket
    from usagetop.model.query import Query


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the bill, in one currency (empty: none was named) and one unit.

    ``amount`` and ``quantity`` are exact, None where the API gave none; all texts are raw. ``scope`` are its
    values of the dimensions that were asked for (None where the bill lacks one).
    """

    line_item: str | None
    currency: str
    quantity_unit: str | None
    amount: Decimal | None
    quantity: Decimal | None
    scope: Key = ()

    @property
    def paid(self) -> Decimal:
        """The amount, 0 where none was given."""
        return ZERO if self.amount is None else self.amount


def bill(query: Query, buckets: Iterable[Bucket], *by: str) -> Frame:
    """Costs by line_item, by the unit of its quantity, and by more dimensions (``project_id``, ``bucket``).

    ``buckets`` (in time order) must be grouped by line_item and these; the unit is in every answer, and is
    not asked for. Raises ValueError when they are not.
    """
    return rollup(query.with_group_by((*by, "line_item", "quantity_unit")), buckets)


def lines_of(costs: Frame, scope: Sequence[str] = ()) -> list[Line]:
    """The groups of a bill, in its order; a dimension of ``scope`` that the frame lacks is None in each."""
    dims = costs.dims
    at = [dims.index(name) if name in dims else None for name in ("line_item", "quantity_unit", "currency")]
    places = [dims.index(name) if name in dims else None for name in scope]
    quantities = costs.columns.get("quantity") or [None] * len(costs)
    lines = []
    for key, amount, quantity in zip(costs.keys, costs.columns["amount"], quantities, strict=True):
        item, unit, currency = (None if place is None else key[place] for place in at)
        lines.append(
            Line(
                line_item=text_of(item),
                currency=text_of(currency) or "",
                quantity_unit=text_of(unit),
                amount=None if amount is None else Decimal(amount),
                quantity=None if quantity is None else Decimal(quantity),
                scope=tuple(None if place is None else key[place] for place in places),
            )
        )
    return lines


def text_of(value: str | int | None) -> str | None:
    """A dimension's value as text; null stays None."""
    return None if value is None else str(value)


def rank(currency: str, *dims: str | int | None) -> tuple[tuple[bool, str], ...]:
    """The place of a currency and of dimension values in an order: usd first, then by name; null last."""
    return ((currency != "usd", currency), *((each is None, text_of(each) or "") for each in dims))
