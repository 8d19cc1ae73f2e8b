"""Taking a sheet away from its screen: a cell, the whole of it to the clipboard, or to a file."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from usagetop.errors import UsagetopError
from usagetop.model.text import label
from usagetop.screens.sheet_drawing import DrawnSheet

if TYPE_CHECKING:
    from usagetop.exports.sheets import SheetReport
    from usagetop.screens.dialogs.export import ExportChoice


class TakenSheet(DrawnSheet):
    """The commands that copy and export."""

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
        """Choose the form to copy the sheet in."""
        from usagetop.screens.dialogs.choice import Choice, ChoiceDialog

        choices = [
            Choice("csv", "CSV"),
            Choice("markdown", "Markdown"),
            Choice("json", "JSON"),
            Choice("command", "command line", "usagetop show costs --view …"),
        ]
        if self.sheet is not None:
            self.app.push_screen(ChoiceDialog("Copy the view as", choices), self._take_copy)

    def _take_copy(self, form: str | None) -> None:
        from usagetop.exports import FORMATS
        from usagetop.screens.sheet_output import command_line

        report = self._report()
        if form is None or report is None:
            return
        text = command_line(report, self.compare) if form == "command" else FORMATS[form].render(report)
        self.app.copy_to_clipboard(text)
        self.notify(f"copied {len(text):,} characters", markup=False)

    def _report(self) -> SheetReport | None:
        from usagetop.screens.sheet_output import report

        if self.sheet is None:
            return None
        return report(self.sheet, self.known, self.sorted_by, descending=self.descending)

    def action_export(self) -> None:
        """Choose format and file."""
        from usagetop.screens.dialogs.export import ExportDialog

        if self.sheet is not None:
            day = datetime.fromtimestamp(int(self.desk.clock()), UTC).strftime("%Y-%m-%d")
            self.app.push_screen(ExportDialog(f"usagetop-{self.about.name}-{day}"), self._take_export)

    def _take_export(self, choice: ExportChoice | None) -> None:
        if choice is not None:
            self.run_worker(self._export(choice), group="export", exit_on_error=False)

    async def _export(self, choice: ExportChoice) -> None:
        from usagetop.screens.sheet_output import write_sheet

        report = self._report()
        if report is None:
            return
        try:
            await asyncio.to_thread(write_sheet, choice, report)
        except UsagetopError as error:
            self.notify(str(error), severity="error", markup=False)
        else:
            self.notify(f"wrote {label(choice.path)}", markup=False)
