"""The driver class: when what stands on the terminal is no longer known, and who may write."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from textual.events import Resize
from textual.geometry import Size

from usagetop.app import driver
from usagetop.driver.lean import LeanDriver

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

FRAME = "\x1b[1;1H\x1b[31mone\x1b[0m two\x1b[1;1H"


class Desk:
    """A driver whose terminal and app are made up."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sent: list[str] = []
        self.app: Any = SimpleNamespace(size=Size(20, 4), _post_message=self._posted)
        self.terminal = (20, 4)
        monkeypatch.setattr(os, "get_terminal_size", lambda *_: os.terminal_size(self.terminal))
        monkeypatch.delenv("COLUMNS", raising=False)
        monkeypatch.delenv("LINES", raising=False)
        self.driver = LeanDriver(self.app)
        self.driver.outlet.is_lean = True
        self.driver._writer_thread = SimpleNamespace(write=self.sent.append)  # type: ignore[assignment]

    async def _posted(self, _: object) -> None:
        """Where messages would go."""

    def write(self, text: str) -> str:
        """Write; what was sent for it."""
        self.sent.clear()
        self.driver.write(text)
        return "".join(self.sent)


@pytest.fixture
async def desk(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """A driver that has painted one frame; the signals are given back."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTSTP, signal.SIGCONT)}
    one = Desk(monkeypatch)
    assert "one" in one.write(FRAME)
    assert one.write(FRAME) == ""
    yield one
    for number, handler in kept.items():
        signal.signal(number, handler)


async def test_another_size_makes_the_next_frame_whole(desk: Desk) -> None:
    """Told by a signal or in band; the same size told again in band is no news."""
    desk.driver.process_message(Resize(Size(20, 4), Size(20, 4)))
    assert "one" in desk.write(FRAME)
    desk.driver.process_message(Resize(Size(20, 4), Size(20, 4)))
    assert desk.write(FRAME) == ""
    desk.driver._get_terminal_size()
    assert "one" in desk.write(FRAME)
    desk.driver.process_message(Resize(Size(30, 4), Size(30, 4)))
    assert "one" in desk.write(FRAME)


async def test_a_frame_for_another_size_than_the_terminals_goes_as_it_is(desk: Desk) -> None:
    """Between the change and Textual's hearing of it; and where ``COLUMNS`` tells another."""
    desk.terminal = (10, 4)
    assert desk.write(FRAME) == FRAME
    desk.terminal = (20, 4)
    assert "one" in desk.write(FRAME)


async def test_giving_the_terminal_back_forgets_it(desk: Desk) -> None:
    """And what was held of a frame is not sent afterwards."""
    desk.write("\x1b[?2026h")
    desk.driver.stop_application_mode()
    assert "one" in desk.write(FRAME)
    assert desk.write("\x07") == "\x07"


async def test_the_thread_of_the_keys_writes_past_what_is_held(desk: Desk) -> None:
    """It turns modes on, and does not wait for a frame's end; what else it may write makes the next frame whole."""
    desk.write("\x1b[?2026h")
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(desk.write, "\x1b[?2048h").result() == "\x1b[?2048h"
        assert desk.write(FRAME) + desk.write("\x1b[?2026l") == ""
        assert thread.submit(desk.write, "\x1b[2J").result() == "\x1b[2J"
    assert "one" in desk.write(FRAME)


def test_textuals_own_variable_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser's driver, say, is not replaced."""
    monkeypatch.delenv("TEXTUAL_DRIVER", raising=False)
    assert driver() is LeanDriver
    monkeypatch.setenv("TEXTUAL_DRIVER", "some:Driver")
    assert driver() is None
