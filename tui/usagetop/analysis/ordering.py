"""The order of a frame's rows: by a metric or a dimension, ties by dimensions, empty values last.

Nothing here holds up other threads for long, whatever the number of rows: a sort of a million numbers in one
piece would stop a screen for a third of a second, also from a thread of its own.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from functools import cached_property
from itertools import repeat
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from usagetop.analysis.grouping import Key

# From a quarter of tied rows on, all are sorted by their dimensions at once.
_TIED_SHARE = 4
# Rows that are sorted in one go: some milliseconds.
_PIECE = 8_192
# So many samples a piece settle where the pieces meet.
_SAMPLES = 8
# So many orders are kept: the one on the screen, the one before it, and that of the dimensions.
_KEPT = 3


def sorted_rows(
    rows: Sequence[int],
    key: Callable[[int], Any],
    *,
    descending: bool = False,
    piece: int = _PIECE,
) -> list[int]:
    """``rows`` sorted by ``key``; rows of equal keys keep their order. What is long is sorted in pieces."""
    if len(rows) <= 2 * piece:
        return sorted(rows, key=key, reverse=descending)
    step = max(1, piece // _SAMPLES)
    sample = sorted(map(key, rows[::step]))
    edges = [sample[0]]
    for edge in sample[_SAMPLES::_SAMPLES]:
        if edge != edges[-1]:
            edges.append(edge)
    pieces: list[list[int]] = [[] for _ in range(len(edges) + 1)]
    into = [each.append for each in pieces]
    for begin in range(0, len(rows), piece):
        chunk = rows[begin : begin + piece]
        for row, place in zip(chunk, map(bisect_right, repeat(edges), map(key, chunk)), strict=True):
            into[place](row)
    result: list[int] = []
    for each in reversed(pieces) if descending else pieces:
        result += sorted(each, key=key, reverse=descending)
    return result


def compact(rows: Sequence[int]) -> Sequence[int]:
    """Rows to be kept: where they are very many, as plain numbers, which the garbage collector does not look at."""
    if len(rows) <= 2 * _PIECE:
        return rows
    result = array("I")
    for begin in range(0, len(rows), _PIECE):
        result.extend(rows[begin : begin + _PIECE])
    return result


class Ordering:
    """The orders of the rows of one frame.

    ``keys`` hold one value for each of ``dims``, ``columns`` one value for each key. ``apart``: amounts of
    several currencies stay apart, usd first.
    """

    def __init__(
        self,
        dims: tuple[str, ...],
        keys: Sequence[Key],
        columns: Mapping[str, Sequence[Any]],
        *,
        apart: bool,
    ) -> None:
        self._dims = dims
        self._keys = keys
        self._columns = columns
        self._apart = apart
        self._ranks: dict[int, dict[str | int | None, int]] = {}
        self._made: dict[tuple[str, bool], Sequence[int]] = {}

    def rows(self, column: str, *, descending: bool) -> Sequence[int]:
        """Row indices sorted by a metric or dimension; by the dimensions where it is none of both."""
        if column not in self._dims and column not in self._columns:
            return self.by_dims
        wanted = (column, descending)
        made = self._made.pop(wanted, None)
        if made is None:
            made = compact(self._sorted(column, descending=descending))
        self._made[wanted] = made
        while len(self._made) > _KEPT:
            del self._made[next(iter(self._made))]
        return made

    @cached_property
    def by_dims(self) -> Sequence[int]:
        """Row indices by dimensions ascending, null last, usd before other currencies."""
        # One whole number a row, its digits the places of the row's values: far faster to compare than keys.
        places = [0] * len(self._keys)
        for at in range(len(self._dims)):
            ranks = self.ranks(at)
            size = len(ranks)
            places = [place * size + ranks[key[at]] for place, key in zip(places, self._keys, strict=True)]
        return compact(sorted_rows(range(len(self._keys)), places.__getitem__))

    def ranks(self, at: int) -> dict[str | int | None, int]:
        """The place of each value of one dimension: ascending, null last, usd before other currencies."""
        if at not in self._ranks:
            values = self.values(at)
            given: Sequence[Any] = [value for value in values if value is not None]
            ordered = [given[place] for place in sorted_rows(range(len(given)), given.__getitem__)]
            if self._dims[at] == "currency":
                ordered.sort(key=lambda value: value != "usd")
            if len(given) < len(values):
                ordered.append(None)
            self._ranks[at] = {value: place for place, value in enumerate(ordered)}
        return self._ranks[at]

    def values(self, at: int) -> Sequence[str | int | None]:
        """The different values of one dimension; they are not made one set of where every row has its own."""
        if len(self._dims) == 1:
            return [key[at] for key in self._keys]
        return list({key[at] for key in self._keys})

    def _sorted(self, column: str, *, descending: bool) -> list[int]:
        if column in self._dims:
            return self._by_dimension(self._dims.index(column), descending=descending)
        values = self._columns[column]
        given = [index for index, value in enumerate(values) if value is not None]
        result = sorted_rows(given, values.__getitem__, descending=descending)
        self._settle_ties(result, values)
        if len(result) < len(values):
            result += [index for index in self.by_dims if values[index] is None]
        if column == "amount" and self._apart:
            ranks = self.ranks(len(self._dims) - 1)
            result = sorted_rows(result, lambda index: ranks[self._keys[index][-1]])
        return result

    def _by_dimension(self, at: int, *, descending: bool) -> list[int]:
        """Sorted by one dimension; most rows are tied, so all begin in the order of their dimensions."""
        ranks = self.ranks(at)
        places = [ranks[key[at]] for key in self._keys]
        last = ranks.get(None, len(ranks))
        given = [index for index in self.by_dims if places[index] != last]
        result = sorted_rows(given, places.__getitem__, descending=descending)
        return result + [index for index in self.by_dims if places[index] == last]

    def _settle_ties(self, rows: list[int], values: Sequence[Any]) -> None:
        """Put rows of equal values, which stand together, into the order of their dimensions."""
        runs = []
        begin = 0
        for at in range(1, len(rows) + 1):
            if at == len(rows) or values[rows[at]] != values[rows[begin]]:
                if at - begin > 1:
                    runs.append((begin, at))
                begin = at
        # Sorting all keys once pays only where many are tied: most views have few.
        if sum(end - begin for begin, end in runs) * _TIED_SHARE > len(rows):
            place = [0] * len(self._keys)
            for number, index in enumerate(self.by_dims):
                place[index] = number
            for begin, end in runs:
                rows[begin:end] = sorted_rows(rows[begin:end], place.__getitem__)
            return
        for begin, end in runs:
            rows[begin:end] = sorted(rows[begin:end], key=self._sort_key)

    def _sort_key(self, index: int) -> tuple[tuple[bool, bool, str | int], ...]:
        """A row's dimensions in a form that sorts: ascending, null last, usd before other currencies."""
        return tuple(
            (value is None, name == "currency" and value != "usd", "" if value is None else value)
            for name, value in zip(self._dims, self._keys[index], strict=True)
        )
