"""Colours: three themes (dark, light, the terminal's own) and the tones that tell groups apart.

Every colour that the styles use stands here as a variable, because a ``$variable`` of one TCSS file is unknown
in the next. Meaning is never carried by a tone alone: marks, words and patterns say the same.
"""

from __future__ import annotations

import os
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from rich.style import Style
from textual.color import Color
from textual.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_THEME = "usagetop-dark"
# Groups 0-7 in the order of their size; OTHER is the rest.
TONES = 8
OTHER = 8

_MANY = re.compile(r"256|direct|kitty|alacritty|ghostty|foot|wezterm|tmux")

# Every colour is one of xterm's 256, so that a terminal without true colour draws the same picture.
_DARK = ("#5fafff", "#ffaf5f", "#87d75f", "#d7afff", "#ff8787", "#5fd7d7", "#d7d75f", "#ffafd7", "#767676")
_LIGHT = ("#005faf", "#d75f00", "#008700", "#8700af", "#d70000", "#008787", "#878700", "#d70087", "#767676")
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


# What Textual's own styles expect of a theme in the terminal's colours.
_OF_ANSI = {
    "ansi-background": "ansi_black",
    "ansi-foreground": "ansi_white",
    "border-blurred": "ansi_bright_black",
    "block-cursor-foreground": "ansi_white",
    "block-cursor-background": "ansi_blue",
    "input-cursor-background": "ansi_white",
    "input-cursor-foreground": "ansi_black",
    "input-selection-background": "ansi_blue",
    "input-selection-foreground": "ansi_white",
    "screen-selection-background": "ansi_blue",
    "screen-selection-foreground": "ansi_white",
}


class Part(NamedTuple):
    """How a part of a line is drawn: the variables of its colour and its ground (empty: the widget's own)."""

    colour: str
    bold: bool = False
    ground: str = ""


# The parts of what widgets draw themselves. Not component classes of Textual: it works out the style of each one
# anew for every widget and every change of state, which took a tenth of the start.
PARTS: Mapping[str, Part] = MappingProxyType(
    {
        "quiet": Part("quiet"),
        "strong": Part("strong", bold=True),
        "key": Part("primary", bold=True),
        "word": Part("accent", bold=True),
        "alarm": Part("error", bold=True),
        "good": Part("success"),
        "current": Part("background", bold=True, ground="primary"),
        "failed": Part("error"),
        "head": Part("quiet", ground="surface"),
        "head-chosen": Part("primary", bold=True, ground="surface"),
        "cursor": Part("strong", bold=True, ground="cursor-ground"),
        **{f"tone-{number}": Part(f"tone-{number}") for number in range(TONES + 1)},
        "tone-9": Part("line"),  # of axes and grids: charts.picture.LINE
    }
)


def part_style(part: str, variables: Mapping[str, str]) -> Style:
    """What a part adds to the style of its widget, in the colours of a theme's variables."""
    colour, bold, ground = PARTS[part]
    return Style(
        color=Color.parse(variables[colour]).rich_color,
        bgcolor=Color.parse(variables[ground]).rich_color if ground else None,
        bold=bold or None,
    )


THEMES: tuple[Theme, ...] = (
    Theme(
        name=DEFAULT_THEME,
        primary="#5fafff",
        secondary="#5fd7d7",
        accent="#ffaf5f",
        warning="#ffaf5f",
        error="#ff5f5f",
        success="#87d75f",
        foreground="#dadada",
        background="#121212",
        surface="#1c1c1c",
        panel="#262626",
        dark=True,
        variables=_variables(_DARK, quiet="#949494", strong="#ffffff", line="#3a3a3a", cursor="#005f87"),
    ),
    Theme(
        name="usagetop-light",
        primary="#005faf",
        secondary="#008787",
        accent="#af5f00",
        warning="#af5f00",
        error="#af0000",
        success="#008700",
        foreground="#262626",
        background="#ffffff",
        surface="#eeeeee",
        panel="#e4e4e4",
        dark=False,
        variables=_variables(_LIGHT, quiet="#626262", strong="#000000", line="#d0d0d0", cursor="#afd7ff"),
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
        variables=_OF_ANSI
        | _variables(
            _ANSI,
            quiet="ansi_bright_black",
            strong="ansi_default",
            line="ansi_bright_black",
            cursor="ansi_blue",
        ),
    ),
)

# What the configuration may name, also in short; the palette offers those of Textual besides.
THEME_NAMES = tuple(theme.name for theme in THEMES)


def default_theme() -> str:
    """Dark, where the terminal tells that it has 256 colours or more; else the terminal's own 16."""
    colours = os.environ.get("COLORTERM", "") in {"truecolor", "24bit"}
    return DEFAULT_THEME if colours or _MANY.search(os.environ.get("TERM", "")) else "usagetop-ansi"


def named(text: str) -> str:
    """The theme that a word of the configuration means: ``light`` is ``usagetop-light``; unknown: the default."""
    for name in (text, f"usagetop-{text}"):
        if name in THEME_NAMES:
            return name
    return DEFAULT_THEME


def defaults() -> dict[str, str]:
    """Fallbacks for a theme that is not ours (Textual's own can be chosen in the palette)."""
    return dict(THEMES[0].variables)
