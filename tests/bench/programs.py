"""Programs from their start to their answer, by the clock and by the processor."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

from tests.bench.terminal import Terminal, ended
from tests.bench.timing import Spent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.bench.home import Home

READY = "first content"
_SMALLEST = f"""
from textual.app import App
from textual.widgets import Static

class Smallest(App):
    def compose(self):
        yield Static({READY!r})

Smallest().run()
"""
# The least that a Textual program can be.
SMALLEST = (sys.executable, "-c", _SMALLEST)


def program(home: Home, command: Sequence[str]) -> Spent:
    """Run a program to its end; raises CalledProcessError when it fails."""
    started = time.perf_counter()
    running = subprocess.Popen(command, env=home.environ, cwd=home.place, stdout=subprocess.DEVNULL)
    used = ended(running)
    clock = time.perf_counter() - started
    if running.returncode:
        raise subprocess.CalledProcessError(running.returncode, command)
    return Spent(clock, used)


def seen(home: Home, command: Sequence[str], *texts: str) -> Spent:
    """Run a program in a terminal until these texts have been sent, and end it there."""
    with Terminal(home, command) as terminal:
        clock = terminal.until(*texts)
    return Spent(clock, terminal.processor)
