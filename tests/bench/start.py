"""From the command to its answer: ``show`` and the explorer on a warm cache, and the explorer's bytes."""

from __future__ import annotations

import subprocess
import sys
from statistics import median
from typing import TYPE_CHECKING

from tests.bench.home import NOTHING, PROGRAM, VIEW, Home, prepared
from tests.bench.terminal import Terminal
from tests.bench.timing import Row, interleaved, seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_READY = "first content"
_SMALLEST = f"""
from textual.app import App
from textual.widgets import Static

class Smallest(App):
    def compose(self):
        yield Static({_READY!r})

Smallest().run()
"""
_EXPLORER = (*PROGRAM, "costs", *VIEW, "--no-auto")
_STEPS = 9
_IDLE_SECONDS = 6.0  # a tick of the clock is then a sixth of a percent
_PAGE_DOWN, _PAGE_UP = b"\x1b[6~", b"\x1b[5~"


def rows() -> Iterator[Row]:
    """The rows of start-up and of bytes."""
    with prepared() as home:
        yield from _started(home)
        yield from _sent(home)


def _started(home: Home) -> Iterator[Row]:
    def show() -> float:
        return seconds(lambda: _run(home, [*PROGRAM, "show", "costs", *VIEW]))

    def nothing() -> float:
        return seconds(lambda: _run(home, NOTHING))

    def explorer() -> float:
        with Terminal(home, _EXPLORER) as terminal:
            return terminal.until(home.total, home.top)

    def smallest() -> float:
        with Terminal(home, (sys.executable, "-c", _SMALLEST)) as terminal:
            return terminal.until(_READY)

    for run in (show, explorer, smallest):  # byte code and disk cache are warm from here on
        run()
    shown, none = interleaved(show, nothing, times=15)
    yield Row(
        "show, warm cache", shown * 1e3, "ms", 8, none * 1e3, "python -c pass", "0 requests, closed month"
    )
    opened, least = interleaved(explorer, smallest)
    yield Row(
        "explorer, exec → total and table",
        opened * 1e3,
        "ms",
        1.3,
        least * 1e3,
        "minimal Textual app",
        "pty 120x40",
    )


def _run(home: Home, command: Sequence[str]) -> None:
    subprocess.run(command, env=home.environ, cwd=home.place, check=True, stdout=subprocess.DEVNULL)


def _sent(home: Home) -> Iterator[Row]:
    """Bytes from one explorer that stays open."""
    with Terminal(home, _EXPLORER) as terminal:
        terminal.until(home.total)
        terminal.rest()
        start = len(terminal.data)
        idle = terminal.idle(2.0)
        busy = terminal.processor_seconds(_IDLE_SECONDS)
        terminal.press(b"j")
        steps = [terminal.press(b"j" if at % 2 else b"k") for at in range(_STEPS)]
        pages = [terminal.press(_PAGE_UP if at % 2 else _PAGE_DOWN) for at in range(_STEPS - 1)]
        for key, total in ((b"2", home.tokens), (b"1", home.total)):  # each tab once, so that both are loaded
            terminal.press(key)
            assert terminal.shows(total), "the tab does not show its total"
        tabs = [terminal.press(b"1" if at % 2 else b"2") for at in range(_STEPS - 1)]
    for what, value, budget in (
        ("bytes: start", float(start), 15_000.0),
        ("bytes: cursor step", median(steps), 350.0),
        ("bytes: page", median(pages), 2_500.0),
        ("bytes: tab switch", median(tabs), 9_000.0),
        ("bytes: idle for 2 s", float(idle), 0.0),
    ):
        yield Row(what, value, "B", budget, note="pty 120x40, truecolor")
    if busy is not None:
        share = busy / _IDLE_SECONDS * 100
        yield Row("processor while idle", share, "%", 0.5, note=f"of one, within {_IDLE_SECONDS:.0f} s")
