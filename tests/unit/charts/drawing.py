"""Series to draw, by hand and at random, and what must hold for every picture."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Literal

from hypothesis import strategies as st

from usagetop.analysis.series import Line, Series
from usagetop.charts.picture import LINE, Look, Picture, Size, row_width

if TYPE_CHECKING:
    from usagetop.model.metrics import Unit

DAY = 86400
NOV_1 = 1_793_491_200  # 2026-11-01, a Sunday
UNITS: tuple[Unit, ...] = ("usd", "tokens", "requests", "seconds", "bytes", "units")


def series(
    *rows: tuple[float | None, ...],
    step: int = DAY,
    unit: Unit = "requests",
    kind: Literal["additive", "level"] = "additive",
    partial: bool = False,
    rest: bool = False,
) -> Series:
    """A series of days from 1 November 2026, one line a row (``a``, ``b``, …); ``rest``: the last is other."""
    starts = tuple(NOV_1 + number * step for number in range(len(rows[0]) if rows else 0))
    lines = [Line((chr(97 + number),), chr(97 + number), row) for number, row in enumerate(rows)]
    if rest:
        lines[-1] = Line(None, "other", rows[-1])
    return Series(starts, step, tuple(lines), unit, "usd" if unit == "usd" else "", kind, partial)


def pictured(picture: Picture) -> list[str]:
    """The rows of a picture as text, blanks at their ends left out."""
    return [row.rstrip() for row in picture.text.split("\n")]


def assert_drawn(picture: Picture, size: Size) -> None:
    """It has exactly the size, no control characters, no empty spans, and only tones that there are."""
    assert len(picture.rows) == size.height
    for row in picture.rows:
        assert row_width(row) == size.width
        for span in row:
            assert span.text
            assert not any(
                unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in span.text
            )
            assert span.tone is None or 0 <= span.tone <= LINE
            assert span.ground is None or 0 <= span.ground <= LINE


looks = st.builds(Look, ascii=st.booleans(), colour=st.booleans())
sizes = st.builds(Size, st.integers(1, 220), st.integers(1, 45))
amounts = st.floats(0, 1e12) | st.floats(-1e6, 1e6) | st.just(0.0) | st.floats(0, 1e300) | st.floats(0, 1e-9)
labels = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cf", "Co", "Cn", "Zl", "Zp")), max_size=30)


@st.composite
def any_series(draw: st.DrawFn, *, most: int = 150) -> Series:
    """Any series that a view can give: gaps, credits, huge and tiny values, wide and combining labels."""
    count = draw(st.integers(0, most))
    step = draw(st.sampled_from((60, 3600, DAY)))
    holes = draw(st.sets(st.integers(0, max(0, count - 1)), max_size=5)) if draw(st.booleans()) else set()
    lines = []
    for number in range(draw(st.integers(0, 9))):
        pattern = draw(st.lists(amounts, min_size=1, max_size=6))
        values = tuple(None if at in holes else pattern[at % len(pattern)] for at in range(count))
        key = None if number == 8 else (str(number),)  # the ninth is the rest
        lines.append(Line(key, draw(labels), values))
    start = draw(st.integers(0, 20_000)) * DAY
    return Series(
        tuple(start + number * step for number in range(count)),
        step,
        tuple(lines),
        draw(st.sampled_from(UNITS)),
        draw(st.sampled_from(("", "usd", "eur"))),
        draw(st.sampled_from(("additive", "level"))),
        draw(st.booleans()),
    )
