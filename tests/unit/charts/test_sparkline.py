"""Charts of one row, for the cells of a table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usagetop.charts.sparkline import share_bar, spark


@pytest.mark.parametrize(
    ("values", "width", "text"),
    [
        ((0, 1, 2, 4, 8), 5, " ▁▂▄▇"),
        ((1, 8), 5, "   ▁▇"),
        ((1, None, 8), 3, "▁·▇"),
        ((8, -1, 0.001), 3, "▇▔▁"),
        ((1, 1, 1, 1, 4, 4), 3, "▂▂▇"),
        ((9, 1, 1, 4, 4), 3, "▇▂▆"),
        ((0, 0), 2, "  "),
        ((), 3, "   "),
        ((1, 2), 0, ""),
    ],
)
def test_sparklines(values: tuple[float | None, ...], width: int, text: str) -> None:
    """Sevenths of the largest bin, the latest at the right; with more values than cells the first bin is short."""
    assert spark(values, width) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "    "),
        (1, "████"),
        (0.5, "██  "),
        (0.53125, "██▏ "),
        (0.0001, "▏   "),
        (0.9999, "███▉"),
        (-1, "    "),
        (7, "████"),
    ],
)
def test_share_bars(share: float, text: str) -> None:
    """Eighths of a cell; something is not nothing, and not quite all is not all."""
    assert share_bar(share, 4) == text


@given(st.lists(st.none() | st.floats(-1e9, 1e300), max_size=400), st.integers(0, 60), st.booleans())
def test_exact_width(values: list[float | None], width: int, ascii_only: bool) -> None:  # noqa: FBT001
    """A cell of a table is as wide as its column."""
    text = spark(values, width, ascii_only=ascii_only)
    assert len(text) == width
    assert text.isascii() or not ascii_only


@given(st.floats(-2, 2), st.integers(0, 60), st.booleans())
def test_share_bars_have_exact_width(share: float, width: int, ascii_only: bool) -> None:  # noqa: FBT001
    """The same for bars."""
    text = share_bar(share, width, ascii_only=ascii_only)
    assert len(text) == width
    assert text.isascii() or not ascii_only
