"""The driver class beneath both ways of drawing: Textual's own, but for what comes from outside.

Textual's reading thread ends at the first byte that is not UTF-8, takes an escape sequence in a paste for keys,
raises at numbers that no key has, and spins at the end of its input. Its handlers of SIGTSTP and SIGCONT run in
the middle of anything, take the terminal a second time after SIGSTOP, and draw nothing after it.
"""

from __future__ import annotations

import os
import re
import select
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.events import MouseEvent, Paste, Resize

from usagetop.driver.incoming import Incoming, Pasted
from usagetop.driver.stopping import stop_alone

if TYPE_CHECKING:
    from textual.message import Message

_READ = 4_096
_TICK_SECONDS = 0.1
# No terminal is larger, and no pointer is farther away.
_MOST_CELLS = 5_000
# Keys that wait; more are read when these are done.
_MOST_WAITING = 500
_SEQUENCES = re.compile("(?=\x1b)")


class TerminalDriver(LinuxDriver):
    """Reads whatever comes, and stops and goes on as the shell wants it."""

    def run_input_thread(self) -> None:
        """Read until the terminal is given back; nothing that comes can end it before."""
        incoming = Incoming()
        parser = XTermParser()
        while not self.exit_event.is_set():
            data = self._read()
            now = time.monotonic()
            for piece in incoming.feed(data, now) if data else incoming.tick(now):
                if isinstance(piece, Pasted):
                    parser = _like(parser)  # the mark's beginning may have reached it
                    self.process_message(Paste(piece.text))
                else:
                    parser = self._parsed(parser, piece)
            parser = self._parsed(parser, "")
            while self._app.message_queue_size > _MOST_WAITING and not self.exit_event.wait(0.02):
                pass

    def _read(self) -> bytes:
        """What comes within a tick; nothing at the end of a terminal that is gone, and no sooner either."""
        with suppress(OSError, ValueError):
            if not select.select([self.fileno], [], [], _TICK_SECONDS)[0]:
                return b""
            if data := os.read(self.fileno, _READ):
                return data
        self.exit_event.wait(_TICK_SECONDS)
        return b""

    def _parsed(self, parser: XTermParser, text: str) -> XTermParser:
        """Hand on what a text means (an empty one: what time means); a sequence that raises is left out."""
        for sequence in _SEQUENCES.split(text) if text else ("",):
            try:
                for message in parser.feed(sequence) if sequence else parser.tick():
                    if _is_sane(message):
                        self.process_message(message)
            except Exception:  # noqa: BLE001 - whatever a terminal sends, the keys after it are read
                parser = _like(parser)
        return parser

    def _sigtstp_application(self, *_: object) -> None:
        """Somebody stops the program (``kill -TSTP``): in its turn, and with the terminal given back."""
        self._loop.call_soon_threadsafe(self._stop)

    def _sigcont_application(self, *_: object) -> None:
        """Continued after a stop that nobody can see (SIGSTOP): the terminal may be in any state."""
        self._loop.call_soon_threadsafe(self._take_again)

    def _stop(self) -> None:
        if not self._app.is_running:
            return
        with self._app.suspend():
            stop_alone()
        self._app.refresh(layout=True)

    def _take_again(self) -> None:
        if self._app.is_running and self._writer_thread is not None:
            self.suspend_application_mode()
            self.resume_application_mode()
            self._app.refresh(layout=True)


def _like(parser: XTermParser) -> XTermParser:
    """A parser at its beginning, which knows as much of the terminal."""
    fresh = XTermParser()
    fresh.mouse_pixels = parser.mouse_pixels
    fresh.terminal_size, fresh.terminal_pixel_size = parser.terminal_size, parser.terminal_pixel_size
    return fresh


def _is_sane(message: Message) -> bool:
    """Whether a size or a place can be."""
    if isinstance(message, Resize):
        return all(0 < side <= _MOST_CELLS for side in message.size)
    return not isinstance(message, MouseEvent) or max(message.x, message.y) < _MOST_CELLS
