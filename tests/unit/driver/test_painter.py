"""Whatever Textual writes, the lean bytes leave the same screen, cell by cell."""

from __future__ import annotations

import time

import pytest

from tests.support.emulator import Emulator, difference
from tests.unit.driver.writing import Desk
from usagetop.driver.painter import Painter

COLUMNS, LINES = 40, 12


def screens(*, is_bce: bool) -> tuple[Emulator, Emulator, Painter]:
    """A screen for all that Textual writes, one for what is left of it, and what leaves it out."""
    stock, lean = (Emulator(COLUMNS, LINES, is_bce=is_bce) for _ in range(2))
    return stock, lean, Painter()


def walked(seed: int, *, is_bce: bool, odd: bool) -> int:
    """Walk, and compare after every frame; how many of the frames moved rows within the terminal."""
    desk = Desk(seed, COLUMNS, LINES, odd=odd)
    stock, lean, painter = screens(is_bce=is_bce)
    scrolls = 0
    for step in range(60):
        frame = desk.frame()
        stock.feed(frame)
        sent = painter.paint(frame, COLUMNS, LINES)
        lean.feed(sent)
        assert not difference(lean, stock), f"seed {seed}, step {step}"
        assert lean.cursor.attrs == lean.default_char
        assert lean.margins is None
        scrolls += "\x1b[r" in sent
    return scrolls


@pytest.mark.parametrize(
    ("odd", "is_bce"),
    [
        pytest.param(False, False, id="plain, erases plainly"),
        pytest.param(True, True, id="odd, erases in colour"),
        pytest.param(False, True, id="plain, erases in colour", marks=pytest.mark.slow),
        pytest.param(True, False, id="odd, erases plainly", marks=pytest.mark.slow),
    ],
)
def test_a_walk_of_frames_leaves_the_same_screen(*, is_bce: bool, odd: bool) -> None:
    """Rows anew, parts of rows, rows that move; wide, combining, joined and bold characters; the cursor too."""
    assert sum(walked(seed, is_bce=is_bce, odd=odd) for seed in range(8)) > 4


def test_a_walk_that_nobody_took_before_leaves_the_same_screen() -> None:
    """Each run takes another; the message of a failure tells its seed."""
    walked(int(time.time()), is_bce=False, odd=True)


def test_a_wide_character_in_place_of_another_moves_the_cursor_by_two() -> None:
    """Of the same pen, so that its second half is as it was; what follows in the row stands where it should."""
    stock, lean, painter = screens(is_bce=False)
    for text in ("日 as it was y", "語 as it was z", "本語as it was 日", "x語 as it was"):
        frame = f"\x1b[3;2H\x1b[31m{text}\x1b[0m\x1b[1;1H"
        stock.feed(frame)
        lean.feed(painter.paint(frame, COLUMNS, LINES))
        assert not difference(lean, stock), text
