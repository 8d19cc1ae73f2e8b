"""Byte planes: what goes in comes out, and woven columns stay apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usagetop.model.planes import MOST_PLANES, numbers_of, planes_of, woven

numbers = st.lists(st.integers(0, 300) | st.integers(0, 2**40) | st.integers(0, 2**64 - 1), max_size=150)


@given(numbers)
def test_numbers_come_back(column: list[int]) -> None:
    """In as many planes as the largest number has bytes."""
    planes = planes_of(column)
    assert planes is not None
    assert len(planes) == (max(column, default=0).bit_length() + 7) // 8
    assert list(numbers_of(b"".join(planes), len(planes), len(column))) == column


@pytest.mark.parametrize("column", [[1, None], [-1], [2**64], [0, 2**64, None]])
def test_what_has_no_planes(column: list[int | None]) -> None:
    """A number that is missing, negative or beyond 64 bits."""
    assert planes_of(column) is None


@pytest.mark.parametrize("width", range(MOST_PLANES + 1))
def test_every_width(width: int) -> None:
    """The largest number of so many bytes, and its lowest and highest byte alone."""
    column = [256**width - 1, 0, min(255, 256**width - 1), 255 * 256 ** max(0, width - 1) * (width > 0)]
    planes = planes_of(column)
    assert planes is not None
    assert len(planes) == width
    assert list(numbers_of(b"".join(planes), width, len(column))) == column


@given(st.integers(1, 150), st.data())
def test_woven_columns_stay_apart(rows: int, data: st.DataObject) -> None:
    """Each number of a row stands at its place, and nothing stands behind the last row."""
    columns = data.draw(st.lists(st.lists(st.integers(0, 2**48), min_size=rows, max_size=rows), max_size=4))
    parts = []
    size = 1
    expected = [0] * rows
    for column in columns:
        planes = planes_of(column) or []
        if planes:
            parts.append((size, b"".join(planes)))
        expected = [sum_ + (number << 8 * size) for sum_, number in zip(expected, column, strict=True)]
        size += len(planes) + data.draw(st.integers(0, 3))
    found = list(woven(parts, size, rows))
    assert found[:rows] == expected
    assert not any(found[rows:])
