"""Rows of a report: the groups of a frame, with the currencies of one group brought together."""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from usagetop.model.dimensions import DIMENSIONS
from usagetop.model.money import ZERO, add

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from usagetop.analysis.frame import Frame

_NONE: Mapping[str, Any] = MappingProxyType({})


class Row(NamedTuple):
    """One row.

    ``key`` has one raw value a dimension of the report (``bucket``: start in UTC seconds; batch:
    ``"true"``/``"false"``). ``names`` are raw names by their JSON key (``project_name``). ``counts`` are usage,
    ``amounts`` money by currency, ``quantities`` what was billed by currency with its unit; a row that named
    no currency has an empty one. ``mixed`` says that a quantity was left out because of its units. ``as_of``
    is the start of the bucket that a level's value is from. ``groups`` > 0 marks the rest of ``--top``. Beside
    an earlier period ``previous`` is the same row there, ``delta`` the difference, ``status`` new, gone or both.
    """

    key: tuple[str | int | None, ...]
    names: Mapping[str, str] = _NONE
    counts: Mapping[str, int] = _NONE
    amounts: Mapping[str, Decimal] = _NONE
    quantities: Mapping[str, tuple[Decimal, str | None]] = _NONE
    mixed: bool = False
    as_of: int | None = None
    groups: int = 0
    previous: Row | None = None
    delta: Row | None = None
    status: str = ""

    @property
    def quantity(self) -> tuple[Decimal, str | None] | None:
        """The quantity over all currencies and its unit; None when there is none or it has several units."""
        return None if self.mixed else _summed(self.quantities.values())


def _summed(parts: Iterable[tuple[Decimal, str | None]]) -> tuple[Decimal, str | None] | None:
    """The sum of quantities of one unit, or None."""
    number, units = ZERO, set()
    for part, unit in parts:
        number = add(number, part)
        units.add(unit)
    return (number, units.pop()) if len(units) == 1 else None


def merged(frame: Frame, indices: Sequence[int], names: Mapping[str, Mapping[str, str]]) -> list[Row]:
    """Rows in the order of ``indices``; groups that differ in currency alone stand where the first one does.

    Without dimensions there is always one row, also for an empty answer.
    """
    found = (
        _money_rows(frame, indices, names) if frame.category.is_costs else _count_rows(frame, indices, names)
    )
    if not found and not frame.group_by:
        found.append(Row((), counts={} if frame.category.is_costs else dict(frame.totals.counts)))
    return found


def _count_rows(frame: Frame, indices: Sequence[int], names: Mapping[str, Mapping[str, str]]) -> list[Row]:
    columns = [(name, frame.columns[name]) for name in _in_order(frame) if name in frame.columns]
    rows = []
    for index in indices:
        counts = {name: int(column[index] or 0) for name, column in columns if column[index] is not None}
        key = frame.keys[index]
        as_of = None if frame.as_of is None else frame.as_of[index]
        rows.append(Row(key, names_of(frame.group_by, key, names), counts, as_of=as_of))
    return rows


def _money_rows(frame: Frame, indices: Sequence[int], names: Mapping[str, Mapping[str, str]]) -> list[Row]:
    together: dict[tuple[str | int | None, ...], list[int]] = {}
    for index in indices:
        together.setdefault(frame.keys[index][:-1], []).append(index)
    return [
        _money_row(frame, key, members, names_of(frame.group_by, key, names))
        for key, members in together.items()
    ]


def _money_row(
    frame: Frame, key: tuple[str | int | None, ...], members: list[int], names: Mapping[str, str]
) -> Row:
    """One row from the groups of its currencies, usd first and then by name."""
    currency = {index: str(frame.keys[index][-1] or "") for index in members}
    members = sorted(members, key=lambda index: (currency[index] != "usd", currency[index]))
    amounts: dict[str, Decimal] = {}
    quantities: dict[str, tuple[Decimal, str | None]] = {}
    billed = frame.columns.get("quantity")
    for index in members:
        amount = frame.columns["amount"][index]
        if amount is not None:
            amounts[currency[index]] = Decimal(amount)
        if billed is not None and (quantity := billed[index]) is not None:
            unit = frame.units[index] if frame.units is not None else None
            quantities[currency[index]] = (Decimal(quantity), unit)
    return Row(
        key, names, amounts=amounts, quantities=quantities, mixed=_is_mixed(frame, members, quantities)
    )


def _is_mixed(
    frame: Frame, members: Sequence[int], quantities: Mapping[str, tuple[Decimal, str | None]]
) -> bool:
    """Whether the currencies of a group were billed in several units, or one of them was itself mixed."""
    if len({unit for _, unit in quantities.values()}) > 1:
        return True
    return bool(frame.mixed_units and quantities and len(quantities) < len(members))


def other(rows: Sequence[Row], *, unsayable: bool = False) -> Row:
    """The rest of ``--top`` as one row with null dimensions: sums of what the rows gave.

    ``unsayable``: some quantity of the frame was left out because of its units, so that a sum may lack it.
    """
    counts: dict[str, int] = {}
    amounts: dict[str, Decimal] = {}
    quantities: dict[str, tuple[Decimal, str | None]] = {}
    mixed = unsayable or any(row.mixed for row in rows)
    for row in rows:
        for name, count in row.counts.items():
            counts[name] = counts.get(name, 0) + count
        for currency, amount in row.amounts.items():
            amounts[currency] = add(amounts.get(currency, ZERO), amount)
        for currency, (number, unit) in row.quantities.items():
            before = quantities.get(currency, (ZERO, unit))
            mixed = mixed or before[1] != unit
            quantities[currency] = (add(before[0], number), unit)
    mixed = mixed or len({unit for _, unit in quantities.values()}) > 1
    as_of = {row.as_of for row in rows}
    return Row(
        key=(None,) * len(rows[0].key),
        counts=counts,
        amounts={name: amounts[name] for name in sorted(amounts, key=lambda name: (name != "usd", name))},
        quantities={} if mixed else quantities,
        mixed=mixed,
        # Values of different days have no common one.
        as_of=as_of.pop() if len(as_of) == 1 else None,
        groups=len(rows),
    )


def names_of(
    by: Sequence[str], key: Sequence[str | int | None], names: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    """The resolved names of a key's ids, by their JSON key."""
    result = {}
    for dimension, value in zip(by, key, strict=True):
        known = names.get(dimension)
        if known and isinstance(value, str) and value in known:
            result[DIMENSIONS[dimension].names] = known[value]
    return result


def _in_order(frame: Frame) -> list[str]:
    return [metric.name for metric in frame.category.metrics]
