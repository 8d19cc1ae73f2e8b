"""The program in a real terminal: it opens, ends by key and by signal, and leaves the terminal as it was."""

from __future__ import annotations

import os
import signal
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.support.house import run_usagetop
from tests.support.terminal import Terminal, let_go_of_the_terminal

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.terminal
# Both take and give back the terminal by the same code; the plain one is left to `make test-all`.
BOTH_DRIVERS = [
    pytest.param((), id="lean"),
    pytest.param(("--plain-driver",), id="plain", marks=pytest.mark.slow),
]


def q_leaves_well(terminal: Terminal) -> None:
    """The key q ends the program with 0, and the terminal is as it was."""
    terminal.type("q")
    assert terminal.ended() == 0
    assert terminal.left_on == []


def test_the_demo_opens_with_a_total_and_q_leaves_the_terminal_as_it_was() -> None:
    """80x24, exit 0: the alternate screen is left, the cursor shown, the mouse off."""
    with Terminal("--demo") as terminal:
        terminal.shows("DEMO", "total", "q quit")
        assert "?1049" in terminal.left_on
        q_leaves_well(terminal)
        assert b"Traceback" not in terminal.sent


@pytest.mark.fault(
    "terminal",
    "a signal that ends programs: SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGALRM",
    "it ends with 128 and the signal's number, and the terminal is as it was",
)
@pytest.mark.parametrize(
    ("number", "code", "options"),
    [
        (signal.SIGTERM, 143, ()),
        (signal.SIGHUP, 129, ("--plain-driver",)),
        (signal.SIGINT, 130, ()),
        (signal.SIGQUIT, 131, ("--plain-driver",)),
        (signal.SIGUSR1, 138, ()),
        (signal.SIGALRM, 142, ()),
    ],
    ids=["TERM", "HUP", "INT", "QUIT", "USR1", "ALRM"],
)
def test_a_signal_ends_it_with_the_terminal_restored(
    number: signal.Signals, code: int, options: tuple[str, ...]
) -> None:
    """As a shell reads them: 128 and the signal."""
    with Terminal("--demo", *options) as terminal:
        terminal.shows("DEMO", "total")
        os.kill(terminal.pid, number)
        assert terminal.ended() == code
        assert terminal.left_on == []
        assert terminal.sent.endswith(b"\x1b[?1006l")  # not a word after it


def test_ctrl_c_gives_a_hint_and_twice_quits() -> None:
    """A hint first; the second one ends with 130. A dialog is no shelter from it."""
    with Terminal("--demo") as terminal:
        terminal.shows("DEMO", "total")
        terminal.type("?")
        terminal.shows("Help")
        terminal.type("\x03")
        terminal.shows("ctrl+c again quits")
        terminal.type("\x03")
        assert terminal.ended() == 130
        assert terminal.left_on == []


@pytest.mark.fault(
    "terminal",
    "the terminal vanishes (window closed, network cut), with SIGHUP or without one",
    "it ends with 129; nothing stays behind that reads or spins",
)
@pytest.mark.parametrize("before", [None, let_go_of_the_terminal], ids=["hang up", "without a signal"])
def test_a_terminal_that_vanishes_ends_it(before: Callable[[], None] | None) -> None:
    """Exit 129, whether or not the system says so by SIGHUP; nothing stays behind that reads without an end."""
    with Terminal("--demo", before=before) as terminal:
        terminal.shows("DEMO", "total")
        terminal.vanish()
        assert terminal.ended() == 129


@pytest.mark.fault(
    "terminal", "ctrl+z", "the modes are off while it is stopped; continued, all is drawn anew"
)
def test_ctrl_z_gives_the_terminal_back_and_takes_it_again() -> None:
    """Stopped, the modes are off; continued, the same screen stands again and keys work."""
    with Terminal("--demo") as terminal:
        terminal.shows("DEMO", "total", "q quit")
        terminal.type("\x1a")
        terminal.until(terminal.stopped)
        assert terminal.left_on == []
        before = terminal.sent.count(b"total")
        os.kill(terminal.pid, signal.SIGCONT)
        terminal.until(partial(_stands_again, terminal, before))
        terminal.shows("DEMO", "total", "q quit")
        q_leaves_well(terminal)


