"""Rows with delimiters, for csv and tsv: one header line, one line a row (costs: and currency).

Text is written without characters that a terminal would obey, and guarded against being taken for a formula;
numbers are left alone. Null is an empty cell. There is no line of totals: a sum over a column is right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagetop.exports.report import Report
from usagetop.model.dimensions import DIMENSIONS
from usagetop.model.money import plain, plain_amount
from usagetop.model.period import iso
from usagetop.model.text import escaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from usagetop.exports import Printable
    from usagetop.exports.rows import Row

# What makes a spreadsheet read a cell as a formula; the wide forms do so in some languages.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def lines(report: Printable, delimiter: str) -> Iterator[str]:
    """The header and every row, each with its line feed."""
    if not isinstance(report, Report):
        from usagetop.exports.sheets import delimited

        for pairs in delimited(report):
            yield _line([_text(cell) if guarded else cell for cell, guarded in pairs], delimiter)
        return
    yield _line(header(report), delimiter)
    for row in report.rows:
        for cells in _cells(report, row):
            yield _line(cells, delimiter)


def header(report: Report) -> list[str]:
    """Dimensions, their names, metrics; what the rest of ``--top`` needs stands last."""
    dimensions: list[str] = []
    for name in report.by:
        dimensions += ["start", "end"] if name == "bucket" else [name]
    names = [DIMENSIONS[name].names for name in report.by if DIMENSIONS[name].names]
    if report.is_costs:
        metrics = ["amount", "currency"]
        metrics += ["quantity", "quantity_unit"] if report.with_quantity else []
    else:
        metrics = [*report.metrics, *(["as_of"] if report.frame.as_of is not None else [])]
    if report.earlier is not None:
        compared = ["amount"] if report.is_costs else report.metrics
        metrics += [f"{side}_{name}" for side in ("previous", "delta") for name in compared] + ["status"]
    return [*dimensions, *names, *metrics, *(["row", "groups"] if report.top is not None else [])]


def _cells(report: Report, row: Row) -> Iterator[list[str]]:
    """The cells of a row: for costs one line for each currency."""
    head = _head(report, row)
    tail = []
    if report.top is not None:
        tail = ["other", str(row.groups)] if row.groups else ["", ""]
    if not report.is_costs:
        counts = [str(row.counts[name]) if name in row.counts else "" for name in report.metrics]
        if report.frame.as_of is not None:
            counts.append("" if row.as_of is None else iso(row.as_of))
        if row.previous is not None and row.delta is not None:
            for side in (row.previous, row.delta):
                counts += [str(side.counts[name]) if name in side.counts else "" for name in report.metrics]
            counts.append(row.status)
        yield [*head, *counts, *tail]
        return
    delta = row.delta.amounts if row.delta is not None else {}
    for currency in dict.fromkeys([*row.amounts, *row.quantities, *delta]) or [""]:
        yield [*head, *_money(report, row, currency), *_earlier_money(row, currency), *tail]


def _head(report: Report, row: Row) -> list[str]:
    cells = []
    for dimension, value in zip(report.by, row.key, strict=True):
        if dimension == "bucket":
            edges = (value, report.end_of(value)) if isinstance(value, int) else ()
            cells += [iso(edge) for edge in edges] or ["", ""]
        else:
            cells.append(_text(value))
    names = (DIMENSIONS[name].names for name in report.by)
    return cells + [_text(row.names.get(name)) for name in names if name]


def _money(report: Report, row: Row, currency: str) -> list[str]:
    amount = row.amounts.get(currency)
    cells = ["" if amount is None else plain_amount(amount), _text(currency)]
    if not report.with_quantity:
        return cells
    billed = row.quantities.get(currency)
    return [*cells, *(("", "") if billed is None else (plain(billed[0]), _text(billed[1])))]


def _earlier_money(row: Row, currency: str) -> list[str]:
    """The earlier amount, the difference, and what became of the row; nothing without an earlier period."""
    if row.previous is None or row.delta is None:
        return []
    sides = (row.previous.amounts.get(currency), row.delta.amounts.get(currency))
    return [*("" if amount is None else plain_amount(amount) for amount in sides), row.status]


def _text(value: str | int | None) -> str:
    """A cell of text: sanitised, and not a formula."""
    if value is None:
        return ""
    raw = str(value)
    return ("'" if raw.startswith(_FORMULA) else "") + escaped(raw)


def _line(cells: list[str], delimiter: str) -> str:
    """One line. In some languages a semicolon parts the cells too: quoted, nothing after it begins another."""
    quoted = (
        '"' + cell.replace('"', '""') + '"'
        if delimiter in cell or '"' in cell or ";" in cell or cell != cell.strip()
        else cell
        for cell in cells
    )
    return delimiter.join(quoted) + "\n"
