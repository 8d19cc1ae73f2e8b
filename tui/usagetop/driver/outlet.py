"""The way of everything that Textual writes to the terminal: frames are made lean, all else passes in its place.

Textual writes a frame as one text (``App._display``), between the marks of synchronized output where the terminal
has it; everything else it writes turns modes on and off, asks the terminal, rings, or hands over the clipboard.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from usagetop.driver.frames import is_frame

if TYPE_CHECKING:
    from collections.abc import Callable

    from usagetop.driver.painter import Painter

_SYNC_BEGIN, _SYNC_END = "\x1b[?2026h", "\x1b[?2026l"
# What changes no cell and moves no cursor: modes (not those of another screen, width or origin), questions, the
# keyboard's protocol, operating system commands (title, pointer, clipboard), the bell.
_HARMLESS = re.compile(
    r"(?:\x1b\[\?(?!(?:3|6|47|1047|1048|1049)[hl])\d+(?:[hl]|\$p)|\x1b\[[>=<]\d*u"
    r"|\x1b\](?:0|1|2|22|52);[^\x00-\x1f\x7f-\x9f]*(?:\x07|\x1b\\)|\x07)*"
)


def is_harmless(data: str) -> bool:
    """Whether a text leaves every cell and the cursor as they are."""
    return _HARMLESS.fullmatch(data) is not None


class Outlet:
    """Sends each frame at once, with the marks of synchronized output around it; nothing for one without news."""

    def __init__(
        self,
        painter: Painter,
        send: Callable[[str], object],
        size: Callable[[], tuple[int, int] | None],
    ) -> None:
        """``send`` writes to the terminal; ``size`` is its columns and rows, None where that is in doubt."""
        self._painter = painter
        self._send = send
        self._size = size
        self._held: str | None = None  # since synchronized output began
        self._era = 0  # another one begins whenever the terminal has been somebody else's
        self.is_lean = True

    def forget(self) -> None:
        """The terminal may show anything from now on. May be called at any time, by a signal's handler too."""
        self._era += 1
        self._painter.forget()

    def drop(self) -> None:
        """Forget, and send nothing of a frame that has begun: the terminal changes hands."""
        self._held = None
        self.forget()

    def write(self, data: str) -> None:
        """Write a text of Textual's."""
        if is_frame(data):
            data = self._painted(data)
        elif data == _SYNC_BEGIN:
            self._held = data
            return
        elif data == _SYNC_END and self._held is not None:
            held, self._held = self._held, None
            data = "" if held == _SYNC_BEGIN else held + data
        elif not is_harmless(data):
            self.forget()
        if self._held is not None:
            self._held += data
        elif data:
            self._send(data)

    def _painted(self, data: str) -> str:
        """What to send of a frame."""
        size = self._size() if self.is_lean else None
        if size is None:
            self.forget()
            return data
        era = self._era
        try:
            lean = self._painter.paint(data, *size)
        except Exception:  # noqa: BLE001 - the screen is worth more than the bytes: frames go out as they come
            self.is_lean = False
            return data
        return lean if era == self._era else data
