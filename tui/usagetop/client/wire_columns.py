"""The rows of a page as columns: types checked and numbers packed for all buckets of the page at once.

Where every row has the same fields, no Python code runs for a row. Whole numbers go through ``marshal``, of
whose format this much is used: in a list each int of 32 bits is the letter ``i`` and four bytes, lowest first,
while a bool, a float, a text or a larger int begins with another letter. So one pass in C proves the types and
lays out the byte planes. Should the format ever change, the slower way is taken.
"""

from __future__ import annotations

import json
import marshal
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from operator import itemgetter
from types import NoneType
from typing import Any, cast

from usagetop.client.wire_rows import UNKNOWN
from usagetop.client.wire_values import LARGEST, ROW_NAMES, text_of
from usagetop.model.categories import Category
from usagetop.model.columns import Bucket, Problem
from usagetop.model.packing import Column, Value, coded, pack_counts, pack_values
from usagetop.model.planes import planes_of, without_zeros

Row = dict[str, Any]
# A column of counts: its planes, or the numbers where these have none.
Counts = list[bytes] | tuple[int | None, ...]
_ABSENT: Any = object()
_BREAKDOWN = frozenset({int, NoneType})
_TEXTS, _BOOLEANS = frozenset({str, NoneType}), frozenset({bool, NoneType})
_PLAIN = frozenset({str, NoneType, int, bool, object})
_WORDS = {True: "true", False: "false", None: None}
# The version of marshal's format, what a list takes in it before its items, and what an int takes.
_FORMAT, _HEAD, _INT = 2, 5, 5


class Doubt(Exception):
    """The page is not just as documented."""


class _Texts(dict[Value, str]):
    """The JSON text of each value of a dimension, made once a page; KeyError for what is no value as it is.

    No other type is ever equal to a text or to None: what is true of the distinct values is true of all.
    """

    def __missing__(self, value: Value) -> str:
        if value == "" or type(value) not in _TEXTS:
            raise KeyError(value)
        text = self[value] = json.dumps(value)
        return text


class PageColumns:
    """The rows of a page of ``category``, in columns.

    Raises Doubt unless every row is of the category and every metric is a whole number; a main metric that is
    missing or null is worth a notice, which the exact reader gives.
    """

    def __init__(self, rows: Sequence[Row], category: Category) -> None:
        self._texts = _Texts()
        try:
            self._columns = _columns(rows)
        except (TypeError, AttributeError):
            raise Doubt from None  # a row that is no object
        if self._columns.get("object", ()).count(category.object) != len(rows):
            raise Doubt
        self._counts: dict[str, Counts] = {}
        for metric in category.metrics if rows else ():
            numbers = self._columns.pop(metric.name, None)
            if numbers is not None:
                self._counts[metric.name] = _counted(numbers, main=metric.main)
            elif metric.main:
                raise Doubt
        known = {"object", *(dimension.name for dimension in category.dimensions)}
        self._extras = sorted(self._columns.keys() - known)

    def colons(self) -> int:
        """How many colons the texts of all rows hold; 0 where a field cannot be counted."""
        found = 0
        for name, values in self._columns.items():
            if name != "object":
                with suppress(TypeError):  # an object or a list is not hashable
                    for value, times in Counter(values).items():
                        if isinstance(value, str) and ":" in value:
                            found += value.count(":") * times
        return found

    def packed(self, rows: range, grain: tuple[str, ...], start: int, end: int) -> Bucket:
        """The bucket of these rows, with its edges in UTC seconds; raises Doubt."""
        columns: dict[str, Column] = {}
        problems = []
        for name in grain:
            columns[f"c:d:{name}"], columns[f"d:{name}"] = self._dimension(name, rows)
        for name in self._extras:
            silent = name in ROW_NAMES
            texts, given = _kept(self._columns[name][rows.start : rows.stop], silent=silent)
            if given:
                columns[f"c:x:{name}"], columns[f"x:{name}"] = pack_values(texts)
                if not silent:
                    problems.append(Problem(UNKNOWN, name, given))
        for name, counts in self._counts.items():
            column = _cut(counts, rows)
            if column is not None:
                columns[name] = column
        return Bucket(start, end, len(rows), columns, tuple(problems))

    def _dimension(self, name: str, rows: range) -> tuple[Column, Column]:
        """The codes and the values of a dimension; raises Doubt."""
        values = self._columns[name][rows.start : rows.stop] if name in self._columns else (None,) * len(rows)
        try:
            codes, distinct = coded(values)
            texts = ",".join(map(self._texts.__getitem__, distinct))
        except (KeyError, TypeError):  # an object or a list is not even hashable
            return pack_values(_as_values(name, values))
        return codes, ("v", "", f"[{texts}]".encode("ascii"))


def _as_values(name: str, given: Sequence[Any]) -> Sequence[Value]:
    """``""`` is null, and the booleans of ``batch`` are words; raises Doubt for anything else but text."""
    values = [None if value is _ABSENT else value for value in given]
    types = set(map(type, values))
    if types <= _TEXTS:
        return [value or None for value in values]
    if name == "batch" and types <= _BOOLEANS:
        return [_WORDS[value] for value in values]
    raise Doubt


def _columns(rows: Sequence[Row]) -> dict[str, Sequence[Any]]:
    """The fields of all rows as columns; where a row leaves a field out, _ABSENT stands."""
    first = rows[0] if rows else {}
    if len(first) > 1 and set(map(len, rows)) == {len(first)}:
        with suppress(KeyError):  # as many fields, but not the same
            return dict(zip(first, zip(*map(itemgetter(*first), rows), strict=True), strict=True))
    names: set[str] = set().union(*rows)
    return {name: [row.get(name, _ABSENT) for row in rows] for name in names}


def _counted(numbers: Sequence[Any], *, main: bool) -> Counts:
    """Planes of counts, or the counts themselves; raises Doubt for what the exact reader refuses or tells."""
    with suppress(ValueError):  # _ABSENT cannot be marshalled
        data = marshal.dumps(cast("tuple[int, ...]", numbers), _FORMAT)
        if data[_HEAD:] == b"i\0\0\0\0" * len(numbers):
            return []
        letters, *planes = [data[_HEAD + place :: _INT] for place in range(_INT)]
        # The first item that is no such int would stand where an ``i`` is looked for; ASCII is below 2**7.
        if letters == b"i" * len(numbers) and planes[-1].isascii():
            return without_zeros(planes)
    given = tuple([None if number is _ABSENT else number for number in numbers])
    types = set(map(type, given))
    if (types != {int} and main) or not types <= _BREAKDOWN:
        raise Doubt
    if not all(number is None or -LARGEST < number < LARGEST for number in given):
        raise Doubt
    return planes_of(given) or given


def _cut(counts: Counts, rows: range) -> Column | None:
    """The column of some rows; None where no row gave a number."""
    if not rows:
        return None
    if not counts:
        return "n", "0", b""
    if isinstance(counts, list):
        first, last = rows.start, rows.stop
        planes = without_zeros([plane[first:last] for plane in counts])
        return "n", str(len(planes)), b"".join(planes)
    numbers = counts[rows.start : rows.stop]
    return pack_counts(numbers) if any(number is not None for number in numbers) else None


def _kept(values: Sequence[Any], *, silent: bool) -> tuple[list[Value], int]:
    """JSON texts of a field beside the known ones, and how many rows gave it; floats have lost digits: Doubt."""
    if not set(map(type, values)) <= _PLAIN:
        raise Doubt
    texts = [None if value is _ABSENT or (silent and value is None) else text_of(value) for value in values]
    return texts, len(texts) - texts.count(None)
