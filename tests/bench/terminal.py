"""A pseudo terminal of 120x40, and a program in it whose bytes are counted as they come."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from codecs import getincrementaldecoder
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tests.support.emulator import Emulator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.bench.home import Home

COLUMNS, LINES = 120, 40
_MOST_SECONDS = 20.0
_LONGEST = 1_000  # of a text with its codes: so far back a part of it may have come
_CODES = re.compile(rb"\x1b(?:\[[0-9;?<>=]*[ -/]*[@-~]|[\]P_][^\x07\x1b]*(?:\x07|\x1b\\)|[()].|[=>78])")


def ended(program: subprocess.Popen[bytes]) -> float:
    """Wait for a program's end; returns the processor time that it took, in seconds."""
    _, status, used = os.wait4(program.pid, 0)
    program.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_utime + used.ru_stime


class Terminal:
    """A program in a terminal: starts at once, is killed at the end of the block."""

    def __init__(self, home: Home, command: Sequence[str]) -> None:
        """Start ``command`` there; the clock starts just before."""
        self._side, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self.data = b""
        self._screen = Emulator(COLUMNS, LINES)
        self._decode = getincrementaldecoder("utf-8")().decode
        self._drawn = 0
        self.processor = 0.0  # seconds of it, once the program has ended
        self.started = time.perf_counter()
        self._program = subprocess.Popen(
            command,
            stdin=inner,
            stdout=inner,
            stderr=inner,
            env=home.environ,
            cwd=home.place,
            process_group=0,
        )
        os.close(inner)

    def __enter__(self) -> Self:
        """The terminal."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the program and close the terminal."""
        # Not Popen.kill: where the program has ended already, that would take the times from us.
        with suppress(ProcessLookupError):
            os.kill(self._program.pid, signal.SIGKILL)
        self.processor = ended(self._program)
        os.close(self._side)

    def until(self, *texts: str) -> float:
        """Seconds from the start until each of these texts stands in what was sent; raises TimeoutError.

        The clock is read when bytes come, before they are searched, and only the new ones are: whoever sends
        much does not wait for the one who reads.
        """
        missing = {text.encode() for text in texts}
        ends = self.started + _MOST_SECONDS
        seen = 0
        while time.perf_counter() < ends:
            if not self._read(0.1):
                continue
            came = time.perf_counter()
            plain = _CODES.sub(b"", self.data[max(0, seen - _LONGEST) :])
            seen = len(self.data)
            missing = {text for text in missing if text not in plain}
            if not missing:
                return came - self.started
        message = f"{missing} did not appear in: {_CODES.sub(b'', self.data)[-300:]!r}"
        raise TimeoutError(message)

    def processor_seconds(self, lasting: float) -> float | None:
        """The processor time that the program takes within so many seconds; None where the system does not tell."""
        if not Path("/proc/self/stat").exists():
            return None
        before = self._ticks()
        self.idle(lasting)
        return (self._ticks() - before) / os.sysconf("SC_CLK_TCK")

    def _ticks(self) -> int:
        """Processor time so far: fields 14 and 15 of the process's line, the second of which is its name."""
        fields = Path(f"/proc/{self._program.pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    def shows(self, text: str) -> bool:
        """Whether ``text`` stands on the screen; what stood there before may not have been sent again."""
        self._screen.feed(self._decode(self.data[self._drawn :]))
        self._drawn = len(self.data)
        return any(text in row for row in self._screen.display)

    def rest(self, quiet: float = 0.4) -> int:
        """Read until nothing has come for ``quiet`` seconds; returns the bytes that came."""
        before = len(self.data)
        while self._read(quiet):
            pass
        return len(self.data) - before

    def idle(self, lasting: float) -> int:
        """The bytes that come within so many seconds."""
        before = len(self.data)
        ends = time.perf_counter() + lasting
        while (left := ends - time.perf_counter()) > 0:
            self._read(left)
        return len(self.data) - before

    def press(self, keys: bytes) -> int:
        """Press a key and read until the screen has come to rest; returns the bytes that came."""
        os.write(self._side, keys)
        return self.rest()

    def _read(self, patience: float) -> bool:
        """Take what is there within ``patience`` seconds; whether something was."""
        if not select.select([self._side], [], [], max(0.0, patience))[0]:
            return False
        try:
            data = os.read(self._side, 1 << 16)
        except OSError:  # the program has ended
            return False
        self.data += data
        return bool(data)
