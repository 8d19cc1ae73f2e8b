"""Two periods beside each other: which ones, and what changed in every row and in the totals.

Both sides hold closed buckets only. What is still open in the asked range is left out of it, and the other
side is as long as what remains, so that half a day is never held against a whole one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from operator import eq
from typing import TYPE_CHECKING, Literal

from usagetop.analysis.frame import Totals
from usagetop.errors import UsageError
from usagetop.model import money
from usagetop.model.categories import SECONDS_OF
from usagetop.model.money import ZERO
from usagetop.model.period import DAY, EARLIEST, Range, day_text, floor, span_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from usagetop.analysis.frame import Frame, Number
    from usagetop.analysis.grouping import Key
    from usagetop.model.categories import Category
    from usagetop.model.query import Query

Mode = Literal["previous", "month"]
Status = Literal["both", "new", "gone"]
Column = list["Number | None"]

MODES: tuple[Mode, ...] = ("previous", "month")


@dataclass(frozen=True, slots=True)
class Periods:
    """The two sides of a comparison, each a query of closed buckets.

    ``open_buckets`` were cut from the end of what was asked. Months differ in length: across the end of one,
    the same days a month earlier may be fewer or more, and then the sides are not ``equal``.
    """

    current: Query
    previous: Query
    open_buckets: int = 0

    @property
    def equal(self) -> bool:
        """Whether both sides are equally long."""
        return self.current.range.seconds == self.previous.range.seconds

    @property
    def shift(self) -> int:
        """How many seconds the current side begins after the previous one."""
        return self.current.range.start - self.previous.range.start


def periods(query: Query, mode: Mode, now: int) -> Periods:
    """The closed part of a query, and the period to hold it against; ``now`` in UTC seconds.

    ``previous`` is as long and ends where the closed part begins. ``month`` are the same days (and hours) one
    month earlier: a day that the earlier month lacks becomes its last one, so 29 to 31 March are held against
    28 February. Raises UsageError when no bucket is closed yet, or when the other period begins
    before any range may.
    """
    asked = query.range
    step = SECONDS_OF[query.width]
    # The end is aligned to the width, and so is every bucket's edge.
    end = min(asked.end, floor(now, step))
    if end <= asked.start:
        message = f"nothing of {asked.text} can be compared: none of its buckets is closed yet"
        raise UsageError(message, mend="Take a longer range, or a finer width")
    if mode == "previous":
        before = (asked.start - (end - asked.start), asked.start)
    else:
        before = _month_before(asked.start, end, step)
    if before[0] < EARLIEST:
        raise UsageError(f"the API did not exist so long before {asked.text}", mend="Take a shorter range")
    current = asked if end == asked.end else _range(asked, asked.start, end)
    return Periods(
        current=query._replace(range=current),
        previous=query._replace(range=_range(asked, *before)),
        open_buckets=(asked.end - end) // step,
    )


def _range(asked: Range, start: int, end: int) -> Range:
    """A part of a range or its counterpart; whole days have the text that asks for them again."""
    if start % DAY or end % DAY:
        return asked._replace(text=span_text(start, end), start=start, end=end)
    first, last = day_text(start), day_text(end - 1)
    return asked._replace(text=first if first == last else f"{first}..{last}", start=start, end=end)


def _month_before(start: int, end: int, step: int) -> tuple[int, int]:
    """Start and end of the same buckets one month earlier."""
    first = _a_month_less(start)
    last = _a_month_less(end - step) + step
    # Two nights of March can meet in the last one of February: it is taken to its end.
    return first, last if last > first else floor(first, DAY) + DAY


def _a_month_less(second: int) -> int:
    """The same time of the same day one month earlier; a day that it lacks becomes its last one."""
    day = datetime.fromtimestamp(floor(second, DAY), UTC)
    last_before = day.replace(day=1) - timedelta(days=1)
    there = last_before.replace(day=min(day.day, last_before.day))
    return int(there.timestamp()) + second % DAY


@dataclass(frozen=True)
class Compared:
    """Two frames of the same dimensions, row by row.

    ``keys`` are those of the current frame in its order, so that its row numbers hold here too; behind them
    stand, in their own order, the keys that exist only before (``gone``). In ``current``, ``previous`` and
    ``delta`` each metric has a value for each key. A side without the row has 0 of a usage category's main
    metrics and None of all else; ``delta`` counts None as 0, and is None where both sides are, or where a
    quantity's unit changed. With ``bucket`` among the dimensions its values are the current side's.

    Deltas add up to ``totals`` less ``previous_totals``, to the last digit. A level (``usage_bytes``) is no
    sum: a row's delta is the difference between its own last values of the two periods (that of ``as_of``),
    the total's the difference between the two totals, each of the last bucket that gave one; a row that ended
    before its period did has a value there, and no part in the total.
    """

    category: Category
    group_by: tuple[str, ...]
    dims: tuple[str, ...]
    keys: list[Key]
    status: list[Status]
    current: Mapping[str, Column]
    previous: Mapping[str, Column]
    delta: Mapping[str, Column]
    totals: Totals
    previous_totals: Totals
    delta_totals: Totals
    units: list[str | None] | None = None
    previous_units: list[str | None] | None = None

    def __len__(self) -> int:
        """The number of rows, those that are gone included."""
        return len(self.keys)


def compare(current: Frame, previous: Frame, *, shift: int = 0) -> Compared:
    """Hold two frames of the same dimensions against each other.

    ``shift`` (``Periods.shift``) is what is added to the earlier frame's bucket starts, so that the n-th
    bucket meets the n-th. Raises ValueError when the frames are not of the same dimensions.
    """
    about = current.category
    if (about.name, current.dims) != (previous.category.name, previous.dims):
        message = "frames of different dimensions cannot be compared"
        raise ValueError(message)
    earlier = {key: row for row, key in enumerate(_shifted(previous, shift))}
    present = set(current.keys)
    gone = [key for key in earlier if key not in present]
    keys = [*current.keys, *gone]
    rows_now: list[int | None] = [*range(len(current)), *[None] * len(gone)]
    rows_then = [earlier.get(key) for key in keys]
    after: dict[str, Column] = {}
    before: dict[str, Column] = {}
    for metric in about.metrics:
        if metric.name in current.columns or metric.name in previous.columns:
            empty = 0 if metric.main and not about.is_costs else None
            after[metric.name] = _column(current, metric.name, rows_now, empty)
            before[metric.name] = _column(previous, metric.name, rows_then, empty)
    status = [_status(now, then) for now, then in zip(rows_now, rows_then, strict=True)]
    units, units_then = _picked(current.units, rows_now), _picked(previous.units, rows_then)
    delta = {name: _differences(after[name], before[name]) for name in after}
    if "quantity" in delta:
        comparable = _comparable(status, after["quantity"], before["quantity"], units, units_then)
        delta["quantity"] = [
            number if fits else None for number, fits in zip(delta["quantity"], comparable, strict=True)
        ]
    return Compared(
        category=about,
        group_by=current.group_by,
        dims=current.dims,
        keys=keys,
        status=status,
        current=after,
        previous=before,
        delta=delta,
        totals=current.totals,
        previous_totals=previous.totals,
        delta_totals=_difference(current.totals, previous.totals),
        units=units,
        previous_units=units_then,
    )


def relative(delta: Number, previous: Number | None) -> Fraction | None:
    """The change as an exact share of what was before (0.25: a quarter more); None when that is zero or none.

    The sign is that of the change, also where the earlier amount is negative.
    """
    return Fraction(delta) / abs(Fraction(previous)) if previous else None


def _shifted(frame: Frame, shift: int) -> Sequence[Key]:
    """The frame's keys with their bucket starts moved on."""
    if not shift or "bucket" not in frame.dims:
        return frame.keys
    at = frame.dims.index("bucket")
    return [(*key[:at], int(key[at] or 0) + shift, *key[at + 1 :]) for key in frame.keys]


