"""The cursor goes where it is sent, by a way that every terminal knows."""

from __future__ import annotations

from random import Random

import pytest

from tests.support.emulator import Emulator
from usagetop.driver.pens import Pens
from usagetop.driver.tape import Tape

COLUMNS, LINES = 30, 9


def sent(y: int, x: int, start: tuple[int, int] | None = (0, 0)) -> str:
    """What is sent for one move."""
    tape = Tape(Pens(), COLUMNS, start)
    tape.move(y, x)
    return tape.text


@pytest.mark.parametrize("seed", range(20))
def test_every_move_and_text_ends_where_it_should(seed: int) -> None:
    """Also after the last column, where the cursor is nowhere in particular."""
    random = Random(seed)  # noqa: S311 - for a walk, not for a secret
    pens = Pens()
    screen = Emulator(COLUMNS, LINES)
    tape = Tape(pens, COLUMNS, (0, 0))
    fed = 0
    for _ in range(60):
        y, x = random.randrange(LINES), random.choice([0, 1, 2, COLUMNS - 1, random.randrange(COLUMNS)])
        tape.move(y, x)
        screen.feed(tape.text[fed:])
        fed = len(tape.text)
        assert (screen.cursor.y, screen.cursor.x) == (y, x)
        if random.random() < 0.7:
            tape.write("x" * random.randint(1, COLUMNS - x), pens.plain)


def test_moves_are_short() -> None:
    """No move where the cursor is; near, by a step; else by address."""
    assert sent(0, 0) == ""
    assert sent(0, 1) == "\x1b[C"
    assert sent(0, 9) == "\x1b[9C"
    assert sent(3, 4, (3, 6)) == "\b\b"
    assert sent(3, 0, (3, 20)) == "\r"
    assert sent(4, 0, (3, 20)) == "\r\n"
    assert sent(5, 7, (3, 7)) == "\x1b[2B"
    assert sent(0, 0, (5, 7)) == "\x1b[H"
    assert sent(6, 0, (2, 9)) == "\x1b[7H"
    assert sent(6, 4, None) == "\x1b[7;5H"
