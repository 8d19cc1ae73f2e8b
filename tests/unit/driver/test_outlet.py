"""Everything that Textual writes reaches the terminal in order; frames do so at once, and lean."""

from __future__ import annotations

import pytest

from usagetop.driver.outlet import Outlet, is_harmless
from usagetop.driver.painter import Painter

BEGIN, END = "\x1b[?2026h", "\x1b[?2026l"
FRAME = "\x1b[1;1H\x1b[31mone\x1b[0m two\n\x1b[2;1Hthree\x1b[1;1H"
OTHER = "\x1b[1;1H\x1b[31mone\x1b[0m two\n\x1b[2;1Hthrow\x1b[1;1H"


class Wire:
    """An outlet, and what it sent."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.size: tuple[int, int] | None = (20, 4)
        self.outlet = Outlet(Painter(), self.sent.append, lambda: self.size)

    def write(self, *texts: str) -> list[str]:
        """Write texts; what was sent since."""
        self.sent.clear()
        for text in texts:
            self.outlet.write(text)
        return self.sent


def test_a_frame_is_one_write_with_the_marks_of_synchronized_output_around_it() -> None:
    """Textual writes three times; the terminal reads once."""
    wire = Wire()
    (sent,) = wire.write(BEGIN, FRAME, END)
    assert sent.startswith(BEGIN)
    assert sent.endswith(END)
    assert "three" in sent


def test_a_frame_without_news_sends_nothing_at_all() -> None:
    """Neither bytes nor marks: an idle explorer is silent."""
    wire = Wire()
    wire.write(FRAME)
    assert wire.write(FRAME) == []
    assert wire.write(BEGIN, FRAME, END) == []


def test_only_what_changed_is_sent() -> None:
    """Two letters."""
    wire = Wire()
    wire.write(FRAME)
    assert wire.write(OTHER) == ["\x1b[2;4How\x1b[H"]


@pytest.mark.parametrize(
    "text",
    [
        "\x1b[?2026$p",
        "\x1b[?1000h",
        "\x1b[?2004l",
        "\x1b[?7l",
        "\x1b[>25u",
        "\x1b[<u",
        "\x1b]52;c;aGk=\x07",
        "\x1b]22;default\x07",
        "\x1b]0;title\x1b\\",
        "\x07",
    ],
)
def test_what_changes_no_cell_passes_and_what_stands_is_still_known(text: str) -> None:
    """Modes, questions, clipboard, pointer, title, bell: untouched and in order, also within a frame's marks."""
    wire = Wire()
    wire.write(FRAME)
    assert wire.write(text) == [text]
    assert wire.write(FRAME) == []
    assert wire.write(BEGIN, text, OTHER, END) == [f"{BEGIN}{text}\x1b[2;4How\x1b[H{END}"]


@pytest.mark.parametrize(
    "text",
    ["\x1b[2J", "\x1b[?1049h", "\x1b[?6h", "plain", "\x1b[3A", "\x1bc", "\x1b]52;c;\x1b[2J\x07", "\x9b2J"],
)
def test_what_is_unknown_passes_and_the_next_frame_is_sent_whole(text: str) -> None:
    """Nobody knows what stands on the screen after it."""
    wire = Wire()
    first = wire.write(FRAME).copy()
    assert wire.write(text) == [text]
    assert not is_harmless(text)
    assert [sent.count("t") for sent in wire.write(FRAME)] == [sent.count("t") for sent in first]


def test_a_frame_for_another_size_than_the_terminals_passes_as_it_is() -> None:
    """A terminal that was made smaller in between shows it as it can; the next frame starts from nothing."""
    wire = Wire()
    wire.write(FRAME)
    wire.size = None
    assert wire.write(FRAME) == [FRAME]
    wire.size = (20, 4)
    (sent,) = wire.write(FRAME)
    assert "three" in sent


@pytest.mark.parametrize(
    "frame",
    [
        "\x1b[1;1Hbad \x1b[5m\x1b[K\x1b[0m\x1b[1;1H",
        "\x1b[1;1H\x1b[31mnever ends\x1b[1;1H",
        "\x1b[9;1Hbelow\x1b[1;1H",
        "\x1b[1;19Hbeyond\x1b[1;1H",
        "\x1b[4;1Hlast\n\x1b[4;9Hrow\x1b[1;1H",
        "\x1b[1;1Htab\there\x1b[1;1H",
        "\x1b[1;1H\x1b[99mcolour\x1b[0m\x1b[1;1H",
        "\x1b[1;1H\x1b[31m\x1b[1mtwice\x1b[0m\x1b[1;1H",
        "\x1b[1;1Hno end",
    ],
)
def test_a_strange_frame_passes_as_it_is_and_the_next_is_sent_whole(frame: str) -> None:
    """It may have done anything to the screen."""
    wire = Wire()
    wire.write(FRAME)
    assert wire.write(frame) == [frame]
    (sent,) = wire.write(FRAME)
    assert "three" in sent
    assert wire.outlet.is_lean


def test_a_fault_of_the_driver_is_the_end_of_leanness_and_not_of_the_screen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """From then on frames pass as they are."""
    wire = Wire()
    monkeypatch.setattr(Painter, "paint", lambda *_: 1 / 0)
    assert wire.write(FRAME) == [FRAME]
    assert not wire.outlet.is_lean
    assert wire.write(FRAME) == [FRAME]


def test_a_signal_amid_a_frame_lets_it_pass_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """The terminal was given away and taken again while bytes were being counted."""
    wire = Wire()
    wire.write(FRAME)
    paint = Painter.paint

    def interrupted(painter: Painter, data: str, width: int, height: int) -> str:
        lean = paint(painter, data, width, height)
        wire.outlet.drop()
        return lean

    monkeypatch.setattr(Painter, "paint", interrupted)
    assert wire.write(OTHER) == [OTHER]
    monkeypatch.undo()
    (sent,) = wire.write(OTHER)
    assert "throw" in sent
