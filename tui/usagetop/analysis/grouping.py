"""Which group each row of a bucket belongs to, and which rows the filters keep.

The one place where a query's dimensions and filters meet packed columns. Rows are told apart by their codes,
and only distinct codes become keys: no Python code runs for a row.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import accumulate, compress, count, repeat
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from usagetop.model.line_items import model_of
from usagetop.model.planes import MOST_PLANES, numbers_of, planes_of
from usagetop.model.query import source_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from usagetop.model.columns import Bucket
    from usagetop.model.query import Filter, Query, Value

Key = tuple[str | int | None, ...]
_T = TypeVar("_T")
_CODES_OF_A_BYTE = 256


class Placed(NamedTuple):
    """The groups of the kept rows of a bucket.

    ``codes`` has one number a kept row, and ``groups[code]`` is the number of its group among all; every code
    stands in some row, and several may share a group. ``kept`` has a byte a row, 0: filtered out; None: all stay.
    """

    codes: Sequence[int]
    groups: list[int]
    kept: bytes | None

    def chosen(self, values: Iterable[_T]) -> Iterable[_T]:
        """Of one value a row those of the kept rows."""
        return values if self.kept is None else compress(values, self.kept)


class _Coded(NamedTuple):
    """One dimension of a bucket: a code a row, the values they stand for, and the codes' planes."""

    codes: Sequence[int]
    values: Sequence[Value]
    width: int
    planes: bytes


class Grouping:
    """Numbers the groups of a query in the order in which they are met.

    ``keys[g]`` is the key of group g: one value for each of ``dims``, where ``bucket`` is the bucket's start
    in UTC seconds and ``currency`` stands last for costs.
    """

    def __init__(self, query: Query) -> None:
        self._about = query.about
        self.dims = (*query.group_by, "currency") if self._about.is_costs else query.group_by
        self._coded_dims = tuple(name for name in self.dims if name != "bucket")
        self._bucket_at = self.dims.index("bucket") if "bucket" in self.dims else None
        self._filters = query.filters
        self._pushed = frozenset(name for name, _ in query.pushed_filters)
        self.keys: list[Key] = []
        # A key that is asked for first gets the next number.
        self._numbers: defaultdict[Key, int] = defaultdict(count().__next__)
        # Every bucket brings its own copy of the same texts; keys of one copy are found by identity.
        self._texts: dict[Value, Value] = {}

    def smallest(self, bucket: Bucket) -> Bucket:
        """The bucket, or its summary where that can be filtered and grouped in the same way."""
        names = {*self._coded_dims, *(filter_.dimension for filter_ in self._applied(bucket))}
        return bucket.coarser({source_of(self._about, name) for name in names})

    def assign(self, bucket: Bucket) -> Placed:
        """The groups of the bucket's rows.

        Raises ValueError when the bucket lacks a dimension that the query needs: an answer must never be
        shown under a dimension that it does not have.
        """
        if not bucket.rows:
            return Placed(b"", [], None)
        kept = self._kept(bucket)
        columns = [self._coded(bucket, name) for name in self._coded_dims]
        if kept is not None and not any(kept):
            return Placed(b"", [], kept)
        if not columns:
            rows = bucket.rows if kept is None else kept.count(1)
            return Placed(bytes(rows), self._groups(bucket.start, [], 1), kept)
        if len(columns) == 1:
            codes, values = columns[0].codes, columns[0].values
            if kept is not None:
                # Only values that a kept row has become groups: the others must not leave empty ones.
                codes, used = _renumbered(compress(codes, kept))
                values = [values[code] for code in used]
            return Placed(codes, self._groups(bucket.start, [values], len(values)), kept)
        rows_of, distinct = _joined(columns, bucket.rows, kept)
        shared = [[self._texts.setdefault(value, value) for value in column.values] for column in columns]
        values_of = [map(texts.__getitem__, codes) for texts, codes in zip(shared, distinct, strict=True)]
        return Placed(rows_of, self._groups(bucket.start, values_of, len(distinct[0])), kept)

    def _groups(self, start: int, columns: Sequence[Iterable[Value]], rows: int) -> list[int]:
        """The group of each of so many rows of values, given as a column for each dimension but the bucket."""
        parts: list[Iterable[str | int | None]] = [*columns]
        if self._bucket_at is not None:
            parts.insert(self._bucket_at, repeat(start, rows))
        keys: list[Key] = list(zip(*parts, strict=True)) if parts else [()] * rows
        groups = list(map(self._numbers.__getitem__, keys))
        met = len(self.keys)
        new = len(self._numbers) - met
        if new == len(keys):
            self.keys += keys
        elif new:
            self.keys += dict.fromkeys([key for key, group in zip(keys, groups, strict=True) if group >= met])
        return groups

    def _coded(self, bucket: Bucket, name: str) -> _Coded:
        """One dimension of a bucket that has rows, a derived one read from its source."""
        source = source_of(self._about, name)
        if not bucket.has(source):
            message = f"bucket {bucket.start} does not carry {source}"
            raise ValueError(message)
        codes, values = bucket.dimension(source)
        _, width, planes = bucket.columns[f"c:d:{source}"]
        return _Coded(codes, values if source == name else tuple(map(model_of, values)), int(width), planes)

    def _applied(self, bucket: Bucket) -> Iterable[Filter]:
        """The filters that must be looked at here.

        What the server applied it need not have grouped; then the bucket cannot say it again.
        """
        for filter_ in self._filters:
            if filter_.dimension not in self._pushed or bucket.has(filter_.dimension):
                yield filter_

    def _kept(self, bucket: Bucket) -> bytes | None:
        """Which rows pass every filter; None when all do."""
        kept: bytes | None = None
        for filter_ in self._applied(bucket):
            codes, values, _, _ = self._coded(bucket, filter_.dimension)
            accepted = bytes(map(filter_.accepts, values))
            if isinstance(codes, bytes):
                passed = codes.translate(accepted.ljust(_CODES_OF_A_BYTE, b"\0"))
            else:
                passed = bytes(map(accepted.__getitem__, codes))
            kept = passed if kept is None else _both(kept, passed)
        return None if kept is None or 0 not in kept else kept


