"""Asking ahead: the grain that a reader is likely to drill into, fetched behind the first answer."""

from __future__ import annotations

from usagetop.model.answer import Answer
from usagetop.model.query import Query

# DESIGN §4: so many rows a bucket, and the finer answer may be too large to ask for unasked.
_MOST_ROWS = 50
# Weeks of costs are one page, but not where each of their days is large.
_MOST_ROWS_OF_WEEKS = 500
_USAGE = ("model", "project_id")
_COSTS = ("line_item", "project_id")


def ahead_of(answer: Answer) -> Query | None:
    """The query of the drill path's grain over the range and the weeks before; None where it is not worth a request.

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
    # With all that judges days: nothing before the first paint needs it.
    from usagetop.store.odd import in_weeks

    ahead = Query(query.category, query.range, query.width, path)
    # Odd days are told from the weeks before.
    return in_weeks(ahead) if query.width == "1d" and query.range.is_open else ahead


def weeks_before(answer: Answer) -> Query | None:
    """Costs of an answer's grain with the weeks from which odd days are told: one request; None for all else."""
    from usagetop.store.odd import in_weeks

    query = answer.query
    asked = answer.source.requests > 0 and answer.complete and answer.notice("stale") is None
    if max((bucket.rows for bucket in answer.buckets), default=0) > _MOST_ROWS_OF_WEEKS:
        return None
    weeks = in_weeks(query) if asked and query.about.is_costs and query.range.is_open else query
    return weeks if weeks != query else None
