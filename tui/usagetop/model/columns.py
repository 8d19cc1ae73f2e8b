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
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Value = str | None
# A count column: packed, or a list where a row has None or a very large number.
Counts = "array[int] | list[int | None]"
_CODES = "BHI"
_LARGEST = {"B": 1 << 8, "H": 1 << 16, "I": 1 << 32, "Q": 1 << 64}
_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be read in a bucket: a notice code of INTERFACE.md, the field, and how many rows.

    ``unreadable_values`` and ``unknown_objects`` make an answer incomplete, ``missing_values`` and
    ``unknown_fields`` do not. ``field`` is the raw field or object name, never drawn as it is.
    """

    code: str
    field: str
    rows: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """The rows of one time bucket, packed.

    ``start`` and ``end`` are its aligned edges in UTC seconds. ``dims`` are the dimension columns that the
    answer was grouped by (for costs also ``currency`` and ``quantity_unit``); ``names_of_metrics`` are the
    metrics that some row gave. ``extras`` are fields that usagetop has no use for, kept as JSON texts.
    ``strays`` are rows of an unknown object, whole, as JSON texts: kept and shown, never added.
    """

    start: int
    end: int
    rows: int
    columns: Mapping[str, tuple[str, str, bytes]] = field(repr=False)  # name → (kind, typecode, bytes)
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
        _, typecode, codes = self.columns[f"c:{name}"]
        values = json.loads(self.columns[name][2])
        return _array(typecode, codes), tuple(values)

    def counts(self, name: str) -> array[int] | list[int | None]:
        """One count a row (None: the row did not give it)."""
        kind, typecode, data = self.columns[name]
        if kind == "n":
            return _array(typecode, data)
        return list(json.loads(data))

    def amounts(self, name: str) -> list[Decimal | None]:
        """One exact Decimal a row (``amount`` and ``quantity`` of costs)."""
        texts = self.columns[name][2].decode("ascii").split("\n") if self.rows else []
        return [Decimal(text) if text else None for text in texts]

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
    """The bucket of a binary form; raises ValueError when it is not one."""
    size = int.from_bytes(data[:_LENGTH], "big")
    try:
        header: dict[str, Any] = json.loads(data[_LENGTH : _LENGTH + size])
        if header["o"] != sys.byteorder:
            message = "packed on a machine of the other byte order"
            raise ValueError(message)  # noqa: TRY301 - one way out for every fault
        columns: dict[str, tuple[str, str, bytes]] = {}
        at = _LENGTH + size
        for name, kind, code, length in header["c"]:
            columns[name] = (kind, code, data[at : at + length])
            at += length
        problems = tuple(Problem(*entry) for entry in header["p"])
        strays = tuple(header["x"])
        bucket = Bucket(header["s"], header["e"], header["r"], columns, problems, strays)
    except (KeyError, TypeError, UnicodeDecodeError) as error:
        message = "not a packed bucket"
        raise ValueError(message) from error
    if at != len(data):
        message = "a packed bucket of the wrong length"
        raise ValueError(message)
    return bucket


def pack(  # noqa: PLR0913 - one call site, by keyword
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

    A metric column in which every row is None is left out: nobody gave it.
    """
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
    index: dict[Value, int] = {}
    codes = [index.setdefault(value, len(index)) for value in values]
    typecode = next(code for code in _CODES if len(index) <= _LARGEST[code])
    coded = ("c", typecode, array(typecode, codes).tobytes())
    return coded, ("v", "", json.dumps(list(index), separators=(",", ":")).encode("ascii"))


def _pack_counts(numbers: Sequence[int | None]) -> tuple[str, str, bytes]:
    """A count column: an array where every number fits one, else a JSON list."""
    try:
        low, high = min(numbers, default=0), max(numbers, default=0)  # type: ignore[type-var]
    except TypeError:  # a None among them
        low, high = -1, 0
    if low is not None and high is not None and 0 <= low and high < _LARGEST["Q"]:
        typecode = next(code for code in "BHIQ" if high < _LARGEST[code])
        return "n", typecode, array(typecode, numbers).tobytes()  # type: ignore[arg-type]
    # str() of very long integers is refused by Python: such numbers do not reach this point (client.wire).
    return "l", "", json.dumps(list(numbers), separators=(",", ":")).encode("ascii")


def _array(typecode: str, data: bytes) -> array[int]:
    result: array[int] = array(typecode)
    result.frombytes(data)
    return result
