"""The lean driver under the real explorer: the same screens as Textual's own driver, with a fraction of the bytes."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from functools import partial
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.support.books import Books, cost
from tests.support.explorer import NOW, Person
from tests.support.terminal import Terminal
from tests.support.walking import TwoScreens, at_two_screens
from tests.ui.test_hostile_names import NAMES, VIEW
from usagetop.commands import COMMANDS
from usagetop.screens.desk import Desk, make_desk
from usagetop.store.opening import demo_loader
from usagetop.store.session import Session, first_view
from usagetop.theme import THEMES
from usagetop.widgets.field import Field

if TYPE_CHECKING:
    from collections.abc import Callable

LEAVING = {"q", "ctrl+c", "ctrl+z", "e", "R"}
KEYS = [key for command in COMMANDS for key in command.keys if key not in LEAVING]
TYPED = [
    "escape",
    "escape",
    "enter",
    "down",
    "up",
    "pagedown",
    "pageup",
    "a",
    "7",
    "d",
    "tab",
    "space",
    "j",
    "k",
]
SIZES = ((80, 24), (100, 30), (64, 18), (50, 10), (120, 40))
FRESH = int(time.time())
MOST_SECONDS = 60.0
_MARKS = re.compile(rb"\x1b\[\?[\d;]+\$?[a-z]|\x1b\[[<>=]\d*u|\x1b\][^\x07]*\x07")


def demo_desk(wanted: str | None) -> Desk:
    """The demo, at a clock that stands."""
    loader = demo_loader(wanted or "spike", clock=lambda: float(NOW), fallback=True)
    return make_desk(loader, Session(first_view("costs")), clock=lambda: float(NOW), auto=False)


def odd_desk(_: str | None) -> Desk:
    """Projects whose names are wide, combining, or merely odd."""
    ids = [f"proj_{number}" for number in range(len(NAMES))]
    rows = [cost(id_, str(30 - number)) for number, id_ in enumerate(ids)]
    return Books(rows, projects=dict(zip(ids, NAMES.values(), strict=True))).desk(VIEW)(None)


async def walk(person: Person, driver: TwoScreens, seed: int, steps: int) -> None:
    """Keys, resizes, themes and messages at random; both screens are the same after every frame."""
    random = Random(seed)  # noqa: S311 - for a walk, not for a secret
    taken: list[str] = []
    for _ in range(steps):
        chance = random.random()
        if chance < 0.08:
            size = random.choice(SIZES)
            taken.append(str(size))
            driver.resize(*size)
        elif chance < 0.16:
            taken.append("theme")
            person.app.theme = random.choice(THEMES).name
        elif chance < 0.24:
            taken.append("message")
            person.app.notify(
                "読み込み done e\u0301 👩\u200d🔬", markup=False, timeout=random.choice((0.05, 3))
            )
        else:
            taken.append(random.choice(KEYS + TYPED * 3))
            await person.pilot.press(taken[-1])
        try:
            await asyncio.wait_for(person.settled(), MOST_SECONDS)
        except TimeoutError:
            pytest.fail(f"seed {seed}: no rest after {taken}")
        assert not driver.parted, f"seed {seed}, after {taken}: {driver.parted}"
        assert driver.outlet.is_lean
        assert not person.app.animator._animations
        assert not person.app.animator._scheduled


@pytest.mark.parametrize("desk", [demo_desk, odd_desk])
async def test_a_random_walk_shows_the_same_on_both_screens(desk: Callable[[str | None], Desk]) -> None:
    """Whatever is pressed, from a seed that each run takes anew; the message of a failure tells it."""
    async with at_two_screens(desk, (100, 30)) as (person, driver):
        await walk(person, driver, FRESH, 25)
        stock, lean = driver.written
        assert lean * 2 < stock


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("desk", [demo_desk, odd_desk])
async def test_a_long_random_walk_shows_the_same_on_both_screens(
    desk: Callable[[str | None], Desk], seed: int
) -> None:
    """The same, for long."""
    async with at_two_screens(desk, (80, 24)) as (person, driver):
        await walk(person, driver, seed, 120)


def outcome(*options: str, leave: str | signal.Signals | None) -> tuple[list[bytes], bytes]:
    """What a run on a real terminal switched, asked and told, in order, and all that came from its leaving on.

    ``leave`` is a key or a signal; None suspends first, and then leaves by a key.
    """
    with Terminal("--demo", *options) as terminal:
        terminal.shows("DEMO", "total", "q quit")
        terminal.type("2")
        terminal.shows("input tokens")
        if leave is None:
            terminal.type("\x1a")
            terminal.until(terminal.stopped)
            os.kill(terminal.pid, signal.SIGCONT)
            terminal.until(lambda: "?1049" in terminal.left_on)
            terminal.shows("DEMO", "q quit")
        if isinstance(leave, signal.Signals):
            os.kill(terminal.pid, leave)
        else:
            terminal.type(leave or "q")
        terminal.ended()
        assert terminal.left_on == []
        return _MARKS.findall(terminal.sent), terminal.sent[terminal.sent.rindex(b"\x1b[?2004l") :]


@pytest.mark.terminal
@pytest.mark.parametrize(
    "leave", ["q", signal.SIGTERM, signal.SIGHUP, None], ids=["key", "term", "hang up", "suspended"]
)
def test_the_terminal_is_taken_and_given_back_as_by_textual_itself(
    leave: str | signal.Signals | None,
) -> None:
    """The same modes, questions and marks in the same order, and the same bytes at the end."""
    assert outcome(leave=leave) == outcome("--plain-driver", leave=leave)


@pytest.mark.terminal
def test_the_mouse_and_another_size_work() -> None:
    """A tab is clicked, the terminal made larger and smaller, and another tab is clicked."""
    with Terminal("--demo") as terminal:
        terminal.shows("DEMO", "total", "q quit")
        terminal.type("\x1b[<0;15;2M\x1b[<0;15;2m")
        terminal.shows("input tokens")
        for columns, lines in ((120, 40), (70, 20)):
            terminal.resize(columns, lines)
            terminal.until(partial(ends_with_the_footer, terminal, lines))
        terminal.type("\x1b[<0;5;2M\x1b[<0;5;2m")
        terminal.shows("DEMO", "total")


async def test_nothing_moves_while_nobody_types() -> None:
    """No animation, whatever the environment says, and a cursor that stands still and is seen in every field."""
    async with at_two_screens(demo_desk, (80, 24)) as (person, driver):
        assert person.app.animation_level == "none"
        for key in ("t", "F", "e", "slash"):
            await person.press(key)
            field = person.app.focused
            assert isinstance(field, Field)
            assert field._cursor_visible
            assert field._blink_timer is not None
            assert not field._blink_timer._active.is_set()
            await person.press("escape")
        assert not driver.parted


@pytest.mark.terminal
@pytest.mark.parametrize("term", ["xterm-256color", "screen", "linux"])
def test_the_lean_driver_sends_nothing_that_a_terminal_lacks(term: str) -> None:
    """Beside text: colours, cursor moves, margins, lines in and out, and erasing; no repeating, no scrolling by SU."""
    with Terminal("--demo", TERM=term) as terminal:
        terminal.shows("DEMO", "total", "q quit")
        for key in ("\x1b[6~", "j", "2", "?", "q", "t"):
            terminal.type(key)
            terminal.until(_some_bytes(terminal))
        terminal.type("\x1bq")
        finals = {match[1] for match in re.findall(rb"\x1b\[([\d;]*)([A-Za-z@`])", terminal.sent)}
        assert finals <= {bytes([code]) for code in b"mHBCGKXLMr"}


def ends_with_the_footer(terminal: Terminal, lines: int) -> bool:
    """Whether the last of so many lines is the footer."""
    return terminal.text.splitlines()[lines - 1].rstrip().endswith("q quit")


def _some_bytes(terminal: Terminal) -> Callable[[], bool]:
    """Whether something more came."""
    before = len(terminal.sent)
    return lambda: len(terminal.sent) > before
