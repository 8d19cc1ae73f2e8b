"""Which units a query stands on, which of them must be asked for, and in which windows.

A *unit* is what is stored and asked for as a whole: one UTC day of 1d, one UTC day of 1h, one UTC hour of 1m.
Everything here is pure; seconds are UTC seconds since the epoch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from usagetop.model.categories import SECONDS_OF
from usagetop.model.period import DAY, HOUR, MINUTE, floor
from usagetop.model.query import Query

UNIT_SECONDS: Mapping[str, int] = MappingProxyType({"1m": HOUR, "1h": DAY, "1d": DAY})

# DESIGN §4, "Settling": how long a unit lives is fixed when it is fetched, by the age its end has then.
SETTLED_AFTER = 3 * DAY
_FRESH_AFTER = 15 * MINUTE
_LIFE_FRESH = 2 * MINUTE
_LIFE_TODAY = 5 * MINUTE
_LIFE_LATER = HOUR


class Window(NamedTuple):
    """One question: the range ``[start, end)`` in UTC seconds, never in the future, and the page size.

    ``start`` lies on a unit's border; so does ``end``, unless it is the minute until which may be asked.
    ``limit`` is the number of buckets a page (the API's parameter); a window holds at most as many, unless
    the limit was halved because an answer was too large: then the window takes several pages.
    """

    start: int
    end: int
    limit: int


def life(fetched_at: int, unit_end: int) -> int | None:
    """Seconds for which a unit fetched at ``fetched_at`` is served unasked; None: for ever (settled).

    Open or of the same UTC day 5 minutes, 2 minutes when it ended less than 15 minutes before; ended less than
    three days before an hour; else settled.
    """
    age = fetched_at - unit_end
    if age >= SETTLED_AFTER:
        return None
    if 0 <= age < _FRESH_AFTER:
        return _LIFE_FRESH
    if age < 0 or floor(unit_end - 1, DAY) == floor(fetched_at, DAY):
        return _LIFE_TODAY
    return _LIFE_LATER


def is_due(fetched_at: int, unit_end: int, now: int) -> bool:
    """Whether a unit must be asked for again; one that was fetched in the future always (the clock lied)."""
    if fetched_at > now:
        return True
    seconds = life(fetched_at, unit_end)
    return seconds is not None and now >= fetched_at + seconds


def unit_end(start: int, width: str) -> int:
    """The end of the unit that begins at ``start``."""
    return start + UNIT_SECONDS[width]


def unit_of(bucket: int, width: str) -> int:
    """The start of the unit that holds the bucket of this start."""
    return floor(bucket, UNIT_SECONDS[width])


def unit_starts(query: Query) -> range:
    """The starts of the units that hold the query's buckets, oldest first."""
    size = UNIT_SECONDS[query.width]
    return range(floor(query.range.start, size), query.range.asked_until, size)


def asked_until(query: Query) -> int:
    """The last second that may be asked for when windows are widened to whole units: now's minute."""
    return floor(query.range.now, MINUTE)


def bucket_starts(unit: int, width: str, until: int) -> range:
    """The starts of the buckets that a unit holds when it is asked until ``until``."""
    return range(unit, min(unit_end(unit, width), until), SECONDS_OF[width])


def wanted_starts(query: Query, unit: int) -> range:
    """The starts of the query's own buckets in a unit: those that its answer shows."""
    until = min(query.range.asked_until, unit_end(unit, query.width))
    return range(max(unit, query.range.start), until, SECONDS_OF[query.width])


def windows(units: Iterable[int], width: str, *, limit: int, until: int) -> tuple[Window, ...]:
    """The fewest windows that ask for exactly these units, newest first.

    ``units`` are starts of units, in any order; ``limit`` is the most buckets that a page takes; nothing at or
    after ``until`` is asked. Neighbours share a window; what is stored already is never asked for again.
    """
    size = UNIT_SECONDS[width]
    most = max(1, limit * SECONDS_OF[width] // size)
    runs: list[list[int]] = []  # newest first, each run too
    for unit in sorted({unit for unit in units if unit < until}, reverse=True):
        if runs and runs[-1][-1] == unit + size and len(runs[-1]) < most:
            runs[-1].append(unit)
        else:
            runs.append([unit])
    return tuple(Window(run[-1], min(run[0] + size, until), limit) for run in runs)


def units_of(window: Window, width: str) -> range:
    """The starts of the units that a window asks for."""
    return range(window.start, window.end, UNIT_SECONDS[width])
