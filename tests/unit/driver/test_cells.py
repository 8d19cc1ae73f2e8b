"""Which characters are counted upon: those that everybody gives the same number of columns."""

from __future__ import annotations

import unicodedata

import pytest
from rich.cells import cell_len
from wcwidth import wcwidth

from usagetop.driver.cells import REST, Cells, columns, has_control


def test_every_plain_character_is_as_wide_for_terminals_for_textual_and_for_unicode() -> None:
    """No mark, no control, no space but the one; wide where Unicode says so without a doubt."""
    plain = [sign for sign in map(chr, range(0x110000)) if columns(sign)]
    assert len(plain) > 30_000
    for sign in plain:
        width = columns(sign)
        assert width == wcwidth(sign) == cell_len(sign), hex(ord(sign))
        assert (width == 2) == (unicodedata.east_asian_width(sign) in "WF"), hex(ord(sign))
        assert unicodedata.category(sign)[0] not in "MC", hex(ord(sign))


@pytest.mark.parametrize("text", ["plain", "$12.30 │ ▁▂█ ─ ■ ▸", "Ж é ñ"])
def test_narrow_text_is_its_own_cells(text: str) -> None:
    """One character a cell."""
    assert Cells().of(text) == text


def test_a_wide_character_takes_two_cells() -> None:
    """The second one holds nothing of its own."""
    assert Cells().of("a日b") == f"a日{REST}b"


@pytest.mark.parametrize(
    "text", ["e\u0301", "👩\u200d🔬", "☃\ufe0f", "a\u00a0b", "a\u200bb", "\u0e33", "🇩🇪", "\t"]
)
def test_text_of_doubtful_width_has_no_cells(text: str) -> None:
    """Combining, joined, emoji, other spaces, nothing at all."""
    assert Cells().of(text) is None


@pytest.mark.parametrize("text", ["\n", "a\x1bb", "\x7f", "\x9b", "\ud800"])
def test_control_characters_are_told_apart(text: str) -> None:
    """What is no text at all, within whatever text."""
    assert has_control(f"日{text}e\u0301")
    assert not has_control("日e\u0301 👩\u200d🔬")
