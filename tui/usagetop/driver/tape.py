"""The bytes of a frame as they are written, with the terminal's cursor and pen kept along.

Only control sequences that xterm, tmux, GNU screen and the Linux console all obey are used (none repeats a
character, which the latter two lack). Source: ECMA-48, ``console_codes(4)``, ``screen(1)``.
"""

from __future__ import annotations

from usagetop.driver.cells import REST
from usagetop.driver.pens import Pens

_NEAR = 10  # columns, from the first on, that are reached in few bytes


def forward(count: int) -> str:
    """Move the cursor so many columns to the right."""
    return f"\x1b[{count}C" if count > 1 else "\x1b[C" if count else ""


class Tape:
    """What is to be written, in order; the pen is the terminal's own at first, and at the end again."""

    def __init__(self, pens: Pens, width: int, cursor: tuple[int, int] | None) -> None:
        """The cursor's (row, column); a column of None: somewhere in the row, beyond its last cell or not."""
        self._pens = pens
        self._width = width
        self._pen = pens.plain
        self._parts: list[str] = []
        self._y: int | None = None
        self._x: int | None = None
        if cursor is not None:
            self._y, self._x = cursor

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self._parts).replace(REST, "")

    def move(self, y: int, x: int) -> None:
        """Put the cursor there, by the shortest way."""
        if (y, x) == (self._y, self._x):
            return
        down = -1 if self._y is None else y - self._y
        right = None if self._x is None else x - self._x
        if down == 0 and right is not None and right > 0:
            way = forward(right)
        elif down == 0:
            way = _shorter("\r" + forward(x), f"\x1b[{x + 1}G")
            if right is not None:
                way = _shorter(way, "\b" * -right)
        else:
            way = f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H" if y else "\x1b[H"
            if down > 0 and right is not None:
                below = f"\x1b[{down}B" if down > 1 else "\x1b[B"
                way = _shorter(way, below + (forward(right) if right > 0 else "\b" * -right))
            if down == 1 and x < _NEAR:
                # On the wire the terminal's line discipline makes two bytes of a line feed.
                way = _shorter(way, "\r\n" + forward(x))
        self._parts.append(way)
        self._y, self._x = y, x

    def write(self, cells: str, pen: str) -> None:
        """Write cells of one pen."""
        self.hold(pen)
        self._parts.append(cells)
        if self._x is not None:
            self._x += len(cells)
            if self._x >= self._width:
                self._x = None

    def hold(self, pen: str) -> None:
        """Take a pen."""
        codes, self._pen = self._pens.turn(self._pen, pen)
        if codes:
            self._parts.append(codes)

    def erase(self, pen: str, count: int) -> None:
        """Make so many cells from the cursor on blank, which stays; 0: to the end of the row."""
        self.hold(pen)
        self._parts.append(f"\x1b[{count}X" if count else "\x1b[K")

    def scroll(self, top: int, bottom: int, up: int) -> None:
        """Move rows within two (both included) up, or down where negative; what comes in is plainly blank."""
        self.hold(self._pens.plain)
        code = f"{up if up > 1 else ''}M" if up > 0 else f"{-up if up < -1 else ''}L"
        self._parts.append(f"\x1b[{top + 1};{bottom + 1}r")
        self._y = self._x = None  # setting the margins moves the cursor
        self.move(top, 0)
        self._parts.append(f"\x1b[{code}\x1b[r")
        self._y = self._x = None

    def pass_on(self, text: str) -> None:
        """Write what only Textual knows: it begins with a move, and with the terminal's own pen, and ends so."""
        self.hold(self._pens.plain)
        self._parts.append(text)
        self._y = self._x = None

    def end(self, cursor: tuple[int, int]) -> None:
        """Leave the cursor there, and the pen as it was."""
        self.move(*cursor)
        self.hold(self._pens.plain)


def _shorter(one: str, other: str) -> str:
    return other if len(other) < len(one) else one
