"""Spend limits and alerts of the API, kept for an hour: they are changed by hand, and a change should be seen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from usagetop.client.spending import NOTHING, Thresholds, load_thresholds, read_thresholds
from usagetop.model.answer import Notice
from usagetop.model.period import HOUR

if TYPE_CHECKING:
    from usagetop.client.http import Gateway
    from usagetop.client.units import Scope, UnitStore
    from usagetop.store.loader import Mode

LIFE = HOUR
NOTE = "limits"


async def thresholds(
    gateway: Callable[[], Gateway],
    store: UnitStore | None,
    scope: Scope,
    projects: Sequence[str],
    *,
    now: int,
    most_requests: int,
    mode: Mode = "normal",
) -> Thresholds:
    """Limits and alerts of the organization and of these projects, from the store or by asking.

    ``gateway`` is called only when something is asked. ``now`` is in UTC seconds. Offline what is stored is
    taken, however old, and so where asking fails. Raises nothing that the world can cause: what could not be read
    is in the notices.
    """
    note = None
    if store is not None and mode in {"normal", "offline"}:
        note = await asyncio.to_thread(store.read_note, scope, NOTE)
    known = NOTHING
    if note is not None and (mode == "offline" or 0 <= now - note[0] < LIFE):
        known = load_thresholds(note[1])
    if mode == "offline":
        if note is None:
            offline = Notice(
                "limits_missing", "spend limits and alerts were never read, and there is no network"
            )
            return Thresholds(notices=(offline,))
        return known
    if {"", *projects} <= known.read:
        return known
    found = await read_thresholds(gateway(), projects, most_requests=most_requests, known=known)
    if note is not None and not found.read:
        older = load_thresholds(note[1])
        return replace(older, notices=found.notices, requests=found.requests)
    if store is not None and mode != "no-cache" and found.read > known.read:
        # What was read before keeps its age: a limit is never taken for younger than it is.
        fetched_at = note[0] if note is not None and known.read else now
        await asyncio.to_thread(store.write_note, scope, NOTE, fetched_at, found.dump())
    return found
