"""The program in a real pseudo terminal, read as a person would: by what stands on the screen.

Waits on conditions with a deadline; never for a fixed time.
"""

from __future__ import annotations

import fcntl
import os
import re
import select
import signal
import sys
import termios
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
_COLOUR = re.compile(rb"[34]8;2;(\d+);(\d+);(\d+)")
# Kitty's keyboard protocol (turned on, and off again), which pyte does not know: it would write it out.
_KITTY_ON, _KITTY_OFF = re.compile(rb"\x1b\[>\d+u"), re.compile(rb"\x1b\[<\d*u")


def let_go_of_the_terminal() -> None:
    """Without a controlling terminal: nobody sends SIGHUP when it vanishes (the one of letting go is ignored)."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    fcntl.ioctl(0, termios.TIOCNOTTY)


class Terminal:
    """``usagetop`` with some arguments in a terminal of 80x24; environment variables by name.

    ``command`` is run instead where it is given; ``before`` is called in the new process, before the program.
    """

    def __init__(
        self,
        *arguments: str,
        command: tuple[str, ...] = (sys.executable, "-m", "usagetop"),
        before: Callable[[], None] | None = None,
        **environment: str,
    ) -> None:
        """Start the program."""
        self.sent = b""
        self._has_vanished = False
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)
        self._child = pexpect.spawn(
            command[0],
            [*command[1:], *arguments],
            dimensions=(24, 80),
            env={**os.environ, "PYTHONPATH": str(SOURCE), **environment},
            timeout=_MOST_SECONDS,
            preexec_fn=before,
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

    def type(self, keys: str | bytes) -> None:
        """Send keys."""
        self._child.send(keys)

    def paste(self, data: bytes) -> None:
        """Send what may be more than the terminal holds, and read meanwhile."""
        while data:
            sent = 0
            if select.select([], [self._child.child_fd], [], 0.01)[1]:
                sent = os.write(self._child.child_fd, data[:1024])
            data = data[sent:]
            self.read(0)

    def resize(self, columns: int, lines: int) -> None:
        """Another size, as when a window is dragged."""
        self._screen.resize(max(1, lines), max(1, columns))
        self._child.setwinsize(lines, columns)

    def vanish(self) -> None:
        """The terminal goes away, as when its window is closed or the network is cut."""
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, self._child.child_fd)  # closes it, and keeps its number from being used for another
        os.close(nothing)
        self._has_vanished = True

    def read(self, seconds: float = 0.02) -> bool:
        """Read what comes within a while; False at the end of the program."""
        return self._read(seconds)

    def stopped(self) -> bool:
        """Read what comes; whether the program has been stopped. Then all that it had sent before is read."""
        self._read()
        number, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED)
        if number != self.pid or not os.WIFSTOPPED(status):
            return False
        before = -1
        while before < len(self.sent):
            before = len(self.sent)
            self._read()
        return True

    def ended(self) -> int:
        """Read to the end; the exit code (negative: the signal that killed it)."""
        end = time.monotonic() + _MOST_SECONDS
        while self._read():
            assert time.monotonic() < end, f"still running:\n{self.text}"
        self._child.flag_eof = False  # or the look below would wait without an end
        while self._child.isalive():
            assert time.monotonic() < end, "nothing more to read, and still running"
            time.sleep(0.01)
        return -self._child.signalstatus if self._child.signalstatus else int(self._child.exitstatus)

    def _read(self, seconds: float = 0.05) -> bool:
        """Take what comes; False at the end of the program."""
        if self._has_vanished:
            return False  # pexpect would wait for the program's end without an end
        try:
            data = self._child.read_nonblocking(1 << 16, timeout=seconds)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.sent += data
        for kitty in (_KITTY_ON, _KITTY_OFF):
            data = kitty.sub(b"", data)
        self._stream.feed(data)
        return True

    @property
    def left_on(self) -> list[str]:
        """The modes that were turned on and not off again, and a cursor that was left hidden."""
        on = [mode for mode in _MODES if self._last(mode) == _ON]
        hidden = [b"cursor hidden"] if self._last(b"?25") == _OFF else []
        kitty = len(_KITTY_ON.findall(self.sent)) - len(_KITTY_OFF.findall(self.sent))
        return [mode.decode() for mode in (*on, *hidden)] + ["keyboard"] * max(0, kitty)

    @property
    def hues(self) -> int:
        """How many of the colours sent so far were more than a grey."""
        return sum(len(set(colour)) > 1 for colour in _COLOUR.findall(self.sent))

    def _last(self, mode: bytes) -> bytes:
        """``h`` or ``l``: what was last said of a mode; empty when nothing was."""
        start = self.sent.rfind(b"\x1b[" + mode)
        at = start + 2 + len(mode)
        return self.sent[at : at + 1] if start >= 0 else b""