def _picked(values: Sequence[str | None] | None, rows: Sequence[int | None]) -> list[str | None] | None:
    return None if values is None else [None if row is None else values[row] for row in rows]


def _column(frame: Frame, name: str, rows: Sequence[int | None], empty: int | None) -> Column:
    """A metric of the rows named, ``empty`` where the frame has no such row."""
    values = frame.columns.get(name)
    if values is None:
        return [None] * len(rows)
    return [empty if row is None else values[row] for row in rows]


def _differences(after: Column, before: Column) -> Column:
    return [
        None if now is None and then is None else _less(now or 0, then or 0)
        for now, then in zip(after, before, strict=True)
    ]


def _less(now: Number, then: Number) -> Number:
    """The exact difference: of counts a count, of money a Decimal."""
    if isinstance(now, int) and isinstance(then, int):
        return now - then
    return money.subtract(Decimal(now), Decimal(then))


def _comparable(
    status: Sequence[Status],
    after: Column,
    before: Column,
    units: Sequence[str | None] | None,
    units_then: Sequence[str | None] | None,
) -> list[bool]:
    """Whether a row's quantities may be subtracted: both known and of one unit, or the row is new or gone."""
    same = [True] * len(status) if units is None or units_then is None else list(map(eq, units, units_then))
    return [
        each != "both" or (one and None not in (now, then))
        for each, now, then, one in zip(status, after, before, same, strict=True)
    ]


def _status(now: int | None, then: int | None) -> Status:
    if then is None:
        return "new"
    return "gone" if now is None else "both"


def _difference(after: Totals, before: Totals) -> Totals:
    """The totals' differences; a currency or metric that one side lacks is 0 there."""
    currencies = sorted({*after.amounts, *before.amounts}, key=lambda name: (name != "usd", name))
    counts = dict.fromkeys([*after.counts, *before.counts])
    return Totals(
        counts={name: after.counts.get(name, 0) - before.counts.get(name, 0) for name in counts},
        amounts={
            name: money.subtract(after.amounts.get(name, ZERO), before.amounts.get(name, ZERO))
            for name in currencies
        },
    )
