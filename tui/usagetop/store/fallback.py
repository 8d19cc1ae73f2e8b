"""Which grouping to try when the server refuses one."""

from __future__ import annotations

from collections.abc import Collection

from usagetop.errors import GroupingRefused
from usagetop.model.query import Query

# Where the server does not name a dimension, these are the ones it refuses (API.md, trap 6).
_LIKELY = ("api_key_id", "user_id", "api_source", "service_tier")


def nearest(query: Query, error: GroupingRefused, refused: Collection[tuple[str, ...]]) -> Query | None:
    """The query without one of its dimensions, the one that the server names or most likely means.

    None when no dimension is left to drop, or when a filter stands on the one to drop: leaving the filter out
    would answer another question.
    """
    filtered = {filter_.dimension for filter_ in query.filters}
    said = f"{error.param} {error.why}"
    candidates = sorted(
        (name for name in query.group_by if name != "bucket" and name not in filtered),
        key=lambda name: (name not in said, _LIKELY.index(name) if name in _LIKELY else len(_LIKELY)),
    )
    for name in candidates:
        smaller = query.with_group_by(tuple(each for each in query.group_by if each != name))
        if smaller.grain not in refused:
            return smaller
    return None
