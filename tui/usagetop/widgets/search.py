"""The row search: a one-line field that narrows the table as one types."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from usagetop.messages import SearchChanged
from usagetop.widgets.field import Field


class SearchField(Field):
    """Tells every change; enter keeps the search, escape clears it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "clear_search", "clear", show=False),
        Binding("down,up,tab", "keep_search", "rows", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        """An empty field."""
        super().__init__(placeholder="search rows", compact=True, id=id)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell the screen what the rows must contain."""
        event.stop()
        self.post_message(SearchChanged(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep the search and give the keys back to the table."""
        event.stop()
        self.post_message(SearchChanged(event.value, done=True))

    def action_keep_search(self) -> None:
        """Keep the search and give the keys back to the table."""
        self.post_message(SearchChanged(self.value, done=True))

    def action_clear_search(self) -> None:
        """Forget the search."""
        with self.prevent(Input.Changed):
            self.value = ""
        self.post_message(SearchChanged("", done=True))
