"""Exact sums of several columns by group, with one addition a row.

The planes of all columns are woven into one whole number a row, each column in a slot with room for the sum of
very many rows above it, so that no column ever carries into the next one. Sums of such numbers are taken apart
only now and then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagetop.model.columns import MOST_ROWS
from usagetop.model.planes import woven

if TYPE_CHECKING:
    from collections.abc import Mapping

    from usagetop.analysis.grouping import Placed
    from usagetop.model.columns import Planes

# Bytes above a column's own: the sum of MOST_ROWS numbers has so many more.
_ROOM = 3
_BITS = 8


class WovenSums:
    """Running sums by group of columns that come in planes."""

    def __init__(self) -> None:
        self._widths: dict[str, int] = {}
        self._places: dict[str, int] = {}  # of each column's lowest byte
        self._size = 0
        self._sums: dict[str, list[int]] = {}
        # What was added since they were last taken apart: one woven number a group, and of how many rows.
        self._added: list[int] = []
        self._rows = 0

    def add(self, columns: Mapping[str, Planes], rows: int, placed: Placed) -> list[int]:
        """Add the kept ones of a bucket's ``rows``; returns its woven sums, one a code of ``placed``."""
        self._make_room({name: planes.width for name, planes in columns.items()}, rows)
        parts = [(self._places[name], planes.data) for name, planes in columns.items() if planes.width]
        numbers = placed.chosen(woven(parts, self._size, rows) if parts else ())
        sums = [0] * len(placed.groups)
        if len(sums) == 1:
            sums[0] = sum(numbers)
        else:
            # The one loop of Python code that runs for every row: everything else here serves to keep it short.
            for code, number in zip(placed.codes, numbers, strict=False):
                sums[code] += number
        added = self._added
        added += [0] * (1 + max(placed.groups, default=-1) - len(added))
        for group, number in zip(placed.groups, sums, strict=True):
            added[group] += number
        self._rows += rows
        return sums

    def column(self, name: str, number: int) -> int:
        """The sum of one column in a woven sum."""
        width = self._widths[name]
        if not width:
            return 0
        return (number >> _BITS * self._places[name]) & ((1 << _BITS * (width + _ROOM)) - 1)

    def sums(self, name: str, groups: int) -> list[int]:
        """The sums of one column, one for each of so many groups."""
        self._take_apart()
        found = self._sums.get(name, [])
        return found + [0] * (groups - len(found))

    def _make_room(self, widths: Mapping[str, int], rows: int) -> None:
        """Make slots as wide as the columns of the next bucket, and able to take its rows."""
        wider = {name: width for name, width in widths.items() if width > self._widths.get(name, -1)}
        if wider or self._rows + rows > MOST_ROWS:
            self._take_apart()
        if wider:
            self._widths.update(wider)
            self._size = 0
            for name, width in self._widths.items():
                self._places[name] = self._size
                self._size += width + _ROOM if width else 0

    def _take_apart(self) -> None:
        """Add what was added since the last time to the sums of each column."""
        if not self._rows:
            return
        for name, width in self._widths.items():
            sums = self._sums.setdefault(name, [])
            sums += [0] * (len(self._added) - len(sums))
            if width:
                shift, mask = _BITS * self._places[name], (1 << _BITS * (width + _ROOM)) - 1
                self._sums[name] = [
                    total + ((number >> shift) & mask)
                    for total, number in zip(sums, self._added, strict=True)
                ]
        self._added = [0] * len(self._added)
        self._rows = 0
