"""What is stored of a query, and what of it must be asked for again. No HTTP client is loaded for this."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from usagetop.client import plan
from usagetop.client.units import Grain, Unit, UnitStore
from usagetop.model.query import Query


def read_units(store: UnitStore, grain: Grain, query: Query) -> dict[int, Unit]:
    """The stored units of a query, whether due or not."""
    return store.read(grain, list(plan.unit_starts(query)))


def shows(query: Query, starts: Iterable[int]) -> bool:
    """Whether one of these starts of buckets is the query's own: units may hold only what lies beside it."""
    own = query.starts()
    return any(start in own for start in starts)


def due_units(query: Query, stored: Mapping[int, Unit], now: int) -> list[int]:
    """The starts of the units that must be asked for: not stored, past their life, or asked too early."""
    due = []
    for start in plan.unit_starts(query):
        unit = stored.get(start)
        end = plan.unit_end(start, query.width)
        if (
            unit is None
            or plan.is_due(unit.fetched_at, end, now)
            or not unit.holds(plan.wanted_starts(query, start))
        ):
            due.append(start)
    return due
