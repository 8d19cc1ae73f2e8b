"""What a terminal sends is split into keys and pastes, however it is cut and whatever it holds."""

from __future__ import annotations

import pytest

from usagetop.driver.incoming import MOST_PASTED, Incoming, Pasted

BEGIN, END = b"\x1b[200~", b"\x1b[201~"


def split(*reads: bytes) -> list[str | Pasted]:
    """The pieces of some reads; texts that follow one another are joined."""
    incoming = Incoming()
    pieces: list[str | Pasted] = []
    for read in reads:
        for piece in incoming.feed(read, 0.0):
            if isinstance(piece, str) and pieces and isinstance(pieces[-1], str):
                pieces[-1] += piece
            else:
                pieces.append(piece)
    return pieces


@pytest.mark.fault(
    "terminal",
    "bytes that are not UTF-8, half a character, noise on a line",
    "each becomes the replacement character, and what follows is read",
)
@pytest.mark.parametrize(
    ("reads", "text"),
    [
        ([b"\xff\xfeq"], "\ufffd\ufffdq"),
        ([b"\xc3\xa9"], "é"),
        ([b"\xe2\x82", b"\xac"], "€"),
        ([b"\xf0\x9f", b"q"], "\ufffdq"),
        ([b"caf\xe9\x1b[A"], "caf\ufffd\x1b[A"),
    ],
)
def test_bytes_that_are_no_text_are_read_all_the_same(reads: list[bytes], text: str) -> None:
    """A single byte of Latin-1 used to end the reading."""
    assert split(*reads) == [text]


@pytest.mark.fault(
    "terminal",
    "a paste that holds escape sequences, key letters, control and invisible characters, or the marks of a paste",
    "it is one text of drawable characters; nothing in it is a key",
)
def test_nothing_in_a_paste_is_a_key() -> None:
    """A ``q`` after an escape sequence quits nothing, and no character in it moves the terminal."""
    inside = b"q\x1b]52;c;aGk=\x07" + b"q" * 50 + b"\x1b[A\xff\x9b2J\r\nnext\tline" + "\u202e\u200b".encode()
    pieces = split(b"j" + BEGIN + inside + BEGIN + b"x" + END + b"k")
    pasted = "q␛]52;c;aGk=␇" + "q" * 50 + "␛[A\ufffd\ufffd2J\nnext line\ufffd\ufffd␛[200~x"
    assert pieces == ["j", Pasted(pasted), "k"]


@pytest.mark.parametrize("at", range(1, 22))
def test_a_paste_may_come_in_any_pieces(at: int) -> None:
    """Also cut within its marks; of the first mark the beginning has passed by then, and nothing after it."""
    stream = b"jj" + BEGIN + b"abc\x1b[2" + END + b"kk"
    pieces = split(stream[:at], stream[at:])
    assert [piece for piece in pieces if isinstance(piece, Pasted)] == [Pasted("abc␛[2")]
    texts = [piece for piece in pieces if isinstance(piece, str)]
    assert texts[-1] == "kk"
    assert texts[0].startswith("jj")
    assert BEGIN.decode().startswith(texts[0][2:])
    assert split(*(bytes([byte]) for byte in stream))[-2:] == [Pasted("abc␛[2"), "kk"]


@pytest.mark.fault("terminal", "a paste of a megabyte", "no more of it is kept than any field takes")
def test_a_huge_paste_is_cut() -> None:
    """What is left out is not taken for keys either."""
    assert split(BEGIN + b"y" * 1_000_000 + END + b"k") == [Pasted("y" * MOST_PASTED), "k"]


@pytest.mark.fault("terminal", "a paste that never ends", "after three silent seconds keys are keys again")
def test_a_paste_that_never_ends_is_over_after_a_while() -> None:
    """The terminal lost its end, or somebody typed its beginning."""
    incoming = Incoming()
    assert incoming.feed(BEGIN + b"abc", 0.0) == []
    assert incoming.tick(2.0) == []
    assert incoming.tick(3.5) == [Pasted("abc")]
    assert incoming.tick(9.0) == []
    assert incoming.feed(b"q", 9.0) == ["q"]
