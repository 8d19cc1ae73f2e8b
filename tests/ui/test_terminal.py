"""The program in a real terminal: it opens, ends by key and by signal, and leaves the terminal as it was."""

from __future__ import annotations

import os
import signal

import pytest

from tests.support.house import run_usagetop
from tests.support.terminal import Terminal

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
