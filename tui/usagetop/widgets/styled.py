"""Widgets that draw lines themselves: their styles are read from the theme once, not for every line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.color import Color
from textual.widget import Widget

from usagetop.theme import part_style

if TYPE_CHECKING:
    from rich.style import Style


class Styled(Widget):
    """A widget that keeps its styles until the theme, or its own state, changes them."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        """A widget without children."""
        super().__init__(id=id)
        self._kept_styles: dict[str, Style] = {}

    def style_of(self, part: str = "") -> Style:
        """The style of one of ``theme.PARTS``; without one that of the widget itself."""
        style = self._kept_styles.get(part)
        if style is None:
            style = self.rich_style
            if part:
                style += part_style(part, self.app.theme_variables)
            self._kept_styles[part] = style
        return style

    def colour_of(self, variable: str) -> Color:
        """The colour that the theme gives a variable."""
        return Color.parse(self.app.theme_variables[variable])

    def notify_style_update(self) -> None:
        """Another theme, or another state: the styles are read again."""
        super().notify_style_update()
        self._kept_styles.clear()
