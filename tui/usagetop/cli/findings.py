"""What the doctor finds: settings, key, network, scopes and clock; the cache and the terminal of this machine."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from typing import TYPE_CHECKING

from usagetop import paths
from usagetop.client.cache_file import check_room
from usagetop.client.cache_report import report
from usagetop.client.check import Finding, probe
from usagetop.client.http import Gateway
from usagetop.client.origin import Origin
from usagetop.errors import UsagetopError
from usagetop.model.text import label
from usagetop.settings import Settings, find_key, is_loopback, is_official, load_settings
from usagetop.store.opening import open_loader

if TYPE_CHECKING:
    from usagetop.cli.options import SourceOptions


def examined(source: SourceOptions) -> list[Finding]:
    """One finding a check, in the order in which they are read; the demo has no cache on the disk."""
    far = _far(source)
    return [*far, *([] if source.scenario is not None else [_cache()]), _terminal()]


def _bad(name: str, error: UsagetopError) -> Finding:
    return Finding(name, "bad", str(error), error.mend, error.exit_code)


def _far(source: SourceOptions) -> list[Finding]:
    """What has to do with the server: configuration, key, network, scopes, clock."""
    if source.scenario is not None:
        loader = open_loader(Settings(), scenario=source.scenario)
        demo = f"the demo organization ({loader.base_url}) needs no key"
        return [Finding("settings", "good", demo), *_probed(loader.origin)]
    try:
        settings = load_settings()
    except UsagetopError as error:
        return [_bad("settings", error)]
    foreign = not is_official(settings.base_url) and not is_loopback(settings.base_url)
    about = Finding("settings", "warning" if foreign else "good", _address(settings, foreign=foreign))
    try:
        found = find_key(settings)
    except UsagetopError as error:
        return [about, _bad("key", error)]
    about = about._replace(sentence=f"{about.sentence}, the key is from {found.source}")
    return [about, *_probed(Origin(settings.base_url, found.secret))]


def _address(settings: Settings, *, foreign: bool) -> str:
    """Where requests, and the key with them, go."""
    profile = f", profile {label(settings.profile, most=40)}" if settings.profile else ""
    mark = ", not to api.openai.com" if foreign else ""
    return f"requests go to {label(settings.base_url)}{mark}{profile}"


def _probed(origin: Origin) -> list[Finding]:
    """What two small requests tell."""

    async def ask() -> list[Finding]:
        gateway = Gateway(origin)
        try:
            return list(await probe(gateway, now=int(time.time())))
        finally:
            await gateway.aclose()

    return asyncio.run(ask())


def _cache() -> Finding:
    """Whether the disk cache can be read and written; without it everything works, only slower."""
    place = paths.cache_dir()
    try:
        held = report(place)
        check_room(place)
    except UsagetopError as error:
        return Finding("cache", "warning", str(error), error.mend)
    return Finding("cache", "good", f"{held.units:,} units in {label(str(place), most=120)}")


def _terminal() -> Finding:
    """Whether the explorer could be drawn here; ``show`` needs no terminal."""
    term = os.environ.get("TERM", "")
    if sys.stdout is None or not sys.stdout.isatty():
        return Finding("terminal", "warning", "stdout is no terminal: show works, the explorer does not")
    if term in {"", "dumb", "unknown"}:
        text = "TERM is dumb or not set: show works, the explorer does not"
        return Finding("terminal", "warning", text, "Set TERM to what your terminal is, e.g. xterm-256color")
    size = os.get_terminal_size(sys.stdout.fileno())
    encoding = (sys.stdout.encoding or "ascii").lower()
    text = f"{size.columns}x{size.lines}, {label(term, most=40)}, {encoding}"
    if size.columns < 60 or size.lines < 15:  # noqa: PLR2004 - what the explorer needs at least
        return Finding("terminal", "warning", text, "Make it at least 60x15; 80x24 is comfortable")
    return Finding("terminal", "good", text)
