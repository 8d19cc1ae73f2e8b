"""The themes hold every colour that the styles ask for, and the explorer runs in each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.explorer import at_the_explorer
from tests.support.house import ROOT
from usagetop.app import ExplorerApp
from usagetop.screens.dialogs.dialog import Dialog
from usagetop.screens.welcome import Welcome
from usagetop.theme import DEFAULT_THEME, PARTS, THEMES, TONES, default_theme, defaults, named, part_style

STYLES = sorted((ROOT / "styles").glob("*.tcss"))
_VARIABLE = re.compile(r"\$([a-z][a-z0-9-]*)")


def used() -> set[str]:
    """Every variable that the styles and the parts of lines use, comments apart."""
    parts = {name for part in PARTS.values() for name in (part.colour, part.ground) if name}
    texts = [re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL) for path in STYLES]
    return parts | {name for text in texts for name in _VARIABLE.findall(text)}


def test_the_styles_are_found() -> None:
    """Else the tests below would hold of nothing."""
    assert {path.name for path in STYLES} >= {"app.tcss", "dialogs.tcss"}
    assert {"tone-0", "cursor-ground", "primary"} <= used()


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_a_theme_defines_every_variable_of_the_styles(theme: object) -> None:
    """What Textual derives from a theme's colours, and what we add."""
    chosen = next(each for each in THEMES if each is theme)
    assert used() <= set(chosen.to_color_system().generate()) | set(chosen.variables)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_a_theme_draws_the_parts_apart(theme: object) -> None:
    """In whatever colours: a cursor is no alarm, a tone no other tone."""
    chosen = next(each for each in THEMES if each is theme)
    variables = {**chosen.to_color_system().generate(), **chosen.variables}
    said = ("key", "word", "alarm", "good", "cursor", "head", "head-chosen")
    for parts in (said, [f"tone-{number}" for number in range(TONES + 1)]):
        assert len({part_style(part, variables) for part in parts}) == len(parts)


def test_a_theme_of_textual_gets_our_variables_too() -> None:
    """The defaults hold whatever a theme of ours adds and the styles use."""
    ours = {name for theme in THEMES for name in theme.variables}
    assert used() & ours <= set(defaults())


@pytest.mark.anyio
async def test_the_theme_command_walks_all_themes_and_the_explorer_runs_in_each() -> None:
    """Nothing but colours changes."""
    async with at_the_explorer(size=(80, 24)) as person:
        app = person.app
        seen = []
        text = person.text
        for _ in THEMES:
            seen.append(app.theme)
            app.action_theme()
            await person.settled()
            assert person.text == text
        assert set(seen) == {theme.name for theme in THEMES}
        assert app.theme == seen[0] == DEFAULT_THEME
        app.theme = "nord"
        await person.settled()
        assert person.text == text
        app.action_theme()
        assert app.theme == THEMES[0].name


def test_the_stylesheets_of_the_app_are_those_that_are_looked_at() -> None:
    """No other file whose variables nobody checks."""
    named = (path for screen in (ExplorerApp, Dialog, Welcome) for path in screen.CSS_PATH)
    assert {Path(str(path)).name for path in named} == {path.name for path in STYLES}


@pytest.mark.parametrize(
    ("term", "colorterm", "theme"),
    [
        ("xterm", "", "usagetop-ansi"),
        ("linux", "", "usagetop-ansi"),
        ("xterm-256color", "", DEFAULT_THEME),
        ("xterm", "truecolor", DEFAULT_THEME),
        ("tmux", "24bit", DEFAULT_THEME),
    ],
)
def test_the_first_theme_follows_the_terminal(
    term: str, colorterm: str, theme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """16 colours get the terminal's own."""
    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("COLORTERM", colorterm)
    assert default_theme() == theme


def test_a_theme_is_named_in_short_or_in_full_and_a_stranger_is_the_default() -> None:
    """As the configuration may hold it."""
    assert named("light") == named("usagetop-light") == "usagetop-light"
    assert named("[/]") == DEFAULT_THEME