def _renumbered(numbers: Iterable[_T]) -> tuple[list[int], list[_T]]:
    """Numbers from 0 on in the order in which they come, and what each of them stands for."""
    index: defaultdict[_T, int] = defaultdict(count().__next__)
    codes = list(map(index.__getitem__, numbers))
    return codes, list(index)


def _joined(
    columns: Sequence[_Coded], rows: int, kept: bytes | None
) -> tuple[list[int], list[Sequence[int]]]:
    """Rows told apart by several columns: a number a kept row, and for each column the codes of these numbers."""
    widths = [column.width for column in columns]
    width = sum(widths)
    if width > MOST_PLANES:
        tuples = zip(*[column.codes for column in columns], strict=True)
        numbers, distinct = _renumbered(tuples if kept is None else compress(tuples, kept))
        return numbers, list(zip(*distinct, strict=True))
    # The planes of all columns make one number a row.
    joined = numbers_of(b"".join([column.planes for column in columns]), width, rows)
    numbers, apart = _renumbered(joined if kept is None else compress(joined, kept))
    planes = planes_of(apart) or []
    planes += [bytes(len(apart))] * (width - len(planes))
    ends = accumulate(widths)
    return numbers, [
        numbers_of(b"".join(planes[end - each : end]), each, len(apart))
        for end, each in zip(ends, widths, strict=True)
    ]


def _both(left: bytes, right: bytes) -> bytes:
    """A byte a row, 1 where both have 1."""
    both = int.from_bytes(left, "big") & int.from_bytes(right, "big")
    return both.to_bytes(len(left), "big")
