"""Running exact sums of money by group and currency, and of quantities where one unit allows it."""

from __future__ import annotations

from decimal import localcontext
from typing import TYPE_CHECKING, TypeVar

from usagetop.analysis.totals import Number, Summed, Sums, Totals
from usagetop.model.money import EXACT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from usagetop.analysis.grouping import Key, Placed
    from usagetop.analysis.totals import BucketTotals
    from usagetop.model.columns import Bucket

_T = TypeVar("_T")


class Amounts(Sums):
    """Sums of costs.

    ``keys`` are those of the groups, the currency last; the list grows from bucket to bucket. ``with_quantity``
    says whether quantities are summed as well.
    """

    def __init__(self, keys: Sequence[Key], charted: str, *, with_quantity: bool) -> None:
        super().__init__(charted)
        self._keys = keys
        self._with_quantity = with_quantity
        self._amounts: dict[int, Decimal] = {}
        self._quantities: dict[int, Decimal] = {}
        self._units: dict[int, set[str | None]] = {}

    def add(self, bucket: Bucket, placed: Placed) -> Totals:
        """Add a bucket's rows; returns the bucket's own totals."""
        amounts: dict[int, Decimal] = {}
        quantities: dict[int, Decimal] = {}
        totals: dict[str, Decimal] = {}
        with localcontext(EXACT):  # the operator is far faster than the context's own method
            if placed.groups and "amount" in bucket.columns:
                _add_rows(amounts, placed, bucket.amounts("amount"))
            if placed.groups and "quantity" in bucket.columns and self._with_quantity:
                given = bucket.amounts("quantity")
                _add_rows(quantities, placed, given)
                self._note_units(bucket, placed, given)
            # An amount without a currency is no currency's: it stays apart under the empty name.
            currencies = [str(self._keys[group][-1] or "") for group in amounts]
            _add(totals, zip(currencies, amounts.values(), strict=True))
            _add(self._amounts, amounts.items())
            _add(self._quantities, quantities.items())
        if self.charted:
            drawn = amounts if self.charted == "amount" else quantities
            self.draw(bucket.start, drawn, drawn.values())
        return Totals(amounts=totals)

    def _note_units(self, bucket: Bucket, placed: Placed, quantities: Sequence[Decimal | None]) -> None:
        """Note the units in which the groups' quantities come."""
        units: Iterable[str | None] = [None] * bucket.rows
        if bucket.has("quantity_unit"):
            codes, values = bucket.dimension("quantity_unit")
            units = map(values.__getitem__, codes)
        rows = zip(placed.codes, placed.chosen(units), placed.chosen(quantities), strict=True)
        met = {(code, unit) for code, unit, quantity in rows if quantity is not None}
        for code, unit in met:
            self._units.setdefault(placed.groups[code], set()).add(unit)

    def result(self, groups: int, points: Sequence[BucketTotals]) -> Summed:
        """The sums of each metric: None where no row gave it, and for quantities of several units."""
        columns: dict[str, list[Number | None]] = {"amount": [*map(self._amounts.get, range(groups))]}
        whole: dict[str, Decimal] = {}
        with localcontext(EXACT):
            for point in points:
                _add(whole, point.totals.amounts.items())
        totals = Totals(
            amounts={name: whole[name] for name in sorted(whole, key=lambda name: (name != "usd", name))}
        )
        if not self._with_quantity:
            return Summed(columns, totals)
        one = {group: unit for group, (unit, *more) in self._units.items() if not more}
        columns["quantity"] = [self._quantities[group] if group in one else None for group in range(groups)]
        units = [*map(one.get, range(groups))]
        return Summed(columns, totals, units=units, mixed_units=len(self._units) - len(one))


def _add_rows(sums: dict[int, Decimal], placed: Placed, numbers: Iterable[Decimal | None]) -> None:
    """Add one number a row to the sums of the groups."""
    groups = placed.groups
    pairs = zip(placed.codes, placed.chosen(numbers), strict=True)
    _add(sums, [(groups[code], number) for code, number in pairs if number is not None])


def _add(sums: dict[_T, Decimal], numbers: Iterable[tuple[_T, Decimal]]) -> None:
    """Add numbers to the sums of these names, in the exact context that is in force."""
    for name, number in numbers:
        sums[name] = sums[name] + number if name in sums else number
