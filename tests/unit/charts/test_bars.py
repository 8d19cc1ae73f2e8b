"""Stacked bars: exact pictures of small series, and what holds for all."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.charts.drawing import DAY, any_series, assert_drawn, looks, pictured, series, sizes
from usagetop.analysis.series import Series
from usagetop.charts.bars import build
from usagetop.charts.glyphs import EIGHTHS
from usagetop.charts.picture import LINE, OTHER, Look, Picture, Size

LOOK = Look()
WEEK = (8, 16, 5, 7, 12, 24, 6)


def heights(picture: Picture, *, left: int, width: int, rows: int) -> list[int]:
    """The height in eighths of what stands in each column of the plot (nothing hangs, no legend beside it)."""
    lines = [
        [8 if span.ground is not None else EIGHTHS.find(cell) for span in row for cell in span.text]
        for row in picture.rows[:rows]
    ]
    return [sum(max(0, high) for high in column[:rows]) for column in zip(*lines, strict=True)][
        left : left + width
    ]


def test_a_week() -> None:
    """Values at the left on the edges of rows, the floor, the days, the legend; two cells a bar, one between."""
    drawn = build(series(WEEK, unit="usd"), Size(28, 10), LOOK)
    assert pictured(drawn) == [
        "  $25 ▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▆▆▔▔▔▔",
        "                     ██",
        "         ▄▄          ██",
        "         ██       ▃▃ ██",
        "      ▂▂ ██       ██ ██",
        "      ██ ██ ▃▃ ██ ██ ██ ▅▅",
        "      ██ ██ ██ ██ ██ ██ ██",
        "    0 ▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔",
        "      Nov 1    4        7",
        "■ a $78.00",
    ]


def test_patterns_tell_groups_apart_without_colour() -> None:
    """Each group has its own filling, which stands in the legend; the top stays exact to an eighth."""
    drawn = build(series(WEEK, (0, 2, 3, 4, 5, 1, 4), rest=True), Size(28, 10), Look(colour=False))
    assert pictured(drawn) == [
        "   25 ▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔██▔▔▔▔",
        "                     ██",
        "         ██       ▆▆ ██",
        "         ██    ▁▁ :: ██",
        "      ▂▂ ██ ▂▂ :: ██ ██ ▆▆",
        "      ██ ██ :: ██ ██ ██ ██",
        "      ██ ██ ██ ██ ██ ██ ██",
        "    0 ▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔",
        "      Nov 1    4        7",
        "█ a 78   : other 19",
    ]


def test_ascii() -> None:
    """A locale that is not UTF-8 gets nothing else than ASCII."""
    drawn = build(series(WEEK, (0, 2, 3, 4, 5, 1, 4), partial=True), Size(28, 10), Look(ascii=True))
    assert drawn.text.isascii()
    assert pictured(drawn) == [
        "   25 ---------------##----",
        "                     ##",
        "         ##       == ##",
        "         ##    __ == ##",
        "      __ ## __ == ## ## ==",
        "      ## ## == ## ## ## ##",
        "      ## ## ## ## ## ## ##",
        "    0 ------------------~~-",
        "      Nov 1    4        7",
        "# a 78   = b 19",
    ]


def test_a_missing_bucket_breaks_the_floor_and_the_open_one_dashes_it() -> None:
    """A gap is not a zero, and the bucket that is still filling is not comparable."""
    drawn = build(series((8, 16, None, 0, 12, 24, 6.0), partial=True), Size(28, 9), LOOK)
    assert pictured(drawn)[-3:] == ["    0 ▔▔▔▔▔▔·  ▔▔▔▔▔▔▔▔▔╌╌▔", "      Nov 1    4        7", "■ a 66"]
    bar = [span for span in drawn.rows[5] if span.tone == 0]
    assert [span.dim for span in bar] == [False, True]


def test_without_a_floor_a_gap_stands_in_the_lowest_row() -> None:
    """Small charts have no floor."""
    drawn = build(series((8, 16, None, 0, 12, 24, 6.0)), Size(28, 4), LOOK)
    assert pictured(drawn) == [
        "   24 ▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔██▔▔▔▔",
        "         ██       ▄▄ ██",
        "      ██ ██ ··    ██ ██ ▆▆",
        "    0 Nov 1    4        7",
    ]


def test_credits_hang_from_the_zero_line() -> None:
    """A negative amount is below zero, and zero is marked."""
    drawn = build(series((8, 16, 5, -7, 12, 24, 6), unit="usd"), Size(28, 10), LOOK)
    assert pictured(drawn)[:7] == [
        "                     ▆▆",
        "  $20 ▔▔▔▂▂▔▔▔▔▔▔▔▔▔▔██▔▔▔▔",
        "         ██       ▃▃ ██",
        "  $10 ▅▅▔██▔▔▔▔▔▔▔██▔██▔▂▂▔",
        "      ██ ██ ██    ██ ██ ██",
        "    0 ▔▔▔▔▔▔▔▔▔██▔▔▔▔▔▔▔▔▔▔",
        "               ▀▀",
    ]


def test_a_credit_is_not_silent_where_there_is_one_row() -> None:
    """With no room to hang it still leaves a mark."""
    assert "-" in build(series((5, -7, 5)), Size(30, 1), LOOK).text


def test_two_groups_share_a_cell() -> None:
    """The lower is the glyph, the upper the ground: the border is exact to an eighth."""
    drawn = build(series((5, 5), (11, 11)), Size(20, 2), LOOK)
    lower = next(span for span in drawn.rows[1] if span.tone == 0)
    assert (lower.text[0], lower.ground) == (EIGHTHS[5], 1)


def test_two_groups_share_a_cell_below_zero() -> None:
    """There the first group is at the top, so it is the ground and the second one the glyph."""
    drawn = build(series((-5, -5), (-11, -11)), Size(20, 2), LOOK)
    upper = next(span for span in drawn.rows[0] if span.ground is not None)
    assert (upper.text[0], upper.tone, upper.ground) == (EIGHTHS[3], 1, 0)


def test_of_three_groups_in_a_cell_the_largest_two_are_shown() -> None:
    """The height of the bar stays exact."""
    drawn = build(series((3, 3), (1, 1), (4, 4)), Size(20, 1), LOOK)
    span = next(span for span in drawn.rows[0] if span.tone is not None)
    assert (span.text[0], span.tone, span.ground) == (EIGHTHS[3], 0, 2)


def test_highlight() -> None:
    """All but the group step back; where it shares a cell the other is faint, for a span is dim as a whole."""
    drawn = build(series((5, 16), (11, 16)), Size(60, 8), LOOK, ("b",))
    spans = [span for row in drawn.rows for span in row]
    assert all(span.dim for span in spans if span.tone == 0 and span.ground is None)
    assert any(span.tone == 1 and not span.dim for span in spans)
    assert {(span.tone, span.ground) for span in spans if span.ground is not None} <= {(LINE, 1), (1, LINE)}
    assert any(span.bold and span.text.startswith("b") for span in spans)


def test_the_rest_has_its_own_tone() -> None:
    """Other is never taken for a group."""
    drawn = build(series((5, 16), (11, 16), rest=True), Size(60, 8), LOOK)
    assert OTHER in {span.tone for row in drawn.rows for span in row}
    assert 1 not in {span.tone for row in drawn.rows for span in row}


def test_something_is_never_nothing() -> None:
    """The smallest amount beside the largest has the lowest block."""
    drawn = build(series((1e-6, 1e9, 0)), Size(60, 6), LOOK)
    assert pictured(drawn)[4].startswith("       ▁")


@pytest.mark.parametrize("count", [1, 2, 7, 30, 31, 90, 365, 1440, 20_000])
@pytest.mark.parametrize("size", [Size(20, 4), Size(80, 8), Size(120, 12), Size(200, 40)])
def test_any_number_of_buckets_uses_the_width(count: int, size: Size) -> None:
    """Bars and legend fill the picture: the plot is never squeezed into a corner."""
    values = tuple(float(1 + number % 7) for number in range(count))
    drawn = build(series(values, values, step=60 if count > 365 else DAY), size, LOOK)
    assert_drawn(drawn, size)
    bars = max(len(row.rstrip()) for row in drawn.text.split("\n"))
    assert bars >= 0.5 * size.width or count <= 2


@pytest.mark.parametrize("rows", [(), ((),), ((0.0, 0.0),), ((None, None),), ((1e300, 2e300),), ((5e-324,),)])
def test_odd_series(rows: tuple[tuple[float | None, ...], ...]) -> None:
    """No bucket, no line, only zeros, only gaps, the largest and the smallest there is."""
    for size in (Size(1, 1), Size(20, 4), Size(120, 12), Size(0, 0), Size(0, 3), Size(9, 0)):
        assert_drawn(build(series(*rows), size, LOOK), size)


@given(any_series(), sizes, looks)
def test_every_picture_has_its_size(drawn: Series, size: Size, look: Look) -> None:
    """Whatever the numbers and labels are."""
    assert_drawn(build(drawn, size, look), size)


@given(st.lists(st.lists(st.integers(0, 10**9), min_size=3, max_size=3), min_size=1, max_size=20))
def test_heights_are_proportional(groups: list[list[int]]) -> None:
    """Every bar is within half an eighth of its share of the scale, unless it would have none."""
    rows = tuple(tuple(float(group[line]) for group in groups) for line in range(3))
    # Four rows: the highest bar fills them.
    drawn = build(series(*rows), Size(7 + 20, 5), LOOK)
    sums = [sum(group) for group in groups]
    slot = min(16, 21 // len(sums))
    found = heights(drawn, left=6, width=len(sums) * slot, rows=4)
    for number, value in enumerate(sums):
        exact = value / max(1, *sums) * 32
        got = max(found[number * slot : (number + 1) * slot])
        assert math.isclose(got, exact, abs_tol=0.5) or (value and got == 1 and exact < 1)
