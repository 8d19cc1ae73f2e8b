"""Where the table's columns stand: digits are never cut, columns that do not fit drop from the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from usagetop.widgets.content import Column

# Cells before the first column: the cursor's marker, the mark or tone of the row, and a blank.
GUTTER = 3
GAP = 2
_LEAST_TEXT, _LEAST_TEXT_WIDE = 30, 32
# What is left of a name where a number that one came for would not fit else.
_LEAST_TEXT_DEAR = 15
_LEAST_BAR, _MOST_BAR = 8, 28
# From this width on the bar comes before further number columns.
_ROOM_FOR_BAR = 100
# Cells for the mark that says how many columns dropped: ``11 ›``.
_DROPPED = 5


class Slot(NamedTuple):
    """Where a column stands: its place among all columns, its x and its width in cells.

    ``bar`` is the part of a share column's width that its bar takes.
    """

    place: int
    column: Column
    x: int
    width: int
    bar: int = 0


class Layout(NamedTuple):
    """The columns that are drawn, and how many are not: before (scrolled away) and after them."""

    slots: tuple[Slot, ...]
    before: int
    after: int


def lay_out(columns: Sequence[Column], natural: Sequence[int], width: int, first: int) -> Layout:
    """Place the columns into ``width`` cells; ``first`` is how many of the number columns are scrolled away.

    ``natural`` are the widths that the columns would like. Text columns always stay: a number without its row's
    name says nothing.
    """
    layout = _place(columns, natural, width, first)
    return _place(columns, natural, width - _DROPPED, first) if layout.after else layout


def _place(columns: Sequence[Column], natural: Sequence[int], width: int, first: int) -> Layout:
    texts = [index for index, column in enumerate(columns) if column.kind == "dimension"]
    others = [index for index, column in enumerate(columns) if column.kind != "dimension"]
    first = max(0, min(first, len(others) - 1))
    bars = {
        index: _LEAST_BAR for index in others if columns[index].kind == "share" and width >= _ROOM_FOR_BAR
    }
    room = width - GUTTER
    least = _LEAST_TEXT_WIDE if width >= _ROOM_FOR_BAR else _LEAST_TEXT
    taken = 0
    shown: list[int] = []
    for index in others[first:]:
        taken += natural[index] + (bars[index] + 1 if index in bars else 0) + GAP
        shortest = min(least, _LEAST_TEXT_DEAR) if columns[index].dear else least
        if taken + sum(min(natural[text], shortest) + GAP for text in texts) > room and shown:
            break
        shown.append(index)
    bars = {index: bar for index, bar in bars.items() if index in shown}
    numbers = sum(natural[index] + GAP for index in shown) + sum(bar + 1 for bar in bars.values())
    widths = {index: natural[index] for index in shown}
    widths.update(_text_widths(texts, natural, room - numbers))
    spare = room - numbers - sum(widths[index] + GAP for index in texts)
    slots = []
    x = GUTTER
    for index in (*texts, *shown):
        bar = min(_MOST_BAR, bars[index] + max(0, spare)) if index in bars else 0
        whole = widths[index] + (bar + 1 if bar else 0)
        slots.append(Slot(index, columns[index], x, whole, bar))
        x += whole + GAP
    return Layout(tuple(slots), first, len(others) - first - len(shown))


def _text_widths(texts: list[int], natural: Sequence[int], room: int) -> dict[int, int]:
    """Share ``room`` among the text columns: the short ones get what they want, the long ones the rest."""
    widths: dict[int, int] = {}
    left = room
    for position, index in enumerate(sorted(texts, key=lambda index: natural[index])):
        fair = max(1, left // (len(texts) - position) - GAP)
        widths[index] = min(natural[index], fair)
        left -= widths[index] + GAP
    return widths


def scroll_mark(rows: int, page: int, top: int, line: int) -> str:
    """The cell at the right end of a line: where the ``page`` visible rows from ``top`` on stand among all."""
    if rows <= page:
        return ""
    size = max(1, page * page // rows)
    place = top * (page - size) // (rows - page)
    return "▐" if place <= line < place + size else " "
