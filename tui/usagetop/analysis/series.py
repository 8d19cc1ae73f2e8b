"""A time series by group: what a chart draws, and how it is binned to the columns that the chart has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from usagetop.model.metrics import Unit

Key = tuple[str | int | None, ...]
Value = float | None

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
# How many buckets make a bin, so that bins begin on round times: parts of an hour, parts of a day.
_MINUTES = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1440)
_HOURS = (1, 2, 3, 4, 6, 8, 12, 24)


class Line(NamedTuple):
    """One group's values, one a bucket: None is a gap (the answer lacks that bucket), 0.0 is nothing in it.

    ``key`` is the group's raw identity, None for the rest of all groups; ``label`` is drawable text.
    """

    key: Key | None
    label: str
    values: tuple[Value, ...]


class Series(NamedTuple):
    """The lines of one chart, over the same buckets: largest group first, the rest (``other``) last.

    ``starts`` are the buckets' starts in UTC seconds, ``step`` their width in seconds. ``currency`` is empty
    for usage. ``kind`` says whether buckets add up. ``partial``: the last one is not complete. ``earlier`` is the
    total of an earlier period, bucket by bucket (empty: none is shown). ``odd`` are the places of buckets that
    leave their usual band. ``earlier_label`` is what a legend calls the marks of ``earlier``;
    it says shares of the whole where the series ``has_shares``.
    """

    starts: tuple[int, ...]
    step: int
    lines: tuple[Line, ...]
    unit: Unit
    currency: str
    kind: Literal["additive", "level"]
    partial: bool
    earlier: tuple[Value, ...] = ()
    odd: tuple[int, ...] = ()
    earlier_label: str = "before"
    has_shares: bool = True


def bin_size(count: int, step: int, columns: int) -> int:
    """How many buckets go into a bin, so that ``count`` buckets of ``step`` seconds fit ``columns`` bins."""
    least = max(1, -(-count // max(1, columns)))
    sizes = {_MINUTE: _MINUTES, _HOUR: _HOURS}.get(step, ())
    for size in sizes:
        if size >= least:
            return size
    per_day = max(1, _DAY // step) if sizes else 1
    return -(-least // per_day) * per_day


def binned(series: Series, columns: int) -> Series:
    """The same series in at most ``columns`` (≥ 1) bins of equal length: sums of flows, last values of levels.

    A bin is a gap where all its buckets are. Bins are counted from the start; when the last one of a flow is
    shorter than the others, the result is ``partial``: its sum is not comparable with theirs.
    """
    size = bin_size(len(series.starts), series.step, columns)
    if size == 1:
        return series
    combine: Callable[[Sequence[Value]], Value] = _sum if series.kind == "additive" else _last
    cuts = range(0, len(series.starts), size)
    lines = tuple(
        line._replace(values=tuple([combine(line.values[cut : cut + size]) for cut in cuts]))
        for line in series.lines
    )
    short = series.kind == "additive" and len(series.starts) % size != 0
    return series._replace(
        starts=series.starts[::size],
        step=series.step * size,
        lines=lines,
        partial=series.partial or short,
        odd=tuple(dict.fromkeys(place // size for place in series.odd)),
        earlier=tuple([combine(series.earlier[cut : cut + size]) for cut in cuts]) if series.earlier else (),
    )


def missing(series: Series, columns: int) -> tuple[bool, ...]:
    """For each bin of ``binned(series, columns)``: whether the answer lacks one of its buckets."""
    size = bin_size(len(series.starts), series.step, columns)
    cuts = range(0, len(series.starts), size)
    # A bucket is missing for all groups at once: the first line without a gap settles it.
    if not all(_has_gap(line.values) for line in series.lines):
        return (False,) * len(cuts)
    gone = [
        all(value is None for value in column)
        for column in zip(*(line.values for line in series.lines), strict=True)
    ]
    return tuple(any(gone[cut : cut + size]) for cut in cuts)


def total(line: Line, kind: Literal["additive", "level"]) -> Value:
    """What a legend says of a line: the sum of a flow, the last known value of a level; None: only gaps."""
    return _sum(line.values) if kind == "additive" else _last(line.values)


def _has_gap(values: Sequence[Value]) -> bool:
    """Whether some value is None; adding up what cannot be added is three times as fast as looking for it."""
    try:
        sum(values)  # type: ignore[arg-type]
    except TypeError:
        return True
    return False


def _sum(values: Sequence[Value]) -> Value:
    """The sum of what is known. The fast way first: a gap is rare, and a year has many minutes."""
    try:
        return float(sum(values))  # type: ignore[arg-type]
    except TypeError:
        known = [value for value in values if value is not None]
        return float(sum(known)) if known else None


def _last(values: Sequence[Value]) -> Value:
    """The last known value."""
    return next((value for value in reversed(values) if value is not None), None)
