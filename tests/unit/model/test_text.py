"""Labels: drawable, unique, steady; and the escapes of exports."""

from __future__ import annotations

import json
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usagetop.model.text import MOST_CHARACTERS, escaped, label, labels

HOSTILE = [
    ("plain text, 123", "plain text, 123"),
    ("", ""),
    ("caf\u00e9 \u65e5\u672c \u0434\u0430", "caf\u00e9 \u65e5\u672c \u0434\u0430"),
    # controls have pictures
    ("\x00\x07\x1b[31m\x7f", "\u2400\u2407\u241b[31m\u2421"),
    ("a\tb\r\nc", "a\u2409b\u240d\u240ac"),
    ("\x1b]52;c;aGk=\x07", "\u241b]52;c;aGk=\u2407"),
    # C1: the one-character forms of CSI and OSC
    ("\x9b2J\x9d0;t\x9c\x85", "\ufffd2J\ufffd0;t\ufffd\ufffd"),
    # bidirectional and zero-width
    ("\u202eevil\u202c\u2066x\u2069\u061c", "\ufffdevil\ufffd\ufffdx\ufffd\ufffd"),
    ("a\u200bb\u200cc\u200dd\ufeffe\u00adf\u2060g", "a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf\ufffdg"),
    ("a\u2028b\u2029c", "a\ufffdb\ufffdc"),
    ("\U000e0041\U000e007f", "\ufffd\ufffd"),
    # surrogates, private use, unassigned
    ("\ud800x\udfff", "\ufffdx\ufffd"),
    ("\ue000\U000f0000\U0010ffff\ufdd0", "\ufffd\ufffd\ufffd\ufffd"),
    # what fills a line with marks, what changes widths, what draws nothing
    ("a" + "\u0301" * 50 + "b", "a\u0301\u0301b"),
    ("\u0301a", "\ufffda"),
    ("\u1161\u1161", "\ufffd\u1161"),
    ("\u2764\ufe0f", "\u2764\ufffd"),
    ("\u3164\u2800\u115f\u180b", "\ufffd\ufffd\ufffd\ufffd"),
    ("a\u00a0b\u3000c", "a b c"),
]


@pytest.mark.fault(
    "text",
    "control, bidi, zero-width, private, surrogate characters, towers of marks",
    "each becomes a visible mark; one line of at most 200 characters",
)
@pytest.mark.parametrize(("raw", "drawn"), HOSTILE, ids=lambda text: ascii(text)[:24])
def test_label(raw: str, drawn: str) -> None:
    """Each kind of character that must not reach a terminal becomes a visible mark."""
    assert label(raw) == drawn


any_text = st.text(st.characters(), max_size=60) | st.text(
    st.sampled_from(
        "ab \x00\x1b\x9b\u0301\u0489\u034f\u1161\u200d\u202e\ufe0f\ud800\ue000\u3164\u00a0\u65e5\U0001f468"
    ),
    max_size=40,
)
"""Text of any characters, surrogates too, and of the worst ones more often than they come."""


@pytest.mark.fault("text", "any text at all", "its label moves no terminal and hides nothing (property test)")
@given(any_text, st.integers(1, 50))
def test_a_label_is_drawable_short_and_final(raw: str, most: int) -> None:
    """Only characters that draw something, at most so many, no flood of marks; a label's label is itself."""
    drawn = label(raw, most=most)
    assert len(drawn) <= most
    kinds = [unicodedata.category(character) for character in drawn]
    assert not set(kinds) & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert kinds[:1] not in (["Mn"], ["Me"])
    riding = "".join("m" if kind in {"Mn", "Me"} else " " for kind in kinds)
    assert "mmm" not in riding
    assert label(drawn, most=most) == drawn
    drawn.encode()


def test_long_texts_end_with_an_ellipsis() -> None:
    """The cap is exact: a text of that length stays whole."""
    assert label("x" * MOST_CHARACTERS) == "x" * MOST_CHARACTERS
    assert label("x" * (MOST_CHARACTERS + 1)) == "x" * (MOST_CHARACTERS - 1) + "\u2026"
    assert label("\x1b" * 10_000_000, most=3) == "\u241b\u241b\u2026"
    assert label("abc", most=1) == "\u2026"


@given(st.lists(any_text, max_size=20), st.randoms(use_true_random=False))
def test_labels_are_unique_and_steady(raws: list[str], random: object) -> None:
    """Different values never share a label, and neither order nor repetition changes one."""
    drawn = labels(raws)
    assert drawn.keys() == set(raws)
    assert len(set(drawn.values())) == len(drawn)
    assert all(len(text) <= MOST_CHARACTERS and label(text) == text for text in drawn.values())
    random.shuffle(raws)  # type: ignore[attr-defined]  # a random.Random
    assert labels([*raws, *raws]) == drawn


@pytest.mark.fault("text", "different names that look the same", "they get suffixes that tell them apart")
def test_equal_labels_get_suffixes() -> None:
    """In the order of the raw values; a value that looks like a suffixed one gets its own."""
    assert labels(["\u200b", "\u200c", "\ufffd"]) == {
        "\u200b": "\ufffd",
        "\u200c": "\ufffd~2",
        "\ufffd": "\ufffd~3",
    }
    assert labels(["a b", "a\u00a0b", "a b~2"]) == {"a b": "a b", "a b~2": "a b~2", "a\u00a0b": "a b~3"}
    long = ["y" * 300 + str(number) for number in range(12)]
    drawn = list(labels(long).values())
    assert drawn[0].endswith("y\u2026")
    assert drawn[-1] == labels(long)[long[9]] == "y" * 197 + "~12"
    assert {len(text) for text in drawn} == {MOST_CHARACTERS}


def test_ten_thousand_equal_labels_are_no_burden() -> None:
    """An organization may well name its keys by long texts with one beginning."""
    raws = ["z" * 200 + str(number) for number in range(10_000)]
    start = time.process_time()
    assert len(set(labels(raws).values())) == len(raws)
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("plain", "plain"),
        ("caf\u00e9 \u65e5 \U0001f600", "caf\u00e9 \u65e5 \U0001f600"),
        ("a\u00a0b\u3000c", "a\u00a0b\u3000c"),
        ("\x00\x1b\n\x7f\x9b", r"\u0000\u001b\u000a\u007f\u009b"),
        ("\u202e\u200b\u2028\ufeff", r"\u202e\u200b\u2028\ufeff"),
        ("\ud83d!", r"\ud83d!"),
        ("\U000e0041", r"\udb40\udc41"),
        ("\\u0041", "\\u0041"),
    ],
    ids=lambda text: ascii(text)[:24],
)
def test_escaped(raw: str, text: str) -> None:
    r"""Control, format, bidi and surrogate characters are printed as ``\u`` escapes; the rest as it is."""
    assert escaped(raw) == text


@given(st.text(st.characters(exclude_characters='"\\')))
def test_escapes_are_those_of_json(raw: str) -> None:
    """A reader of JSON gets the raw value back."""
    assert json.loads(f'"{escaped(raw)}"') == raw.encode("utf-16", "surrogatepass").decode(
        "utf-16", "surrogatepass"
    )
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Cs"} for character in escaped(raw))
