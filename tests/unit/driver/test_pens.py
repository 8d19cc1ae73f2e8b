"""From one pen to the next by few codes, and with the right colours."""

from __future__ import annotations

from itertools import product

import pytest

from tests.support.emulator import Emulator
from tests.unit.driver.writing import STYLES
from usagetop.driver.errors import Strange
from usagetop.driver.pens import Pens

MORE = (*STYLES, "2", "1;2", "4;7", "3", "21", "5;8", "51", "100;97", "38;5;7;48;2;1;2;3")


@pytest.mark.parametrize("first", MORE)
def test_a_turn_leads_where_the_codes_would_from_a_reset_on(first: str) -> None:
    """For a sign and for a blank, and never by more codes than a reset takes."""
    pens = Pens()
    held, _ = pens.read(first)
    for second, is_blank in product(MORE, [False, True]):
        wanted, text = pens.read(second)[is_blank], " " if is_blank else "x"
        there, _ = pens.turn(held, wanted)
        anew, stock = Emulator(2, 1), Emulator(2, 1)
        stock.feed(f"\x1b[{second}m{text}" if second else text)
        anew.feed((f"\x1b[{first}m" if first else "") + there + text)
        assert anew.picture == stock.picture
        assert len(there) <= len(f"\x1b[0;{second}m")


def test_a_blank_needs_no_ink() -> None:
    """Only paper is seen of it; where an attribute draws on it, all of the pen is."""
    pens = Pens()
    red, blank = pens.read("31;44")
    green, other = pens.read("1;32;44")
    assert blank == other
    assert pens.turn(red, blank) == ("", red)
    assert pens.turn(green, blank) == ("", green)
    assert pens.blank_of(red) == blank
    underlined, drawn = pens.read("4;31;44")
    assert underlined == drawn
    assert pens.turn(red, drawn)[0] == "\x1b[4m"


def test_ink_alone_is_changed_where_the_paper_stays() -> None:
    """And a reset is a reset."""
    pens = Pens()
    one, two = pens.read("38;2;1;2;3;48;2;9;9;9")[0], pens.read("38;2;4;5;6;48;2;9;9;9")[0]
    assert pens.turn(one, two) == ("\x1b[38;2;4;5;6m", two)
    assert pens.turn(two, pens.plain) == ("\x1b[m", pens.plain)
    assert pens.turn(two, two) == ("", two)


@pytest.mark.parametrize(
    "codes", ["99", "38", "38;2;1;2", "1;;2", "x", "58;5;1", "4:3", "0;1", "39;", "123456"]
)
def test_an_unknown_code_is_strange(codes: str) -> None:
    """It may mean anything."""
    with pytest.raises(Strange):
        Pens().read(codes)
