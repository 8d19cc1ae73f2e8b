"""Taking a sheet away: to the clipboard and to files, through the same formats as ``show --view``."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from usagetop.exports import FORMATS
from usagetop.exports.report import Sort
from usagetop.exports.sheets import SheetReport
from usagetop.screens.output import export_path
from usagetop.store.labels import raw_names
from usagetop.store.views import VIEWS

if TYPE_CHECKING:
    from usagetop.analysis.sheet import Sheet
    from usagetop.client.names import Names
    from usagetop.screens.dialogs.export import ExportChoice


def report(sheet: Sheet, names: Names | None, sorted_by: str, *, descending: bool) -> SheetReport:
    """The sheet as the formats take it, in the order of the screen."""
    sort = Sort(sorted_by, descending=descending) if sorted_by else None
    return SheetReport(sheet, raw_names(names, sheet.ids()), sort)


def command_line(report: SheetReport, compare: str) -> str:
    """``usagetop show costs --view …``: what prints the same rows."""
    sheet = report.sheet
    words = ["usagetop", "show", "costs", "--view", sheet.view, "--range", sheet.query.range.text]
    for one in sheet.query.filters:
        for sign, values in (("=", one.keep), ("!=", one.drop)):
            for value in values:
                words += ["--filter", f"{one.dimension}{sign}{value or ''}"]
    if VIEWS[sheet.view].compares:
        words += ["--compare", compare]
    if report.sort is not None:
        words += ["--sort", f"{report.sort.column}:{'desc' if report.sort.descending else 'asc'}"]
    if sheet.source.base_url.startswith("demo:"):
        words += ["--scenario", sheet.source.base_url.removeprefix("demo:")]
    return shlex.join(words)


def write_sheet(choice: ExportChoice, report: SheetReport) -> None:
    """Write the sheet to a file; raises UsageError with what is in the way."""
    from usagetop.exports.files import write_file

    write_file(export_path(choice.path), FORMATS[choice.format].render(report), force=choice.force)
