"""What differs between two demo organizations of different seeds: good and bad days, and how work shifts.

Seed 0 is the demo as everybody knows it. Any other seed is the same people and prices in another year: days
scatter more or less, the whole organization and every workload drift by weeks, and the dice of every cell fall
otherwise. What a forecast or an alarm says is tried on many of them.
"""

from __future__ import annotations

from usagetop.demo.mixing import MASK, mix

# Thousandths up and down: of a day, of the organization's anchors and of a workload's.
_DAY = 60
_LEAST_DAY, _MORE_DAY = 30, 70
_ORGANIZATION, _WORKLOAD = 120, 250
# Days between two anchors.
_ORGANIZATION_DAYS, _WORKLOAD_DAYS = 28, 19


def good_day(day: int, seed: int) -> int:
    """The whole organization's good and bad days, in thousandths; how much they scatter is the seed's own."""
    if not seed:
        return 1000 - _DAY + mix(day) % (2 * _DAY + 1)
    most = _LEAST_DAY + mix(seed) % _MORE_DAY
    return 1000 - most + mix(seed, day) % (2 * most + 1)


def drift(day: int, seed: int, workload: int) -> int:
    """By what, in thousandths, a seed but 0 moves a workload (by its own 64 bits) on that absolute day."""
    whole = _between(day, _ORGANIZATION_DAYS, _ORGANIZATION, mix(seed, 1))
    return whole * _between(day, _WORKLOAD_DAYS, _WORKLOAD, mix(seed, workload)) // 1000


def dice(seed: int) -> int:
    """64 bits that turn the dice of all cells."""
    return mix(seed, 2) & MASK if seed else 0


def _between(day: int, days: int, most: int, bits: int) -> int:
    """A line from anchor to anchor, each a number of thousandths around 1000."""
    place, past = divmod(day + bits % days, days)
    left, right = (1000 - most + mix(bits, place + step) % (2 * most + 1) for step in (0, 1))
    return left + (right - left) * past // days
