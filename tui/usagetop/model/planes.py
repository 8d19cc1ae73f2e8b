"""Columns of whole numbers as byte planes: first the lowest byte of every number, then the next one, and so on.

A column has as many planes as its largest number has bytes, none when every number is 0. Packing, cutting and
putting together are slices of bytes: no Python code runs for a number. Several columns can be woven into one
number a row (``woven``), so that a single addition a row sums all of them. Planes are the same on every
machine, whatever its byte order.
"""

from __future__ import annotations

import sys
from array import array
from functools import cache
from itertools import chain, repeat
from struct import Struct
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

MOST_PLANES = 8
# The array type of as many bytes, one entry a width.
_ARRAYS = "BBHIIQQQQ"
# Rows are cut out of a buffer so many at a time: one Struct serves buckets of any size.
_AT_ONCE = 64


def planes_of(numbers: Sequence[int | None]) -> list[bytes] | None:
    """The planes of a column, lowest first; None where a number is missing, negative or beyond 64 bits."""
    for typecode in "IQ":
        try:
            wide = array(typecode, cast("Sequence[int]", numbers))  # a None among them raises, as is meant
        except OverflowError:
            continue
        except TypeError:
            return None
        data = wide.tobytes()
        size = wide.itemsize
        places = range(size) if sys.byteorder == "little" else range(size - 1, -1, -1)
        return without_zeros([data[place::size] for place in places])
    return None


def without_zeros(planes: list[bytes]) -> list[bytes]:
    """The planes up to the highest one that is not all zeros."""
    while planes and not planes[-1].strip(b"\0"):
        planes.pop()
    return planes


def numbers_of(data: bytes, width: int, rows: int) -> bytes | array[int]:
    """The numbers of a column whose ``width`` planes lie in ``data`` one after the other."""
    if width <= 1:
        return data if width else bytes(rows)
    result: array[int] = array(_ARRAYS[width])
    size = result.itemsize
    buffer = bytearray(rows * size)
    for place in range(width):
        at = place if sys.byteorder == "little" else size - 1 - place
        buffer[at::size] = data[place * rows : (place + 1) * rows]
    result.frombytes(buffer)
    return result


_from_bytes = cast("Callable[[bytes, str], int]", int.from_bytes)


@cache
def _cutter(size: int) -> Struct:
    return Struct(f"{size}s" * _AT_ONCE)


def woven(columns: Iterable[tuple[int, bytes]], size: int, rows: int) -> Iterator[int]:
    """One number of ``size`` bytes for each row, made of several columns.

    A column is the place of its lowest byte in the number and its planes. Zeros may follow behind the last row.
    """
    buffer = bytearray(size * (rows + -rows % _AT_ONCE))
    end = size * rows
    for place, data in columns:
        for at in range(0, len(data), rows):
            buffer[place:end:size] = data[at : at + rows]
            place += 1  # noqa: PLW2901 - the next plane is the next byte of the number
    cut = chain.from_iterable(_cutter(size).iter_unpack(buffer))
    return map(_from_bytes, cut, repeat("little"))
