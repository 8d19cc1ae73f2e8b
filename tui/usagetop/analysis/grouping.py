"""Which group each row of a bucket belongs to, and which rows the filters keep.

The one place where a query's dimensions and filters meet packed columns; the roll-up and the series share it.
"""

from __future__ import annotations

from itertools import compress, repeat
from typing import TYPE_CHECKING

from usagetop.model.line_items import model_of
from usagetop.model.query import source_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from usagetop.model.columns import Bucket
    from usagetop.model.query import Filter, Query, Value

Key = tuple[str | int | None, ...]


class _Numbers(dict[Key, int]):
    """Numbers keys in the order in which they are first asked for: a key that is new gets the next number."""

    def __init__(self) -> None:
        super().__init__()
        self.keys_met: list[Key] = []

    def __missing__(self, key: Key) -> int:
        number = self[key] = len(self.keys_met)
        self.keys_met.append(key)
        return number


class Grouping:
    """Numbers the groups of a query in the order in which they are met.

    ``keys[g]`` is the key of group g: one value for each of ``dims``, where ``bucket`` is the bucket's start
    in UTC seconds and ``currency`` stands last for costs.
    """

    def __init__(self, query: Query, *, by_bucket: bool = True) -> None:
        """Group by the query's dimensions; ``by_bucket=False`` leaves out the pseudo-dimension bucket."""
        self._about = query.about
        wanted = tuple(name for name in query.group_by if by_bucket or name != "bucket")
        self.dims = (*wanted, "currency") if self._about.is_costs else wanted
        self._filters = query.filters
        self._pushed = frozenset(name for name, _ in query.pushed_filters)
        self._numbers = _Numbers()
        self.keys = self._numbers.keys_met
        # Every bucket brings its own copy of the same texts; keys of one copy are found by identity.
        self._texts: dict[Value, Value] = {}

    def assign(self, bucket: Bucket) -> tuple[list[int], list[bool] | None]:
        """The group of every kept row, and which rows are kept (None: all).

        Raises ValueError when the bucket lacks a dimension that the query needs: an answer must never be
        shown under a dimension that it does not have.
        """
        kept = self._kept(bucket)
        coded = [self._coded(bucket, name) for name in self.dims if name != "bucket"]
        rows = bucket.rows if kept is None else sum(kept)
        if not rows:
            return [], kept
        if len(coded) > 1:
            return self._combined(bucket, kept), kept
        if not coded:
            return [self._numbers[self._key(None, bucket.start)]] * rows, kept
        codes, values = coded[0]
        # Only values that a kept row has become groups: a filtered-out value must not leave an empty one.
        chosen: Sequence[int] = codes if kept is None else list(compress(codes, kept))
        groups = {code: self._numbers[self._key(values[code], bucket.start)] for code in sorted(set(chosen))}
        return [groups[code] for code in chosen], kept

    def _key(self, value: Value, start: int) -> Key:
        """The key of a group that has at most one dimension beside the bucket."""
        return tuple(start if name == "bucket" else value for name in self.dims)

    def _combined(self, bucket: Bucket, kept: list[bool] | None) -> list[int]:
        """The groups of rows keyed by several columns; no Python code runs for a row, only for a new key."""
        columns: list[Iterable[str | int | None]] = []
        for name in self.dims:
            if name == "bucket":
                columns.append(repeat(bucket.start, bucket.rows))
                continue
            codes, values = self._coded(bucket, name)
            shared = [self._texts.setdefault(value, value) for value in values]
            columns.append(map(shared.__getitem__, codes))
        keys: Iterable[Key] = zip(*columns, strict=True)
        if kept is not None:
            keys = compress(keys, kept)
        return list(map(self._numbers.__getitem__, keys))

    def _coded(self, bucket: Bucket, name: str) -> tuple[Sequence[int], list[str | None]]:
        """Codes and values of one dimension, a derived one read from its source."""
        source = source_of(self._about, name)
        if not bucket.rows:
            return (), []
        if not bucket.has(source):
            message = f"bucket {bucket.start} does not carry {source}"
            raise ValueError(message)
        codes, values = bucket.dimension(source)
        return codes, [model_of(value) for value in values] if source != name else list(values)

    def _kept(self, bucket: Bucket) -> list[bool] | None:
        """Which rows pass every filter; None when there is nothing to filter here."""
        kept: list[bool] | None = None
        for filter_ in self._filters:
            # The server applied it and, not being grouped, the column cannot say it again.
            trusted = filter_.dimension in self._pushed and not bucket.has(filter_.dimension)
            if trusted or not bucket.rows:
                continue
            passed = self._passed(bucket, filter_)
            kept = passed if kept is None else [a and b for a, b in zip(kept, passed, strict=True)]
        return None if kept is None or all(kept) else kept

    def _passed(self, bucket: Bucket, filter_: Filter) -> list[bool]:
        codes, values = self._coded(bucket, filter_.dimension)
        accepted = [filter_.accepts(value) for value in values]
        return [accepted[code] for code in codes]
