"""A list of choices in a dialog."""

from __future__ import annotations

from contextlib import suppress

from textual.widgets import OptionList


class Listing(OptionList):
    """Textual's list, also before it has been laid out, and where there is no room for a line of it.

    A page up or down then looks for a line that is not there: ``_move_page`` of Textual 8.2.8 raises KeyError.
    """

    def action_page_up(self) -> None:
        """One page up, as far as there are pages."""
        with suppress(KeyError):
            super().action_page_up()  # type: ignore[no-untyped-call]

    def action_page_down(self) -> None:
        """One page down, as far as there are pages."""
        with suppress(KeyError):
            super().action_page_down()  # type: ignore[no-untyped-call]
