"""The characters that charts are drawn with, in Unicode and in ASCII, with colours and without.

All of them are one cell wide in every terminal that is not set to draw ambiguous characters wide.
"""

from __future__ import annotations

from dataclasses import dataclass

EIGHTHS = " ▁▂▃▄▅▆▇█"
GAP = "·"


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One way to draw.

    ``rising[n]`` fills n eighths of a cell from below, ``hanging[n]`` from above, and where it equals
    ``rising[8]`` the whole cell, which a group fills with its own character: ``fills`` are one a tone (index 8: other), the same for all where colours tell groups apart. ``open_fill`` is for the bucket
    that is not complete. ``floor`` is the line that bars stand on, ``open_floor`` its part under that bucket,
    ``gap`` its part where a bucket is missing, ``grid`` the line at a tick. ``marks`` stand in the legend.
    """

    rising: str
    hanging: str
    fills: str
    open_fill: str
    floor: str
    open_floor: str
    gap: str
    grid: str
    marks: str
    ellipsis: str
    patterned: bool


_HANGING = " ▔▔▀▀▀███"
COLOURED = Glyphs(
    rising=EIGHTHS,
    hanging=_HANGING,
    fills="█" * 9,
    open_fill="▒",
    floor="▔",
    open_floor="╌",
    gap=GAP,
    grid="▔",
    marks="■" * 9,
    ellipsis="…",
    patterned=False,
)
# Neighbours in the stack differ as much as patterns can.
_PATTERNS = "█░▓▒#=%+:"
PLAIN = Glyphs(
    rising=EIGHTHS,
    hanging=_HANGING,
    fills=_PATTERNS,
    open_fill="",
    floor="▔",
    open_floor="╌",
    gap=GAP,
    grid="▔",
    marks=_PATTERNS,
    ellipsis="…",
    patterned=True,
)
_LETTERS = "#=%+ox*~@"
ASCII = Glyphs(
    rising=" ___#####",
    hanging=" '''#####",
    fills=_LETTERS,
    open_fill="",
    floor="-",
    open_floor="~",
    gap=".",
    grid="-",
    marks=_LETTERS,
    ellipsis=".",
    patterned=True,
)


def glyphs_for(*, ascii_only: bool, colour: bool) -> Glyphs:
    """The glyphs of a terminal. ASCII always draws patterns; colours then come on top of them."""
    if ascii_only:
        return ASCII
    return COLOURED if colour else PLAIN
