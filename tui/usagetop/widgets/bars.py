"""The lines above and below the table: header, totals, status and footer."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from usagetop.messages import CommandChosen
from usagetop.widgets.line import Line

if TYPE_CHECKING:
    from textual import events


class HeaderBar(Line):
    """Breadcrumb to the left; range, zone and origin to the right."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"bar--strong", "bar--quiet", "bar--word", "bar--alarm"}


class TotalsBar(Line):
    """Three to five figures of the view."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"bar--figure", "bar--quiet", "bar--alarm"}


class StatusBar(Line):
    """Completeness, freshness, requests, rows and sort: how the screen proves itself."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"bar--quiet", "bar--word", "bar--alarm", "bar--good"}


class FooterBar(Line):
    """At most eight keys, the dearest first; a click runs the command."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"bar--key", "bar--quiet"}

    def on_click(self, event: events.Click) -> None:
        """Run the command whose key was clicked."""
        piece = self.piece_at(event.x)
        if piece is not None and piece.value:
            self.post_message(CommandChosen(piece.value))
