"""Asking ahead: the grain that a reader is likely to drill into, fetched behind the first answer."""

from __future__ import annotations

from usagetop.model.answer import Answer
from usagetop.model.query import Query

# DESIGN §4: so many rows a bucket, and the finer answer may be too large to ask for unasked.
_MOST_ROWS = 50
_USAGE = ("model", "project_id")
_COSTS = ("line_item", "project_id")


def ahead_of(answer: Answer) -> Query | None:
    """The query of the drill path's grain over the same range; None where it is not worth a request.

    That is so when nothing was asked for this answer, or in vain, when it holds the grain already or is
    filtered, when its buckets are large, and for categories without the path.
    """
    query, about = answer.query, answer.query.about
    path = _COSTS if about.is_costs else _USAGE
    if answer.source.requests == 0 or not answer.complete or query.filters:
        return None
    if answer.notice("stale") is not None:  # asking failed: the server is left in peace
        return None
    if not set(path) <= {dimension.name for dimension in about.dimensions}:
        return None
    if (
        set(path) <= set(query.grain)
        or max((bucket.rows for bucket in answer.buckets), default=0) > _MOST_ROWS
    ):
        return None
    return Query(query.category, query.range, query.width, path)
