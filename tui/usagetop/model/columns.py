"""Packed buckets: the rows of one time bucket as columns, small in memory and on disk.

A dimension column is dictionary-coded; counts are byte planes where they can be; money and quantities are exact
(``model.packing``). A bucket has one binary form (``encode``/``decode``), the same for the same rows; columns
are unpacked only when somebody asks for them, so a roll-up pays for the metrics that its view shows.

Layout of the binary form: 4 bytes length of the header, the header (JSON), the columns' bytes, the summary.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from usagetop.model.packing import (
    DAMAGED,
    Column,
    T,
    Value,
    pack_amounts,
    pack_counts,
    pack_values,
    read_amounts,
    read_list,
)
from usagetop.model.planes import MOST_PLANES, numbers_of

if TYPE_CHECKING:
    from array import array
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from decimal import Decimal

__all__ = ["MOST_ROWS", "Bucket", "Planes", "Problem", "Value", "decode", "pack"]

_LENGTH = 4
# Far more than a page can hold; whoever sums rows may rely on it.
MOST_ROWS = 1 << 24
_WIDTHS = frozenset(map(str, range(MOST_PLANES + 1)))


class Problem(NamedTuple):
    """What could not be read in a bucket: a notice code of INTERFACE.md, the field, and how many rows.

    ``unreadable_values`` and ``unknown_objects`` make an answer incomplete, ``missing_values`` and
    ``unknown_fields`` do not. ``field`` is the raw field or object name, never drawn as it is.
    """

    code: str
    field: str
    rows: int


class Planes(NamedTuple):
    """A column of counts as it is stored: ``width`` planes in ``data``, and a flag a row, empty: all given."""

    width: int
    data: bytes
    given: bytes


class Bucket(NamedTuple):
    """The rows of one time bucket, packed.

    ``start`` and ``end`` are its aligned edges in UTC seconds. ``dims`` are the dimension columns that the
    answer was grouped by (for costs also ``currency`` and ``quantity_unit``); ``metrics`` are those that some
    row gave. ``extras`` are fields that usagetop has no use for, kept as JSON texts. ``strays`` are rows of an
    unknown object, whole, as JSON texts: kept and shown, never added. ``summary`` is the binary form of the
    same counts by fewer dimensions, or empty: only stored buckets have one, and it says nothing new.
    """

    start: int
    end: int
    rows: int
    columns: Mapping[str, Column]
    problems: tuple[Problem, ...] = ()
    strays: tuple[str, ...] = ()
    summary: bytes = b""

    def _names(self, kinds: str) -> tuple[str, ...]:
        return tuple(name for name, (kind, _, _) in self.columns.items() if kind in kinds)

    @property
    def dims(self) -> tuple[str, ...]:
        """Names of the dimension columns."""
        return tuple(name[2:] for name in self._names("v") if name.startswith("d:"))

    @property
    def extras(self) -> tuple[str, ...]:
        """Names of the fields kept beside the known ones."""
        return tuple(name[2:] for name in self._names("v") if name.startswith("x:"))

    @property
    def metrics(self) -> tuple[str, ...]:
        """Names of the metrics that some row gave."""
        return self._names("nglm")

    def has(self, dimension: str) -> bool:
        """Whether the bucket carries this dimension's column."""
        return f"c:d:{dimension}" in self.columns

    def dimension(self, name: str) -> tuple[Sequence[int], tuple[Value, ...]]:
        """One code a row, and the values that the codes stand for."""
        return self._coded(f"d:{name}")

    def extra(self, name: str) -> tuple[Sequence[int], tuple[Value, ...]]:
        """Like ``dimension``, for a field that is only kept; its values are JSON texts."""
        return self._coded(f"x:{name}")

    def _coded(self, name: str) -> tuple[Sequence[int], tuple[Value, ...]]:
        _, width, data = self.columns[f"c:{name}"]
        codes = numbers_of(data, int(width), self.rows)
        values = read_list(self.columns[name][2], str)
        # Deleting the known codes from bytes is sixty times faster than finding the largest one.
        strange = (
            codes.translate(None, bytes(range(min(len(values), 256))))
            if isinstance(codes, bytes)
            else max(codes, default=-1) >= len(values)
        )
        if strange:
            raise ValueError(DAMAGED)
        return codes, tuple(values)

    def counts(self, name: str) -> bytes | array[int] | list[int | None]:
        """One count a row (None: the row did not give it)."""
        planes = self.planes(name)
        if planes is None:
            return self._one_a_row(read_list(self.columns[name][2], int))
        numbers = numbers_of(planes.data, planes.width, self.rows)
        if not planes.given:
            return numbers
        return [number if given else None for number, given in zip(numbers, planes.given, strict=True)]

    def planes(self, name: str) -> Planes | None:
        """A column of counts as it is stored; None for one that is not stored in planes."""
        kind, width, data = self.columns[name]
        if kind == "l":
            return None
        flags = self.rows if kind == "g" else 0
        return Planes(int(width), data[flags:], data[:flags])

    def amounts(self, name: str) -> list[Decimal | None]:
        """One exact Decimal a row (``amount`` and ``quantity`` of costs)."""
        return self._one_a_row(read_amounts(self.columns[name][2]) if self.rows else [])

    def _one_a_row(self, values: list[T]) -> list[T]:
        if len(values) != self.rows:
            raise ValueError(DAMAGED)
        return values

    def coarser(self, dims: Collection[str]) -> Bucket:
        """The smallest bucket at hand that gives the same sums by these dimensions: the summary, or itself."""
        if self.summary:
            summary = decode(self.summary)
            if all(map(summary.has, dims)):
                return summary
        return self

    def encode(self) -> bytes:
        """The binary form."""
        layout = [[name, kind, code, len(data)] for name, (kind, code, data) in self.columns.items()]
        header = {
            "s": self.start,
            "e": self.end,
            "r": self.rows,
            "c": layout,
            "p": [[problem.code, problem.field, problem.rows] for problem in self.problems],
            "x": list(self.strays),
            "u": len(self.summary),
        }
        text = json.dumps(header, separators=(",", ":")).encode("ascii")
        parts = [len(text).to_bytes(_LENGTH, "big"), text]
        parts.extend(data for _, _, data in self.columns.values())
        return b"".join([*parts, self.summary])


