"""Groupings that a server refused in this session, and the nearest ones that it may accept."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import combinations

from usagetop.errors import GroupingRefused
from usagetop.model.query import Query, source_of

Grouping = tuple[str, ...]

# Where the server does not name a dimension, these are the ones it refuses (API.md, trap 6).
_LIKELY = ("api_key_id", "user_id", "api_source", "service_tier")


class Refusals:
    """What one server refused: by category and grain (the API's group_by, sorted).

    A refusal is remembered with the start of the window that it was for: some hold for early ranges only
    (costs by api_key_id before 2025-12-06), so a query that begins later asks anew.
    """

    def __init__(self) -> None:
        self._errors: dict[tuple[str, Grouping], GroupingRefused] = {}
        self._starts: dict[tuple[str, Grouping], int] = {}

    def remember(self, query: Query, error: GroupingRefused, start: int) -> None:
        """The server refused the query's grain for a window that begins at ``start`` (UTC seconds)."""
        key = (query.category, query.grain)
        self._errors[key] = error
        # A window begins with a whole unit, which may be before the query.
        self._starts[key] = max(start, query.range.start, self._starts.get(key, start))

    def known(self, query: Query) -> GroupingRefused | None:
        """The refusal that this query would meet again, as far as is known."""
        key = (query.category, query.grain)
        return self._errors[key] if query.range.start <= self._starts.get(key, -1) else None

    def of(self, category: str) -> Mapping[Grouping, str]:
        """Every refused grouping of a category (sorted) with the server's sentence."""
        return {grain: sentence(error) for (name, grain), error in self._errors.items() if name == category}

    def nearest(
        self, query: Query, error: GroupingRefused, needed: Collection[str] = frozenset()
    ) -> Query | None:
        """The query with as few dimensions fewer as possible that was not refused yet.

        A dimension that the server's words name is dropped first, one that is ``needed`` never. None when there
        is none left to drop, or when a filter that the server does not know stands on the one to drop: leaving
        the filter out would answer another question.
        """
        for group_by in _smaller(query, f"{error.param} {error.why}", needed):
            candidate = query.with_group_by(group_by)
            if self.known(candidate) is None:
                return candidate
        return None


def sentence(error: GroupingRefused) -> str:
    """The server's words, or ours where it has none."""
    return error.why or error.what


def _smaller(query: Query, said: str, needed: Collection[str]) -> Iterator[Grouping]:
    """Groupings with one dimension fewer, then two, and so on; the likeliest culprit goes first."""
    about = query.about
    pushed = {name for name, _ in query.pushed_filters}
    filtered = {source_of(about, each.dimension) for each in query.filters if each.dimension not in pushed}
    kept = {"bucket", *needed}
    names = [name for name in query.group_by if name not in kept and source_of(about, name) not in filtered]
    words = set(re.findall(r"[a-z_]+", said.lower()))

    def innocence(name: str) -> tuple[bool, int]:
        likely = _LIKELY.index(name) if name in _LIKELY else len(_LIKELY)
        return source_of(about, name) not in words, likely

    names.sort(key=innocence)
    for count in range(1, len(names) + 1):
        for dropped in combinations(names, count):
            yield tuple(name for name in query.group_by if name not in dropped)
