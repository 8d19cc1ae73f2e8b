"""Gathering the units of a query: what is stored, what is asked for, and what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from usagetop.client import plan
from usagetop.client.http import Gateway
from usagetop.client.paging import Fetched, fetch_window
from usagetop.client.plan import Window
from usagetop.client.units import Unit
from usagetop.errors import AccessError, UsageError, UsagetopError
from usagetop.model.answer import Notice
from usagetop.model.columns import Bucket
from usagetop.model.query import Query


@dataclass(slots=True)
class Gathered:
    """What has come so far: fetched buckets by start, notices, requests, and the errors of whole windows."""

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
    keep: Callable[[list[Unit]], None] | None,
) -> Gathered:
    """Ask for units (their starts) in the fewest windows, all at once; the gateway lets few pass together.

    ``keep`` stores complete units (it may block: it runs in a thread) as soon as their window is in, so that a
    cancelled load keeps what had come. A window's ServiceError is kept beside what the others brought; a
    refused key or question ends the whole.
    """
    until = plan.asked_until(query)
    windows = plan.windows(units, query.width, limit=query.about.limits[query.width], until=until)
    result = Gathered()
    tasks = [
        asyncio.create_task(
            _one(result, gateway, query, window, clock=clock, on_buckets=on_buckets, keep=keep)
        )
        for window in windows
    ]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:  # after a refusal the others have nothing to ask for
            task.cancel()
    return result


async def _one(
    result: Gathered,
    gateway: Gateway,
    query: Query,
    window: Window,
    *,
    clock: Callable[[], float],
    on_buckets: Callable[[int], None],
    keep: Callable[[list[Unit]], None] | None,
) -> None:
    """One window: its buckets into ``result``, its complete units into the store."""
    try:
        fetched = await fetch_window(gateway, query, window, on_buckets=on_buckets)
    except (AccessError, UsageError):
        raise
    except UsagetopError as error:
        result.errors.append(error)
        return
    result.buckets.update((bucket.start, bucket) for bucket in fetched.buckets)
    result.notices += fetched.notices
    result.requests += fetched.requests
    result.date = fetched.date if fetched.date is not None else result.date
    whole = complete_units(query, window, fetched, int(clock()))
    result.units.update((unit.start, unit) for unit in whole)
    if keep is not None and whole:
        await asyncio.to_thread(keep, whole)


def complete_units(query: Query, window: Window, fetched: Fetched, now: int) -> list[Unit]:
    """The units of a window of which every bucket came and is sound."""
    buckets = {bucket.start: bucket for bucket in fetched.buckets if bucket.start in fetched.good}
    units = []
    for start in plan.units_of(window, query.width):
        starts = plan.bucket_starts(start, query.width, window.end)
        if starts and all(each in buckets for each in starts):
            until = min(window.end, plan.unit_end(start, query.width))
            units.append(Unit(start, now, until, tuple(buckets[each] for each in starts)))
    return units