def decode(data: bytes) -> Bucket:
    """The bucket of a binary form; raises ValueError when it is not one.

    The columns' contents are looked at when they are unpacked, which may raise ValueError too.
    """
    at = _LENGTH + int.from_bytes(data[:_LENGTH], "big")
    try:
        header: dict[str, Any] = json.loads(data[_LENGTH:at])
        start, end, rows, rest = (int(header[key]) for key in "seru")
        end_of_columns = len(data) - rest
        columns = _columns(header["c"], rows, memoryview(data)[at:end_of_columns])
        problems = tuple(Problem(str(code), str(name), int(count)) for code, name, count in header["p"])
        strays = tuple(str(text) for text in header["x"])
    # A header may be any JSON at all: of other types, without the keys, nested without end.
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError) as error:
        raise ValueError(DAMAGED) from error
    if rest < 0 or rows > MOST_ROWS:
        raise ValueError(DAMAGED)
    return Bucket(start, end, rows, columns, problems, strays, data[end_of_columns:])


def _columns(layout: list[Any], rows: int, data: memoryview) -> dict[str, Column]:
    """The columns that lie in ``data`` one after the other; raises ValueError where the layout is wrong."""
    columns: dict[str, Column] = {}
    at = 0
    for name, kind, code, length in layout:
        in_planes = kind in {"c", "n", "g"} and code in _WIDTHS
        wanted = rows * (int(code) + (kind == "g")) if in_planes else length
        known = in_planes or (kind in {"v", "l", "m"} and not code)
        if not known or length != wanted or not 0 <= length <= len(data) - at:
            raise ValueError(DAMAGED)
        columns[str(name)] = (kind, code, bytes(data[at : at + length]))
        at += length
    coded = {name[2:] for name, (kind, _, _) in columns.items() if kind == "c" and name.startswith("c:")}
    valued = {name for name, (kind, _, _) in columns.items() if kind == "v"}
    if at != len(data) or coded != valued:
        raise ValueError(DAMAGED)
    return columns


def pack(
    start: int,
    end: int,
    rows: int,
    *,
    dims: Mapping[str, Sequence[Value]],
    counts: Mapping[str, Sequence[int | None]],
    amounts: Mapping[str, Sequence[Decimal | None]],
    extras: Mapping[str, Sequence[Value]] | None = None,
    problems: Iterable[Problem] = (),
    strays: Iterable[str] = (),
) -> Bucket:
    """Pack the rows of one bucket, given as one sequence of ``rows`` values a column.

    A metric column in which every row is None is left out: nobody gave it. Raises ValueError when a sequence
    is not ``rows`` long, or there are more than MOST_ROWS.
    """
    if rows > MOST_ROWS:
        message = f"a bucket of {rows:,} rows"
        raise ValueError(message)
    groups: tuple[Mapping[str, Sequence[object]], ...] = (dims, extras or {}, counts, amounts)
    if any(len(values) != rows for group in groups for values in group.values()):
        message = f"a column that has not {rows} rows"
        raise ValueError(message)
    columns: dict[str, Column] = {}
    for prefix, group in (("d:", dims), ("x:", extras or {})):
        for name, values in group.items():
            columns[f"c:{prefix}{name}"], columns[f"{prefix}{name}"] = pack_values(values)
    for name, numbers in counts.items():
        if rows == 0 or any(number is not None for number in numbers):
            columns[name] = pack_counts(numbers)
    for name, decimals in amounts.items():
        if rows == 0 or any(number is not None for number in decimals):
            columns[name] = pack_amounts(decimals)
    return Bucket(start, end, rows, columns, tuple(problems), tuple(strays))
