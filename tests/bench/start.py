"""From the command to its answer: ``show`` and the explorer on a warm cache, and the explorer's bytes."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from tests.bench.home import NOTHING, PROGRAM, VIEW, Home, prepared
from tests.bench.programs import READY, SMALLEST, program, seen
from tests.bench.terminal import Terminal
from tests.bench.timing import Row, Spent, spent

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    def show() -> Spent:
        return program(home, [*PROGRAM, "show", "costs", *VIEW])

    def nothing() -> Spent:
        return program(home, NOTHING)

    def explorer() -> Spent:
        return seen(home, _EXPLORER, home.total, home.top)

    def smallest() -> Spent:
        return seen(home, SMALLEST, READY)

    for run in (show, explorer, smallest):  # byte code and disk cache are warm from here on
        run()
    shown, none = spent(show, nothing, times=15)
    told = ("python -c pass", "0 requests, closed month")
    yield _compared("show, warm cache", shown, none, budget=8, told=told)
    opened, least = spent(explorer, smallest, times=9)
    told = ("minimal Textual app", "pty 120x40")
    yield _compared("explorer, exec → total and table", opened, least, budget=1.3, told=told)


def _compared(what: str, ours: Spent, base: Spent, *, budget: float, told: tuple[str, str]) -> Row:
    """A row by the clock; the ratio of processor times stands beside it, for a machine that has other work.

    ``told`` is what the base is, and the note.
    """
    processor = f"processor time {ours.processor / base.processor:.2f}"
    return Row(what, ours.clock * 1e3, "ms", budget, base.clock * 1e3, told[0], f"{processor}; {told[1]}")


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
