"""Gathering the units of a query that must be asked for: windows several at once, newest first."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from usagetop.client import plan
from usagetop.client.clocks import seen_at
from usagetop.client.http import Gateway
from usagetop.client.paging import Fetched, fetch_window
from usagetop.client.plan import Window
from usagetop.client.units import Unit
from usagetop.errors import (
    AccessError,
    GroupingRefused,
    NetworkFailed,
    NotServed,
    RateLimited,
    UsageError,
    UsagetopError,
)
from usagetop.model.answer import Notice
from usagetop.model.columns import Bucket
from usagetop.model.period import MINUTE
from usagetop.model.query import Query

# As many as the gateway lets pass together: more would only wait at its gate.
MOST_AT_ONCE = 6
# After so many windows that failed for good, the others are not even tried.
MOST_FAILURES = 3
# What the other windows would meet as well, after the same waits.
_HOPELESS = (NetworkFailed, RateLimited, NotServed)

Keep = Callable[[list[Unit]], None]


class WindowRefused(GroupingRefused):
    """The server refuses the grouping for a window that begins at ``start`` (UTC seconds)."""

    def __init__(self, error: GroupingRefused, start: int) -> None:
        super().__init__(error.what, why=error.why, mend=error.mend, param=error.param)
        self.start = start


@dataclass(slots=True)
class Gathered:
    """What has come so far: buckets and complete units by start, notices, requests, errors of whole windows.

    ``date`` is the server's clock (UTC seconds) in the last answer that gave it.
    """

    buckets: dict[int, Bucket] = field(default_factory=dict)
    units: dict[int, Unit] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    requests: int = 0
    date: int | None = None
    errors: list[UsagetopError] = field(default_factory=list)


async def gather(
    gateway: Gateway,
    query: Query,
    units: Sequence[int],
    *,
    clock: Callable[[], float],
    on_buckets: Callable[[int], None],
    keep: Keep | None,
    on_window: Callable[[Gathered], None] | None = None,
) -> Gathered:
    """Ask for units (their starts) in the fewest windows.

    ``on_buckets`` hears how many more buckets have come, ``on_window`` what is in after each whole window.
    ``keep`` stores complete units (it may block: it runs in a thread) as soon as their window is in, so that a
    cancelled load keeps what had come. A window's ServiceError is kept beside what the others brought; a
    refused key or question ends the whole.
    """
    until = plan.asked_until(query)
    windows = plan.windows(units, query.width, limit=query.about.limits[query.width], until=until)
    gathering = _Gathering(gateway, query, clock, on_buckets, keep, on_window, deque(windows))
    before = gateway.requests
    try:
        await gathering.run()
    except WindowRefused as error:
        error.requests = gateway.requests - before  # the other windows had been asked for as well
        raise
    return gathering.result


@dataclass(slots=True)
class _Gathering:
    """The windows of one load that are still waiting, and what has come."""

    gateway: Gateway
    query: Query
    clock: Callable[[], float]
    on_buckets: Callable[[int], None]
    keep: Keep | None
    on_window: Callable[[Gathered], None] | None
    waiting: deque[Window]
    result: Gathered = field(default_factory=Gathered)
    workers: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self) -> None:
        """Work until nothing is waiting; the first refusal of all ends everybody's work."""
        for _ in range(MOST_AT_ONCE):
            self._start()
        ended: set[asyncio.Task[None]] = set()
        try:
            while self.workers:
                ended, _ = await asyncio.wait(self.workers, return_when=asyncio.FIRST_COMPLETED)
                self.workers -= ended  # others may have joined meanwhile
                for worker in ended:
                    worker.result()
        finally:
            left = [*self.workers, *ended]
            for worker in self.workers:  # after a refusal the others have nothing to ask for
                worker.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    def _start(self) -> None:
        """One more worker, if a window is waiting."""
        if self.waiting:
            self.workers.add(asyncio.create_task(self._work()))

    async def _work(self) -> None:
        """Ask for a window; once its answer is here, read it while another worker asks for the next."""
        relieved = False

        def relieve() -> None:
            nonlocal relieved
            if not relieved:
                relieved = True
                self._start()

        while self.waiting and not relieved:
            window = self.waiting.popleft()
            # What the server says is at least as new as the question.
            asked_at = int(self.clock())
            try:
                fetched = await fetch_window(
                    self.gateway, self.query, window, on_buckets=self.on_buckets, on_answer=relieve
                )
            except GroupingRefused as error:
                raise WindowRefused(error, window.start) from error
            except (AccessError, UsageError):
                raise
            except UsagetopError as error:
                self._failed(error)
            else:
                await self._arrived(window, fetched, asked_at)

    def _failed(self, error: UsagetopError) -> None:
        """Note a failure; where the rest would fail the same way, give it up."""
        self.result.errors.append(error)
        self.result.requests += error.requests
        if isinstance(error, _HOPELESS) or len(self.result.errors) >= MOST_FAILURES:
            self.waiting.clear()

    async def _arrived(self, window: Window, fetched: Fetched, asked_at: int) -> None:
        """A window's buckets into the result, its complete units into the store."""
        result = self.result
        result.buckets.update((bucket.start, bucket) for bucket in fetched.buckets)
        result.notices += fetched.notices
        result.requests += fetched.requests
        result.date = fetched.date if fetched.date is not None else result.date
        whole = complete_units(self.query, window, fetched, asked_at)
        result.units.update((unit.start, unit) for unit in whole)
        if self.on_window is not None:
            self.on_window(result)
        if self.keep is not None and whole:
            # Cancelled or not, what has arrived is stored. Not ``to_thread``: its task can be cancelled before
            # it has begun, when the loop ends.
            await asyncio.shield(asyncio.get_running_loop().run_in_executor(None, self.keep, whole))


def complete_units(query: Query, window: Window, fetched: Fetched, asked_at: int) -> list[Unit]:
    """The units of a window of which every bucket came and is sound."""
    asked_at = seen_at(asked_at, fetched.date)
    buckets = {bucket.start: bucket for bucket in fetched.buckets if bucket.start in fetched.good}
    units = []
    for start in plan.units_of(window, query.width):
        starts = plan.bucket_starts(start, query.width, window.end)
        if starts and all(each in buckets for each in starts):
            end = plan.unit_end(start, query.width)
            until = min(window.end, end)
            # An open unit is as old as what it was asked for: a query may be made long before it is sent (a
            # pause, a machine that slept), and a unit that was not seen whole must never count as settled.
            as_of = asked_at if until == end else min(asked_at, until + MINUTE)
            units.append(Unit(start, as_of, until, tuple(buckets[each] for each in starts)))
    return units
