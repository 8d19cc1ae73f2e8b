"""Text as cells: one character a cell, and which text every terminal draws in the same cells.

A character that Unicode gives one or two columns without a doubt is *plain*. Others (combining marks, emoji and
what joins them, characters of later Unicode versions) are *odd*: terminals differ in how many cells they take,
so nobody here counts on it. Source of the widths: Unicode's EastAsianWidth, whose ambiguous signs (lines,
blocks, arrows) take one cell wherever Textual's layout holds at all.
"""

from __future__ import annotations

from bisect import bisect_right

UNKNOWN = "\x00"
"""A cell of which nobody knows what it shows."""
REST = "\x01"
"""The second cell of a wide character."""

# Pairs: the first character of a range and the one after its last. Latin, Greek, Cyrillic, punctuation, currency,
# letterlike signs, arrows, mathematics, lines, blocks, braille; kana, ideographs, Hangul, fullwidth forms.
_NARROW = (
    " \x7f\u00a1\u00ad\u00ae\u0300\u0370\u0378\u037a\u037f\u0384\u038b\u038c\u038d\u038e\u03a2\u03a3\u0483"
    "\u048a\u0530\u2010\u2028\u2030\u205f\u20a0\u20c0\u2100\u2139\u2190\u231a\u2500\u25fd\u2800\u2900"
)
_WIDE = "\u3041\u3097\u30a1\u3100\u4e00\u9ff0\uac00\ud7a4\uff01\uff61"
_MOST_KEPT = 4_096


def columns(character: str) -> int:
    """1 or 2 for a plain character, 0 for an odd one."""
    return bisect_right(_NARROW, character) % 2 or 2 * (bisect_right(_WIDE, character) % 2)


def has_control(text: str) -> bool:
    """Whether a text holds what is no text: control characters, surrogates."""
    return any(sign < " " or "\x7f" <= sign <= "\x9f" or "\ud800" <= sign <= "\udfff" for sign in text)


class Cells:
    """Texts to cells, remembered: the same texts come again and again."""

    def __init__(self) -> None:
        self._known: dict[str, str | None] = {}
        self._columns: dict[str, int] = {}

    def of(self, text: str) -> str | None:
        """One character a cell, ``REST`` after each wide one; None when a character is odd."""
        if text.isascii() and text.isprintable():
            return text
        known = self._known
        if text in known:
            return known[text]
        if len(known) >= _MOST_KEPT:
            known.clear()
        cells = known[text] = self._made(text)
        return cells

    def _made(self, text: str) -> str | None:
        widths = self._columns
        widest = 1
        for sign in set(text):
            width = widths.get(sign)
            if width is None:
                width = widths[sign] = columns(sign)
            if not width:
                return None
            widest = max(widest, width)
        if widest == 1:
            return text
        return "".join([sign + REST if widths[sign] > 1 else sign for sign in text])
