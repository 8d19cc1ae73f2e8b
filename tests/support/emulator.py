"""A terminal that is read cell by cell: pyte, with what it lacks.

Added: the attributes that pyte does not know, wide characters of which one half is written over, terminals that do
not erase in the colour of the paper, and control sequences that pyte would write out as text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import pyte
from wcwidth import wcwidth

if TYPE_CHECKING:
    from collections.abc import Iterator

# Kitty's keyboard protocol, and pointer shapes: not for the screen.
_UNKNOWN_TO_PYTE = re.compile(r"\x1b\[[<>=]\d*u|\x1b\]22;[^\x07]*\x07")
_LINK = re.compile(r"\x1b\]8;[^\x1b]*\x1b\\")
_OTHERS = {2, 6, 8, 21, 51, 52, 53}
_OTHERS_END = {22: {2}, 24: {21}, 25: {6}, 28: {8}, 54: {51, 52}, 55: {53}}


class Cell(NamedTuple):
    """pyte's character, and the numbers of the attributes that pyte lacks."""

    data: str
    fg: str = "default"
    bg: str = "default"
    bold: bool = False
    italics: bool = False
    underscore: bool = False
    strikethrough: bool = False
    reverse: bool = False
    blink: bool = False
    others: frozenset[int] = frozenset()

    @property
    def seen(self) -> tuple[object, ...]:
        """What a person sees of it. Of a blank that no attribute draws on, that is the paper alone."""
        draws = (
            self.italics,
            self.underscore,
            self.strikethrough,
            self.reverse,
            self.blink,
            self.others - {2},
        )
        if self.data == " " and not any(draws):
            return (self.bg,)
        return tuple(self)


class Emulator(pyte.Screen):
    """A terminal of a size; ``is_bce``: it erases in the colour of the paper."""

    def __init__(self, columns: int, lines: int, *, is_bce: bool = True) -> None:
        """All blank, with automatic wrapping off, as Textual turns it."""
        self._is_bce = is_bce
        super().__init__(columns, lines)
        self._stream = pyte.Stream(self)
        self.feed("\x1b[?7l")

    @property
    def default_char(self) -> Any:  # noqa: ANN401 - pyte wants a Char; this one has a field more
        """What stands where nothing was written."""
        return Cell(" ")

    def reset(self) -> None:
        """As when turned on."""
        super().reset()
        self.cursor.attrs = self.default_char

    def feed(self, text: str) -> None:
        """Take what a program writes; a line feed is what the terminal's line discipline makes of it."""
        text = _LINK.sub("", _UNKNOWN_TO_PYTE.sub("", text))
        self._stream.feed(text.replace("\n", "\r\n"))

    def draw(self, data: str) -> None:
        """Write text; the other half of a wide character that is written over becomes blank."""
        for sign in data:
            width = wcwidth(sign)
            if width > 0:
                line = self.buffer[self.cursor.y]
                x = min(self.cursor.x, self.columns - width)
                for at, half in ((x, x - 1), (x + width, x + width)):
                    if line[at].data == "":
                        line[half] = line[half]._replace(data=" ")
            super().draw(sign)

    def select_graphic_rendition(self, *attrs: int) -> None:
        """Set attributes, also those that pyte lacks."""
        held = self.cursor.attrs
        assert isinstance(held, Cell)
        others = set(held.others)
        left = iter(attrs or (0,))
        for code in left:
            if code in {38, 48}:
                for _ in range(3 if next(left) == 2 else 1):
                    next(left)
            elif code == 0:
                others.clear()
            elif code in _OTHERS:
                others.add(code)
            others -= _OTHERS_END.get(code, set())
        super().select_graphic_rendition(*attrs)
        self.cursor.attrs = self.cursor.attrs._replace(others=frozenset(others))

    def erase_in_line(self, how: int = 0, private: bool = False) -> None:  # noqa: FBT001, FBT002 - pyte's
        """Erase in this row."""
        with _Plainly(self):
            super().erase_in_line(how, private)

    def erase_characters(self, count: int | None = None) -> None:
        """Erase from the cursor on."""
        with _Plainly(self):
            super().erase_characters(count)

    @property
    def rows(self) -> Iterator[list[Cell]]:
        """The cells of each row."""
        for y in range(self.lines):
            line: Any = self.buffer[y]
            yield [line[x] for x in range(self.columns)]

    @property
    def picture(self) -> list[list[tuple[object, ...]]]:
        """What a person sees: every cell of every row, and the cursor as a last row."""
        cursor = (self.cursor.x, self.cursor.y, self.cursor.hidden)
        return [*([cell.seen for cell in row] for row in self.rows), [cursor]]


class _Plainly:
    """Erases with the terminal's own colours where the terminal does so."""

    def __init__(self, screen: Emulator) -> None:
        self._screen = screen
        self._pen = screen.cursor.attrs

    def __enter__(self) -> None:
        if self._screen._is_bce:
            self._screen.cursor.attrs = self._screen.default_char._replace(bg=self._pen.bg)
        else:
            self._screen.cursor.attrs = self._screen.default_char

    def __exit__(self, *_: object) -> None:
        self._screen.cursor.attrs = self._pen


def difference(one: Emulator, other: Emulator) -> str:
    """Where two screens differ first, in words; empty where they are the same."""
    for y, (left, right) in enumerate(zip(one.picture, other.picture, strict=True)):
        for x, (mine, theirs) in enumerate(zip(left, right, strict=True)):
            if mine != theirs:
                return f"row {y} column {x}: {mine} is not {theirs}"
    return ""
