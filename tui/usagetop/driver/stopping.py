"""The program is stopped and continued, as a shell does it; nothing of the terminal is touched here."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def stop_group() -> None:
    """Stop the whole foreground group, so that the shell answers under make as well; returns once continued."""
    _stopped(lambda: os.killpg(os.getpgrp(), signal.SIGTSTP))


def stop_alone() -> None:
    """Stop this program only, because somebody asked it to; returns once continued."""
    _stopped(lambda: None)


def _stopped(others: Callable[[], None]) -> None:
    """Stop the ``others``, then ourselves.

    The driver's handlers are not in force meanwhile. A signal arrives some time after it was sent, so theirs could
    run when the terminal has been taken again already, and take it twice: two threads would read the keys, and
    the keyboard's mode would be left on at the end.
    """
    continued = threading.Event()
    kept = {
        signal.SIGTSTP: signal.signal(signal.SIGTSTP, signal.SIG_IGN),
        signal.SIGCONT: signal.signal(signal.SIGCONT, lambda *_: continued.set()),
    }
    try:
        others()
        os.kill(os.getpid(), signal.SIGSTOP)
        while not continued.wait(0.01):
            pass
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
