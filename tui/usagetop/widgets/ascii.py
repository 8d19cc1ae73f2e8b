"""The ASCII fallback: where the locale is not UTF-8, every drawn character becomes one that it can show."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.filter import LineFilter

from usagetop.model.cells import width_of

if TYPE_CHECKING:
    from textual.color import Color

_SIGNS = str.maketrans(
    {
        **dict.fromkeys("▸→›", ">"),
        **dict.fromkeys("‹←", "<"),
        **dict.fromkeys("↑▲", "^"),
        **dict.fromkeys("↓▼", "v"),
        **dict.fromkeys("·•", "-"),
        **dict.fromkeys("●■", "*"),
        **dict.fromkeys("…", "~"),
        **dict.fromkeys("–—─━╌▔▁▂", "-"),
        **dict.fromkeys("│┃▐▍▎▏▌╎", "|"),
        **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼", "+"),
        **dict.fromkeys("█▓▒░▀▉▊▋▇▆▅▄▃", "#"),
        **dict.fromkeys("×", "x"),
    }
)


class AsciiFilter(LineFilter):
    """Replaces what is not ASCII, cell for cell, in everything that is drawn."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual's
        """The same segments in ASCII."""
        return [
            segment
            if segment.text.isascii()
            else Segment(in_ascii(segment.text), segment.style, segment.control)
            for segment in segments
        ]


@lru_cache(4096)
def in_ascii(text: str) -> str:
    """``text`` in ASCII, as many cells wide; what has no likeness becomes ``?``."""
    return "".join(
        character if character.isascii() else "?" * width_of(character)
        for character in text.translate(_SIGNS)
    )
