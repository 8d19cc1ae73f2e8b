"""The explorer: refreshing, copying, exporting, details, messages and help, on top of moving and choosing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from usagetop.analysis.details import details
from usagetop.commands import BY_ID, COMMANDS
from usagetop.errors import UsagetopError
from usagetop.messages import CommandChosen
from usagetop.model.text import label
from usagetop.screens.choosing import ChoosingExplorer
from usagetop.screens.output import copied, write_export
from usagetop.store.views.leading import costs_side

if TYPE_CHECKING:
    from collections.abc import Sequence

    from usagetop.screens.dialogs.export import ExportChoice
    from usagetop.screens.sheet import SheetScreen
    from usagetop.screens.sheet_drawing import SheetState
    from usagetop.store.session import View

_MOST_LEFT = 16


def bindings() -> list[BindingType]:
    """One binding a key, from the registry; the id allows overriding it in the configuration."""
    return [
        Binding(
            key, command.action, command.word, show=False, id=command.id, priority=key in {"tab", "shift+tab"}
        )
        for command in COMMANDS
        if command.group != "Program" or command.id == "help"
        for key in command.keys
    ]


class Explorer(ChoosingExplorer):
    """The whole explorer."""

    BINDINGS: ClassVar[list[BindingType]] = bindings()
    # Sheets that were left by one of their rows, each beside the view that the row led to.
    _left: Sequence[tuple[View, SheetState]] = ()

    def on_command_chosen(self, message: CommandChosen) -> None:
        """A key in the footer was clicked."""
        self.run_command(message.command)

    def run_command(self, name: str) -> None:
        """Run a command of the registry by its id."""
        command = BY_ID[name]
        target = "app." if command.group == "Program" and name != "help" else "screen."
        self.call_later(self.app.run_action, target + command.action)

    # -- asking again

    def action_refresh_view(self) -> None:
        """Ask for what is due."""
        self.open_view(self.view)

    def action_refresh_all(self) -> None:
        """Ask again for everything in view."""
        if self.desk.mode == "offline":
            self.notify("offline: nothing is asked for", severity="warning", markup=False)
            return
        self.open_view(self.view, mode="refresh")

    # -- from another side

    def action_views(self) -> None:
        """Choose a view beyond the table."""
        from usagetop.screens.sheet import views_dialog

        self.app.push_screen(views_dialog(), self._take_sheet)

    def action_sheet(self, name: str) -> None:
        """Show a view beyond the table, over the range and the filters in force."""
        from usagetop.screens.sheet import SheetScreen

        self.keep_place()
        self._open_sheet(SheetScreen(self.desk, costs_side(self.view), name, self._names))

    def _open_sheet(self, screen: SheetScreen) -> None:
        self.app.push_screen(screen, partial(self._led, screen))

    def _take_sheet(self, name: str | None) -> None:
        if name is not None:
            self.action_sheet(name)

    def _led(self, screen: SheetScreen, view: View | None) -> None:
        """A row of the sheet leads on; back from there comes to the sheet again."""
        self.know(screen.known)
        if view is None:
            return
        led = view.changed(above=self.view)
        if screen.left is not None:
            self._left = [*self._left, (led, screen.left)][-_MOST_LEFT:]
        self.show(led)

    def go_up(self, above: View) -> None:
        """Show the view that this one came from, and over it the sheet whose row led here."""
        before = self.view
        super().go_up(above)
        for led, state in reversed(self._left):
            if led.above is above and led.asks_like(before):
                from usagetop.screens.sheet import SheetScreen

                self._open_sheet(SheetScreen.again(self.desk, state))
                break

    # -- taking away

    def action_copy_cell(self) -> None:
        """Copy the cell: every digit of a number, the text of a dimension."""
        content = self.table.content
        if content is None or not self.table.rows:
            return
        column = content.columns[min(self.table.column, len(content.columns) - 1)]
        text = content.exact(self.table.row, column)
        self.app.copy_to_clipboard(text)
        self.notify(f"copied {text}", markup=False)

    def action_copy_view(self) -> None:
        """Choose the form to copy the view in."""
        from usagetop.screens.dialogs.choice import Choice, ChoiceDialog

        choices = [
            Choice("csv", "CSV"),
            Choice("markdown", "Markdown"),
            Choice("json", "JSON"),
            Choice("command", "command line", "usagetop show …"),
            Choice("curl", "curl", "the request behind it, without the key"),
        ]
        if self.outcome is not None:
            self.app.push_screen(ChoiceDialog("Copy the view as", choices), self._take_copy)

    def _take_copy(self, form: str | None) -> None:
        outcome = self.outcome
        if form is None or outcome is None:
            return
        text = copied(form, outcome, self.view, self._names)
        self.app.copy_to_clipboard(text)
        self.notify(f"copied {len(text):,} characters", markup=False)

    def action_export(self) -> None:
        """Choose format and file."""
        from usagetop.screens.dialogs.export import ExportDialog

        if self.outcome is not None:
            day = datetime.fromtimestamp(self.now(), UTC).strftime("%Y-%m-%d")
            stem = f"usagetop-{self.view.category}-{day}"
            self.app.push_screen(ExportDialog(stem), self._take_export)

    def _take_export(self, choice: ExportChoice | None) -> None:
        if choice is not None and self.outcome is not None:
            self.run_worker(self._export(choice), group="export", exit_on_error=False)

    async def _export(self, choice: ExportChoice) -> None:
        outcome, view = self.outcome, self.view
        if outcome is None:
            return
        try:
            await asyncio.to_thread(write_export, choice, outcome, view, self._names)
        except UsagetopError as error:
            self.tell("error", str(error))
            self.notify(str(error), severity="error", markup=False)
        else:
            self.notify(f"wrote {label(choice.path)}", markup=False)

    # -- reading

    def action_details(self) -> None:
        """Every field that the API gave for the row."""
        from usagetop.screens.dialogs.reading import ReadingDialog, pairs_lines

        outcome, content = self.outcome, self.table.content
        if outcome is None or content is None or not self.table.rows:
            return
        key = content.key(self.table.row)
        pairs = details(outcome.answer.query, outcome.answer.buckets, outcome.frame, key)
        title = outcome.labels.line(outcome.frame.dims, key)
        self.app.push_screen(ReadingDialog(title, pairs_lines(pairs)))

    def action_messages(self) -> None:
        """Errors, notices and retries, newest first, and what holds for this view."""
        from usagetop.screens.dialogs.reading import ReadingDialog

        lines: list[Content] = []
        if self.outcome is not None and self.outcome.answer.notices:
            lines.append(Content.styled("This view", "bold $primary"))
            lines += [
                Content.assemble((f"{notice.code:<18} ", "$quiet"), notice.message)
                for notice in self.outcome.answer.notices
            ]
            lines.append(Content(""))
        lines.append(Content.styled("This session, newest first", "bold $primary"))
        for told in reversed(self.told):
            at = datetime.fromtimestamp(told.at, UTC).strftime("%H:%M:%SZ")
            grade = "$error" if told.grade == "error" else "$foreground"
            lines.append(Content.assemble((f"{at}  ", "$quiet"), (told.text, grade)))
        if not self.told:
            lines.append(Content.styled("nothing to tell", "$quiet"))
        self.app.push_screen(ReadingDialog("Messages", lines))

    def action_help(self) -> None:
        """Keys and words."""
        from usagetop.screens.dialogs.reading import ReadingDialog, help_lines

        self.app.push_screen(ReadingDialog("Help", help_lines()))
