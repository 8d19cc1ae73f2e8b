"""The bill: costs rolled up by line item and unit, the form from which movers, prices and the rest are made."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from usagetop.analysis.frame import rollup
from usagetop.model.line_items import model_of
from usagetop.model.money import ZERO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from usagetop.analysis.frame import Frame
    from usagetop.analysis.grouping import Key
    from usagetop.model.columns import Bucket
    from usagetop.model.query import Filter, Query

    # Whether a line item has a part in what is told.
    Keep = Callable[[str | None], bool]


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


# What only the bill knows. A model of costs is read from the line item.
OF_LINES = frozenset({"line_item", "model"})


def whole(query: Query) -> Query:
    """The query without filters of line items: which usage belongs to a line follows from all of them."""
    return query._replace(filters=tuple(each for each in query.filters if each.dimension not in OF_LINES))


def kept_by(filters: Iterable[Filter]) -> Keep:
    """Whether a line item passes those filters that are of line items, or of models read from them."""
    mine = [each for each in filters if each.dimension in OF_LINES]

    def keep(line_item: str | None) -> bool:
        return all(
            each.accepts(line_item if each.dimension == "line_item" else model_of(line_item)) for each in mine
        )

    return keep


def items_of(costs: Frame) -> list[str | None]:
    """The line items of a bill, each once, in its order."""
    at = costs.dims.index("line_item")
    return list(dict.fromkeys(text_of(key[at]) for key in costs.keys))


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
