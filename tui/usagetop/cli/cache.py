"""``usagetop cache info|clear|path``: the disk cache, seen and emptied."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from usagetop import paths
from usagetop.cli.grammar import Grammar
from usagetop.cli.output import print_text
from usagetop.errors import EXIT_GOOD
from usagetop.model.period import iso
from usagetop.model.text import label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from usagetop.cli.parsing import Parser
    from usagetop.client.cache_report import HostReport

GRAMMAR = Grammar(
    "usagetop cache",
    "The disk cache: what it holds (info), where it is (path), and emptying it (clear).",
    {},
    place="action",
    place_help="what to do",
    choices=("info", "clear", "path"),
)


def parser() -> Parser:
    """The parser of the command."""
    from usagetop.cli.parsing import examples

    return GRAMMAR.parser(examples("usagetop cache info", 'ls -l "$(usagetop cache path)"'))


def run(words: Sequence[str]) -> int:
    """Do it and say what was done; raises CacheUnusable where the directory is not ours or not readable."""
    action = GRAMMAR.read(words, parser).action
    place = paths.cache_dir()
    if action == "path":
        # A program gets the very path, a terminal nothing that it would obey.
        shown = (
            label(str(place), most=4_096) if sys.stdout is not None and sys.stdout.isatty() else str(place)
        )
        print_text(f"{shown}\n")
        return EXIT_GOOD
    from usagetop.analysis.numbers import cell
    from usagetop.client.cache_report import clear, report

    if action == "clear":
        print_text(f"the cache is empty; {cell(clear(place), 'bytes', 20)} were freed\n")
        return EXIT_GOOD
    held = report(place)
    shown = label(str(place), most=200)
    print_text(f"{shown}: {held.units:,} units, {cell(held.file_bytes, 'bytes', 20)} on disk\n")
    print_text("".join(_line(host) for host in held.hosts))
    return EXIT_GOOD


def _line(host: HostReport) -> str:
    from usagetop.analysis.numbers import cell

    size = cell(host.bytes, "bytes", 20)
    fetched = ""
    if host.oldest is not None and host.newest is not None:
        fetched = f", fetched {iso(host.oldest)} to {iso(host.newest)}"
    return f"{host.base_url or '?'}: {host.units:,} units, {size}{fetched}\n"
