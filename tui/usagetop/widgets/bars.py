"""The lines above and below the table: header, totals, status and footer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagetop.messages import CommandChosen
from usagetop.widgets.line import Line

if TYPE_CHECKING:
    from textual import events


class HeaderBar(Line):
    """Breadcrumb to the left; range, zone and origin to the right."""


class TotalsBar(Line):
    """Three to five figures of the view."""


class StatusBar(Line):
    """Completeness, freshness, requests, rows and sort: how the screen proves itself."""


class FooterBar(Line):
    """At most eight keys, the dearest first; a click runs the command."""

    def on_click(self, event: events.Click) -> None:
        """Run the command whose key was clicked."""
        piece = self.piece_at(event.x)
        if piece is not None and piece.value:
            self.post_message(CommandChosen(piece.value))
