"""Searching many values finds what looking at each of them would find."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from usagetop.model.text import label
from usagetop.store import haystack
from usagetop.store.haystack import Haystack, Value


def drawn(value: Value) -> str:
    """Missing values have a word, and whole numbers a date."""
    return "(none)" if value is None else f"2026-{value}" if isinstance(value, int) else label(value).title()


def all_drawn(values: Sequence[Value]) -> list[str]:
    """The labels of several values."""
    return list(map(drawn, values))


TEXTS = st.text("abAB\n\u200bß(n", max_size=5)


@given(
    st.lists(st.none() | st.integers(0, 99) | TEXTS, unique=True, max_size=30),
    st.text("abß(n2-", min_size=1, max_size=3),
    st.integers(1, 7),
)
def test_found_is_what_holds_the_text(values: list[Value], wanted: str, together: int) -> None:
    """In the label or in the raw value, upper or lower case alike, however many lie in one long text."""
    text = wanted.casefold()
    expected = {
        value
        for value in values
        if text in drawn(value).casefold() or (isinstance(value, str) and text in value.casefold())
    }
    before = haystack._TOGETHER
    haystack._TOGETHER = together
    try:
        assert Haystack(values, all_drawn).holding(text) == expected
    finally:
        haystack._TOGETHER = before


def test_nothing_is_found_across_two_values() -> None:
    """The end of one and the beginning of the next are no word."""
    assert Haystack(["ab", "cd"], all_drawn).holding("bc") == frozenset()
