"""A report beside an earlier period: both sides row by row, and the difference in the form of a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagetop.exports.rows import merged
from usagetop.model.money import ZERO, subtract

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from usagetop.analysis.frame import Frame
    from usagetop.exports.rows import Row
    from usagetop.store.earlier import Earlier


def with_earlier(rows: Sequence[Row], indices: Sequence[int], frame: Frame, earlier: Earlier) -> list[Row]:
    """The rows with their earlier selves; ``indices`` are those that both were merged from."""
    before = merged(earlier.frame, indices, {})
    states = _states(frame, indices, earlier)
    return [
        row._replace(previous=then, delta=difference(row, then), status=_state(states.get(row.key, {"both"})))
        for row, then in zip(rows, before, strict=True)
    ]


def _states(frame: Frame, indices: Iterable[int], earlier: Earlier) -> dict[tuple[object, ...], set[str]]:
    """What became of each row, by the currencies that it has."""
    width = len(frame.dims) - frame.category.is_costs
    found: dict[tuple[object, ...], set[str]] = {}
    for index in indices:
        found.setdefault(frame.keys[index][:width], set()).add(earlier.compared.status[index])
    return found


def _state(states: set[str]) -> str:
    """Of a row with several currencies: ``both`` unless it is new or gone in all of them."""
    return next(iter(states)) if len(states) == 1 else "both"


def difference(now: Row, then: Row) -> Row:
    """What changed, as a row: a metric that one side lacks counts as 0 there, a quantity needs one unit."""
    counts = {
        name: now.counts.get(name, 0) - then.counts.get(name, 0)
        for name in dict.fromkeys([*now.counts, *then.counts])
    }
    amounts = {
        currency: subtract(now.amounts.get(currency, ZERO), then.amounts.get(currency, ZERO))
        for currency in _currencies(now.amounts, then.amounts)
    }
    quantities: dict[str, tuple[Decimal, str | None]] = {}
    for currency in _currencies(now.quantities, then.quantities):
        after, before = now.quantities.get(currency), then.quantities.get(currency)
        unit = (after or before or (ZERO, None))[1]
        if (after or (ZERO, unit))[1] == (before or (ZERO, unit))[1]:
            quantities[currency] = (subtract((after or (ZERO, unit))[0], (before or (ZERO, unit))[0]), unit)
    mixed = now.mixed or then.mixed
    return now._replace(
        counts=counts,
        amounts=amounts,
        quantities={} if mixed else quantities,
        mixed=mixed,
        as_of=None,
        previous=None,
        delta=None,
        status="",
    )


def _currencies(*sides: Iterable[str]) -> list[str]:
    """The currencies of both sides, usd first."""
    return sorted({name for side in sides for name in side}, key=lambda name: (name != "usd", name))
