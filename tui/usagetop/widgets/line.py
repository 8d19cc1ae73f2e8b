"""One-line widgets: the header, tabs, totals, status and footer are all a row of styled pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.segment import Segment
from textual.reactive import reactive
from textual.strip import Strip

from usagetop.model.cells import fit, width_of
from usagetop.widgets.styled import Styled

if TYPE_CHECKING:
    from collections.abc import Sequence


class Piece(NamedTuple):
    """Drawable text and the component class that styles it (empty: the line's own style).

    ``value`` names what a click on it means. ``weight`` says how dear it is: where the line is too narrow,
    the pieces of the lowest weight are left out first (0 is never left out).
    """

    text: str
    part: str = ""
    value: str = ""
    weight: int = 0


class Line(Styled):
    """A line of pieces to the left and pieces to the right; what does not fit is left out by weight."""

    left: reactive[tuple[Piece, ...]] = reactive((), init=False)
    right: reactive[tuple[Piece, ...]] = reactive((), init=False)

    def render_line(self, y: int) -> Strip:  # noqa: ARG002 - a line has one line
        """Draw the pieces."""
        width = self.size.width
        left, right = self._fitting(width)
        gap = width - _width(left) - _width(right)
        base = self.style_of()
        segments = [Segment(piece.text, self.style_of(piece.part)) for piece in left]
        segments.append(Segment(" " * max(0, gap), base))
        segments.extend(Segment(piece.text, self.style_of(piece.part)) for piece in right)
        return Strip(segments).adjust_cell_length(width, base)

    def _fitting(self, width: int) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
        """The pieces that are drawn: the dear ones, and of the left side what the right one leaves."""
        return fitting(self.left, self.right, width)

    def piece_at(self, x: int) -> Piece | None:
        """The piece that is drawn at cell ``x``; None between the two sides."""
        left, right = self._fitting(self.size.width)
        for pieces, start in ((left, 0), (right, self.size.width - _width(right))):
            at = start
            for piece in pieces:
                if at <= x < at + width_of(piece.text):
                    return piece
                at += width_of(piece.text)
        return None


def fitting(
    left: tuple[Piece, ...], right: tuple[Piece, ...], width: int
) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """What of two sides is drawn in ``width`` cells: pieces go by weight, then the left side is shortened.

    Between the two sides stays a blank.
    """
    weights = sorted({piece.weight for piece in (*left, *right)} - {0}, reverse=True)
    while weights and _width(left) + _width(right) + _between(left, right) > width:
        heaviest = weights.pop(0)
        left = tuple(piece for piece in left if piece.weight != heaviest)
        right = tuple(piece for piece in right if piece.weight != heaviest)
    room = width - _width(right) - _between(left, right)
    return (left if _width(left) <= room else _cut(left, room)), right


def _between(left: tuple[Piece, ...], right: tuple[Piece, ...]) -> int:
    """One cell where two texts would touch."""
    return int(bool(left and right) and not (left[-1].text.endswith(" ") or right[0].text.startswith(" ")))


def _width(pieces: Sequence[Piece]) -> int:
    return sum(width_of(piece.text) for piece in pieces)


def _cut(pieces: tuple[Piece, ...], width: int) -> tuple[Piece, ...]:
    """The pieces that fit, the last of them shortened with a mark."""
    kept: list[Piece] = []
    left = max(0, width)
    for piece in pieces:
        wide = width_of(piece.text)
        if wide > left:
            kept.append(Piece(fit(piece.text, left), piece.part, piece.value))
            break
        kept.append(piece)
        left -= wide
    return tuple(kept)
