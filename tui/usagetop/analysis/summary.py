"""Summaries: large buckets carry their own sums by the dimensions that most views begin with.

A summary is made when a bucket is stored. The roll-up takes it in place of the rows whenever a view groups and
filters by nothing else; the sums are the same, and there are far fewer of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from usagetop.analysis.frame import rollup
from usagetop.model.categories import category
from usagetop.model.columns import Bucket, pack
from usagetop.model.period import Range
from usagetop.model.query import Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from usagetop.model.packing import Value

# The beginning of the drill path of usage. Costs have few rows, and levels no other dimensions.
_DIMS = ("model", "project_id")
# With fewer rows, or with more than this share of them left, a summary would save nothing.
_FEWEST = 256
_SHARE = 4


def with_summary(bucket: Bucket, name: str) -> Bucket:
    """A bucket of the category ``name`` with a summary, or as it is where that would not save much."""
    dims = tuple(dim for dim in _DIMS if bucket.has(dim))
    if bucket.rows < _FEWEST or category(name).is_costs or len(dims) == len(bucket.dims):
        return bucket
    start, end = bucket.start, bucket.end
    whole = Query(name, Range("", start, end, end - start, end), "", dims)
    frame = rollup(whole, [bucket])
    if len(frame) * _SHARE > bucket.rows:
        return bucket
    values = zip(*frame.keys, strict=True) if dims else ()
    summary = pack(
        start,
        end,
        len(frame),
        dims=dict(zip(dims, cast("Iterable[Sequence[Value]]", values), strict=True)),
        counts=cast("dict[str, list[int | None]]", frame.columns),
        amounts={},
    )
    return bucket._replace(summary=summary.encode())
