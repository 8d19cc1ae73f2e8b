"""The answer to a query: its buckets, how complete they are, and where they came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from usagetop.model.columns import Bucket
    from usagetop.model.query import Query

# The codes of INTERFACE.md that make an answer incomplete.
INCOMPLETE_CODES = frozenset(
    {"unreadable_values", "unknown_objects", "missing_bucket", "conflicting_bucket", "paging"}
)
# What is wrong around a good answer: told on stderr where the answer's own form has no place for it.
TOLD_CODES = frozenset({"cache_off", "clock_skew", "stale"})


class Notice(NamedTuple):
    """Something a reader must know: a code of INTERFACE.md and a drawable sentence.

    ``exactly`` says the same to programs, by name: raw values and exact numbers, not for screens.
    """

    code: str
    message: str
    exactly: tuple[tuple[str, object], ...] = ()


class Source(NamedTuple):
    """Where an answer came from.

    ``requests`` counts data requests, ``name_requests`` those for names. The bucket counts are those of the
    view; ``finer_buckets`` of the cached ones were stored at a finer grain. ``fetched_at`` is the oldest of
    its buckets in UTC seconds, None when there are none.
    """

    base_url: str
    requests: int = 0
    name_requests: int = 0
    cached_buckets: int = 0
    fetched_buckets: int = 0
    finer_buckets: int = 0
    fetched_at: int | None = None


class Answer(NamedTuple):
    """Buckets in time order, and what is known about them; ``ages`` are when each was fetched (UTC seconds).

    ``query`` is what was answered; it differs from what was asked only after a refused grouping, and then a
    notice ``fallback_grouping`` says so.
    """

    query: Query
    buckets: tuple[Bucket, ...]
    notices: tuple[Notice, ...]
    source: Source
    ages: tuple[int, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether the totals cover everything that was asked for."""
        return not any(notice.code in INCOMPLETE_CODES for notice in self.notices)

    def notice(self, code: str) -> Notice | None:
        """The first notice with this code."""
        return next((notice for notice in self.notices if notice.code == code), None)