@pytest.mark.fault(
    "terminal",
    "ctrl+z under make, or another program that waits for it",
    "the whole foreground group stops, so that the shell answers; fg brings it back",
)
@pytest.mark.parametrize("options", BOTH_DRIVERS)
def test_ctrl_z_stops_whoever_waits_for_it(options: tuple[str, ...]) -> None:
    """A shell with job control, another program between, and a person who writes a line in between."""
    inner = f"{sys.executable} -m usagetop --demo {' '.join(options)}; exit $?"
    outer = f"set -m; sh -c '{inner}'; echo the shell answers; read line; fg"
    with Terminal(command=("/bin/sh", "-c", outer)) as terminal:
        terminal.shows("DEMO", "total", "q quit")
        terminal.type("\x1a")
        terminal.until(lambda: b"the shell answers" in terminal.sent)
        assert terminal.left_on == []
        before = terminal.sent.count(b"total")
        terminal.type("a line\n")
        terminal.until(partial(_stands_again, terminal, before))
        terminal.type("2")
        terminal.shows("input tokens")
        q_leaves_well(terminal)


@pytest.mark.fault(
    "terminal",
    "it is stopped from elsewhere (kill -TSTP, kill -STOP) and continued",
    "SIGTSTP gives the terminal back first; continued, all is drawn anew and taken once",
)
@pytest.mark.parametrize("options", BOTH_DRIVERS)
def test_it_may_be_stopped_by_others_and_goes_on(options: tuple[str, ...]) -> None:
    """A polite stop, a hard one, and a SIGCONT that nothing came before: keys work, and nothing stays on."""
    with Terminal("--demo", *options) as terminal:
        terminal.shows("DEMO", "total", "q quit")
        for number, stops in ((signal.SIGTSTP, True), (signal.SIGSTOP, True), (signal.SIGCONT, False)):
            before = terminal.sent.count(b"total")
            os.kill(terminal.pid, number)
            if stops:
                terminal.until(terminal.stopped)
                assert (terminal.left_on == []) is (number == signal.SIGTSTP)
                os.kill(terminal.pid, signal.SIGCONT)
            terminal.until(partial(_stands_again, terminal, before))
        terminal.type("2")
        terminal.shows("input tokens")
        q_leaves_well(terminal)


def _stands_again(terminal: Terminal, before: int) -> bool:
    """Whether the screen was taken and drawn since ``total`` had come so often."""
    return terminal.sent.count(b"total") > before and "?1049" in terminal.left_on


def test_another_size_is_drawn_anew() -> None:
    """Larger: the footer moves to the new last line. Too small: a sentence instead. And back."""
    with Terminal("--demo") as terminal:
        terminal.shows("DEMO", "total", "q quit")
        terminal.resize(120, 40)
        terminal.until(lambda: terminal.text.splitlines()[39].rstrip().endswith("q quit"))
        terminal.shows("DEMO", "total")
        terminal.resize(50, 10)
        terminal.shows("usagetop needs 60x15")
        terminal.resize(80, 24)
        terminal.until(lambda: terminal.text.splitlines()[23].rstrip().endswith("q quit"))
        terminal.shows("DEMO", "total")


@pytest.mark.fault(
    "terminal",
    "sizes of 0x0, 1x1, one line or one column, and a storm of sizes",
    "a sentence where there is room for it, the same screen when there is room again",
)
@pytest.mark.parametrize("options", BOTH_DRIVERS)
def test_no_size_is_too_odd(options: tuple[str, ...]) -> None:
    """Each is drawn or passed over; afterwards the screen stands, whole."""
    sizes = [(1, 1), (1, 1000), (500, 1), (59, 14), (0, 0), *((30 + 7 * n, 3 + n) for n in range(25))]
    with Terminal("--demo", *options) as terminal:
        terminal.shows("DEMO", "total", "q quit")
        for columns, lines in sizes:
            terminal.resize(columns, lines)
            terminal.read()
        terminal.resize(80, 24)
        terminal.until(lambda: terminal.text.splitlines()[23].rstrip().endswith("q quit"))
        terminal.shows("DEMO", "total")
        q_leaves_well(terminal)


@pytest.mark.fault(
    "terminal",
    "garbage from the keyboard: random bytes, broken sequences, a paste of commands",
    "no key is made of a paste, nothing ends by it, and the next key works",
)
@pytest.mark.parametrize("options", BOTH_DRIVERS)
def test_garbage_ends_nothing(options: tuple[str, ...]) -> None:
    """What is no key is no command either."""
    noise = b"\xff\xfe\x1b[99999999999999999999u\x1b[<0;0;0M\x1b[48;0;0;0;0t\x1b[1114112u\xf0\x9f"
    paste = b"\x1b[200~" + b"q\x1b]52;c;aGk=\x07qqqq\r\n[red]\xff" * 40_000 + b"\x1b[201~"
    with Terminal("--demo", *options) as terminal:
        terminal.shows("DEMO", "total", "q quit")
        terminal.type(noise)
        terminal.paste(paste)
        terminal.type("?")
        terminal.shows("Help")
        terminal.type("q")
        terminal.until(lambda: "Help" not in terminal.text)
        q_leaves_well(terminal)


