"""The reading thread: nothing that comes ends it, and nothing that cannot be is handed on."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from textual.events import Key, MouseEvent, Paste, Resize

from usagetop.driver.terminal import TerminalDriver

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from textual.message import Message


class Reading:
    """A driver that reads from a pipe; what it hands on is kept."""

    def __init__(self) -> None:
        self.heard: list[Message] = []
        self.app: Any = SimpleNamespace(message_queue_size=0)
        self.driver = TerminalDriver(self.app)  # type: ignore[arg-type]  # what it needs of one
        self.driver.process_message = self.heard.append  # type: ignore[method-assign, assignment]
        self.driver.fileno, self.pen = os.pipe()
        self.thread = threading.Thread(target=self.driver.run_input_thread)
        self.thread.start()

    def keys(self, data: bytes) -> list[str]:
        """Send bytes and then a ``!``; the keys that came before that."""
        self.heard.clear()
        os.write(self.pen, data + b"!")
        self.until(lambda: any(getattr(message, "character", "") == "!" for message in list(self.heard)))
        return [message.key for message in self.heard if isinstance(message, Key)][:-1]

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds."""
        end = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < end, self.heard
            time.sleep(0.001)

    def end(self) -> None:
        """Stop reading, as when the terminal is given back."""
        self.driver.exit_event.set()
        self.thread.join(5)
        assert not self.thread.is_alive()


@pytest.fixture
async def reading() -> AsyncIterator[Reading]:
    """A driver at a pipe; the signals are given back."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTSTP, signal.SIGCONT)}
    one = Reading()
    yield one
    one.end()
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.fault(
    "terminal",
    "escape sequences with numbers that no key, pointer or screen has, cut ones, and those of other terminals",
    "they are left out, and the keys after them are read",
)
@pytest.mark.parametrize(
    "sequence",
    [
        b"\xff",
        b"\x1b[99999999999999999999u",
        b"\x1b[1114112u",
        b"\x1b[<0;99999999999999999999;5M",
        b"\x1b[<35;-3;-9M",
        b"\x1b[<;;M",
        b"\x1b[M\xff\xfe\xfd",
        b"\x1b[99999999999999999999R",
        b"\x1b[48;99999;99999;1;1t",
        b"\x1b[48;0;0;0;0t",
        b"\x1b[48;24;80;0;0t\x1b[<0;5;5M",
        b"\x1b]52;c;" + b"A" * 100 + b"\x07",
        b"\x1bP" + b"x" * 40 + b"\x1b\\",
    ],
)
async def test_a_sequence_that_cannot_be_is_left_out(reading: Reading, sequence: bytes) -> None:
    """The key after it arrives, no place or size beyond all bounds does."""
    assert reading.keys(sequence + b"\x1b[Aj")[-2:] == ["up", "j"]
    for message in reading.heard:
        assert not isinstance(message, MouseEvent) or max(message.x, message.y) < 5_000
        assert not isinstance(message, Resize) or 0 < min(message.size) <= max(message.size) <= 5_000


async def test_a_paste_is_one_message(reading: Reading) -> None:
    """None of it is a key."""
    assert reading.keys(b"j\x1b[200~qq\x1b[2Jq\x1b[201~k") == ["j", "k"]
    assert [message.text for message in reading.heard if isinstance(message, Paste)] == ["qq␛[2Jq"]


@pytest.mark.fault(
    "terminal",
    "the terminal is gone and reads as empty without an end",
    "the reading waits instead of spinning",
)
async def test_the_end_of_the_input_costs_nothing(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual asked again at once, with a whole processor."""
    reads: list[int] = []
    real = os.read

    def counted(handle: int, size: int) -> bytes:
        reads.append(handle)
        return real(handle, size)

    monkeypatch.setattr(os, "read", counted)
    os.close(reading.pen)
    await asyncio.sleep(0.25)
    assert sum(handle == reading.driver.fileno for handle in reads) <= 4


async def test_no_more_is_read_than_is_done(reading: Reading) -> None:
    """Keys that come faster than they are handled wait in the terminal, not in memory."""
    reading.app.message_queue_size = 1_000
    os.write(reading.pen, b"j")
    reading.until(lambda: bool(reading.heard))
    os.write(reading.pen, b"k" * 10_000)
    await asyncio.sleep(0.1)
    assert len(reading.heard) == 1
    reading.app.message_queue_size = 0
    reading.until(lambda: len(reading.heard) == 10_001)
