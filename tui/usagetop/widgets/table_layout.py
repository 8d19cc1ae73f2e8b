"""Where the table's columns stand: digits are never cut, columns that do not fit drop from the right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from usagetop.widgets.table_content import Column, TableContent

# Two cells before the first column: the cursor's marker and the mark of a marked row.
GUTTER = 2
GAP = 2
_LEAST_TEXT = 14
_LEAST_BAR, _MOST_BAR = 6, 28


@dataclass(frozen=True, slots=True)
class Slot:
    """A column's place: its index among all columns, its x and its width in cells.

    ``bar`` is the part of a share column's width that its bar takes.
    """

    index: int
    column: Column
    x: int
    width: int
    bar: int = 0


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns that are drawn, and how many are not: before (scrolled away) and after them."""

    slots: tuple[Slot, ...]
    before: int
    after: int


def lay_out(content: TableContent, width: int, first: int) -> Layout:
    """Place the columns into ``width`` cells; ``first`` is how many of the number columns are scrolled away.

    Text columns always stay: a number without its row's name says nothing.
    """
    columns = content.columns
    natural = content.natural_widths
    texts = [index for index, column in enumerate(columns) if column.kind == "dimension"]
    others = [index for index, column in enumerate(columns) if column.kind != "dimension"]
    first = min(first, max(0, len(others) - 1))
    room = width - GUTTER
    texts_least = sum(min(natural[index], _LEAST_TEXT) + GAP for index in texts)
    shown: list[int] = []
    taken = texts_least
    for index in others[first:]:
        wanted = natural[index] + GAP
        if taken + wanted > room and shown:
            break
        shown.append(index)
        taken += wanted
    widths = {index: natural[index] for index in shown}
    texts_width = room - sum(natural[index] + GAP for index in shown)
    widths.update(_text_widths(texts, natural, texts_width))
    spare = room - sum(width + GAP for width in widths.values())
    bar = min(_MOST_BAR, spare - 1) if spare > _LEAST_BAR else 0
    slots = []
    x = GUTTER
    for index in (*texts, *shown):
        grown = bar + 1 if bar and columns[index].kind == "share" else 0
        slots.append(Slot(index, columns[index], x, widths[index] + grown, bar if grown else 0))
        x += widths[index] + grown + GAP
    return Layout(tuple(slots), first, len(others) - first - len(shown))


def _text_widths(texts: list[int], natural: tuple[int, ...], room: int) -> dict[int, int]:
    """Share ``room`` among the text columns: the short ones get what they want, the long ones the rest."""
    widths: dict[int, int] = {}
    left = room
    for position, index in enumerate(sorted(texts, key=lambda index: natural[index])):
        fair = max(1, left // (len(texts) - position) - GAP)
        widths[index] = min(natural[index], fair)
        left -= widths[index] + GAP
    return widths
