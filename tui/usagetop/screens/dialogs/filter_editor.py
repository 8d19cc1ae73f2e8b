"""The filter editor: the filters in force, each in the command line's grammar, to change or take away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Input, Static

from usagetop.errors import UsageError
from usagetop.model.query import parse_filters
from usagetop.model.text import labels
from usagetop.screens.dialogs.dialog import Dialog
from usagetop.widgets.field import Field

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from usagetop.model.categories import Category
    from usagetop.model.query import Filter


class FilterEditor(Dialog[tuple["Filter", ...]]):
    """One line of filters, separated by blanks around ``and``; returns the parsed filters."""

    HINT = "enter take (empty: no filter) · esc close"

    def __init__(self, category: Category, filters: tuple[Filter, ...]) -> None:
        """``filters`` are those in force."""
        super().__init__()
        self._category = category
        self._meant = drawn_filters(filters)

    def title_text(self) -> str:
        """Names the category."""
        return f"Filters of {self._category.name}"

    def body(self) -> ComposeResult:
        """The text, what is wrong with it, and the grammar."""
        yield Field(" & ".join(self._meant), id="filter-text", placeholder="project_id=proj_1 & model!=gpt-5")
        yield Static(id="filter-note")
        names = " ".join(d.name for d in self._category.groupable if d.name != "bucket")
        yield Static(
            Content(
                "D=VALUE keep · D!=VALUE exclude · D= null · D!= not null\n"
                "Join with & ; several values of one dimension are alternatives.\n"
                f"Dimensions: {names}"
            ),
            classes="dialog-note",
        )

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say at once what cannot be read."""
        note = self.query_one("#filter-note", Static)
        try:
            filters = self._parsed(event.value)
        except UsageError as error:
            note.update(Content.styled(str(error), "$error"))
            return
        note.update(Content(f"{len(filters)} filtered dimensions" if filters else "no filter"))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the filters if they can be read."""
        event.stop()
        try:
            self.dismiss(self._parsed(event.value))
        except UsageError:
            self.app.bell()

    def _parsed(self, text: str) -> tuple[Filter, ...]:
        """The filters of a line; raises UsageError. What was not touched means what it meant before."""
        meant = [self._meant.get(part, part) for part in split_filters(text)]
        return parse_filters(self._category, meant)


def split_filters(text: str) -> list[str]:
    """The single filters of a line."""
    return [part.strip() for part in text.split(" & ") if part.strip()]


def drawn_filters(filters: tuple[Filter, ...]) -> dict[str, str]:
    """Filters by what stands for them in the line: a raw value would move the terminal, or end at its ``&``."""
    parts = []
    for filter_ in filters:
        parts += [f"{filter_.dimension}={value or ''}" for value in filter_.keep]
        parts += [f"{filter_.dimension}!={value or ''}" for value in filter_.drop]
    drawn: dict[str, str] = {}
    for part, text in labels(parts).items():
        shown = text.replace(" & ", " + ").strip()
        while shown in drawn:
            shown += "~"
        drawn[shown] = part
    return drawn
