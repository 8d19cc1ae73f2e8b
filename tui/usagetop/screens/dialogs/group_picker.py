"""The group_by picker: the dimensions that the category allows, several at once, in the order they are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from usagetop.screens.dialogs.dialog import Dialog
from usagetop.widgets.listing import Listing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult

    from usagetop.model.categories import Category

_NOTES = {
    "bucket": "one row per time bucket",
    "model": "read from the line item",
}


class GroupPicker(Dialog[tuple[str, ...]]):
    """Mark dimensions with space, take them with enter; returns them in the order of marking."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "mark", show=False, priority=True),
        Binding("j", "down", "down", show=False),
        Binding("k", "up", "up", show=False),
        Binding("0", "none", "none", show=False),
    ]
    HINT = "enter take this one · space mark several · 0 one total · esc close"

    def __init__(
        self, category: Category, current: tuple[str, ...], refused: Mapping[tuple[str, ...], str]
    ) -> None:
        """``refused`` are groupings that the server refused before, with its sentence (drawable)."""
        super().__init__()
        self._category = category
        self._current = current
        self._marked = list(current)
        self._touched = False
        self._refused = refused

    def title_text(self) -> str:
        """Names the category."""
        return f"Group {self._category.name} by"

    def body(self) -> ComposeResult:
        """The dimensions, and what the server said of the marked ones."""
        yield Listing(classes="dialog-list", markup=False)
        yield Static(id="group-note", classes="dialog-note")

    def on_mount(self) -> None:
        """Start on the first dimension in force."""
        self._draw()
        names = [dimension.name for dimension in self._category.groupable]
        first = names.index(self._current[0]) if self._current and self._current[0] in names else 0
        self.query_one(OptionList).highlighted = first

    def _draw(self) -> None:
        listing = self.query_one(OptionList)
        place = listing.highlighted
        listing.clear_options()
        listing.add_options([Option(self._row(number)) for number in range(len(self._category.groupable))])
        listing.highlighted = place
        listing.focus()
        self._say(tuple(self._marked))

    def _row(self, number: int) -> Content:
        dimension = self._category.groupable[number]
        order = self._marked.index(dimension.name) + 1 if dimension.name in self._marked else 0
        derived = any(d.name == dimension.name for d in self._category.derived)
        note = _NOTES.get(dimension.name, "") if derived or dimension.name == "bucket" else ""
        if self._sentence((dimension.name,)):
            note = "refused by this server"
        mark = f"[{order}] " if order else "[ ] "
        return Content.assemble(
            (mark, "bold" if order else "$quiet"),
            dimension.short.ljust(16),
            (dimension.name.ljust(18), "$quiet"),
            (note, "$quiet"),
        )

    def _sentence(self, names: tuple[str, ...]) -> str:
        """What the server said of exactly this grouping, or empty."""
        return self._refused.get(tuple(sorted(names)), "")

    def _say(self, names: tuple[str, ...]) -> None:
        note = self.query_one("#group-note", Static)
        sentence = self._sentence(names)
        if sentence:
            note.update(Content.styled(f"refused before: {sentence}", "$warning"))
        else:
            note.update(Content("by " + (", ".join(names) or "nothing: one total row")))

    def _here(self) -> str:
        place = self.query_one(OptionList).highlighted
        return self._category.groupable[place or 0].name

    def action_mark(self) -> None:
        """Mark the dimension under the cursor, or take its mark away."""
        if not self._touched:
            self._touched = True
        name = self._here()
        if name in self._marked:
            self._marked.remove(name)
        else:
            self._marked.append(name)
        self._draw()

    def action_none(self) -> None:
        """One total row."""
        self.dismiss(())

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Without marks of one's own, enter takes the dimension under the cursor; else the marked ones."""
        event.stop()
        self.dismiss(tuple(self._marked) if self._touched else (self._here(),))

    def action_down(self) -> None:
        """One dimension down."""
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        """One dimension up."""
        self.query_one(OptionList).action_cursor_up()
