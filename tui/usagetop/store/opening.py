"""Opening a loader: on the network with a key and a cache, or on the embedded demo organization."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from usagetop.client.memory import MemoryCache
from usagetop.client.origin import Handler, Origin
from usagetop.errors import UsageError
from usagetop.model.text import label
from usagetop.store.loader import Loader

if TYPE_CHECKING:
    from usagetop.client.events import Event


def demo_loader(
    scenario: str,
    *,
    clock: Callable[[], float] = time.time,
    fallback: bool = False,
    on_event: Callable[[Event], None] | None = None,
) -> Loader:
    """A loader on a demo scenario (empty: the default one); raises UsageError for an unknown name.

    It keeps what it has in memory: the disk cache is left alone.
    """
    from usagetop.demo.api import DEFAULT_SCENARIO, SCENARIOS

    name = scenario or DEFAULT_SCENARIO
    if name not in SCENARIOS:
        raise UsageError(
            f"no such scenario '{label(name, most=40)}'", mend="Scenarios: " + " ".join(SCENARIOS)
        )
    origin = Origin(f"demo:{name}", None, _handler(name, clock))
    return Loader(origin, store=MemoryCache(), clock=clock, fallback=fallback, on_event=on_event)


def _handler(scenario: str, clock: Callable[[], float]) -> Handler:
    """The demo organization as a handler of requests, at the clock's time."""
    from usagetop.demo.api import respond

    def handle(path: str, params: Sequence[tuple[str, str]]) -> tuple[int, Mapping[str, str], bytes]:
        response = respond(scenario, path, params, now=int(clock()))
        return response.status, response.headers, response.body

    return handle
