"""Binning a series to the columns of a chart."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.charts.drawing import any_series, series
from usagetop.analysis.series import Series, bin_size, binned, missing, total

MINUTE, HOUR, DAY = 60, 3600, 86400


def test_flows_are_summed() -> None:
    """Seven days in three bins: three, three, and one, which is not comparable."""
    found = binned(series((1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0)), 3)
    assert found.lines[0].values == (6.0, 15.0, 7.0)
    assert found.step == 3 * DAY
    assert [start - found.starts[0] for start in found.starts] == [0, 3 * DAY, 6 * DAY]
    assert found.partial


def test_levels_keep_their_last_value() -> None:
    """What was stored at the end of the bin; a shorter bin is as good as any."""
    found = binned(series((1.0, 2.0, 3.0, None, 5.0), kind="level"), 3)
    assert found.lines[0].values == (2.0, 3.0, 5.0)
    assert not found.partial


def test_gaps_stay_gaps() -> None:
    """A bin without any bucket is a gap; one with some holds what is known, and is named."""
    flow = series((1.0, None, None, None, 5.0, 6.0), (1.0, None, None, None, 0.0, 0.0))
    assert binned(flow, 3).lines[0].values == (1.0, None, 11.0)
    assert missing(flow, 3) == (True, True, False)
    assert missing(flow, 6) == (False, True, True, True, False, False)


def test_a_bucket_is_missing_for_all_groups_or_for_none() -> None:
    """A group without a value beside one with a value is no gap of the answer."""
    assert missing(series((1.0, None), (None, 2.0)), 2) == (False, False)


def test_what_fits_is_left_alone() -> None:
    """No copy, no change."""
    flow = series((1.0, 2.0), partial=True)
    assert binned(flow, 2) is flow


@pytest.mark.parametrize(
    ("count", "step", "columns", "size"),
    [
        *[
            (1440, MINUTE, 110, 15),
            (1440, MINUTE, 1440, 1),
            (180, MINUTE, 110, 2),
            (20_000, MINUTE, 10, 2880),
        ],
        *[(720, HOUR, 110, 8), (24, HOUR, 110, 1), (9000, HOUR, 100, 96), (365, DAY, 110, 4), (3, DAY, 1, 3)],
        *[(0, DAY, 5, 1), (5, DAY, 0, 5)],
    ],
)
def test_bins_begin_on_round_times(count: int, step: int, columns: int, size: int) -> None:
    """Minutes make parts of hours and days, hours parts of days."""
    assert bin_size(count, step, columns) == size


def test_totals() -> None:
    """The sum of a flow, the last of a level, nothing of gaps."""
    line = series((1.0, None, 2.0)).lines[0]
    assert (total(line, "additive"), total(line, "level")) == (3.0, 2.0)
    assert total(series((None,)).lines[0], "additive") is None


@given(any_series(), st.integers(1, 120))
def test_binning_keeps_sums_and_levels(flow: Series, columns: int) -> None:
    """In at most as many bins as there are columns; what a line amounts to does not change."""
    found = binned(flow, columns)
    assert len(found.starts) <= columns
    assert set(found.starts) <= set(flow.starts)
    assert len(missing(flow, columns)) == len(found.starts)
    for before, after in zip(flow.lines, found.lines, strict=True):
        assert len(after.values) == len(found.starts)
        expected, got = total(before, flow.kind), total(after, found.kind)
        if expected is None or got is None:
            assert expected == got
        else:
            scale = sum(abs(value) for value in before.values if value is not None)
            assert math.isclose(expected, got, rel_tol=1e-9, abs_tol=1e-9 * scale)
