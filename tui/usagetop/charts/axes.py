"""The horizontal axis: days, hours and minutes in UTC, written where their bucket stands, never overlapping."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
# Seconds between ticks, finest first: round times of the day, a few days from the first one, weeks from Monday.
_INTERVALS = (
    *(count * _MINUTE for count in (1, 2, 5, 10, 15, 30)),
    *(count * _HOUR for count in (1, 2, 3, 6, 12)),
    *(count * _DAY for count in (1, 2, 3, 7, 14)),
)
_MONTHS = (1, 2, 3, 6, 12, 24, 60)
_WEEK = 7 * _DAY
# 1970-01-05 was a Monday.
_FIRST_MONDAY = 4 * _DAY
_MONTHS_A_YEAR = 12
_SHORTEST_MONTH = 28 * _DAY
_BETWEEN = 2
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def time_ticks(
    starts: Sequence[int], step: int, columns: Sequence[int], width: int
) -> tuple[tuple[int, str], ...]:
    """(column, text) of the ticks of buckets that begin at ``starts`` and are drawn at ``columns``.

    The finest interval whose texts fit ``width`` cells with two blanks between them; day numbers carry the
    month where it changes. Where nothing fits there is the first bucket's text, or nothing.
    """
    if not starts:
        return ()
    end = starts[-1] + step
    for interval in _INTERVALS:
        # Three cells are the least that a tick takes: intervals far too fine are not even written.
        if interval >= step and (end - starts[0]) // interval * (_BETWEEN + 1) <= width:
            times = range(_first(starts[0], interval), end, interval)
            placed = _placed(list(_texts(times, interval)), starts, step, columns, width)
            if placed:
                return placed
    for months in _MONTHS:
        if months * _SHORTEST_MONTH >= step:
            placed = _placed(list(_month_texts(starts[0], end, months)), starts, step, columns, width)
            if placed:
                return placed
    text = _clock(starts[0], _MINUTE if step < _DAY else _DAY)
    return ((columns[0], text),) if columns[0] + len(text) <= width else ()


def _first(start: int, interval: int) -> int:
    """The first tick at or after ``start``."""
    if _DAY < interval < _WEEK:
        return start
    offset = _FIRST_MONDAY if interval >= _WEEK else 0
    return start + (offset - start) % interval


def _texts(times: Sequence[int], interval: int) -> Iterator[tuple[int, str]]:
    """(time, text) of ticks up to two weeks apart."""
    month = 0
    for time in times:
        if interval < _DAY:
            yield time, _clock(time, interval)
            continue
        day = datetime.fromtimestamp(time, UTC)
        yield time, f"{_NAMES[day.month - 1]} {day.day}" if day.month != month else str(day.day)
        month = day.month


def _clock(time: int, interval: int) -> str:
    """``14:05``, and the day at midnight: ``Nov 3``."""
    moment = datetime.fromtimestamp(time, UTC)
    if time % _DAY == 0 or interval >= _DAY:
        return f"{_NAMES[moment.month - 1]} {moment.day}"
    return f"{moment:%H:%M}"


def _month_texts(start: int, end: int, months: int) -> Iterator[tuple[int, str]]:
    """(time, text) of the first days of every so many months; the year stands in place of January."""
    first = datetime.fromtimestamp(start, UTC)
    number = first.year * _MONTHS_A_YEAR + first.month - 1
    number += -number % months
    while True:
        year, month = divmod(number, _MONTHS_A_YEAR)
        time = int(datetime(year, month + 1, 1, tzinfo=UTC).timestamp())
        if time >= end:
            return
        if time >= start:
            yield time, str(year) if month == 0 else _NAMES[month]
        number += months


def _placed(
    texts: Sequence[tuple[int, str]], starts: Sequence[int], step: int, columns: Sequence[int], width: int
) -> tuple[tuple[int, str], ...]:
    """The ticks at their columns; nothing where they would overlap or are too few to read a distance from."""
    placed: list[tuple[int, str]] = []
    free = 0
    for time, text in texts:
        column = columns[min(len(columns) - 1, (time - starts[0]) // step)]
        if column < free:
            return ()
        if column + len(text) > width:
            break
        placed.append((column, text))
        free = column + len(text) + _BETWEEN
    return tuple(placed) if len(placed) > 1 or (placed and len(starts) == 1) else ()
