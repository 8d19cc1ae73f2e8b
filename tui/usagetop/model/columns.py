"""Packed buckets: the rows of one time bucket as columns, small in memory and on disk.

A dimension column is dictionary-coded: an array of codes and a tuple of values. Counts are in the narrowest
``array`` type that holds them, or a JSON list where one is missing (null) or larger than 64 bits. Money and
quantities are exact decimal texts. A bucket has one binary form (``encode``/``decode``); columns are unpacked
only when somebody asks for them, so a roll-up pays for the metrics that its view shows and no others.

Layout of the binary form: 4 bytes length of the header, the header (JSON), then the columns' bytes.
"""

from __future__ import annotations

import json
import sys
from array import array
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Value = str | None
_T = TypeVar("_T")
_CODES = "BHI"
_LARGEST = {"B": 1 << 8, "H": 1 << 16, "I": 1 << 32, "Q": 1 << 64}
_LENGTH = 4
_DAMAGED = "not a packed bucket"


class Problem(NamedTuple):
    """What could not be read in a bucket: a notice code of INTERFACE.md, the field, and how many rows.

    ``unreadable_values`` and ``unknown_objects`` make an answer incomplete, ``missing_values`` and
    ``unknown_fields`` do not. ``field`` is the raw field or object name, never drawn as it is.
    """

    code: str
    field: str
    rows: int


class Bucket(NamedTuple):
    """The rows of one time bucket, packed.

    ``start`` and ``end`` are its aligned edges in UTC seconds. ``dims`` are the dimension columns that the
    answer was grouped by (for costs also ``currency`` and ``quantity_unit``); ``names_of_metrics`` are the
    metrics that some row gave. ``extras`` are fields that usagetop has no use for, kept as JSON texts.
    ``strays`` are rows of an unknown object, whole, as JSON texts: kept and shown, never added.
    """

    start: int
    end: int
    rows: int
    columns: Mapping[str, tuple[str, str, bytes]]  # name → (kind, typecode, bytes)
    problems: tuple[Problem, ...] = ()
    strays: tuple[str, ...] = ()

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
        return self._names("nlm")

    def has(self, dimension: str) -> bool:
        """Whether the bucket carries this dimension's column."""
        return f"c:d:{dimension}" in self.columns

    def dimension(self, name: str) -> tuple[array[int], tuple[Value, ...]]:
        """One code a row, and the values that the codes stand for."""
        return self._coded(f"d:{name}")

    def extra(self, name: str) -> tuple[array[int], tuple[Value, ...]]:
        """Like ``dimension``, for a field that is only kept; its values are JSON texts."""
        return self._coded(f"x:{name}")

    def _coded(self, name: str) -> tuple[array[int], tuple[Value, ...]]:
        _, typecode, data = self.columns[f"c:{name}"]
        codes = _array(typecode, data)
        values = _listed(self.columns[name][2], str)
        # Deleting the known codes from the bytes is sixty times faster than finding the largest one.
        strange = (
            data.translate(None, bytes(range(len(values))))
            if typecode == "B" and len(values) <= _LARGEST["B"]
            else max(codes, default=-1) >= len(values)
        )
        if strange:
            raise ValueError(_DAMAGED)
        return codes, tuple(values)

    def counts(self, name: str) -> array[int] | list[int | None]:
        """One count a row (None: the row did not give it)."""
        kind, typecode, data = self.columns[name]
        if kind == "n":
            return _array(typecode, data)
        return self._one_a_row(_listed(data, int))

    def amounts(self, name: str) -> list[Decimal | None]:
        """One exact Decimal a row (``amount`` and ``quantity`` of costs)."""
        texts = self.columns[name][2].decode("ascii").split("\n") if self.rows else []
        try:
            return self._one_a_row([Decimal(text) if text else None for text in texts])
        except InvalidOperation as error:
            raise ValueError(_DAMAGED) from error

    def _one_a_row(self, values: list[_T]) -> list[_T]:
        if len(values) != self.rows:
            raise ValueError(_DAMAGED)
        return values

    def encode(self) -> bytes:
        """The binary form."""
        layout = [[name, kind, code, len(data)] for name, (kind, code, data) in self.columns.items()]
        header = {
            "s": self.start,
            "e": self.end,
            "r": self.rows,
            "o": sys.byteorder,
            "c": layout,
            "p": [[problem.code, problem.field, problem.rows] for problem in self.problems],
            "x": list(self.strays),
        }
        text = json.dumps(header, separators=(",", ":")).encode("ascii")
        parts = [len(text).to_bytes(_LENGTH, "big"), text]
        parts.extend(data for _, _, data in self.columns.values())
        return b"".join(parts)


