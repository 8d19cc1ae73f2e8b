"""Other programs beside usagetop, in the same run: ``python -m tests.bench.peers`` (``make bench-peers``).

Each comes from the package index into a virtual environment of its own below ``.venv-peers``, because they want
different versions of the same libraries. Every start is told in starts of the Python that the program runs on.
"""

from __future__ import annotations

import argparse
import sys
import time
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from tests.bench.__main__ import run
from tests.bench.home import PROGRAM, VIEW, Home, prepared, served
from tests.bench.installing import Installed, install
from tests.bench.programs import READY, SMALLEST, program, seen
from tests.bench.terminal import Terminal
from tests.bench.timing import RUNS, Row, Spent, spent
from usagetop.model.period import day_text, parse_range

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_SETTLING_SECONDS = 3.0
_IDLE_SECONDS = 6.0
_ROWS = "rows.csv"
# Its server's address is fixed; here its reports come from the demo server, as usagetop's do.
_MONITORED = """
import os
from llm_org_cost_monitor import cli, providers
providers.OpenAICostClient.base_url = os.environ["OPENAI_BASE_URL"]
cli.app()
"""
_MONITOR = ("-c", _MONITORED)


class Peer(NamedTuple):
    """A program with a screen: its package, its command, and the text that stands in its first content.

    ``also`` are further requirements, without which it does not start.
    """

    package: str
    command: tuple[str, ...]
    shows: str
    also: tuple[str, ...] = ()


def peers(home: Home) -> tuple[Peer, ...]:
    """What is compared; visidata opens the same rows as usagetop."""
    return (
        Peer("visidata", ("vd", _ROWS), home.top),
        Peer("harlequin", ("harlequin", ":memory:"), "Query Editor"),
        # Its Textual 6 ends with a fault of the processor in tree-sitter 0.26.
        Peer("posting", ("posting",), "Collection is empty", ("tree-sitter<0.26",)),
    )


class Opened(NamedTuple):
    """A program that can be run: its name, its Python, its command, and what to wait for."""

    name: str
    python: str
    command: tuple[str, ...]
    shows: tuple[str, ...]


def rows() -> Iterator[Row | str]:
    """The rows of all programs; a sentence for one that cannot be measured."""
    with prepared() as home:
        yield from _screens(home)
    with served() as home:
        yield from _commands(home)


def _screens(home: Home) -> Iterator[Row | str]:
    """Start to first content, and what is sent and computed while nothing happens."""
    csv = home.show("costs", "csv")
    (home.place / _ROWS).write_text(csv)
    opened = [
        Opened("minimal Textual app", sys.executable, SMALLEST, (READY,)),
        Opened("usagetop", sys.executable, (*PROGRAM, "costs", *VIEW, "--no-auto"), (home.total, home.top)),
    ]
    for peer in peers(home):
        found = install(peer.package, *peer.also)
        if isinstance(found, str):
            yield f"{peer.package}: not measured, {found}"
            continue
        one = Opened(found.name, found.python, found.script(*peer.command), (peer.shows,))
        try:
            seen(home, one.command, *one.shows)  # byte code is warm from here on
        except TimeoutError:
            yield f"{found.name}: not measured, {peer.shows!r} did not appear"
            continue
        opened.append(one)
    yield from _starts(
        [(one.name, one.python, partial(seen, home, one.command, *one.shows)) for one in opened],
        home,
        "exec → first content",
    )
    for one in opened:
        yield from _at_rest(home, one)


def _starts(runs: Sequence[tuple[str, str, Callable[[], Spent]]], home: Home, what: str) -> Iterator[Row]:
    """One row a program, all in turn, each against a bare start of its own Python."""
    pythons = list(dict.fromkeys(python for _, python, _ in runs))
    bare = [partial(program, home, (python, "-c", "pass")) for python in pythons]
    taken = spent(*bare, *(run for _, _, run in runs), times=RUNS)
    base = dict(zip(pythons, taken, strict=False))
    for (name, python, _), time_ in zip(runs, taken[len(bare) :], strict=True):
        least = base[python]
        yield Row(
            f"{name}: {what}",
            time_.clock * 1e3,
            "ms",
            None,
            least.clock * 1e3,
            "python -c pass",
            f"processor time {time_.processor / least.processor:.1f}",
        )


def _at_rest(home: Home, one: Opened) -> Iterator[Row]:
    """Bytes of the start, and then bytes and processor time while nobody touches it."""
    with Terminal(home, one.command) as terminal:
        terminal.until(*one.shows)
        terminal.idle(_SETTLING_SECONDS)  # some never come to rest
        start = len(terminal.data)
        before = time.perf_counter()
        busy = terminal.processor_seconds(_IDLE_SECONDS)
        lasted = time.perf_counter() - before
        idle = len(terminal.data) - start
    yield Row(
        f"{one.name}: bytes at start", float(start), "B", None, note="120x40, until 3 s after the content"
    )
    yield Row(f"{one.name}: bytes a second, idle", idle / lasted, "B", None, note=f"within {lasted:.0f} s")
    if busy is not None:
        yield Row(f"{one.name}: processor, idle", busy / lasted * 100, "%", None)


def _commands(home: Home) -> Iterator[Row | str]:
    """Programs that print and end, on a server on this machine: last month's costs by project, key and item."""
    by = ("--by", "project_id,api_key_id,line_item", "--range", "last-month", "--format", "csv")
    asked: list[tuple[str, str, Callable[[], Spent]]] = []

    def add(name: str, python: str, *command: str) -> None:
        run = partial(program, home, command)
        run()
        asked.append((name, python, run))

    add("usagetop --help", sys.executable, *PROGRAM, "--help")
    add("usagetop show, from the cache", sys.executable, *PROGRAM, "show", "costs", *by)
    add("usagetop show, asked anew", sys.executable, *PROGRAM, "show", "costs", *by, "--no-cache")
    found = install("llm-org-cost-monitor")
    if isinstance(found, Installed):
        month = parse_range("last-month", int(time.time()))
        days = ("--start", day_text(month.start), "--end", day_text(month.end - 1))
        words = ("summary", "--provider", "openai", "--group", "line-item", "--format", "csv")
        add(f"{found.name} --help", found.python, found.python, *_MONITOR, "--help")
        add(f"{found.name} summary", found.python, found.python, *_MONITOR, *words, *days)
    else:
        yield f"llm-org-cost-monitor: not measured, {found}"
    yield from _starts(asked, home, "exec → end")


if __name__ == "__main__":
    sys.exit(
        run(argparse.ArgumentParser(prog="python -m tests.bench.peers", description=__doc__), ("peers",))
    )
