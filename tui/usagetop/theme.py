"""Colours: three themes (dark, light, the terminal's own) and the tones that tell groups apart.

Every colour that the styles use stands here as a variable, because a ``$variable`` of one TCSS file is unknown
in the next. Meaning is never carried by a tone alone: marks, words and patterns say the same.
"""

from __future__ import annotations

from textual.theme import Theme

DEFAULT_THEME = "usagetop-dark"
# Groups 0-7 in the order of their size; OTHER is the rest.
TONES = 8
OTHER = 8

_DARK = ("#5aa9ff", "#ffb454", "#7fd962", "#d2a6ff", "#f28779", "#5ccfe6", "#e6d86a", "#f29ec4", "#6b7684")
_LIGHT = ("#1d5fbf", "#b35900", "#2e7d1f", "#7a3fb8", "#c0392b", "#0b7a8c", "#7d6b00", "#b0347b", "#7a8490")
_ANSI = (
    "ansi_blue",
    "ansi_yellow",
    "ansi_green",
    "ansi_magenta",
    "ansi_red",
    "ansi_cyan",
    "ansi_bright_yellow",
    "ansi_bright_magenta",
    "ansi_bright_black",
)


def _variables(tones: tuple[str, ...], *, quiet: str, strong: str, line: str, cursor: str) -> dict[str, str]:
    """Our variables: tones, quiet text, strong text, the line between panes, and the cursor's ground."""
    named = {f"tone-{number}": colour for number, colour in enumerate(tones)}
    return {**named, "quiet": quiet, "strong": strong, "line": line, "cursor-ground": cursor}


THEMES: tuple[Theme, ...] = (
    Theme(
        name=DEFAULT_THEME,
        primary="#5aa9ff",
        secondary="#5ccfe6",
        accent="#ffb454",
        warning="#ffb454",
        error="#f2777a",
        success="#7fd962",
        foreground="#d6dde6",
        background="#10151c",
        surface="#161d26",
        panel="#1d2631",
        dark=True,
        variables=_variables(_DARK, quiet="#8592a3", strong="#ffffff", line="#2a3644", cursor="#24405f"),
    ),
    Theme(
        name="usagetop-light",
        primary="#1d5fbf",
        secondary="#0b7a8c",
        accent="#b35900",
        warning="#9a5b00",
        error="#b3261e",
        success="#2e7d1f",
        foreground="#1f2630",
        background="#fbfcfd",
        surface="#f1f4f7",
        panel="#e6ebf0",
        dark=False,
        variables=_variables(_LIGHT, quiet="#5a6674", strong="#000000", line="#cdd5de", cursor="#cfe1f7"),
    ),
    Theme(
        name="usagetop-ansi",
        primary="ansi_blue",
        secondary="ansi_cyan",
        accent="ansi_yellow",
        warning="ansi_yellow",
        error="ansi_red",
        success="ansi_green",
        foreground="ansi_default",
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_default",
        boost="ansi_default",
        dark=True,
        ansi=True,
        variables=_variables(
            _ANSI,
            quiet="ansi_bright_black",
            strong="ansi_default",
            line="ansi_bright_black",
            cursor="ansi_blue",
        ),
    ),
)

# What the configuration may name: ours in short, and anything that Textual brings.
THEME_NAMES = tuple(theme.name for theme in THEMES)


def named(text: str) -> str:
    """The theme that a word of the configuration means: ``light`` is ``usagetop-light``; unknown: the default."""
    for name in (text, f"usagetop-{text}"):
        if name in THEME_NAMES:
            return name
    return DEFAULT_THEME


def defaults() -> dict[str, str]:
    """Fallbacks for a theme that is not ours (Textual's own can be chosen in the palette)."""
    return dict(THEMES[0].variables)
