"""The axes: round marks on the edges of rows, and times that never overlap."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.charts.drawing import DAY, NOV_1, UNITS
from usagetop.charts.axes import time_ticks
from usagetop.charts.scale import round_step, scale

HOUR = 3600


def ticks(start: int, step: int, count: int, slot: int) -> list[tuple[int, str]]:
    """The ticks of ``count`` buckets, each in ``slot`` columns."""
    starts = [start + number * step for number in range(count)]
    return list(time_ticks(starts, step, [number * slot for number in range(count)], count * slot))


def test_days_are_weeks_from_monday() -> None:
    """The month stands where it changes; 26 October 2026 is a Monday."""
    assert ticks(NOV_1 - 8 * DAY, DAY, 30, 2) == [(4, "Oct 26"), (18, "Nov 2"), (32, "9"), (46, "16")]


def test_hours() -> None:
    """Midnight is written as the day that begins."""
    assert ticks(NOV_1 - 12 * HOUR, HOUR, 24, 3) == [
        *[(0, "12:00"), (9, "15:00"), (18, "18:00"), (27, "21:00")],
        *[(36, "Nov 1"), (45, "03:00"), (54, "06:00"), (63, "09:00")],
    ]


def test_minutes() -> None:
    """Round minutes, also when the first bucket's is not."""
    assert ticks(NOV_1 + 14 * HOUR + 7 * 60, 60, 60, 1) == [
        *[(3, "14:10"), (13, "14:20"), (23, "14:30"), (33, "14:40"), (43, "14:50"), (53, "15:00")]
    ]


def test_a_year_has_months_and_the_year_for_january() -> None:
    """Bins of four days."""
    texts = [text for _, text in ticks(NOV_1, 4 * DAY, 91, 1)]
    assert texts == ["Nov", "Dec", "2027", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct"]


@pytest.mark.parametrize(("step", "text"), [(DAY, "Nov 1"), (HOUR, "Nov 1"), (60, "Nov 1")])
def test_one_bucket(step: int, text: str) -> None:
    """Its start, where it fits; else nothing rather than a part."""
    assert time_ticks([NOV_1], step, [0], 9) == ((0, text),)
    assert time_ticks([NOV_1], step, [0], 2) == ()


@given(
    st.integers(0, 2_000_000_000), st.sampled_from((60, HOUR, DAY)), st.integers(1, 400), st.integers(1, 4)
)
def test_ticks_never_overlap(start: int, step: int, count: int, slot: int) -> None:
    """Two blanks at least between two, and none leaves the axis."""
    found = ticks(start // step * step, step, count, slot)
    assert all(left + len(text) + 2 <= right for (left, text), (right, _) in pairwise(found))
    assert all(column >= 0 and column + len(text) <= count * slot for column, text in found)


@given(
    st.floats(0, 1e12, allow_subnormal=False),
    st.floats(-1e12, 0, allow_subnormal=False),
    st.integers(0, 40),
    st.sampled_from(UNITS),
    st.integers(2, 12),
)
def test_a_scale_holds_its_values(high: float, low: float, rows: int, unit: str, width: int) -> None:
    """All values are inside, marks are inside too and two rows apart where there are rows enough."""
    found = scale(low, high, rows, unit, width=width)  # type: ignore[arg-type]
    if rows > 1 and high - low > 1e-200:
        assert found.low <= low * (1 - 1e-6)
        assert found.high >= high * (1 - 1e-6)
    edges = [edge for edge, _ in found.marks]
    assert edges == sorted(edges)
    assert all(0 <= edge <= rows for edge in edges)
    assert rows <= 4 or all(right - left >= 2 for left, right in pairwise(edges))


@given(st.floats(1e-6, 1e12), st.integers(5, 40))
def test_a_scale_wastes_little(high: float, rows: int) -> None:
    """The highest bar fills more than half of the plot."""
    assert scale(0, high, rows, "usd").high <= 2 * high


@pytest.mark.parametrize(
    ("unit", "least", "step"),
    [
        *[("usd", 0.021, 0.025), ("usd", 0.3, 0.4), ("usd", 26, 40), ("usd", 1.01, 2)],
        *[
            ("requests", 0.1, 1),
            ("requests", 2.1, 4),
            ("requests", 21, 25),
            ("requests", 2_100_000, 2_500_000),
        ],
        *[("seconds", 31, 60), ("seconds", 4000, 7200), ("seconds", 50_000, 72_000)],
        *[("bytes", 3, 4), ("bytes", 1025, 2048), ("bytes", 0.2, 1)],
    ],
)
def test_round_steps(unit: str, least: float, step: float) -> None:
    """Money goes below one, counts do not; times are those of clocks, bytes powers of two."""
    assert round_step(least, unit) == step  # type: ignore[arg-type]
