"""The characters that charts are drawn with, in Unicode and in ASCII, with colours and without.

All of them are one cell wide in every terminal that is not set to draw ambiguous characters wide.
"""

from __future__ import annotations

from typing import NamedTuple

EIGHTHS = " ▁▂▃▄▅▆▇█"
GAP = "·"


class Glyphs(NamedTuple):
    """One way to draw.

    ``rising[n]`` fills n eighths of a cell from below, ``hanging[n]`` from above. Where it equals ``rising[8]``
    the whole cell is filled, which every group does with a character of its own: ``fills`` are one a tone (index
    8: other), the same for all where colours tell groups apart. ``floor`` is the line that bars stand on,
    ``open_floor`` its part under the bucket that is not complete, ``gap`` its part where a bucket is missing,
    ``grid`` the line at a mark of the axis. ``marks`` stand in the legend. ``patterned``: one group a cell.
    ``earlier`` marks how high the total of an earlier period was, ``odd`` a bucket that leaves its usual band.
    """

    rising: str
    hanging: str
    fills: str
    floor: str
    open_floor: str
    gap: str
    grid: str
    marks: str
    patterned: bool
    earlier: str = "━"
    odd: str = "▾"


_HANGING = " ▔▔▀▀▀███"
COLOURED = Glyphs(
    rising=EIGHTHS,
    hanging=_HANGING,
    fills="█" * 9,
    floor="▔",
    open_floor="╌",
    gap=GAP,
    grid="▔",
    marks="■" * 9,
    patterned=False,
)
# Neighbours in the stack differ as much as patterns can.
_PATTERNS = "█░▓▒#=%+:"
PLAIN = Glyphs(
    rising=EIGHTHS,
    hanging=_HANGING,
    fills=_PATTERNS,
    floor="▔",
    open_floor="╌",
    gap=GAP,
    grid="▔",
    marks=_PATTERNS,
    patterned=True,
)
_LETTERS = "#=%+ox*~@"
ASCII = Glyphs(
    rising=" ___#####",
    hanging=" '''#####",
    fills=_LETTERS,
    floor="-",
    open_floor="~",
    gap=".",
    grid="-",
    marks=_LETTERS,
    patterned=True,
    earlier="^",
    odd="v",
)


# What lines are drawn with where colours cannot tell them apart: a character for each, as in the legend.
_LINE_MARKS = "*+xo#%=&:"
TOTAL_MARK = "T"


def glyphs_for(*, ascii_only: bool, colour: bool) -> Glyphs:
    """The glyphs of bars in a terminal. ASCII always draws patterns; colours then come on top of them."""
    if ascii_only:
        return ASCII
    return COLOURED if colour else PLAIN


def line_glyphs(*, ascii_only: bool, colour: bool) -> Glyphs:
    """The glyphs of lines: ``fills`` are what each is drawn with, where they are ``patterned``."""
    glyphs = glyphs_for(ascii_only=ascii_only, colour=colour)
    return glyphs._replace(fills=_LINE_MARKS, marks=_LINE_MARKS) if glyphs.patterned else glyphs
