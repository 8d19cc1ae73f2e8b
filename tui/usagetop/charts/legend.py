"""The legend: which mark is which group, and how much it is; beside the chart or in lines below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from usagetop.analysis import numbers
from usagetop.analysis.series import total
from usagetop.charts.picture import OTHER, Span, blank, row_width
from usagetop.model.cells import fit, width_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from usagetop.analysis.series import Key, Line, Series
    from usagetop.charts.glyphs import Glyphs

Row = tuple[Span, ...]
_LABEL_BELOW = 24
_APART = 3
_PERCENT = 6
_WIDE_ENOUGH = 34
_LEAST_LABEL = 6


@dataclass(frozen=True, slots=True)
class Entry:
    """One group of the legend; ``number`` and ``percent`` are empty where nothing is known."""

    mark: str
    tone: int
    label: str
    number: str
    percent: str
    dim: bool
    bold: bool


def tone_of(line: Line, rank: int) -> int:
    """The tone of a line: its rank among the groups, or that of the rest."""
    return OTHER if line.key is None else min(rank, OTHER - 1)


def stands_back(line: Line, highlight: Key | None) -> bool:
    """Whether another group is highlighted."""
    return highlight is not None and line.key != highlight


def entries(series: Series, glyphs: Glyphs, highlight: Key | None) -> tuple[Entry, ...]:
    """The legend's entries, in the order of the lines."""
    totals = [total(line, series.kind) for line in series.lines]
    whole = sum(value for value in totals if value is not None)
    found = []
    for rank, (line, value) in enumerate(zip(series.lines, totals, strict=True)):
        tone = tone_of(line, rank)
        number = "" if value is None else numbers.short(value, series.unit, currency=series.currency)
        sensible = value is not None and value >= 0 and whole > 0
        percent = numbers.percent(value / whole) if sensible and value is not None else ""
        dim = stands_back(line, highlight)
        bold = highlight is not None and not dim
        found.append(Entry(glyphs.marks[tone], tone, line.label, number, percent, dim, bold))
    return tuple(found)


def beside(found: Sequence[Entry], width: int, height: int) -> list[Row]:
    """At most ``height`` rows of ``width`` cells: mark, label, number, and the share where there is room."""
    figures = max((len(entry.number) for entry in found), default=0)
    shares = _PERCENT + 1 if width >= _WIDE_ENOUGH and any(entry.percent for entry in found) else 0
    room = width - 2 - 1 - figures - shares
    if room < _LEAST_LABEL:
        return []
    shown = found if len(found) <= height else found[: height - 1]
    rows: list[Row] = []
    for entry in shown:
        label = fit(entry.label, room)
        row = [
            Span(f"{entry.mark} ", entry.tone, dim=entry.dim),
            Span(label + " " * (room - width_of(label) + 1), dim=entry.dim, bold=entry.bold),
            Span(entry.number.rjust(figures), dim=entry.dim, bold=entry.bold),
        ]
        if shares:
            row.append(Span(entry.percent.rjust(shares), dim=True))
        rows.append(tuple(row))
    if len(shown) < len(found) and height > 0:
        rest = f"  +{len(found) - len(shown)} more"
        rows.append((Span(rest.ljust(width), dim=True),))
    return rows


def below(found: Sequence[Entry], width: int, most: int) -> list[Row]:
    """At most ``most`` lines of ``width`` cells: as many groups as fit, then how many more there are."""
    lines: list[list[Span]] = [[]]
    left = len(found)
    for entry in found:
        piece = _piece(entry)
        more = 0 if left == 1 else len(f"+{left - 1}") + _APART
        used = row_width(lines[-1])
        need = row_width(piece) + (_APART if used else 0)
        # Room for "+3" is kept on the last line only: earlier ones break and go on.
        if used + need + (more if len(lines) == most else 0) > width and used:
            if len(lines) == most:
                break
            lines.append([])
            used = 0
            need = row_width(piece)
        if used + need > width:
            break
        lines[-1] += [blank(_APART), *piece] if used else piece
        left -= 1
    if left and left < len(found):
        rest = f"+{left}"
        if row_width(lines[-1]) + _APART + len(rest) <= width:
            lines[-1] += [blank(_APART), Span(rest, dim=True)]
    return [_padded(line, width) for line in lines if line]


def _piece(entry: Entry) -> list[Span]:
    """``■ gpt-5.5, input $1,234.56``."""
    label = fit(entry.label, _LABEL_BELOW)
    return [
        Span(f"{entry.mark} ", entry.tone, dim=entry.dim),
        Span(f"{label} ", dim=entry.dim, bold=entry.bold),
        Span(entry.number, dim=True),
    ]


def _padded(line: Sequence[Span], width: int) -> Row:
    """The line, filled with blanks to its width."""
    return tuple(span for span in (*line, blank(width - row_width(line))) if span.text)
