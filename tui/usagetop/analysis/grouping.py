"""Which group each row of a bucket belongs to, and which rows the filters keep.

The one place where a query's dimensions and filters meet packed columns; the roll-up and the series share it.
"""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING

from usagetop.model.line_items import model_of
from usagetop.model.query import source_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from usagetop.model.columns import Bucket
    from usagetop.model.query import Filter, Query

Key = tuple[str | int | None, ...]


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
        self._bucket_at = wanted.index("bucket") if "bucket" in wanted else None
        self.keys: list[Key] = []
        self._index: dict[Key, int] = {}

    def assign(self, bucket: Bucket) -> tuple[list[int], list[bool] | None]:
        """The group of every kept row, and which rows are kept (None: all).

        Raises ValueError when the bucket lacks a dimension that the query needs: an answer must never be
        shown under a dimension that it does not have.
        """
        kept = self._kept(bucket)
        coded = [self._coded(bucket, name) for name in self.dims if name != "bucket"]
        rows = bucket.rows if kept is None else sum(kept)
        if not coded:
            return [self._group((), bucket.start)] * rows if rows else [], kept
        if len(coded) == 1:
            codes, values = coded[0]
            # Only values that a kept row has become groups: a filtered-out value must not leave an empty one.
            chosen: Sequence[int] = codes if kept is None else list(compress(codes, kept))
            groups = {code: self._group((values[code],), bucket.start) for code in set(chosen)}
            return [groups[code] for code in chosen], kept
        return self._combined(coded, kept, bucket.start), kept

    def _combined(
        self, coded: list[tuple[Sequence[int], list[str | None]]], kept: list[bool] | None, start: int
    ) -> list[int]:
        """The groups of rows keyed by several columns: one look-up a row, one key a distinct combination."""
        rows: Iterator[tuple[int, ...]] = zip(*(codes for codes, _ in coded), strict=True)
        if kept is not None:
            rows = compress(rows, kept)
        combined = list(rows)
        values = [column for _, column in coded]
        groups = {
            codes: self._group(
                tuple(column[code] for column, code in zip(values, codes, strict=True)), start
            )
            for codes in set(combined)
        }
        return [groups[codes] for codes in combined]

    def _group(self, values: tuple[str | None, ...], start: int) -> int:
        key: Key = values
        if self._bucket_at is not None:
            key = (*values[: self._bucket_at], start, *values[self._bucket_at :])
        found = self._index.get(key)
        if found is None:
            found = self._index[key] = len(self.keys)
            self.keys.append(key)
        return found

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
