"""Hosts that are not api.openai.com: asked about once, and remembered in the state directory."""

from __future__ import annotations

import json
import os
from contextlib import suppress

from usagetop import paths
from usagetop.settings.address import host_of, is_loopback, is_official

_MOST_BYTES = 100_000


def to_ask_about(base_url: str) -> str:
    """The host (raw) to ask about before the key is sent there; empty when there is nothing to ask."""
    if is_official(base_url) or is_loopback(base_url):
        return ""
    host = host_of(base_url)
    return "" if host in _known() else host


def trust(host: str) -> None:
    """Remember that this host may get the key (a file of mode 0600); what cannot be written is asked again."""
    place = paths.state_dir() / "hosts.json"
    data = json.dumps(sorted({*_known(), host})).encode()
    temporary = place.with_name(f".hosts-{os.getpid()}.tmp")
    with suppress(OSError):
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # What a killed run of the same number left behind would be in the way for ever.
        temporary.unlink(missing_ok=True)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            temporary.replace(place)
        finally:
            temporary.unlink(missing_ok=True)


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
