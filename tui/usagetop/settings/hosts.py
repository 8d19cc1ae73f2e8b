"""Hosts that are not api.openai.com: asked about once, and remembered in the state directory."""

from __future__ import annotations

import json

from usagetop import paths
from usagetop.settings.address import is_loopback, is_official, place_of

_MOST_BYTES = 100_000


def to_ask_about(base_url: str) -> str:
    """The host to ask about before the key is sent there; empty when there is nothing to ask.

    It is raw, and has its port where that is not the usual one.
    """
    if is_official(base_url) or is_loopback(base_url):
        return ""
    host = place_of(base_url)
    return "" if host in _known() else host


def trust(host: str) -> None:
    """Remember that this host may get the key (a file of mode 0600); what cannot be written is asked again."""
    place = paths.state_dir() / "hosts.json"
    data = json.dumps(sorted({*_known(), host})).encode()
    from usagetop.settings import remembered

    remembered.store(place, data)


def _known() -> frozenset[str]:
    place = paths.state_dir() / "hosts.json"
    try:
        if place.stat().st_size > _MOST_BYTES:
            return frozenset()
        hosts = json.loads(place.read_bytes())
    except (OSError, ValueError, RecursionError):
        return frozenset()
    return (
        frozenset(host for host in hosts if isinstance(host, str)) if isinstance(hosts, list) else frozenset()
    )
