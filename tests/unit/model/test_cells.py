"""Cell widths: what is fitted fits, keeps its ends, and never loses a letter that would have had room."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from usagetop.model.cells import fit, fit_middle, width_of
from usagetop.model.text import label

drawable = st.text(st.characters(exclude_categories=["Cs"]), max_size=30).map(label)
room = st.integers(0, 40)


def test_wide_letters_take_two_cells_and_combining_marks_none() -> None:
    """A few that everybody can count."""
    assert width_of("abc") == 3
    assert width_of("日本") == 4
    assert width_of("e\u0301") == 1
    assert width_of("…") == 1
    assert width_of("") == 0


@given(drawable)
def test_widths_are_counted_as_the_renderer_counts_them(text: str) -> None:
    """It cuts and fills lines by that count: another one would push cells out of line."""
    assert width_of(text) == cell_len(text)


@given(drawable, drawable)
def test_the_width_of_two_texts_is_the_sum_of_theirs(one: str, two: str) -> None:
    """Hence a line of pieces can be laid out by adding up."""
    assert width_of(one + two) == width_of(one) + width_of(two)


@given(drawable, room)
def test_a_fitted_text_fits_and_begins_as_the_whole(text: str, width: int) -> None:
    """With a mark where something went; what fits stays as it is."""
    fitted = fit(text, width)
    assert width_of(fitted) <= width
    if width_of(text) <= width:
        assert fitted == text
    elif width > 0:
        assert fitted.endswith("…")
        assert text.startswith(fitted[:-1])
        # Only a wide letter may leave the cell before the mark empty.
        assert width_of(fitted) >= width - 1


@given(drawable, room)
def test_a_text_fitted_in_the_middle_keeps_beginning_and_end(text: str, width: int) -> None:
    """Line items differ in their ends."""
    fitted = fit_middle(text, width)
    assert width_of(fitted) <= width
    if width_of(text) <= width:
        assert fitted == text
    elif width > 2:
        assert any(
            text.startswith(fitted[:at]) and text.endswith(fitted[at + 1 :])
            for at, sign in enumerate(fitted)
            if sign == "…"
        )


def test_names_that_differ_in_their_ends_are_told_apart() -> None:
    """The reason for the middle."""
    assert fit_middle("gpt-5.5-2026-03-01, input", 16) != fit_middle("gpt-5.5-2026-03-01, output", 16)


def test_the_end_of_a_cut_text_never_begins_with_a_mark_without_its_letter() -> None:
    """It would ride on the ellipsis."""
    for width in range(1, 12):
        fitted = fit_middle("abcdefgh" + "e\u0301" * 6, width)
        assert "…\u0301" not in fitted
