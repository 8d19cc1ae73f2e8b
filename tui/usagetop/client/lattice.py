"""Answers without asking: which finer stored grains can serve a coarser question.

Usage adds up, so units grouped by more dimensions answer a question about fewer, and a filter on a grouped
dimension, and the hours of a whole UTC day answer for the day. Costs add up along project and line item only:
other groupings are refused or split by the server in ways of their own (API.md, trap 6). A level
(``usage_bytes``) adds up over groups, never over time. Rows are rolled up by ``analysis`` as always.
"""

from __future__ import annotations

from collections.abc import Sequence

from usagetop.client import plan
from usagetop.client.units import Grain, Unit
from usagetop.model.query import Query

_COSTS_ADD_UP = frozenset({"project_id", "line_item"})
# Every further grain is read for each view: those that were stored last are looked through.
_MOST_GRAINS = 8


def can_serve(grain: Grain, query: Query) -> bool:
    """Whether units of ``grain`` (same scope) hold everything that the query asks, in rows at least as fine.

    A filter that the server applied to the units must be one of the query's own; a filter of the query that was
    not applied needs its dimension as a column.
    """
    if grain.category != query.category or not _fits(grain.width, query):
        return False
    if not set(grain.filters) <= set(query.pushed_filters):
        return False
    if query.about.is_costs and not set(grain.dimensions) <= _COSTS_ADD_UP:
        return False
    return columns_for(grain, query) <= set(grain.dimensions)


def columns_for(grain: Grain, query: Query) -> set[str]:
    """The dimensions that units of a grain need for a query: those asked, and those filtered here."""
    left = set(query.pushed_filters) - set(grain.filters)
    return set(query.grain) | {name for name, _ in left}


def _fits(width: str, query: Query) -> bool:
    """Whether units of this width can be made into buckets of the query's."""
    if width == query.width:
        return True
    adds_up = all(metric.kind == "additive" for metric in query.about.metrics)
    return (width, query.width) == ("1h", "1d") and adds_up and not query.about.is_costs


def finer_grains(known: Sequence[Grain], own: Grain, query: Query) -> list[Grain]:
    """Those of the known grains that can serve a query beside its own, the latest first."""
    able = [grain for grain in known if grain != own and can_serve(grain, query)]
    return able[: -_MOST_GRAINS - 1 : -1]


def usable(grain: Grain, unit: Unit, query: Query, now: int) -> bool:
    """Whether a unit of a finer grain may stand for one of the query's.

    Hours stand for a day only when the day is over and every hour of it was asked for, or, while it is open,
    in their own short life.
    """
    if grain.width == query.width:
        return True
    end = plan.unit_end(unit.start, grain.width)
    if end <= now:
        return unit.until >= end
    return not plan.is_due(unit.fetched_at, end, now)


def as_own(grain: Grain, unit: Unit, query: Query) -> Unit:
    """A unit of a finer grain in the width of the query."""
    if grain.width == query.width:
        return unit
    from usagetop.client.folding import day_of

    return day_of(unit, tuple(columns_for(grain, query)))
