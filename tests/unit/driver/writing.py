"""Frames as Textual writes them, made at random."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from wcwidth import wcswidth

WORDS = (
    "usage",
    " ",
    "  ",
    "      ",
    "gpt-5.4 ",
    "$12.30",
    "│",
    "──",
    "▁▂▃▅█",
    "■ ",
    "é",
    "日本",
    "語",
    "한글",
    "Ж",
)
ODD_WORDS = ("e\u0301", "👩\u200d🔬", "☃\ufe0f", "\u00a0", "a\u200b")
STYLES = (
    "",
    "38;2;95;175;255;48;2;18;18;18",
    "1;38;2;95;175;255;48;2;18;18;18",
    "38;2;218;218;218;48;2;18;18;18",
    "38;2;218;218;218;48;2;28;28;28",
    "2;38;2;218;218;218",
    "48;2;28;28;28",
    "38;5;75;48;5;233",
    "1;3;4;31;40",
    "7;94;104",
    "9;33",
    "4;39;49",
    "53;35",
    "1;2;36",
)


class Piece(NamedTuple):
    """A text of one style."""

    text: str
    codes: str

    def __str__(self) -> str:
        """As a strip renders it."""
        return f"\x1b[{self.codes}m{self.text}\x1b[0m" if self.codes else self.text


def width_of(text: str) -> int:
    """Columns, as Textual counts them when it lays out."""
    return max(0, wcswidth(text))


class Desk:
    """Somebody who draws on a screen at random, as a program does: rows anew, a part of a row, rows that move."""

    def __init__(self, seed: int, columns: int, lines: int, *, odd: bool) -> None:
        """``odd``: characters of doubtful width come in too."""
        self.random = Random(seed)  # noqa: S311 - for a walk, not for a secret
        self.columns, self.lines = columns, lines
        self._odd_rows = 0.1 if odd else 0.0
        self._rows = [self._row(columns) for _ in range(lines)]

    def frame(self) -> str:
        """One more frame."""
        return self.random.choice((self.whole, self.part, self.part, self.moved, self.moved, self.again))()

    def whole(self) -> str:
        """Every row, many of them new."""
        for y in range(self.lines):
            if self.random.random() < 0.5:
                self._rows[y] = self._row(self.columns)
        return self._drawn(range(self.lines))

    def again(self) -> str:
        """Rows that stand there already."""
        return self._drawn(self._some())

    def moved(self) -> str:
        """Rows that go up or down, new ones for those that left, and something changed among them."""
        rows = self._some()
        part = [self._rows[y] for y in rows]
        up = self.random.randint(1, 3) * self.random.choice((-1, 1))
        part = part[up:] + part[:up]
        for at in range(-up, 0) if up < 0 else range(min(up, len(part))):
            part[at if up < 0 else -1 - at] = self._row(self.columns)
        for y, row in zip(rows, part, strict=True):
            self._rows[y] = row
        if self.random.random() < 0.5:
            self._rows[self.random.choice(rows)] = self._row(self.columns)
        return self._drawn(rows)

    def part(self) -> str:
        """Spans within rows, as a changed widget makes them; they may cut what stands there."""
        spans = []
        for _ in range(self.random.randint(1, 5)):
            y, x = self.random.randrange(self.lines), self.random.randrange(self.columns)
            spans.append((y, x, self._row(self.random.randint(1, self.columns - x))))
        spans.sort()
        text = ""
        for y, x, row in spans:
            text += f"\x1b[{y + 1};{x + 1}H{''.join(map(str, row))}" + "\n" * (y != spans[-1][0])
        return text + self._cursor()

    def _drawn(self, rows: range) -> str:
        text = "\n".join(f"\x1b[{y + 1};1H{''.join(map(str, self._rows[y]))}" for y in rows)
        return text + self._cursor()

    def _some(self) -> range:
        first = self.random.randrange(self.lines - 1)
        return range(first, self.random.randint(first + 1, self.lines))

    def _cursor(self) -> str:
        if self.random.random() < 0.7:
            return "\x1b[1;1H"
        return f"\x1b[{self.random.randint(1, self.lines)};{self.random.randint(1, self.columns)}H"

    def _row(self, columns: int) -> list[Piece]:
        """Pieces that take so many columns."""
        pieces = []
        left = columns
        known = (*WORDS, *ODD_WORDS) if self.random.random() < self._odd_rows else WORDS
        while left:
            words = self.random.choices(known, k=self.random.randint(1, 6))
            text = "".join(words)
            while width_of(text) > left:
                text = text[:-1]
            text = text or " " * self.random.randint(1, left)
            if self.random.random() < 0.1:
                text = " " * left
            pieces.append(Piece(text, self.random.choice(STYLES)))
            left -= width_of(text)
        return pieces
