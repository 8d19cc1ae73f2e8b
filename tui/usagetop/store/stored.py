"""What is stored of a query, and what of it must be asked for again. No HTTP client is loaded for this."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from usagetop.client import plan
from usagetop.client.lattice import finer_units
from usagetop.client.units import Grain, Scope, Unit, UnitStore
from usagetop.model.query import Query


def read_units(store: UnitStore, grain: Grain, query: Query) -> dict[int, Unit]:
    """The stored units of a query, whether due or not."""
    return store.read(grain, list(plan.unit_starts(query)))


def read_lattice(
    store: UnitStore, scope: Scope, query: Query, *, now: int, mode: str = "normal"
) -> tuple[dict[int, Unit], frozenset[int]]:
    """The stored units that answer a query, and the starts of those that are of a finer grain.

    A finer unit stands in where the exact one is missing or due, if it was fetched later; one past its life is
    asked for again, but is there when the server is not. With ``refresh`` everything is asked again.
    """
    stored = read_units(store, Grain.of(scope, query), query)
    due = due_units(query, stored, now)
    if not due or mode == "no-cache":
        return stored, frozenset()
    found = finer_units(store, scope, query, due)
    better = {
        start: unit
        for start, unit in found.items()
        if start not in stored or stored[start].fetched_at < unit.fetched_at
    }
    return {**stored, **better}, frozenset(better)


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
