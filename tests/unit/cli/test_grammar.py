"""The quick reading of plain words and argparse agree on every command line."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usagetop.cli import COMMANDS
from usagetop.errors import UsageError

if TYPE_CHECKING:
    from usagetop.cli.grammar import Grammar

GRAMMARS: dict[str, Grammar] = {
    name: import_module(f"usagetop.cli.{name}").GRAMMAR for name in (*COMMANDS, "explore")
}
OPTIONS = sorted({option for grammar in GRAMMARS.values() for option in grammar.options}, key=repr)
VALUES = [
    "costs",
    "json",
    "info",
    "bash",
    "a=b",
    "",
    "-1",
    "-",
    "--",
    "-x",
    "--demo",
    "previous",
    "1d",
    "project_id=x y",
]
WORDS = st.one_of(
    st.sampled_from([option.flag for option in OPTIONS]),
    st.sampled_from(VALUES),
    st.builds(
        lambda option, value: f"{option.flag}={value}", st.sampled_from(OPTIONS), st.sampled_from(VALUES)
    ),
    st.sampled_from([value for option in OPTIONS for value in option.values]),
)


@pytest.mark.parametrize("name", GRAMMARS)
@given(words=st.lists(WORDS, max_size=6))
def test_both_readings_agree(name: str, words: list[str]) -> None:
    """What is plain is right for argparse too, and means the same; what argparse refuses is never plain."""
    plain = GRAMMARS[name].plain(words)
    if plain is None:
        return
    try:
        slow = GRAMMARS[name].parser("").parse_args(words)
    except UsageError as error:
        raise AssertionError(words) from error
    assert vars(plain) == vars(slow)


def test_ordinary_words_are_plain() -> None:
    """Or nothing would be won."""
    words = [
        "costs",
        "--range",
        "mtd",
        "--by",
        "project_id",
        "--filter",
        "a=b",
        "--filter=c!=",
        "--top",
        "3",
        "--format",
        "json",
        "--demo",
    ]
    plain = GRAMMARS["show"].plain(words)
    assert plain is not None
    assert (plain.category, plain.filter, plain.demo, plain.width) == ("costs", ["a=b", "c!="], True, "auto")
