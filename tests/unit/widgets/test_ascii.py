"""The ASCII fallback: whatever is drawn becomes ASCII of the same width."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from usagetop.charts.glyphs import EIGHTHS
from usagetop.model.cells import width_of
from usagetop.model.text import label
from usagetop.widgets.ascii import AsciiFilter, in_ascii


@given(st.text(st.characters(codec="utf-8"), max_size=40).map(label))
def test_every_drawable_text_becomes_ascii_of_the_same_width(text: str) -> None:
    """Columns stay where they are."""
    assert in_ascii(text).isascii()
    assert len(in_ascii(text)) == width_of(text)


def test_signs_have_a_likeness_and_letters_a_question_mark() -> None:
    """Readable, not merely harmless."""
    assert in_ascii("▸ costs › a · b…  ▼") == "> costs > a - b~  v"
    assert in_ascii("日é") == "???"
    assert "?" not in in_ascii("█▉▊▋▌▍▎▏▁▂▃▄▅▆▇─│╭╮╰╯●▐‹▲–×" + "".join(EIGHTHS))


def test_plain_segments_are_left_alone_and_styles_kept() -> None:
    """The filter sees every line that is drawn."""
    plain, other = Segment("plain", Style(bold=True)), Segment("é", Style(italic=True))
    done = AsciiFilter().apply([plain, other], Color(0, 0, 0))
    assert done[0] is plain
    assert (done[1].text, done[1].style) == ("?", Style(italic=True))
