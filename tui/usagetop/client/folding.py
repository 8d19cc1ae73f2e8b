"""Folding the hours of a UTC day into one bucket of a day, as if the day had been asked for by the day.

For counts that add up over time only: of a level the hours say nothing that could be added, and costs come by
the day alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from usagetop.client.units import Unit
from usagetop.model.columns import Bucket, Problem, Value, pack
from usagetop.model.period import DAY

_Key = tuple[Value, ...]
_Sums = dict[str, dict[int, int]]


def day_of(unit: Unit, dimensions: Sequence[str]) -> Unit:
    """The day of 1d that these hours are, by these of their dimensions: rows of equal values become one.

    It was fetched when the hours were, and asked for until they were.
    """
    return Unit(unit.start, unit.fetched_at, unit.until, (_folded(unit, sorted(dimensions)),))


def _folded(unit: Unit, dimensions: Sequence[str]) -> Bucket:
    """One bucket with the sums of all; fields without a use are kept apart, so that none gets lost."""
    extras = sorted({name for bucket in unit.buckets for name in bucket.extras})
    numbers: dict[_Key, int] = {}
    sums: _Sums = {}
    problems: Counter[tuple[str, str]] = Counter()
    for bucket in unit.buckets:
        rows = [numbers.setdefault(key, len(numbers)) for key in _keys(bucket, dimensions, extras)]
        for name in bucket.metrics:
            _add(sums.setdefault(name, {}), rows, bucket.counts(name))
        for problem in bucket.problems:
            problems[problem.code, problem.field] += problem.rows
    count = len(numbers)
    columns = list(zip(*numbers, strict=True)) if numbers else [()] * (len(dimensions) + len(extras))
    return pack(
        unit.start,
        unit.start + DAY,
        count,
        dims=dict(zip(dimensions, columns, strict=False)),
        counts={name: [values.get(row) for row in range(count)] for name, values in sums.items()}
        if count
        else {},
        amounts={},
        extras=dict(zip(extras, columns[len(dimensions) :], strict=True)),
        problems=(Problem(code, field, rows) for (code, field), rows in sorted(problems.items())),
    )


def _keys(bucket: Bucket, dimensions: Sequence[str], extras: Sequence[str]) -> Iterator[_Key]:
    """What tells the rows of a bucket apart: one key a row."""
    columns: list[Iterable[Value]] = []
    for name in dimensions:
        codes, values = bucket.dimension(name)
        columns.append([values[code] for code in codes])
    for name in extras:
        if name in bucket.extras:
            codes, values = bucket.extra(name)  # noqa: S610 - not Django's
            columns.append([values[code] for code in codes])
        else:
            columns.append([None] * bucket.rows)
    return zip(*columns, strict=True) if columns else iter([()] * bucket.rows)


def _add(sums: dict[int, int], rows: Sequence[int], counts: Iterable[int | None]) -> None:
    """Add one column; a row that did not give the metric adds nothing, not even a zero."""
    for row, number in zip(rows, counts, strict=True):
        if number is not None:
            sums[row] = sums.get(row, 0) + number
