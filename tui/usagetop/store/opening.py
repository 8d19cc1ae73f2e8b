"""Opening a loader: on the network with a key and a cache, or on the embedded demo organization."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from usagetop import paths
from usagetop.client.origin import Handler, Origin
from usagetop.client.units import Scope, UnitStore
from usagetop.errors import UsageError
from usagetop.model.secret import Secret
from usagetop.model.text import label
from usagetop.settings import Settings, find_key, key_fingerprint, offline_fingerprint, remember_fingerprint
from usagetop.store.loader import Loader, Mode

if TYPE_CHECKING:
    from usagetop.client.events import Event


def demo_loader(
    scenario: str,
    *,
    clock: Callable[[], float] = time.time,
    fallback: bool = False,
    on_event: Callable[[Event], None] | None = None,
    lattice: bool = True,
) -> Loader:
    """A loader on a demo scenario (empty: the default one); raises UsageError for an unknown name.

    It keeps what it has in memory: the disk cache is left alone.
    """
    from usagetop.client.memory import MemoryCache
    from usagetop.demo.api import DEFAULT_SCENARIO, SCENARIOS

    name = scenario or DEFAULT_SCENARIO
    if name not in SCENARIOS:
        raise UsageError(
            f"no such scenario '{label(name, most=40)}'", mend="Scenarios: " + " ".join(SCENARIOS)
        )
    origin = Origin(f"demo:{name}", None, _handler(name, clock))
    return Loader(
        origin, store=MemoryCache(), clock=clock, fallback=fallback, on_event=on_event, lattice=lattice
    )


def _handler(scenario: str, clock: Callable[[], float]) -> Handler:
    """The demo organization as a handler of requests, at the clock's time."""
    from usagetop.demo.api import respond

    def handle(path: str, params: Sequence[tuple[str, str]]) -> tuple[int, Mapping[str, str], bytes]:
        response = respond(scenario, path, params, now=int(clock()))
        return response.status, response.headers, response.body

    return handle


def open_loader(
    settings: Settings,
    *,
    scenario: str | None = None,
    mode: Mode = "normal",
    clock: Callable[[], float] = time.time,
    fallback: bool = False,
    on_event: Callable[[Event], None] | None = None,
) -> Loader:
    """The loader for a command: on the demo organization when ``scenario`` is given, else on the network.

    Raises KeyMissing and ConfigError from the search for the key. Offline no key is looked for by command:
    the cache of the key that was used last is read. ``no-cache`` opens no cache at all.
    """
    if scenario is not None:
        return demo_loader(scenario, clock=clock, fallback=fallback, on_event=on_event)
    scope, key = _scope(settings, offline=mode == "offline")
    origin = Origin(settings.base_url, key)
    store = None if mode == "no-cache" else _disk_cache()
    return Loader(origin, store=store, scope=scope, clock=clock, fallback=fallback, on_event=on_event)


def _scope(settings: Settings, *, offline: bool) -> tuple[Scope, Secret | None]:
    """Whose cache it is, and the key to ask with (None offline)."""
    if offline:
        remembered = offline_fingerprint(settings)
        return Scope(settings.base_url, remembered or ""), None
    found = find_key(settings)
    fingerprint = key_fingerprint(found.secret, settings.base_url)
    remember_fingerprint(settings, fingerprint)
    return Scope(settings.base_url, fingerprint), found.secret


def _disk_cache() -> UnitStore:
    from usagetop.client.cache import BucketCache

    return BucketCache(paths.cache_dir())