def decode(data: bytes) -> Bucket:
    """The bucket of a binary form; raises ValueError when it is not one.

    The columns' contents are looked at when they are unpacked, which may raise ValueError too.
    """
    at = _LENGTH + int.from_bytes(data[:_LENGTH], "big")
    try:
        header: dict[str, Any] = json.loads(data[_LENGTH:at])
        start, end, rows = (int(header[key]) for key in "ser")
        columns = _columns(header["c"], rows, memoryview(data)[at:])
        problems = tuple(Problem(str(code), str(name), int(count)) for code, name, count in header["p"])
        strays = tuple(str(text) for text in header["x"])
        fits = header["o"] == sys.byteorder
    # A header may be any JSON at all: of other types, without the keys, nested without end.
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError) as error:
        raise ValueError(_DAMAGED) from error
    if not fits:
        message = "packed on a machine of the other byte order"
        raise ValueError(message)
    return Bucket(start, end, rows, columns, problems, strays)


def _columns(layout: list[Any], rows: int, data: memoryview) -> dict[str, tuple[str, str, bytes]]:
    """The columns that lie in ``data`` one after the other; raises ValueError where the layout is wrong."""
    columns: dict[str, tuple[str, str, bytes]] = {}
    at = 0
    for name, kind, code, length in layout:
        packed = kind in {"c", "n"}
        wanted = rows * array(code).itemsize if packed else length
        known = packed or (kind in {"v", "l", "m"} and not code)
        if not known or length != wanted or not 0 <= length <= len(data) - at:
            raise ValueError(_DAMAGED)
        columns[str(name)] = (kind, code, bytes(data[at : at + length]))
        at += length
    coded = {name[2:] for name, (kind, _, _) in columns.items() if kind == "c" and name.startswith("c:")}
    valued = {name for name, (kind, _, _) in columns.items() if kind == "v"}
    if at != len(data) or coded != valued:
        raise ValueError(_DAMAGED)
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
    is not ``rows`` long.
    """
    groups: tuple[Mapping[str, Sequence[object]], ...] = (dims, extras or {}, counts, amounts)
    if any(len(values) != rows for group in groups for values in group.values()):
        message = f"a column that has not {rows} rows"
        raise ValueError(message)
    columns: dict[str, tuple[str, str, bytes]] = {}
    for prefix, group in (("d:", dims), ("x:", extras or {})):
        for name, values in group.items():
            columns[f"c:{prefix}{name}"], columns[f"{prefix}{name}"] = _pack_values(values)
    for name, numbers in counts.items():
        if rows == 0 or any(number is not None for number in numbers):
            columns[name] = _pack_counts(numbers)
    for name, decimals in amounts.items():
        if rows == 0 or any(number is not None for number in decimals):
            texts = ("" if number is None else str(number) for number in decimals)
            columns[name] = ("m", "", "\n".join(texts).encode("ascii"))
    return Bucket(start, end, rows, columns, tuple(problems), tuple(strays))


def _pack_values(values: Sequence[Value]) -> tuple[tuple[str, str, bytes], tuple[str, str, bytes]]:
    """The codes' column and the values' column of one dimension."""
    # No Python code runs for a row: fetching a large page is bounded by what is done for each of them.
    index = {value: code for code, value in enumerate(dict.fromkeys(values))}
    typecode = next(code for code in _CODES if len(index) <= _LARGEST[code])
    coded = ("c", typecode, array(typecode, map(index.__getitem__, values)).tobytes())
    return coded, ("v", "", json.dumps(list(index), separators=(",", ":")).encode("ascii"))


def _pack_counts(numbers: Sequence[int | None]) -> tuple[str, str, bytes]:
    """A count column: an array where every number fits one, else a JSON list."""
    try:
        packed = array("Q", cast("Sequence[int]", numbers))  # a None among them raises, as is meant
    except (TypeError, OverflowError):
        # str() of very long integers is refused by Python: such numbers do not reach this point (client.wire).
        return "l", "", json.dumps(list(numbers), separators=(",", ":")).encode("ascii")
    high = max(packed, default=0)
    typecode = next(code for code in "BHIQ" if high < _LARGEST[code])
    return "n", typecode, (packed if typecode == "Q" else array(typecode, packed)).tobytes()


def _array(typecode: str, data: bytes) -> array[int]:
    result: array[int] = array(typecode)
    result.frombytes(data)
    return result


def _listed(data: bytes, kind: type[_T]) -> list[_T | None]:
    """The values of a JSON column, each of the type ``kind`` or None; raises ValueError for anything else."""
    values = json.loads(data)
    if not isinstance(values, list) or not all(value is None or type(value) is kind for value in values):
        raise ValueError(_DAMAGED)
    return values
