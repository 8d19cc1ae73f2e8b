"""Cell widths: how many terminal columns a drawable text takes, and fitting it into some."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_WIDE = frozenset({"W", "F"})
_NO_WIDTH = frozenset({"Mn", "Mc", "Me", "Cf"})
# Letters and signs that ride on the one before: Hangul vowels and finals, skin tones.
_RIDING = (("\u1160", "\u11ff"), ("\ud7b0", "\ud7fb"), ("\U0001f3fb", "\U0001f3ff"))
# Wide since Unicode 16, which is newer than this Python's tables: trigrams, hexagrams, counting rods.
_NEWLY_WIDE = (
    ("\u2630", "\u2637"),
    ("\u268a", "\u268f"),
    ("\u4dc0", "\u4dff"),
    ("\U0001d300", "\U0001d356"),
    ("\U0001d360", "\U0001d376"),
)


def width_of(text: str) -> int:
    """The cells that ``text`` takes: wide characters two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(_cells(character) for character in text)


@lru_cache(4096)
def _cells(character: str) -> int:
    """The cells of one character, counted as Textual counts them: it cuts and fills lines by that count."""
    if unicodedata.category(character) in _NO_WIDTH or _within(character, _RIDING):
        return 0
    wide = unicodedata.east_asian_width(character) in _WIDE or _within(character, _NEWLY_WIDE)
    return 2 if wide else 1


def _within(character: str, ranges: tuple[tuple[str, str], ...]) -> bool:
    return any(first <= character <= last for first, last in ranges)


def fit(text: str, width: int) -> str:
    """``text`` as it is where it fits ``width`` cells, else its beginning and ``…``.

    For names only: a number that does not fit must be shortened by value, never cut.
    """
    if width_of(text) <= width:
        return text
    if width <= 0:
        return ""
    kept: list[str] = []
    left = width - 1
    for character in text:
        left -= _cells(character)
        if left < 0:
            break
        kept.append(character)
    return "".join(kept) + "…"


def fit_middle(text: str, width: int) -> str:
    """``text`` as it is where it fits, else its beginning and end around ``…``.

    Names and ids often differ in their ends only (``…, input`` and ``…, output``).
    """
    if width_of(text) <= width:
        return text
    tail = max(0, (width - 1) // 2)
    kept: list[str] = []
    left = tail
    for character in reversed(text):
        left -= _cells(character)
        if left < 0:
            break
        kept.append(character)
    end = "".join(reversed(kept))
    # A combining mark must not lose its letter to the cut.
    end = end.lstrip("".join(character for character in end if _cells(character) == 0))
    head = fit(text, width - width_of(end))
    return head + end
