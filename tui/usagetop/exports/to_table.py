"""A table of aligned plain text, the same for a terminal and a pipe: only colour differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagetop.exports.pages import page_of
from usagetop.model.cells import width_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from usagetop.exports import Printable
    from usagetop.exports.wording import Column

_BOLD, _DIM, _WARN, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[1;33m", "\x1b[0m"
_GAP = "  "


def render(report: Printable, *, colour: bool = False) -> Iterator[str]:
    """Title, headings, rows, totals; then how complete and fresh it is, and what else must be known."""
    page = page_of(report)
    shown = page.grid
    headings = tuple(column.heading for column in shown.columns)
    widths = [max(map(width_of, cells)) for cells in zip(headings, *shown.lines, *shown.totals, strict=True)]
    yield _styled(page.title, _BOLD, colour) + "\n"
    yield _styled(_line(headings, shown.columns, widths), _DIM, colour) + "\n"
    for line in shown.lines:
        yield _line(line, shown.columns, widths) + "\n"
    for line in shown.totals:
        yield _styled(_line(line, shown.columns, widths), _BOLD, colour) + "\n"
    for sentence in page.said:
        yield _styled(sentence, _BOLD, colour) + "\n"
    holding = " ".join(page.words)
    yield (_styled(holding, _WARN, colour) + _GAP if holding else "") + page.status + "\n"
    for notice in page.notices:
        yield _styled(f"note: {notice.message}", _DIM, colour) + "\n"


def _line(cells: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> str:
    """One line: text to the left, numbers to the right, nothing after the last text."""
    parts = []
    for text, column, width in zip(cells, columns, widths, strict=True):
        blank = " " * (width - width_of(text))
        parts.append(blank + text if column.number else text + blank)
    return _GAP.join(parts).rstrip()


def _styled(text: str, style: str, colour: bool) -> str:  # noqa: FBT001 - passed on
    return f"{style}{text}{_PLAIN}" if colour else text
