"""The legend: beside the plot or below it, and labels as wide as they are."""

from __future__ import annotations

import pytest

from tests.unit.charts.drawing import assert_drawn, pictured, series
from usagetop.analysis.series import Series
from usagetop.charts.bars import build
from usagetop.charts.picture import Look, Size

LOOK = Look()


def named(*labels: str) -> Series:
    """A week of one line a label."""
    plain = series(*(tuple(float(10 - number) for _ in range(7)) for number in range(len(labels))))
    return plain._replace(
        lines=tuple(line._replace(label=label) for line, label in zip(plain.lines, labels, strict=True)),
    )


def test_wide_charts_have_it_beside() -> None:
    """Numbers stand below one another, shares too."""
    rows = pictured(build(named("gpt-5.5, input", "whisper-2"), Size(140, 12), LOOK))
    assert rows[0].endswith("■ gpt-5.5, input       70    53%")
    assert rows[1].endswith("■ whisper-2            63    47%")


def test_narrow_charts_have_it_below() -> None:
    """As many groups as fit, and how many more there are."""
    rows = pictured(build(named(*"abcdefgh"), Size(40, 10), LOOK))
    assert rows[-1] == "■ a 70   ■ b 63   ■ c 56   ■ d 49   +4"


def test_labels_are_shortened_before_groups_are_left_out() -> None:
    """Two labels of 25 cells do not fit side by side, two of 16 do."""
    rows = pictured(
        build(named("an-unusually-long-label-1", "an-unusually-long-label-2"), Size(50, 10), LOOK)
    )
    assert rows[-1] == "■ an-unusually-lo… 70   ■ an-unusually-lo… 63"


@pytest.mark.parametrize("label", ["日本語のモデル" * 4, "e\u0301a\u0308" * 20, "\u0301", "", "プロジェクト"])
@pytest.mark.parametrize("size", [Size(140, 12), Size(80, 12), Size(40, 8), Size(23, 7)])
def test_wide_and_combining_characters(label: str, size: Size) -> None:
    """A label takes the cells that the terminal gives it, not the characters that it has."""
    assert_drawn(build(named(label, label), size, LOOK), size)


@pytest.mark.parametrize(
    ("height", "parts"), [(12, "legend floor time"), (8, "legend time"), (6, "time"), (3, "")]
)
def test_what_a_small_height_leaves_out(height: int, parts: str) -> None:
    """First the legend, then the floor, then the time."""
    rows = pictured(build(named("aa", "bb"), Size(60, height), LOOK))
    found = {
        "legend": any("aa" in row for row in rows),
        "floor": any(row.startswith("     0 ▔") for row in rows),
        "time": any("Nov" in row for row in rows),
    }
    assert " ".join(part for part, is_there in found.items() if is_there) == parts
