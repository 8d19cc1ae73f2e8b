"""What Textual writes for a frame, as runs of cells.

Textual's compositor (``LayoutUpdate`` and ``ChopsUpdate`` in ``textual/_compositor.py``) writes a frame as a
sequence of moves ``CSI row ; column H``, each followed by texts, bare or as ``CSI codes m text CSI 0 m``; a line
feed may come before a move. The last move says where the cursor belongs. Whatever is not of this form is strange.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from usagetop.driver.cells import Cells, has_control
from usagetop.driver.errors import Strange
from usagetop.driver.pens import Pens

_MOVE = re.compile(r"\x1b\[(\d{1,4});(\d{1,4})H")
_LINK = re.compile(r"\x1b\]8;[^\x00-\x1f\x7f-\x9f]*\x1b\\")
_MOST_KEPT = 1_024


class Run(NamedTuple):
    """Cells from a place on, rows and columns from 0; ``pens`` has one character a cell, as ``cells`` has.

    ``raw`` is how it was written, its move included. ``is_odd``: how many cells it takes nobody knows, and both
    strings are empty.
    """

    y: int
    x: int
    cells: str
    pens: str
    raw: str
    is_odd: bool


class Frame(NamedTuple):
    """One frame: its runs in order, where it leaves the cursor (row, column), and the lowest row with a line feed.

    On the last row of a screen, a line feed moves all of it; -1 where there is none.
    """

    runs: list[Run]
    cursor: tuple[int, int]
    lowest_feed: int


def is_frame(data: str) -> bool:
    """Whether a text begins as frames do."""
    return _MOVE.match(data) is not None


class Reader:
    """Reads frames, and remembers lines: most of them come again."""

    def __init__(self, pens: Pens) -> None:
        """``pens`` are those that the runs refer to."""
        self._pens = pens
        self._cells = Cells()
        self._known: dict[str, tuple[str, str] | None] = {}

    def read(self, data: str) -> Frame:
        """The frame of a text; raises Strange where the text is of another form."""
        head, *parts = _MOVE.split(data)
        if head or not parts:
            raise Strange("no move at first")
        runs = []
        y, x, lowest = -1, -1, -1
        for at in range(0, len(parts), 3):
            row, column, text = parts[at : at + 3]
            y, x = int(row) - 1, int(column) - 1
            if text.endswith("\n"):
                lowest = max(lowest, y)
                text = text[:-1]
            if text:
                drawn = self._drawn(text)
                cells, pens = drawn or ("", "")
                runs.append(Run(y, x, cells, pens, f"\x1b[{row};{column}H{text}", drawn is None))
        if parts[-1]:
            raise Strange("no move at last")
        return Frame(runs, (y, x), lowest)

    def _drawn(self, text: str) -> tuple[str, str] | None:
        """Cells and pens of a text without moves; None where it is odd."""
        known = self._known
        if text in known:
            return known[text]
        if len(known) >= _MOST_KEPT:
            known.clear()
        drawn = known[text] = self._parsed(text)
        return drawn

    def _parsed(self, text: str) -> tuple[str, str] | None:
        read, of = self._pens.read, self._cells.of
        head, *pieces = text.split("\x1b[")
        cells, pens = [], []
        is_odd, is_reset = False, True
        for piece in ("0m" + head, *pieces):
            codes, mark, words = piece.partition("m")
            if not mark or not (is_reset or codes == "0"):
                raise Strange("codes upon codes")
            is_reset = codes == "0"
            pen, blank = read(codes)
            if not words:
                continue
            drawn = of(words)
            if drawn is None:
                if has_control(_LINK.sub("", words)):
                    raise Strange("control characters")
                is_odd = True
                continue
            cells.append(drawn)
            pens.append(_pens_of(drawn, pen, blank))
        if not is_reset:
            raise Strange("colours that do not end")
        return None if is_odd else ("".join(cells), "".join(pens))


def _pens_of(cells: str, pen: str, blank: str) -> str:
    """One pen a cell: blanks have their own."""
    if pen == blank or " " not in cells:
        return pen * len(cells)
    if cells.isspace():
        return blank * len(cells)
    return "".join([blank if cell == " " else pen for cell in cells])
