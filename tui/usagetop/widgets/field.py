"""A line of text to type."""

from __future__ import annotations

from textual.reactive import reactive
from textual.widgets import Input


class Field(Input):
    """Textual's, with a cursor that stands still: nothing is sent to the terminal while nobody types."""

    cursor_blink = reactive(False, init=False)
