"""Answers without asking: which finer stored grains can serve a coarser question.

Usage adds up, so units grouped by more dimensions answer a question about fewer, and a filter on a grouped
dimension. Costs add up along project and line item only: other groupings are refused or split by the server in
ways of their own (API.md, trap 6). Rows are rolled up by ``analysis`` as always; nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Iterable

from usagetop.client.units import Grain, Scope, Unit, UnitStore
from usagetop.model.query import Query

_COSTS_ADD_UP = frozenset({"project_id", "line_item"})


def can_serve(grain: Grain, query: Query) -> bool:
    """Whether units of ``grain`` (same scope) hold everything that the query asks, in rows at least as fine.

    A filter that the server applied to the units must be one of the query's own; a filter of the query that was
    not applied needs its dimension as a column.
    """
    if (grain.category, grain.width) != (query.category, query.width):
        return False
    wanted = set(query.pushed_filters)
    if not set(grain.filters) <= wanted:
        return False
    columns = set(query.grain) | {name for name, _ in wanted - set(grain.filters)}
    given = set(grain.dimensions)
    if query.about.is_costs and not given <= _COSTS_ADD_UP:
        return False
    return columns <= given


def finer_units(store: UnitStore, scope: Scope, query: Query, starts: Iterable[int]) -> dict[int, Unit]:
    """Units of other grains that serve the query at these starts, the most recently fetched of each.

    Whether they are due, or were asked too early, is for the caller to judge, as of any stored unit.
    """
    own = Grain.of(scope, query)
    wanted = list(starts)
    found: dict[int, Unit] = {}
    for grain in store.grains(scope, query.category, query.width):
        if grain == own or not can_serve(grain, query):
            continue
        for start, unit in store.read(grain, wanted).items():
            if start not in found or found[start].fetched_at < unit.fetched_at:
                found[start] = unit
    return found
