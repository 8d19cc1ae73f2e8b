"""The export dialog: which format, and to which file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from usagetop.screens.dialogs.dialog import Dialog
from usagetop.widgets.field import Field
from usagetop.widgets.listing import Listing

if TYPE_CHECKING:
    from textual.app import ComposeResult

FORMATS = (
    ("csv", "csv", "one line a row, for spreadsheets"),
    ("tsv", "tsv", "the same, separated by tabs"),
    ("json", "json", "everything: rows, series, totals, notices"),
    ("jsonl", "jsonl", "one JSON object a row"),
    ("markdown", "md", "a table to paste"),
)


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """What to write and where; ``force`` allows to replace an existing file."""

    format: str
    path: str
    force: bool = False


class ExportDialog(Dialog[ExportChoice]):
    """Choose a format, then the file's name; returns both."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "format(1)", "format", show=False, priority=True),
        Binding("up", "format(-1)", "format", show=False, priority=True),
        Binding("ctrl+o", "overwrite", "overwrite", show=False, priority=True),
    ]
    TITLE_TEXT = "Export the view"
    HINT = "↑ ↓ format · enter write · ctrl+o allow overwriting · esc close"

    def __init__(self, stem: str) -> None:
        """``stem`` is the proposed file name without its ending."""
        super().__init__()
        self._stem = stem
        self._format = 0
        self._force = False

    def body(self) -> ComposeResult:
        """The formats and the file's name."""
        options = [Option(Content.assemble(name.ljust(11), (note, "$quiet"))) for name, _, note in FORMATS]
        yield Listing(*options, classes="dialog-list", markup=False)
        yield Field(f"{self._stem}.{FORMATS[0][1]}", id="export-path")
        yield Static(id="export-note", classes="dialog-note")

    def on_mount(self) -> None:
        """The name has the focus; the arrows change the format."""
        listing = self.query_one(OptionList)
        listing.can_focus = False
        listing.highlighted = 0
        self.query_one(Input).focus()
        self._say()

    def action_format(self, step: int) -> None:
        """The next format; a name that still has the old ending gets the new one."""
        self._choose((self._format + step) % len(FORMATS))

    def _choose(self, number: int) -> None:
        field = self.query_one(Input)
        before = f".{FORMATS[self._format][1]}"
        self._format = number
        self.query_one(OptionList).highlighted = number
        if field.value.endswith(before):
            field.value = field.value.removesuffix(before) + f".{FORMATS[number][1]}"

    def action_overwrite(self) -> None:
        """Allow or forbid to replace an existing file."""
        self._force = not self._force
        self._say()

    def _say(self) -> None:
        text = "an existing file will be replaced" if self._force else "an existing file is never replaced"
        self.query_one("#export-note", Static).update(Content(text))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click chooses the format."""
        event.stop()
        self._choose(event.option_index)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Write."""
        event.stop()
        if event.value.strip():
            self.dismiss(ExportChoice(FORMATS[self._format][0], event.value.strip(), self._force))
