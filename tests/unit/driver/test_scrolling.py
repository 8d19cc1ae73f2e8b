"""Rows that only moved are found, and moved by the terminal."""

from __future__ import annotations

from usagetop.driver.cells import UNKNOWN
from usagetop.driver.painter import Painter
from usagetop.driver.scrolling import Scroll, found
from usagetop.driver.shadow import Line

LINES = [Line(f"row {number:04}", "p" * 8) for number in range(10)]


def test_a_table_that_moves_up_is_one_scroll() -> None:
    """Rows 2 to 8 come from one below; the last is new."""
    changed = {y: LINES[y + 1] for y in range(2, 8)} | {8: Line("new row!", "p" * 8)}
    assert found(LINES, changed, ()) == Scroll(2, 8, 1)


def test_a_table_that_moves_down_is_one_scroll() -> None:
    """By two rows."""
    changed = {y: LINES[y - 2] for y in range(4, 9)} | {2: Line("new row!", "p" * 8), 3: LINES[3]}
    assert found(LINES, changed, ()) == Scroll(2, 8, -2)


def test_nothing_is_scrolled_where_it_does_not_pay() -> None:
    """Two rows, or as many spoiled as saved, or rows that look alike."""
    assert found(LINES, {2: LINES[3], 3: LINES[4]}, ()) is None
    assert found(LINES, {y: LINES[y + 6] for y in range(4)}, ()) is None
    alike = [LINES[0]] * 10
    assert found(alike, dict.fromkeys(range(5), LINES[0]), ()) is None


def test_rows_that_are_not_known_whole_are_not_moved() -> None:
    """What moves along with them could not be written over."""
    changed = {y: LINES[y + 1] for y in range(2, 8)}
    assert found(LINES, changed, ()) is not None
    assert found(LINES, changed, (5,)) is None
    holed = [*LINES[:5], Line(UNKNOWN * 8, UNKNOWN * 8), *LINES[6:]]
    del changed[5]
    assert found(LINES, changed, ()) is not None
    assert found(holed, changed, ()) is None


def test_a_scroll_is_sent_with_margins_that_are_taken_back() -> None:
    """A line that goes, one that comes; the rest stays."""
    painter = Painter()
    rows = [f"{number} row of the table {number * 7}".ljust(30) for number in range(9)]

    def frame(first: int) -> str:
        texts = [f"\x1b[{at + 2};1H\x1b[31m{row}\x1b[0m" for at, row in enumerate(rows[first : first + 6])]
        return "\n".join(texts) + "\x1b[1;1H"

    painter.paint(frame(0), 30, 10)
    assert painter.paint(frame(1), 30, 10).startswith("\x1b[2;7r\x1b[2H\x1b[M\x1b[r")
