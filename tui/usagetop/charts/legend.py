"""The legend: which mark is which group, and how much it is; beside the chart or in lines below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from usagetop.analysis import numbers
from usagetop.analysis.series import Line, total
from usagetop.charts.glyphs import TOTAL_MARK
from usagetop.charts.picture import OTHER, Span, blank, row_width
from usagetop.model.cells import fit, width_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from usagetop.analysis.series import Key, Series
    from usagetop.charts.glyphs import Glyphs

Row = tuple[Span, ...]
# What labels are shortened to, one after the other, until all groups fit.
_LABELS_BELOW = (28, 20, 16)
_BRIEF = 7
_APART = 3
_PERCENT = 6
_WIDE_ENOUGH = 32
_LEAST_LABEL = 6


class Entry(NamedTuple):
    """One group of the legend; ``number``, ``brief`` (it in few cells) and ``percent`` are empty when unknown."""

    mark: str
    tone: int | None
    label: str
    number: str
    brief: str
    percent: str
    dim: bool
    bold: bool


def tone_of(line: Line, rank: int) -> int:
    """The tone of a line: its rank among the groups, or that of the rest."""
    return OTHER if line.key is None else min(rank, OTHER - 1)


def stands_back(line: Line, highlight: Key | None) -> bool:
    """Whether another group is highlighted."""
    return highlight is not None and line.key != highlight


def entries(
    series: Series, glyphs: Glyphs, highlight: Key | None, *, with_total: bool = False
) -> tuple[Entry, ...]:
    """The legend's entries, in the order of the lines; ``with_total``: the sum of all before them."""
    totals = [total(line, series.kind) for line in series.lines]
    whole = sum(value for value in totals if value is not None)
    found = [_total(series, glyphs, whole)] if with_total else []
    for rank, (line, value) in enumerate(zip(series.lines, totals, strict=True)):
        tone = tone_of(line, rank)
        number, brief = _figures(series, value)
        sensible = series.has_shares and value is not None and value >= 0 and whole > 0
        percent = numbers.percent(value / whole) if sensible and value is not None else ""
        dim = stands_back(line, highlight)
        bold = highlight is not None and not dim
        found.append(Entry(glyphs.marks[tone], tone, line.label, number, brief, percent, dim, bold))
    if series.earlier and not with_total:
        before = total(Line(None, "", series.earlier), series.kind)
        found.append(
            Entry(
                glyphs.earlier,
                None,
                series.earlier_label,
                *_figures(series, before),
                "",
                dim=False,
                bold=True,
            )
        )
    return tuple(found)


def _total(series: Series, glyphs: Glyphs, whole: float) -> Entry:
    """The entry of the line that is the sum of all lines."""
    mark = TOTAL_MARK if glyphs.patterned else glyphs.marks[0]
    return Entry(mark, None, "total", *_figures(series, whole), percent="", dim=False, bold=True)


def _figures(series: Series, value: float | None) -> tuple[str, str]:
    """A number as it reads best, and in few cells."""
    if value is None:
        return "", ""
    return (
        numbers.short(value, series.unit, currency=series.currency),
        numbers.short(value, series.unit, currency=series.currency, width=_BRIEF),
    )


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
            Span(f"{entry.mark} ", entry.tone, dim=entry.dim, bold=entry.tone is None),
            Span(label + " " * (room - width_of(label) + 1), dim=entry.dim, bold=entry.bold),
            Span(entry.number.rjust(figures), dim=entry.dim, bold=entry.bold),
        ]
        if shares:
            row.append(Span(entry.percent.rjust(shares), dim=True))
        rows.append(tuple(span for span in row if span.text))
    if len(shown) < len(found) and height > 0:
        rest = f"  +{len(found) - len(shown)} more"
        rows.append((Span(rest.ljust(width), dim=True),))
    return rows


def below(found: Sequence[Entry], width: int, most: int) -> list[Row]:
    """At most ``most`` lines of ``width`` cells: as many groups as fit, then how many more there are.

    Labels are shortened before groups are left out.
    """
    # The first of the best: labels no shorter than they must be.
    lines, _ = min(
        (_lines(found, width, most, longest) for longest in _LABELS_BELOW), key=lambda choice: choice[1]
    )
    return [_padded(line, width) for line in lines if line]


def _lines(found: Sequence[Entry], width: int, most: int, longest: int) -> tuple[list[list[Span]], int]:
    """The lines with labels of at most ``longest`` cells, and how many groups found no room."""
    lines: list[list[Span]] = [[]]
    left = len(found)
    for entry in found:
        piece = _piece(entry, longest)
        # Room for "+3" is kept on the last line only: earlier ones break and go on.
        more = _APART + len(f"+{left - 1}") if left > 1 and len(lines) == most else 0
        used = row_width(lines[-1])
        if used and used + _APART + row_width(piece) + more > width and len(lines) < most:
            lines.append([])
            used = 0
        if used + (_APART if used else 0) + row_width(piece) + more > width:
            break
        lines[-1] += [blank(_APART), *piece] if used else piece
        left -= 1
    rest = f"+{left}"
    if left and lines[-1] and row_width(lines[-1]) + _APART + len(rest) <= width:
        lines[-1] += [blank(_APART), Span(rest, dim=True)]
    return lines, left


def _piece(entry: Entry, longest: int) -> list[Span]:
    """``■ gpt-5.5, input $1,235``."""
    label = fit(entry.label, longest)
    return [
        Span(f"{entry.mark} ", entry.tone, dim=entry.dim, bold=entry.tone is None),
        Span(f"{label} ", dim=entry.dim, bold=entry.bold),
        Span(entry.brief, dim=True),
    ]


def _padded(line: Sequence[Span], width: int) -> Row:
    """The line, filled with blanks to its width."""
    return tuple(span for span in (*line, blank(width - row_width(line))) if span.text)
