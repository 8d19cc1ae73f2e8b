"""The program in a real terminal: it opens, ends by key and by signal, and leaves the terminal as it was."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.house import run_usagetop
from tests.support.terminal import Terminal, let_go_of_the_terminal

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.terminal


def test_the_demo_opens_with_a_total_and_q_leaves_the_terminal_as_it_was() -> None:
    """80x24, exit 0: the alternate screen is left, the cursor shown, the mouse off."""
    with Terminal("--demo") as terminal:
        terminal.shows("DEMO", "total", "q quit")
        assert "?1049" in terminal.left_on
        terminal.type("q")
        assert terminal.ended() == 0
        assert terminal.left_on == []
        assert b"Traceback" not in terminal.sent


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_it_with_the_terminal_restored(number: signal.Signals, code: int) -> None:
    """As a shell reads them: 128 and the signal."""
    with Terminal("--demo") as terminal:
        terminal.shows("DEMO", "total")
        os.kill(terminal.pid, number)
        assert terminal.ended() == code
        assert terminal.left_on == []
        assert b"Traceback" not in terminal.sent


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


@pytest.mark.parametrize("before", [None, let_go_of_the_terminal], ids=["hang up", "without a signal"])
def test_a_terminal_that_vanishes_ends_it(before: Callable[[], None] | None) -> None:
    """Exit 129, whether or not the system says so by SIGHUP; nothing stays behind that reads without an end."""
    with Terminal("--demo", before=before) as terminal:
        terminal.shows("DEMO", "total")
        terminal.vanish()
        assert terminal.ended() == 129


def test_ctrl_z_gives_the_terminal_back_and_takes_it_again() -> None:
    """Stopped, the modes are off; continued, the same screen stands again and keys work."""
    with Terminal("--demo") as terminal:
        terminal.shows("DEMO", "total", "q quit")
        terminal.type("\x1a")
        terminal.until(terminal.stopped)
        assert terminal.left_on == []
        before = terminal.sent.count(b"total")
        os.kill(terminal.pid, signal.SIGCONT)
        terminal.until(lambda: terminal.sent.count(b"total") > before and "?1049" in terminal.left_on)
        terminal.shows("DEMO", "total", "q quit")
        terminal.type("q")
        assert terminal.ended() == 0
        assert terminal.left_on == []


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


def test_no_color_leaves_greys_and_empty_means_nothing() -> None:
    """NO_COLOR=1 sends no hue at all; NO_COLOR= is as if it were not there."""
    with Terminal("--demo", NO_COLOR="1") as terminal:
        terminal.shows("DEMO", "total", "q quit")
        assert not terminal.hues
    with Terminal("--demo", NO_COLOR="") as terminal:
        terminal.shows("DEMO", "total", "q quit")
        assert terminal.hues


def test_stderr_may_lead_elsewhere() -> None:
    """``usagetop 2>/dev/null`` is drawn all the same."""
    words = (sys.executable, "-m", "usagetop", "--demo", "2>/dev/null")
    with Terminal(command=("/bin/sh", "-c", " ".join(words))) as terminal:
        terminal.shows("DEMO", "total")
        terminal.type("q")
        assert terminal.ended() == 0
        assert terminal.left_on == []


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


def test_a_dumb_terminal_is_refused_in_a_sentence() -> None:
    """Exit 2, one or two lines, and nothing was switched on."""
    with Terminal("--demo", TERM="dumb") as terminal:
        assert terminal.ended() == 2
        lines = terminal.sent.decode().splitlines()
        assert 1 <= len(lines) <= 2
        assert "TERM is dumb" in lines[0]
        assert b"\x1b" not in terminal.sent


def test_no_terminal_is_refused_in_a_sentence() -> None:
    """In a pipe: exit 2, one or two lines on stderr, stdout empty."""
    done = run_usagetop("--demo")
    assert done.returncode == 2
    assert done.stdout == ""
    assert 1 <= len(done.stderr.splitlines()) <= 2
    assert "needs a terminal" in done.stderr
