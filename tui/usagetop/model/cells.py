"""Cell widths: how many terminal columns a drawable text takes, and fitting it into some."""

from __future__ import annotations

import unicodedata

_WIDE = frozenset({"W", "F"})
_NO_WIDTH = frozenset({"Mn", "Me", "Cf"})


def width_of(text: str) -> int:
    """The cells that ``text`` takes: wide characters two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.category(character) in _NO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1


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
