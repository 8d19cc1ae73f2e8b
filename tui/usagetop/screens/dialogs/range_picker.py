"""The range picker: the range grammar as typed, the presets, and the resolved range as one types."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from usagetop.errors import UsageError
from usagetop.model import period
from usagetop.model.categories import SECONDS_OF
from usagetop.screens.dialogs.dialog import Dialog
from usagetop.widgets.field import Field
from usagetop.widgets.listing import Listing

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from usagetop.model.categories import Category

_MEANING = {
    "today": "this UTC day so far",
    "yesterday": "the last whole UTC day",
    "24h": "the open hour and the 23 before",
    "7d": "today and the 6 days before",
    "30d": "today and the 29 days before",
    "90d": "today and the 89 days before",
    "wtd": "this week so far, from Monday",
    "last-week": "Monday to Sunday of last week",
    "mtd": "this month so far",
    "last-month": "the whole calendar month before",
    "qtd": "this quarter so far",
    "ytd": "this year so far",
}


class RangePicker(Dialog[str]):
    """Type a range or take a preset; returns the range's text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "presets(1)", "presets", show=False, priority=True),
        Binding("up", "presets(-1)", "presets", show=False, priority=True),
    ]
    TITLE_TEXT = "Time range (UTC)"
    HINT = "type or ↑ ↓ choose · enter take · esc close"

    def __init__(self, text: str, width: str, category: Category, clock: Callable[[], float]) -> None:
        """``text`` is the range in force, ``width`` the bucket width as chosen (may be ``auto``)."""
        super().__init__()
        self._text = text
        self._width = width
        self._category = category
        self._clock = clock

    def body(self) -> ComposeResult:
        """The input, what it means, and the presets."""
        yield Field(self._text, placeholder="30d, mtd, 2026-10, 2026-10-01..2026-10-31", id="range-text")
        yield Static(id="range-resolved")
        options = [
            Option(Content.assemble(preset.ljust(11), (_MEANING[preset], "$quiet")), id=preset)
            for preset in period.PRESETS
        ]
        yield Listing(*options, classes="dialog-list", markup=False, id="range-presets")
        yield Static(
            Content("or 14d 6h 45m 2026-10 2026-10-31 2026-10-01..2026-10-31 2026-10-01.."),
            classes="dialog-note",
        )

    def on_mount(self) -> None:
        """The text stands selected, so that typing replaces it."""
        listing = self.query_one("#range-presets", OptionList)
        listing.can_focus = False
        if self._text in period.PRESETS:
            listing.highlighted = period.PRESETS.index(self._text)
        text = self.query_one("#range-text", Input)
        text.focus()
        text.action_select_all()
        self._resolve(self._text)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show at once what the text means."""
        self._resolve(event.value)

    def _resolve(self, text: str) -> None:
        resolved = self.query_one("#range-resolved", Static)
        try:
            parsed = period.parse_range(text, int(self._clock()))
            aligned, width, widened = period.fit(parsed, self._width, self._category.widths)
        except UsageError as error:
            resolved.update(Content.styled(str(error), "$error"))
            return
        buckets = (aligned.end - aligned.start) // SECONDS_OF[width]
        note = " · widened to whole days" if widened else ""
        if aligned.is_open:
            note += " · reaches now"
        resolved.update(
            Content(f"{period.span_text(aligned.start, aligned.end)} UTC · {buckets:,} × {width}{note}")
        )

    def action_presets(self, step: int) -> None:
        """Walk the presets; the text follows."""
        listing = self.query_one("#range-presets", OptionList)
        place = listing.highlighted
        count = len(period.PRESETS)
        listing.highlighted = (0 if step > 0 else count - 1) if place is None else (place + step) % count
        text = self.query_one("#range-text", Input)
        text.value = period.PRESETS[listing.highlighted]
        text.cursor_position = len(text.value)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click takes a preset."""
        event.stop()
        self.dismiss(period.PRESETS[event.option_index])

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the text if it is a range; else the line above says why not."""
        event.stop()
        try:
            parsed = period.parse_range(event.value, int(self._clock()))
            period.fit(parsed, self._width, self._category.widths)
        except UsageError:
            self.app.bell()
            return
        self.dismiss(event.value.strip())
