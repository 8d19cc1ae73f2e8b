"""The program in a real pseudo terminal, read as a person would: by what stands on the screen.

Waits on conditions with a deadline; never for a fixed time.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Self

import pexpect
import pyte

from tests.support.house import SOURCE

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_SECONDS = 30.0
# What the explorer turns on, and must turn off: alternate screen, mouse, focus events, bracketed paste.
_MODES = (b"?1049", b"?1000", b"?1003", b"?1006", b"?1004", b"?2004")
_ON, _OFF = b"h", b"l"


class Terminal:
    """``usagetop`` with some arguments in a terminal of 80x24; environment variables by name."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        """Start the program."""
        self.sent = b""
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)
        self._child = pexpect.spawn(
            sys.executable,
            ["-m", "usagetop", *arguments],
            dimensions=(24, 80),
            env={**os.environ, "PYTHONPATH": str(SOURCE), **environment},
            timeout=_MOST_SECONDS,
        )

    def __enter__(self) -> Self:
        """The terminal."""
        return self

    def __exit__(self, *_: object) -> None:
        """Whatever still runs is ended."""
        self._child.close(force=True)

    @property
    def pid(self) -> int:
        """The program's process id."""
        return int(self._child.pid)

    @property
    def text(self) -> str:
        """The screen as it stands."""
        return "\n".join(self._screen.display)

    def until(self, condition: Callable[[], bool]) -> None:
        """Read until a condition holds; fails at the deadline or when the program has ended before."""
        end = time.monotonic() + _MOST_SECONDS
        while not condition():
            assert time.monotonic() < end, f"not within {_MOST_SECONDS:.0f} s:\n{self.text}"
            assert self._read() or condition(), f"the program ended:\n{self.text}"

    def shows(self, *texts: str) -> None:
        """Wait until the screen holds each of these texts."""
        self.until(lambda: all(text in self.text for text in texts))

    def type(self, keys: str) -> None:
        """Send keys."""
        self._child.send(keys)

    def ended(self) -> int:
        """Read to the end; the exit code (negative: the signal that killed it)."""
        end = time.monotonic() + _MOST_SECONDS
        while self._read():
            assert time.monotonic() < end, f"still running:\n{self.text}"
        self._child.wait()
        return -self._child.signalstatus if self._child.signalstatus else int(self._child.exitstatus)

    def _read(self) -> bool:
        """Take what comes; False at the end of the program."""
        try:
            data = self._child.read_nonblocking(1 << 16, timeout=0.05)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.sent += data
        # pyte does not know Kitty's keyboard protocol and would write its sequences out.
        for kitty in (b"\x1b[>1u", b"\x1b[<u"):
            data = data.replace(kitty, b"")
        self._stream.feed(data)
        return True

    @property
    def left_on(self) -> list[str]:
        """The modes that were turned on and not off again, and a cursor that was left hidden."""
        on = [mode for mode in _MODES if self._last(mode) == _ON]
        hidden = [b"cursor hidden"] if self._last(b"?25") == _OFF else []
        return [mode.decode() for mode in (*on, *hidden)]

    def _last(self, mode: bytes) -> bytes:
        """``h`` or ``l``: what was last said of a mode; empty when nothing was."""
        start = self.sent.rfind(b"\x1b[" + mode)
        at = start + 2 + len(mode)
        return self.sent[at : at + 1] if start >= 0 else b""
