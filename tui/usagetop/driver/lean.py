"""The driver class: Textual's own, but for what is written.

Textual writes a frame as one text (``App._display``), between the marks of synchronized output where the terminal
has it; everything else it writes turns modes on and off, asks the terminal, rings, or hands over the clipboard.
"""

from __future__ import annotations

import os
import re
from threading import get_ident
from typing import TYPE_CHECKING

from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize

from usagetop.driver.frames import is_frame
from usagetop.driver.painter import Painter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from textual.message import Message

_STDERR = 2  # where Textual draws
_SYNC_BEGIN, _SYNC_END = "\x1b[?2026h", "\x1b[?2026l"
# What changes no cell and moves no cursor: modes other than those of the alternate screen, questions, the
# keyboard's protocol, operating system commands (title, clipboard, pointer), the bell.
_HARMLESS = re.compile(
    r"(?:\x1b\[\?(?!47[hl]|1047[hl]|1048[hl]|1049[hl]|3[hl]|6[hl])\d+(?:[hl]|\$p)|\x1b\[[>=<]\d*u"
    r"|\x1b\](?:0|1|2|22|52);[^\x00-\x1f\x7f-\x9f]*(?:\x07|\x1b\\)|\x07)*"
)


def erases_in_colour(environ: Mapping[str, str]) -> bool:
    """Whether the terminal surely erases in the colour of the paper (terminfo's ``bce``).

    Names lie: ``xterm-256color`` is also what terminals call themselves that do not (kitty over SSH), and screen
    does so only on demand. tmux does since 2.4, whatever it runs in; the Linux console and xterm do.
    """
    term = environ.get("TERM", "")
    real_xterm = "XTERM_VERSION" in environ and "KITTY_WINDOW_ID" not in environ
    return term.startswith(("tmux", "linux")) or (term.startswith("xterm") and real_xterm)


class LeanDriver(LinuxDriver):
    """Sends the cells that changed; what it does not know it passes on, and then begins anew."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """As Textual's own."""
        super().__init__(*arguments, **options)
        self._painter = Painter(erases_in_colour=erases_in_colour(os.environ))
        self._is_lean = self._file is not None and self._file.encoding.lower().replace("-", "") == "utf8"
        self._main = get_ident()
        self._held: str | None = None  # since synchronized output began: what is written at its end, at once
        self._told: tuple[int, int] | None = None  # the size that was last heard of
        self._era = 0  # another one begins when the terminal has been somebody else's

    def write(self, data: str) -> None:
        """Write a text: of a frame what is new in it, all else as it is and in its place."""
        if get_ident() != self._main:
            # The thread that reads the keys answers the terminal: modes only.
            if _HARMLESS.fullmatch(data) is None:
                self._forget()
            super().write(data)
            return
        if is_frame(data):
            era = self._era
            lean = self._painted(data)
            data = lean if era == self._era else data
        elif data == _SYNC_BEGIN:
            self._held = data
            return
        elif data == _SYNC_END and self._held is not None:
            held, self._held = self._held, None
            data = "" if held == _SYNC_BEGIN else held + data
        elif _HARMLESS.fullmatch(data) is None:
            self._forget()
        if self._held is not None:
            self._held += data
        elif data:
            super().write(data)

    def _painted(self, data: str) -> str:
        """What to write of a frame."""
        width, height = self._app.size
        if not self._is_lean or self._terminal_size() != (width, height):
            self._forget()  # Textual has not heard of the size yet: all that is drawn now will be drawn again
            return data
        try:
            return self._painter.paint(data, width, height)
        except Exception:  # noqa: BLE001 - the screen is worth more than the bytes: the frame goes out as it came
            self._is_lean = False
            return data

    def _terminal_size(self) -> tuple[int, int] | None:
        try:
            columns, rows = os.get_terminal_size(_STDERR)
        except OSError:
            return None
        return columns, rows

    def _forget(self) -> None:
        """The terminal may show anything."""
        self._era += 1
        self._painter.forget()

    def _get_terminal_size(self) -> tuple[int, int]:
        """Asked for when the terminal has another size, and on start: what it shows then is its own affair."""
        self._forget()
        self._told = super()._get_terminal_size()
        return self._told

    def process_message(self, message: Message) -> None:
        """A terminal that tells its size in band does so here."""
        if isinstance(message, Resize) and (size := (message.size.width, message.size.height)) != self._told:
            self._told = size
            self._forget()
        super().process_message(message)

    def start_application_mode(self) -> None:
        """Take the terminal."""
        self._held = None
        self._forget()
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def stop_application_mode(self) -> None:
        """Give it back."""
        self._held = None
        self._forget()
        super().stop_application_mode()
