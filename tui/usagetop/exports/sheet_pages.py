"""The page of a view beyond the table, for the formats that people read: labels and rounded numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from usagetop.analysis.sheet_text import field_text, value_text
from usagetop.exports.wording import Column, Grid, Page, filter_texts, holding_words, period_text, source_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from usagetop.analysis.sheet import Field, Sheet, SheetRow
    from usagetop.analysis.sheet_text import LabelOf
    from usagetop.exports.sheets import SheetReport
    from usagetop.model.answer import Notice


def page(report: SheetReport) -> Page:
    """The sheet as a page of drawable texts."""
    sheet = report.sheet
    several = len({row.get("currency") for row in report.rows}) > 1
    fields = [one for one in sheet.fields if one.name != "currency" or several]
    columns = tuple(Column(one.title, number=one.number) for one in fields)
    lines = tuple(tuple(_line(report, fields, row)) for row in report.rows)
    return Page(
        title=_title(sheet, report.labels.of),
        grid=Grid(columns, lines, ()),
        said=(*sheet.said, *_total_lines(sheet)),
        words=holding_words(
            sheet.source, sheet.notices, complete=sheet.complete, partial=_is_partial(sheet.notices)
        ),
        status=source_text(sheet.source, rows=len(report.rows)),
        notices=sheet.notices,
    )


def _is_partial(notices: Sequence[Notice]) -> bool:
    return any(notice.code == "partial_bucket" for notice in notices)


def _title(sheet: Sheet, label_of: LabelOf) -> str:
    """``costs: drivers · 2026-11-01 to 2026-11-23 UTC · against 2026-10-09 to 2026-10-31 UTC``, and filters."""
    parts = [f"{sheet.query.category}: {sheet.view}", period_text(sheet.query)]
    if sheet.compared is not None:
        parts.append("against " + period_text(sheet.compared))
    return " · ".join([*parts, *filter_texts(sheet.query, label_of)])


def _line(report: SheetReport, fields: Sequence[Field], row: SheetRow) -> Iterator[str]:
    for at, one in enumerate(fields):
        if at == 0 and "groups" in row:
            yield f"other ({row['groups']:,})"
        elif "groups" in row and row.get(one.name) is None:
            yield ""
        else:
            yield field_text(one, row, report.labels.of)


def _total_lines(sheet: Sheet) -> Iterator[str]:
    """One sentence a currency: every total with its name."""
    for currency, totals in sheet.totals.items():
        said = []
        for one in sheet.total_fields:
            value = totals.get(one.name)
            if isinstance(value, Mapping):
                inner = ", ".join(
                    f"{name} {value_text(one, amount, currency)}" for name, amount in value.items()
                )
                said.append(f"{one.title} {inner}")
            elif value is not None:
                said.append(f"{one.title} {value_text(one, value, currency)}")
            else:
                said.append(f"{one.title} –")
        yield " · ".join(said)
