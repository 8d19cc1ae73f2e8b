"""Labels: the drawable form of text that came from outside.

The raw string is identity and is never drawn. Its label has no control, format, bidirectional, zero-width,
private or surrogate characters (each becomes a visible mark), no line breaks, and a capped length.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_CHARACTERS = 200
# C0 controls have pictures of their own (U+2400…): they stay tellable from one another.
_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\u2421"}
_MARK = "\ufffd"
# Cc control, Cf format (bidi, zero-width), Cs surrogate, Co private, Cn unassigned, Zl/Zp separators.
_UNDRAWABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters or marks by category that draw nothing or fill the line with marks all the same.
_INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
_ZERO_WIDTH = frozenset({"Mn", "Me"})
_MOST_MARKS = 2


def label(raw: str, *, most: int = MOST_CHARACTERS) -> str:
    """The drawable form of ``raw``: one line, at most ``most`` characters, nothing that moves a terminal."""
    if raw.isascii() and raw.isprintable() and len(raw) <= most:
        return raw
    drawn: list[str] = []
    marks = 0
    for character in raw[: most + 1]:
        category = unicodedata.category(character)
        rides = category in _ZERO_WIDTH or _is_joining(character)
        marks = marks + 1 if rides else 0
        if ord(character) in _PICTURES:
            drawn.append(_PICTURES[ord(character)])
        elif category in _UNDRAWABLE or character in _INVISIBLE or _is_variation(character):
            drawn.append(_MARK)
        elif rides and not drawn:
            # It would be drawn over whatever stands left of the label.
            drawn.append(_MARK)
        elif category == "Zs":
            drawn.append(" ")
        elif marks <= _MOST_MARKS:
            drawn.append(character)
    if len(raw) > most or len(drawn) > most:
        return "".join(drawn[: most - 1]) + "…"
    return "".join(drawn)


def _is_variation(character: str) -> bool:
    """Variation selectors change a glyph's width from terminal to terminal."""
    return (
        "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
        or character in "\u180b\u180c\u180d\u180f"
    )


def _is_joining(character: str) -> bool:
    """Medial and final letters of Hangul syllables are letters that take no cell of their own."""
    return "\u1160" <= character <= "\u11ff" or "\ud7b0" <= character <= "\ud7fb"


def labels(raws: Iterable[str]) -> dict[str, str]:
    """Labels for a set of raw strings: different values never share a label.

    Where two values would look the same, each after the first gets a short suffix (``~2``, ``~3``), in the
    order of the raw strings, so that the same set always gets the same labels.
    """
    result: dict[str, str] = {}
    taken: set[str] = set()
    following: dict[str, int] = {}  # the next number to try: thousands may share a beginning
    for raw in sorted(set(raws)):
        base = drawn = label(raw)
        while drawn in taken:
            number = following[base] = following.get(base, 1) + 1
            suffix = f"~{number}"
            drawn = base[: MOST_CHARACTERS - len(suffix)] + suffix
        taken.add(drawn)
        result[raw] = drawn
    return result


def escaped(raw: str) -> str:
    r"""``raw`` with what a label would hide written as ``\u`` escapes, as JSON writes them.

    Blanks of any width stay as they are. Beyond the basic plane an escape is a pair of surrogates.
    """
    if raw.isascii() and raw.isprintable():
        return raw
    return "".join(character if _is_plain(character) else _escape(character) for character in raw)


def _is_plain(character: str) -> bool:
    return character.isprintable() or unicodedata.category(character) == "Zs"


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
