"""``usagetop doctor``: whether key, scopes, network, clock, cache and terminal are fit, one line each."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from usagetop import paths
from usagetop.cli.grammar import Grammar
from usagetop.cli.options import DOCTOR, source_of
from usagetop.cli.output import print_text
from usagetop.client.check import Finding
from usagetop.errors import EXIT_GOOD, UsagetopError
from usagetop.model.text import label

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from usagetop.cli.options import SourceOptions
    from usagetop.cli.parsing import Parser
    from usagetop.client.origin import Origin
    from usagetop.settings import Settings

_WORDS = {"good": "ok", "unclear": "?", "warning": "warn", "bad": "FAIL"}
GRAMMAR = Grammar(
    "usagetop doctor",
    "Check key, scopes, network, clock, cache and terminal; exit 0, or the code of the first that failed.",
    {"options": DOCTOR},
    defaults={"format": "text"},
)


def parser() -> Parser:
    """The parser of the command."""
    from usagetop.cli.parsing import ENVIRONMENT, EXITS, epilog, examples

    return GRAMMAR.parser(
        epilog(examples("usagetop doctor", "usagetop doctor --format json"), EXITS, ENVIRONMENT)
    )


def run(words: Sequence[str]) -> int:
    """Print one line a check; returns 0, or the code of the first check that failed."""
    given = GRAMMAR.read(words, parser)
    findings = [*_far(source_of(given)), *_near(demo=given.demo or given.scenario is not None)]
    code = next((finding.exit_code for finding in findings if finding.verdict == "bad"), EXIT_GOOD)
    print_text(_document(findings, code) if given.format == "json" else "".join(map(_line, findings)))
    return code


def _line(finding: Finding) -> str:
    mend = f" — {finding.mend}" if finding.mend and finding.verdict != "good" else ""
    return f"{_WORDS[finding.verdict]:<5} {finding.name:<9} {finding.sentence}{mend}\n"


def _document(findings: Iterable[Finding], code: int) -> str:
    """The findings as JSON."""
    checks = [
        {
            "name": finding.name,
            "verdict": finding.verdict,
            "message": finding.sentence,
            "mend": finding.mend,
            "exit_code": finding.exit_code,
        }
        for finding in findings
    ]
    return json.dumps({"schema_version": 1, "exit_code": code, "checks": checks}, indent=1) + "\n"


def _bad(name: str, error: UsagetopError) -> Finding:
    return Finding(name, "bad", str(error), error.mend, error.exit_code)


def _far(source: SourceOptions) -> list[Finding]:
    """What has to do with the server: configuration, key, network, scopes, clock."""
    from usagetop.settings import Settings, find_key, is_loopback, is_official, load_settings
    from usagetop.store.opening import open_loader

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
    from usagetop.client.origin import Origin

    about = replace(about, sentence=f"{about.sentence}, the key is from {found.source}")
    return [about, *_probed(Origin(settings.base_url, found.secret))]


def _address(settings: Settings, *, foreign: bool) -> str:
    """Where requests, and the key with them, go."""
    profile = f", profile {label(settings.profile, most=40)}" if settings.profile else ""
    mark = ", not to api.openai.com" if foreign else ""
    return f"requests go to {label(settings.base_url)}{mark}{profile}"


def _probed(origin: Origin) -> list[Finding]:
    """What two small requests tell."""
    from usagetop.client.check import probe
    from usagetop.client.http import Gateway

    async def ask() -> list[Finding]:
        gateway = Gateway(origin)
        try:
            return list(await probe(gateway, now=int(time.time())))
        finally:
            await gateway.aclose()

    return asyncio.run(ask())


def _near(*, demo: bool) -> list[Finding]:
    """What this machine has: the cache and the terminal."""
    return [*([] if demo else [_cache()]), _terminal()]


def _cache() -> Finding:
    """Whether the disk cache can be read; without it everything works, only slower."""
    from usagetop.client.cache_report import report

    place = paths.cache_dir()
    try:
        held = report(place)
    except UsagetopError as error:
        return Finding("cache", "warning", str(error), error.mend or "usagetop cache clear")
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
