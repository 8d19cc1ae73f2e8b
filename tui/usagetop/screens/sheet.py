"""A view beyond the table on a screen of its own: drivers, unit prices, savings, budget, reconcile.

It is laid over the explorer and returns the view that a row leads to, or None; escape goes back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from usagetop.commands import BY_ID
from usagetop.errors import UsagetopError
from usagetop.messages import CommandChosen, RowOpened, SortChosen
from usagetop.model import period as periods
from usagetop.screens.sheet_taking import TakenSheet
from usagetop.store.views import VIEWS
from usagetop.store.views.leading import lead

if TYPE_CHECKING:
    from usagetop.screens.dialogs.choice import ChoiceDialog

# The registry's commands that mean the same on a sheet.
_COMMANDS = (
    *("up", "down", "left", "right", "first", "last", "page-up", "page-down", "half-up", "half-down"),
    *("drill", "back", "sort", "sort-list", "views", "compare", "refresh", "refresh-all", "names"),
    *("copy-cell", "copy-view", "export", "messages", "range", "shift-back", "shift-forward", "help"),
)
_COMPARES = {"previous": "month", "month": "previous"}


class SheetScreen(TakenSheet):
    """One view of the registry, over the range and filters of the explorer's costs."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, BY_ID[name].action, BY_ID[name].word, show=False, id=name)
        for name in _COMMANDS
        for key in BY_ID[name].keys
    ]

    def on_command_chosen(self, message: CommandChosen) -> None:
        """A key in the footer was clicked."""
        command = BY_ID[message.command]
        target = "app." if command.group == "Program" and command.id != "help" else "screen."
        self.call_later(self.app.run_action, target + command.action)

    def action_back(self) -> None:
        """End a running load, else go back to the explorer."""
        if self.is_loading and self.sheet is not None:
            self.workers.cancel_group(self, "sheet")
            self.is_loading = False
            self.draw()
            return
        self.dismiss(None)

    def action_drill(self) -> None:
        """Go on to the view that the row leads to."""
        if self.sheet is None or not self.table.rows or self.table.content is None:
            return
        row = self.sheet.rows[self.table.content.rows[self.table.row]]
        view = lead(self.sheet, row, above=self.view)
        if view is None:
            self.notify("this row leads nowhere", markup=False)
            return
        self.left = self.state
        self.dismiss(view)

    def on_row_opened(self, message: RowOpened) -> None:
        """A row was double-clicked."""
        message.stop()
        self.action_drill()

    # -- which view, which range, which order

    def action_views(self) -> None:
        """Choose another view."""
        self.app.push_screen(views_dialog(self.about.name), self._take_view)

    def _take_view(self, name: str | None) -> None:
        if name is not None and name != self.about.name:
            self.about = VIEWS[name]
            self.sheet, self.sorted_by = None, ""
            self.table.go_to(0)
            self.draw_footer()
            self.ask()

    def action_sheet(self, name: str) -> None:
        """Show another view."""
        self._take_view(name)

    def action_compare(self) -> None:
        """Hold it against the period before, or against the same days of last month."""
        if not self.about.compares:
            self.notify(f"{self.about.title} is not held against another period", markup=False)
            return
        self.compare = _COMPARES[self.compare]
        self.ask()

    def action_range(self) -> None:
        """Pick the time range."""
        if self._is_fixed():
            return
        from usagetop.screens.dialogs.range_picker import RangePicker

        picker = RangePicker(self.view.range_text, "1d", self.view.about, self.desk.clock)
        self.app.push_screen(picker, self._take_range)

    def _is_fixed(self) -> bool:
        if self.about.fixed:
            self.notify(f"{self.about.title} is always of the month that runs", markup=False)
        return self.about.fixed

    def _take_range(self, text: str | None) -> None:
        if text:
            self.view = self.view.changed(range_text=text)
            self.ask()

    def action_shift(self, direction: int) -> None:
        """The range moved by its own length; never beyond the open day."""
        if self._is_fixed():
            return
        now = int(self.desk.clock())
        try:
            text = periods.shift(self.view.query(now).range, direction)
            periods.parse_range(text, now)
        except UsagetopError as error:
            self.notify(str(error), severity="warning", markup=False)
            return
        self._take_range(text)

    def action_refresh_view(self) -> None:
        """Ask for what is due."""
        self.ask()

    def action_refresh_all(self) -> None:
        """Ask again for everything."""
        if self.desk.mode == "offline":
            self.notify("offline: nothing is asked for", severity="warning", markup=False)
            return
        self.ask(refresh=True)

    def action_sort(self) -> None:
        """Sort by the column under the cursor; again reverses."""
        self._sort(self.table.chosen_column())

    def on_sort_chosen(self, message: SortChosen) -> None:
        """A head was clicked."""
        self._sort(message.column)

    def _sort(self, column: str) -> None:
        if self.sheet is None or not column:
            return
        number = self.sheet.field(column).number
        self.descending = not self.descending if column == self.sorted_by else number
        self.sorted_by = column
        self.draw()
        self.table.go_to(0)

    def action_sort_list(self) -> None:
        """Pick the field to sort by."""
        from usagetop.screens.dialogs.choice import Choice, ChoiceDialog

        if self.sheet is not None:
            choices = [
                Choice(one.name, one.title, one.name) for one in self.sheet.fields if one.kind != "changes"
            ]
            self.app.push_screen(ChoiceDialog("Sort by", choices, self.sorted_by), self._take_sort)

    def _take_sort(self, column: str | None) -> None:
        self._sort(column or "")

    def action_names(self) -> None:
        """Names or ids."""
        self.shows_ids = not self.shows_ids
        self.draw()

    # -- reading

    def action_messages(self) -> None:
        """What must be known about these rows."""
        from usagetop.screens.dialogs.reading import ReadingDialog

        notices = self.sheet.notices if self.sheet is not None else ()
        said = self.sheet.said if self.sheet is not None else ()
        lines = [Content(sentence) for sentence in said]
        lines += [Content.assemble((f"{one.code:<18} ", "$quiet"), one.message) for one in notices]
        self.app.push_screen(
            ReadingDialog("Messages", lines or [Content.styled("nothing to tell", "$quiet")])
        )

    def action_help(self) -> None:
        """Keys and words."""
        from usagetop.screens.dialogs.reading import ReadingDialog, help_lines

        self.app.push_screen(ReadingDialog("Help", help_lines()))


def views_dialog(current: str = "") -> ChoiceDialog:
    """The list of views beyond the table, each with its sentence."""
    from usagetop.screens.dialogs import choice

    choices = [choice.Choice(one.name, one.title, one.help) for one in VIEWS.values()]
    return choice.ChoiceDialog("Costs from another side", choices, current)
