"""Packing and unpacking one column of a bucket; what the kinds of columns are.

===  ==================================================================================================
c    codes of a dimension: byte planes (``model.planes``)
v    the values that the codes stand for, in the order of the codes: a JSON list of texts and nulls
n    counts from 0 to 2**64 - 1, given by every row: byte planes
g    counts that some row did not give (null, 0 in the planes): one flag byte a row, then the planes
l    counts of which one is negative or larger: a JSON list of integers and nulls
m    money or quantities: exact decimal texts, one a line, empty for null
===  ==================================================================================================
"""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal, InvalidOperation
from itertools import count
from operator import itemgetter
from types import NoneType
from typing import TYPE_CHECKING, TypeVar

from usagetop.model.planes import planes_of

if TYPE_CHECKING:
    from collections.abc import Sequence

Value = str | None
# kind, number of planes (a digit, empty for kinds without planes), bytes
Column = tuple[str, str, bytes]
T = TypeVar("T")
DAMAGED = "not a packed bucket"


def pack_values(values: Sequence[Value]) -> tuple[Column, Column]:
    """The codes' and the values' column of a dimension; values are coded in the order in which they come."""
    codes, distinct = coded(values)
    return codes, ("v", "", json.dumps(distinct, separators=(",", ":")).encode("ascii"))


def coded(values: Sequence[T]) -> tuple[Column, list[T]]:
    """The codes' column, and the distinct values in the order of their codes; no Python code runs for a row."""
    index: defaultdict[T, int] = defaultdict(count().__next__)
    codes = itemgetter(*values)(index) if len(values) > 1 else [index[value] for value in values]
    if len(index) <= 1:
        return ("c", "0", b""), list(index)
    if len(index) <= 1 << 8:
        return ("c", "1", bytes(codes)), list(index)
    planes = planes_of(codes) or []
    return ("c", str(len(planes)), b"".join(planes)), list(index)


def pack_counts(numbers: Sequence[int | None]) -> Column:
    """A column of counts in the first form that takes all of them."""
    planes = planes_of(numbers)
    if planes is not None:
        return "n", str(len(planes)), b"".join(planes)
    if None in numbers:
        planes = planes_of([number or 0 for number in numbers])
        if planes is not None:
            flags = bytes([number is not None for number in numbers])
            return "g", str(len(planes)), flags + b"".join(planes)
    # str() of very long integers is refused by Python: such numbers do not reach this point (client.wire).
    return "l", "", json.dumps(list(numbers), separators=(",", ":")).encode("ascii")


def pack_amounts(amounts: Sequence[Decimal | None]) -> Column:
    """A column of exact decimals."""
    return "m", "", "\n".join(["" if number is None else str(number) for number in amounts]).encode("ascii")


def read_list(data: bytes, kind: type[T]) -> list[T | None]:
    """The values of a JSON column, each of the type ``kind`` or None; raises ValueError for anything else."""
    values = json.loads(data)
    if not isinstance(values, list) or not set(map(type, values)) <= {kind, NoneType}:
        raise ValueError(DAMAGED)
    return values


def read_amounts(data: bytes) -> list[Decimal | None]:
    """The decimals of a column that has rows; raises ValueError."""
    try:
        return [Decimal(text) if text else None for text in data.decode("ascii").split("\n")]
    except InvalidOperation as error:
        raise ValueError(DAMAGED) from error
