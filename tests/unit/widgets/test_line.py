"""Lines of pieces: what is dear stays, what is left out goes whole, and a click finds what is drawn."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from usagetop.model.cells import width_of
from usagetop.widgets.line import Piece, fitting

pieces = st.lists(
    st.builds(Piece, st.text("ab 日é…", max_size=12), weight=st.integers(0, 4)), max_size=6
).map(tuple)


def width(*sides: tuple[Piece, ...]) -> int:
    """The cells of all pieces."""
    return sum(width_of(piece.text) for side in sides for piece in side)


@given(pieces, pieces, st.integers(0, 60))
def test_what_is_fitted_fits_unless_the_right_side_alone_is_too_wide(
    left: tuple[Piece, ...], right: tuple[Piece, ...], room: int
) -> None:
    """And nothing is left out where everything fits."""
    kept_left, kept_right = fitting(left, right, room)
    assert width(kept_left, kept_right) <= max(room, width(kept_right))
    if width(left, right) < room:
        assert (kept_left, kept_right) == (left, right)


@given(pieces, pieces, st.integers(0, 60))
def test_the_heaviest_go_first_and_weight_0_stays(
    left: tuple[Piece, ...], right: tuple[Piece, ...], room: int
) -> None:
    """A piece is gone only when all heavier ones are, on both sides."""
    _, kept = fitting(left, right, room)
    gone = {piece.weight for piece in right} - {piece.weight for piece in kept}
    stayed = {piece.weight for piece in kept}
    assert 0 not in gone
    assert not (gone and stayed and max(stayed) > min(gone))


def test_two_sides_do_not_touch() -> None:
    """``by project30d`` is no word."""
    left, right = fitting((Piece("by project"),), (Piece("30d"),), 13)
    assert width(left, right) == 12
    assert left[0].text == "by proje…"
    assert fitting((Piece("by project "),), (Piece("30d"),), 14)[0][0].text == "by project "


def test_the_left_side_is_cut_with_a_mark_at_the_piece_that_does_not_fit() -> None:
    """What follows it is gone; its part and value stay."""
    left, right = fitting(
        (Piece("costs"), Piece(" › a long name", "part", "value"), Piece(" by x")), (Piece(" 30d"),), 16
    )
    assert [piece.text for piece in left] == ["costs", " › a l…"]
    assert (left[1].part, left[1].value) == ("part", "value")
    assert right == (Piece(" 30d"),)
