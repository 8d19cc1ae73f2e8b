"""A million rows of the demo organization, as they are stored, and what is made of them without a screen."""

from __future__ import annotations

import json
import random
import tracemalloc
import zlib
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from tests.bench.pages import GRAIN, NOW, page, read
from tests.bench.timing import RUNS, Row, busy_seconds, interleaved
from usagetop.analysis.frame import charted_rollup, rollup
from usagetop.analysis.ordering import Ordering
from usagetop.analysis.over_time import over_time
from usagetop.client.units import Grain, Scope, Unit, decode_unit, encode_unit
from usagetop.model.columns import pack
from usagetop.model.period import DAY, Range
from usagetop.model.query import Query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from usagetop.model.columns import Bucket

_ROWS = 1_000_000
_PAGE_DAYS = 3
_FIRST = NOW // DAY * DAY - 360 * DAY
_SIZES = (1_000, 10_000, 100_000, 1_000_000)
_FEW_RUNS = 3
_MANY = 10_000
# For one row of a million against one of ten thousand: what grows with the square would come to a hundred.
_GROWTH = 10.0
_DAY = NOW // DAY * DAY - DAY
_ONE_DAY = Query("completions", Range("", _DAY, _DAY + DAY, DAY, NOW), "1d", ("model",))
_GRAIN = Grain(Scope("https://api.example/v1", "f" * 32), "completions", "1d", GRAIN)


class _Stored(NamedTuple):
    """Rows in the bytes that the cache holds, a day each; ``bodies`` are the answers they came in, compressed."""

    rows: int
    units: list[tuple[int, bytes]]
    bodies: list[bytes]

    def buckets(self) -> Iterator[Bucket]:
        """The buckets, one after the other; nothing else holds them."""
        for start, data in self.units:
            yield from decode_unit(_GRAIN, start, data).buckets

    def query(self, *group_by: str) -> Query:
        """The query of all days."""
        end = self.units[-1][0] + DAY
        return Query("completions", Range("", self.units[0][0], end, DAY, NOW), "1d", group_by)

    def table(self, *group_by: str) -> object:
        """The frame, from the stored bytes."""
        return rollup(self.query(*group_by), self.buckets())

    def drawn(self) -> object:
        """The frame and the series of its chart."""
        buckets = list(self.buckets())
        rolled = charted_rollup(self.query("model"), buckets, "input_tokens")
        return over_time(
            self.query("model"), buckets, "input_tokens", label_of=lambda _, key: str(key), rolled=rolled
        )

    def parsed(self) -> float:
        """Seconds of ``json.loads``, one page after the other: together, the number of objects would decide."""
        return sum(busy_seconds(partial(json.loads, zlib.decompress(body))) for body in self.bodies)


def rows() -> Iterator[Row]:
    """The rows of a million rows."""
    stored = _stored()
    note = f"{stored.rows:,} rows of four dimensions, digests checked"
    by_model, by_key, drawn, parsed = interleaved(
        lambda: busy_seconds(lambda: stored.table("model")),
        lambda: busy_seconds(lambda: stored.table("api_key_id")),
        lambda: busy_seconds(stored.drawn),
        stored.parsed,
        times=_FEW_RUNS,
    )
    against = "json.loads of the same answers"
    yield Row("1M cached rows → table by model", by_model * 1e3, "ms", 0.08, parsed * 1e3, against, note)
    yield Row(
        "1M cached rows → table by API key", by_key * 1e3, "ms", 0.08, parsed * 1e3, against, "no summary"
    )
    yield Row(
        "... by model, and the chart's series", drawn * 1e3, "ms", 1.2, by_model * 1e3, "the table alone"
    )
    for group_by in ("model", "api_key_id"):
        peak = _peak(partial(stored.table, group_by)) / 1e6
        yield Row(f"... memory above the start, {group_by}", peak, "MB", 40, note="stored bytes aside")
    yield from _growth(stored)


def _stored() -> _Stored:
    """As many pages as it takes."""
    count = 0
    units: list[tuple[int, bytes]] = []
    bodies: list[bytes] = []
    first = _FIRST
    while count < _ROWS:
        body = page("huge", first, _PAGE_DAYS)
        bodies.append(zlib.compress(body, 1))
        for bucket in read(body):
            count += bucket.rows
            unit = Unit(bucket.start, NOW, bucket.end, (bucket,))
            units.append((bucket.start, encode_unit(_GRAIN, unit)))
        first += _PAGE_DAYS * DAY
    return _Stored(count, units, bodies)


def _peak(run: Callable[[], object]) -> int:
    """The most bytes of Python objects that one call holds at a time, above what stood before."""
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _growth(stored: _Stored) -> Iterator[Row]:
    """How the time for one row changes with the number of rows: from a thousand to a million."""
    yield _grown("rolled up, few groups", lambda size: partial(rollup, *_part(stored, size)))
    yield _grown("rolled up, as many groups", lambda size: partial(rollup, _ONE_DAY, [_single(size)]))
    yield _grown("put in order, as many groups", _ordering)


def _grown(what: str, made: Callable[[int], Callable[[], object]]) -> Row:
    """One kind of growth: the time for a row of a million beside that of ten thousand."""
    taken = {}
    for size in _SIZES:
        (taken[size],) = interleaved(
            partial(busy_seconds, made(size)), times=_FEW_RUNS if size > _MANY else RUNS
        )
    each = {size: taken[size] / size * 1e6 for size in _SIZES}
    note = ", ".join(f"{size:,} {taken[size] * 1e3:,.4g} ms" for size in _SIZES)
    return Row(f"growth: {what}", each[_SIZES[-1]], "µs", _GROWTH, each[_MANY], "a row of 10,000", note)


def _part(stored: _Stored, size: int) -> tuple[Query, list[Bucket]]:
    """About so many rows in days, as they come from the network: without summaries."""
    buckets: list[Bucket] = []
    for bucket in stored.buckets():
        left = size - sum(each.rows for each in buckets)
        if left <= 0:
            break
        buckets.append(_cut(bucket, min(left, bucket.rows)))
    return stored.query("model"), buckets


def _cut(bucket: Bucket, rows: int) -> Bucket:
    """The first rows of a bucket."""
    dims = {name: bucket.dimension(name) for name in bucket.dims}
    return pack(
        bucket.start,
        bucket.end,
        rows,
        dims={name: [values[code] for code in codes[:rows]] for name, (codes, values) in dims.items()},
        counts={name: bucket.counts(name)[:rows] for name in bucket.metrics},
        amounts={},
    )


def _single(size: int) -> Bucket:
    """A day in which every row is a group of its own; many have equal numbers, as many small projects have."""
    dice = random.Random(size)  # noqa: S311 - the same rows each time
    names = [f"m{at}" for at in range(size)]
    dice.shuffle(names)
    counts = {
        name: [int(dice.paretovariate(0.5)) for _ in names] for name in ("input_tokens", "output_tokens")
    }
    return pack(_DAY, _DAY + DAY, size, dims={"model": names}, counts=counts, amounts={})


def _ordering(size: int) -> Callable[[], object]:
    """Puts so many groups in order by a metric; a frame would keep its orders, and answer at once."""
    frame = rollup(_ONE_DAY, [_single(size)])
    return lambda: Ordering(frame.dims, frame.keys, frame.columns, apart=False).rows(
        "input_tokens", descending=True
    )
