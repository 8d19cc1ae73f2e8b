"""Volumes: how many requests a cell makes on a day, and how they spread over its minutes.

All in integers. A day's count is spread by a cumulative function of the minute, and every bucket is the
difference of that function at its two ends; so a day equals the sum of its hours and an hour the sum of its
minutes, exactly, and the open bucket grows with the clock.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeVar

from usagetop.demo import scenarios
from usagetop.demo.mixing import GOLDEN, MASK
from usagetop.demo.weather import dice, drift, good_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from usagetop.demo.paging import Bucket
    from usagetop.demo.scenarios import Scenario
    from usagetop.demo.workloads import Cell, Workload

T = TypeVar("T")
MINUTES = 1440
DAY = 86400
LEVEL_START = 20000  # the day (since 1970) on which a vector store has its first size
_MIDDLE = 20600  # the day on which rates are as written; before it less, after it more
_WEEKS = {
    "office": (1000, 1060, 1040, 1010, 900, 330, 280),
    "always": (980, 1000, 1010, 1020, 1040, 960, 940),
}
_RAMP_DAYS = 30
_FADE_DAYS = 45
_FADED = 60  # thousandths that remain of what was replaced
_MULTIPLIER = 0xD6E8_FEB8_6659_FD93
_UNIT = 1_000_000_000
# Hourly weights (UTC) of a day's course.
_COURSES = {
    "office": (2, 2, 2, 2, 3, 5, 12, 26, 44, 52, 55, 50, 44, 52, 58, 54, 44, 30, 18, 12, 9, 6, 4, 3),
    "agents": (9, 8, 8, 8, 9, 11, 14, 18, 22, 24, 25, 24, 22, 23, 24, 24, 22, 20, 18, 16, 15, 13, 12, 11),
    "evening": (10, 6, 4, 3, 3, 5, 10, 16, 20, 22, 24, 28, 30, 28, 28, 32, 40, 50, 58, 62, 60, 48, 32, 18),
    "night": (40, 70, 80, 80, 70, 40, 12, 4, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 4, 6, 8, 12, 24),
    "small hours": (4, 30, 80, 90, 70, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
}


@cache
def course(profile: str) -> tuple[int, ...]:
    """The cumulative weight up to each minute of the day: 1441 integers from 0 on."""
    sums = [0]
    for hour, weight in enumerate(_COURSES[profile]):
        for minute in range(60):
            sums.append(sums[-1] + weight * (4 + (hour * 7 + minute * minute * 3) % 5))
    return tuple(sums)


def growth(day: int) -> int:
    """The size of the whole organization on that absolute day, in thousandths."""
    return max(300, 1000 + (day - _MIDDLE) * 5 // 4)


def factor(workload: Workload, day: int, today: int, scenario: Scenario) -> int:
    """By what, in thousandths, the workload's rates are multiplied on that absolute day."""
    life = workload.life
    age = today - day
    if not life.newest <= age <= life.oldest:
        return 0
    grown = growth(day)
    result = grown * _WEEKS[life.week][(day + 3) % 7] // 1000
    if scenario.spike and "spike" in workload.events and age == scenarios.SPIKE:
        result = grown * scenarios.SPIKE_FACTOR
    if life.since is not None:
        result = result * min(max(day - life.since, 0), _RAMP_DAYS) // _RAMP_DAYS
    if life.until is not None and day > life.until:
        left = 1000 - 1000 * (day - life.until) // _FADE_DAYS
        result = result * max(left, _FADED) // 1000
    if "new" in workload.events:
        result = result * min(life.oldest - age + 1, _RAMP_DAYS) // 10
    if scenario.seed and workload.cells:
        result = result * drift(day, scenario.seed, workload.cells[0].seed) // 1000
    # The whole organization has good and bad days.
    return result * good_day(day, scenario.seed) // 1000


def requests_on(
    day: int, rate_factor: int, members: Sequence[tuple[Cell, T]], seed: int = 0
) -> Iterator[tuple[Cell, T, int, int]]:
    """Cells that are active on the day, with what came along: (cell, companion, requests, 64 bits).

    The bits are the cell's own dice of that day (and seed); ``part_total`` and ``spread`` read them too.
    """
    salt = day * GOLDEN & MASK ^ dice(seed)
    for cell, companion in members:
        bits = (cell.seed ^ salt) * _MULTIPLIER & MASK
        bits ^= bits >> 32
        # The remainder is rounded by dice, so that a rate of 0.2 a day is one request in five days.
        count = (cell.rate * rate_factor * (700 + bits % 601) + (bits >> 10) % _UNIT) // _UNIT
        if count:
            yield cell, companion, count, bits


def part_total(count: int, average: int, place: int, bits: int) -> int:
    """Base units of one part on the day: requests × average size, give or take an eighth."""
    return count * average * (896 + (bits >> (place << 2) & 255)) // 1024


def spread(cell: Cell, count: int, bits: int, edges: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """How ``count`` requests of a day fall between ``edges`` (minutes of the day, ascending).

    Yields (place of the bucket, requests before it, requests up to its end), without empty buckets. A part
    of ``total`` base units follows: ``total * after // count - total * before // count``.
    """
    sums = course(cell.profile)
    whole = sums[-1]
    phase = (bits >> 8) % whole
    first, last = (count * sums[edges[0]] + phase) // whole, (count * sums[edges[-1]] + phase) // whole
    if first == last:
        return
    before = first
    for place in range(1, len(edges)):
        after = (count * sums[edges[place]] + phase) // whole
        if after != before:
            yield place - 1, before, after
            before = after
            if after == last:
                return


def level_mib(cell: Cell, minute: int) -> int:
    """The size in MiB of a vector store at the absolute minute (since 1970): it grows evenly."""
    return max(0, cell.rate + cell.parts[0][1] * (minute - LEVEL_START * MINUTES) // MINUTES)


def cut(buckets: Sequence[Bucket]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Buckets by UTC day: (absolute day, edges in minutes of the day).

    Buckets lie side by side and none crosses midnight, so n buckets of a day have n + 1 edges.
    """
    place = 0
    while place < len(buckets):
        day = buckets[place].start // DAY
        edges = [buckets[place].start // 60 - day * MINUTES]
        while place < len(buckets) and buckets[place].start // DAY == day:
            edges.append(buckets[place].end // 60 - day * MINUTES)
            place += 1
        yield day, tuple(edges)
