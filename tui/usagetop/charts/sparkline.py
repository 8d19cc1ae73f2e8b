"""Charts of one row of text, for the cells of a table: sparklines and share bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagetop.charts.glyphs import EIGHTHS, GAP

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEFT_EIGHTHS = " ▏▎▍▌▋▊▉█"
_ASCII_LEVELS = " ._-=+*%#"
_CELL = 8
# The highest of a sparkline leaves an eighth free, so that the lines of a table do not run into one another.
_LEVELS = 7


def spark(values: Sequence[float | None], width: int, *, ascii_only: bool = False) -> str:
    """``values`` as blocks on one common scale from 0, exactly ``width`` cells, the latest at the right.

    More values than cells are summed into equal bins (the first may be shorter); fewer leave the left empty.
    A gap is ``·``, nothing is blank, and what is not nothing has at least ``▁``. A negative value is ``▔``.
    """
    size = max(1, -(-len(values) // max(1, width)))
    first = len(values) % size
    cuts = ([0] if first else []) + list(range(first, len(values), size))
    bins = [_sum(values[cut : first if cut == 0 and first else cut + size]) for cut in cuts]
    top = max((value for value in bins if value is not None), default=0.0)
    text = "".join(_glyph(value, top, ascii_only=ascii_only) for value in bins)
    return text.rjust(width) if width > 0 else ""


def share_bar(share: float, width: int, *, ascii_only: bool = False) -> str:
    """A horizontal bar: ``share`` (0 to 1, clamped) of ``width`` cells in eighths, padded to ``width``.

    What is not nothing has at least ``▏``, and only all of it fills the last eighth.
    """
    cells = max(0, width)
    if ascii_only:
        return ("#" * round(min(1.0, max(0.0, share)) * cells)).ljust(cells)
    whole = cells * _CELL
    eighths = round(min(1.0, max(0.0, share)) * whole)
    if whole and share > 0:
        eighths = max(1, eighths if share >= 1 else min(eighths, whole - 1))
    full, rest = divmod(eighths, _CELL)
    return ("█" * full + (_LEFT_EIGHTHS[rest] if rest else "")).ljust(cells)


def _sum(values: Sequence[float | None]) -> float | None:
    """The sum of what is known; None where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _glyph(value: float | None, top: float, *, ascii_only: bool) -> str:
    """The block of one value on a scale from 0 to ``top``."""
    if value is None:
        return "?" if ascii_only else GAP
    if value <= 0:
        return " " if value == 0 else "'" if ascii_only else "▔"
    if ascii_only:
        return _ASCII_LEVELS[max(1, round(value / top * _CELL))]
    return EIGHTHS[max(1, round(value / top * _LEVELS))]
