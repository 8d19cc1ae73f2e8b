"""The driver class that is used by default: what is written goes a way of its own."""

from __future__ import annotations

import os
from threading import get_ident
from typing import TYPE_CHECKING

from textual.events import Resize

from usagetop.driver.outlet import Outlet, is_harmless
from usagetop.driver.painter import Painter
from usagetop.driver.terminal import TerminalDriver

if TYPE_CHECKING:
    from typing import Any

    from textual.message import Message

_STDERR = 2  # where Textual draws


class LeanDriver(TerminalDriver):
    """Sends the cells that changed; what it does not know it passes on, and then begins anew."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """As Textual's own."""
        super().__init__(*arguments, **options)
        self.outlet = Outlet(Painter(), super().write, self._agreed_size)
        self.outlet.is_lean = self._file is not None and self._file.encoding.lower() in {"utf-8", "utf8"}
        self._main = get_ident()
        self._told: tuple[int, int] | None = None  # the size that was last heard of

    def write(self, data: str) -> None:
        """Write a text. The thread that reads the keys writes too: it answers the terminal, by modes alone."""
        if get_ident() == self._main:
            self.outlet.write(data)
            return
        if not is_harmless(data):
            self.outlet.forget()
        super().write(data)

    def _agreed_size(self) -> tuple[int, int] | None:
        """Columns and rows; None while Textual draws for others than the terminal has: that is drawn again."""
        try:
            columns, rows = os.get_terminal_size(_STDERR)
        except OSError:
            return None
        return (columns, rows) if self._app.size == (columns, rows) else None

    def _get_terminal_size(self) -> tuple[int, int]:
        """Asked for when the terminal has another size: what it shows now is its own affair."""
        self.outlet.forget()
        self._told = super()._get_terminal_size()
        return self._told

    def process_message(self, message: Message) -> None:
        """Pass a message on; a terminal that tells its size in band does so by one."""
        if isinstance(message, Resize) and (size := (message.size.width, message.size.height)) != self._told:
            self._told = size
            self.outlet.forget()
        super().process_message(message)

    def start_application_mode(self) -> None:
        """Take the terminal; nobody knows what it shows."""
        self.outlet.drop()
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def stop_application_mode(self) -> None:
        """Give the terminal back."""
        self.outlet.drop()
        super().stop_application_mode()
