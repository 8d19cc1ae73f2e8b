"""The terminal itself: what is drawn reaches it, and it may vanish."""

from __future__ import annotations

import os
import select
import sys
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# How long the end of the program may take once nobody can see it; what writes to a dead terminal may block.
_LAST_SECONDS = 2.0


@contextmanager
def drawn_on_stdout() -> Iterator[None]:
    """Textual draws on stderr: where that leads elsewhere (``2>file``), it leads to stdout for the while."""
    if sys.stderr is None or sys.stderr.isatty():
        yield
        return
    sys.stderr.flush()
    kept = os.dup(sys.stderr.fileno())
    try:
        os.dup2(sys.stdout.fileno(), sys.stderr.fileno())
        yield
    finally:
        sys.stderr.flush()
        os.dup2(kept, sys.stderr.fileno())
        os.close(kept)


def watch_hang_up(on_hang_up: Callable[[], object], code: int) -> None:
    """Call ``on_hang_up`` (in another thread) once the terminal on stdin has vanished.

    Not every terminal tells by SIGHUP: one that does not control the process only goes, and what reads from it
    then reads nothing, without an end. A program that has not ended soon after is ended with ``code``.
    """
    poller = select.poll()
    poller.register(sys.stdin.fileno(), 0)  # no event but a hang-up, so this costs nothing until then

    def watch() -> None:
        if any(event & select.POLLHUP for _, event in poller.poll()):
            with suppress(RuntimeError):  # the event loop has ended by itself
                on_hang_up()
            time.sleep(_LAST_SECONDS)
            os._exit(code)

    threading.Thread(target=watch, name="usagetop-hang-up", daemon=True).start()