CRASHING = """
import sys
from usagetop.cli import main
from usagetop.screens.explorer import Explorer
def fail(self):
    canary = "a-private-" + "value"
    raise ValueError(canary)
Explorer.action_help = fail
sys.exit(main(["--demo"]))
"""


@pytest.mark.fault(
    "terminal",
    "a fault of the program itself while the explorer stands",
    "the terminal is given back; kind and place in two lines, no variable, no value; exit 1",
)
def test_a_fault_of_the_program_is_told_without_its_variables() -> None:
    """Textual would print all of them, the server's words and ours."""
    with Terminal(command=(sys.executable, "-c", CRASHING)) as terminal:
        terminal.shows("DEMO", "total", "q quit")
        terminal.type("?")
        assert terminal.ended() == 1
        assert terminal.left_on == []
        said = terminal.sent[terminal.sent.rindex(b"\x1b[?1006l") :]
        assert b"a fault of the program: ValueError in" in said
        assert len(said.splitlines()) == 2
        assert b"a-private-" not in terminal.sent


@pytest.mark.fault("terminal", "NO_COLOR, also an empty one", "no hue at all; an empty one means nothing")
def test_no_color_leaves_greys_and_empty_means_nothing() -> None:
    """NO_COLOR=1 sends no hue at all; NO_COLOR= is as if it were not there."""
    with Terminal("--demo", NO_COLOR="1") as terminal:
        terminal.shows("DEMO", "total", "q quit")
        assert not terminal.hues
    with Terminal("--demo", NO_COLOR="") as terminal:
        terminal.shows("DEMO", "total", "q quit")
        assert terminal.hues


@pytest.mark.fault("terminal", "stderr leads elsewhere (2>file)", "the explorer is drawn all the same")
def test_stderr_may_lead_elsewhere() -> None:
    """``usagetop 2>/dev/null`` is drawn all the same."""
    words = (sys.executable, "-m", "usagetop", "--demo", "2>/dev/null")
    with Terminal(command=("/bin/sh", "-c", " ".join(words))) as terminal:
        terminal.shows("DEMO", "total")
        q_leaves_well(terminal)


@pytest.mark.fault(
    "terminal", "a locale without Unicode (LC_ALL=C, POSIX)", "ASCII only, in dialogs and charts too"
)
def test_a_locale_without_unicode_gets_ascii_only() -> None:
    """LC_ALL=C: nothing that such a terminal cannot show, not even in a dialog or a chart."""
    with Terminal("--demo", LC_ALL="C") as terminal:
        terminal.shows("DEMO", "total")
        terminal.type("?")
        terminal.shows("Help")
        terminal.type("q")
        terminal.until(lambda: "Help" not in terminal.text)
        terminal.type("q")
        assert terminal.ended() == 0
        assert terminal.sent.isascii()


@pytest.mark.fault(
    "terminal", "TERM is dumb, unknown, empty or not set", "the explorer is refused in a sentence, exit 2"
)
@pytest.mark.parametrize("term", ["dumb", "unknown", ""])
def test_a_dumb_terminal_is_refused_in_a_sentence(term: str) -> None:
    """Exit 2, one or two lines, and nothing was switched on."""
    with Terminal("--demo", TERM=term) as terminal:
        assert terminal.ended() == 2
        lines = terminal.sent.decode().splitlines()
        assert 1 <= len(lines) <= 2
        assert "TERM is dumb" in lines[0]
        assert b"\x1b" not in terminal.sent


@pytest.mark.fault("terminal", "no terminal on stdin or stdout", "a sentence that names show, exit 2")
def test_no_terminal_is_refused_in_a_sentence() -> None:
    """In a pipe: exit 2, one or two lines on stderr, stdout empty."""
    done = run_usagetop("--demo")
    assert done.returncode == 2
    assert done.stdout == ""
    assert 1 <= len(done.stderr.splitlines()) <= 2
    assert "needs a terminal" in done.stderr
