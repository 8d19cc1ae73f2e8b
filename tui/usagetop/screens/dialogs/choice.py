"""Choose one of a few: metric, width, sort column, what to copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from usagetop.screens.dialogs.dialog import Dialog
from usagetop.widgets.listing import Listing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult


@dataclass(frozen=True, slots=True)
class Choice:
    """One option: the value returned, its drawable label, and a quiet note behind it."""

    value: str
    label: str
    note: str = ""


class ChoiceDialog(Dialog[str]):
    """A list of choices; returns the value of the one that was taken."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "down", "down", show=False),
        Binding("k", "up", "up", show=False),
    ]
    HINT = "↑ ↓ move · enter take · esc close"

    def __init__(self, title: str, choices: Sequence[Choice], current: str = "") -> None:
        """``title`` is drawable; ``current`` is the value that is in force."""
        super().__init__()
        self._heading = title
        self._choices = tuple(choices)
        self._current = current

    def title_text(self) -> str:
        """The title that was given."""
        return self._heading

    def body(self) -> ComposeResult:
        """The list, with the current choice marked and under the cursor."""
        width = max((len(choice.label) for choice in self._choices), default=0)
        options = [
            Option(
                Content.assemble(
                    "● " if choice.value == self._current else "  ",
                    choice.label.ljust(width),
                    (f"  {choice.note}" if choice.note else "", "$quiet"),
                )
            )
            for choice in self._choices
        ]
        yield Listing(*options, classes="dialog-list", markup=False)

    def on_mount(self) -> None:
        """Start on the current choice."""
        values = [choice.value for choice in self._choices]
        listing = self.query_one(OptionList)
        listing.highlighted = values.index(self._current) if self._current in values else 0

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the choice."""
        event.stop()
        self.dismiss(self._choices[event.option_index].value)

    def action_down(self) -> None:
        """One choice down."""
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        """One choice up."""
        self.query_one(OptionList).action_cursor_up()
