"""Wrong words: two lines, exit 2, nothing printed; and the questions that need no answer from anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from usagetop import __version__
from usagetop.cli import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.cli.conftest import Ran

WRONG = [
    ("show",),
    ("show", "cost"),
    ("show", "costs", "--bogus"),
    ("show", "costs", "--for", "json"),
    ("show", "costs", "--demo", "--format", "xml"),
    ("show", "costs", "--demo", "--range", "soon"),
    ("show", "costs", "--demo", "--range", "2026-13"),
    ("show", "costs", "--demo", "--range"),
    ("show", "costs", "--demo", "--by", "colour"),
    ("show", "costs", "--demo", "--width", "1h"),
    ("show", "costs", "--demo", "--width", "2h"),
    ("show", "costs", "--demo", "--filter", "nonsense"),
    ("show", "costs", "--demo", "--filter", "size=1"),
    ("show", "costs", "--demo", "--metric", "tokens"),
    ("show", "costs", "--demo", "--sort", "project_id"),
    ("show", "costs", "--demo", "--sort", "amount:up"),
    ("show", "costs", "--demo", "--top", "0"),
    ("show", "costs", "--demo", "--top", "many"),
    ("show", "costs", "--demo", "--offline", "--refresh"),
    ("show", "costs", "--demo", "--offline", "--no-cache"),
    ("show", "costs", "--scenario", "nowhere"),
    ("show", "costs", "--demo", "--output", ""),
    ("show", "embeddings", "--demo", "--range", "30d", "--width", "1m"),
    ("show", "\x1b[31m\u202e\udc80"),
    ("show", "costs", "--demo", "--by", "\x1b]52;c;x\x07\udc80"),
    ("show", "costs", "--demo", "--filter", "project_id=\x1b[31m\udc80"),
    ("cost",),
    ("--demo", "show"),
    ("--bogus",),
    ("check",),
    ("check", "--max", "a lot", "--demo"),
    ("check", "--max", "-1", "--demo"),
    ("check", "--max", "1", "--demo", "--currency", "$"),
    ("check", "--max", "1", "--demo", "--forecast", "--range", "7d"),
    ("cache",),
    ("cache", "burn"),
    ("completion", "tcsh"),
    ("doctor", "--format", "xml"),
]


@pytest.mark.parametrize("words", WRONG, ids=lambda words: ascii(" ".join(words)))
def test_wrong_words(words: tuple[str, ...], run: Callable[..., Ran]) -> None:
    """Exit 2, a sentence, and no control characters of the words in it."""
    ran = run(*words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("usagetop: ")
    assert all(line.isprintable() for line in ran.err.splitlines())


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_and_version(command: str, run: Callable[..., Ran]) -> None:
    """Every command has both, and its help has examples."""
    words = [command] if command else []
    ran = run(*words, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert "examples:" in ran.out
    assert all(len(line) <= 120 for line in ran.out.splitlines())
    ran = run(*words, "--version")
    assert (ran.code, ran.out) == (0, f"usagetop {__version__}\n")


def test_the_help_names_everything(run: Callable[..., Ran]) -> None:
    """Commands, categories, ranges, exit codes."""
    out = run("-h").out
    for word in (*COMMANDS, "vector_stores", "last-week", "143", "OPENAI_ADMIN_KEY_FILE", "--scenario"):
        assert word in out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_offers_everything(shell: str, run: Callable[..., Ran]) -> None:
    """Options, categories and values from the same tables."""
    out = run("completion", shell).out
    for word in ("web_search_calls", "last-month", "markdown", "doctor", "refusing", "no-names"):
        assert word in out


def test_a_fault_of_the_program(run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    """Two lines without values, exit 1."""

    def broken(*_: object) -> None:
        secret = "sk-admin-in-a-local"  # noqa: F841 - must not be printed
        raise ZeroDivisionError("sk-admin-in-a-message")

    monkeypatch.setattr("usagetop.cli.show.view_of", broken)
    ran = run("show", "costs", "--demo")
    assert (ran.code, ran.out) == (1, "")
    assert "ZeroDivisionError" in ran.err
    assert "sk-admin" not in ran.err


def test_interrupted(run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    """ctrl+c is 130, without a word."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("usagetop.cli.show.view_of", interrupted)
    ran = run("show", "costs", "--demo")
    assert (ran.code, ran.out, ran.err) == (130, "", "")
