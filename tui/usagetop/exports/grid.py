"""A view as a grid of drawable texts, for the formats that people read: table and markdown.

Only labels stand in it, never a raw value. Numbers have thousands separators; money is rounded to cents (the
machine formats have every digit). Costs have one line a currency.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from usagetop.analysis.numbers import cell, full, percent
from usagetop.model.dimensions import DIMENSIONS
from usagetop.model.period import day_text, iso
from usagetop.model.text import label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from usagetop.analysis.frame import Totals
    from usagetop.exports.report import Report
    from usagetop.exports.rows import Row
    from usagetop.model.metrics import Metric
    from usagetop.model.query import Filter

# Wide enough that no number is ever shortened.
_ROOM = 400


class Column(NamedTuple):
    """One column: its heading, and whether it holds numbers (right-aligned)."""

    heading: str
    number: bool


class Grid(NamedTuple):
    """Columns, the lines of the rows and the lines of the totals; a line has one text a column."""

    columns: tuple[Column, ...]
    lines: tuple[tuple[str, ...], ...]
    totals: tuple[tuple[str, ...], ...]


def grid(report: Report) -> Grid:
    """The report's rows and totals as texts."""
    metrics = _metrics(report)
    columns = [Column(DIMENSIONS[name].short, number=False) for name in report.by]
    if not columns:
        columns.append(Column("", number=False))
    columns += [Column(metric.short, number=True) for metric in metrics]
    columns.append(Column("share", number=True))
    if report.with_quantity:
        columns += [Column("quantity", number=True), Column("unit", number=False)]
    if report.frame.as_of is not None:
        columns.append(Column("as of", number=False))
    lines = [line for row in report.rows for line in _lines(report, row, metrics)]
    return Grid(tuple(columns), tuple(lines), tuple(_totals(report, metrics, len(columns))))


def _metrics(report: Report) -> list[Metric]:
    """The main metrics, and a breakdown only where it was chosen: seventeen columns are no table."""
    chosen = {report.metric, report.sort.column}
    if report.is_costs:
        return [report.frame.category.metric("amount")]
    about = report.frame.category
    return [m for m in about.metrics if m.name in report.frame.columns and (m.main or m.name in chosen)]


def _lines(report: Report, row: Row, metrics: list[Metric]) -> Iterator[tuple[str, ...]]:
    """The lines of one row."""
    head = _head(report, row)
    if not report.is_costs:
        numbers = [_count(metric, row.counts.get(metric.name)) for metric in metrics]
        shared = report.metric if report.metric in row.counts else metrics[0].name
        tail = [_share(row.counts.get(shared), report.frame.totals.counts.get(shared))]
        if report.frame.as_of is not None:
            tail.append("" if row.as_of is None else _moment(row.as_of, report.query.width))
        yield (*head, *numbers, *tail)
        return
    for currency in dict.fromkeys([*row.amounts, *row.quantities]) or [""]:
        amount = row.amounts.get(currency)
        money = "" if amount is None else cell(amount, "usd", _ROOM, currency=currency or "?")
        tail = [_share(amount, report.frame.totals.amounts.get(currency))]
        if report.with_quantity:
            quantity, unit = row.quantities.get(currency, (None, None))
            tail += ["" if quantity is None else full(quantity, "units"), label(unit or "")]
        yield (*head, money, *tail)


def _head(report: Report, row: Row) -> list[str]:
    if row.groups:
        width = max(1, len(report.by))
        return [f"other ({row.groups:,})", *[""] * (width - 1)]
    pairs = zip(report.by, row.key, strict=True)
    return [report.labels.of(name, value) for name, value in pairs] or ["total"]


def _count(metric: Metric, number: int | None) -> str:
    return "" if number is None else cell(number, metric.unit, _ROOM)


def _share(part: Decimal | int | None, whole: Decimal | int | None) -> str:
    """A part of a positive whole in percent; of nothing, of a credit, or of a store that is gone there is none."""
    if part is None or whole is None or whole <= 0 or not 0 <= part <= whole:
        return ""
    return percent(float(Decimal(part) / Decimal(whole)))


def _totals(report: Report, metrics: list[Metric], width: int) -> Iterator[tuple[str, ...]]:
    """The lines of the totals; without dimensions the one row is the total already."""
    if not report.by:
        return
    head = ["total", *[""] * (len(report.by) - 1)]
    for numbers in _sums(report, report.frame.totals, metrics):
        line = [*head, *numbers]
        yield (*line, *[""] * (width - len(line)))


def _sums(report: Report, totals: Totals, metrics: list[Metric]) -> Iterator[list[str]]:
    if not report.is_costs:
        yield [_count(metric, totals.counts.get(metric.name)) for metric in metrics]
        return
    for currency, amount in (totals.amounts or {"usd": Decimal(0)}).items():
        yield [cell(amount, "usd", _ROOM, currency=currency or "?")]


def title(report: Report) -> str:
    """``costs by line item · 2026-11-01 to 2026-11-23 UTC · 1d buckets``, and the filters."""
    query = report.query
    by = ", ".join(DIMENSIONS[name].short for name in report.by)
    parts = [f"{query.category} by {by}" if by else query.category, period(report), f"{query.width} buckets"]
    return " · ".join([*parts, *filters(report)])


def period(report: Report) -> str:
    """``2026-11-01 to 2026-11-23 UTC``; days are named inclusively, hours and minutes by both edges."""
    query = report.query
    first, last = day_text(query.range.start), day_text(query.range.end - 1)
    if query.width != "1d":
        first, last = _moment(query.range.start, query.width), _moment(query.range.end, query.width)
    return (first if first == last else f"{first} to {last}") + " UTC"


def filters(report: Report) -> list[str]:
    """The filters in words, one text a dimension."""
    return [_filter(report, one) for one in report.query.filters]


def _filter(report: Report, one: Filter) -> str:
    """``project: search-api, not user: (no user)``."""
    name = DIMENSIONS[one.dimension].short
    kept = ", ".join(report.labels.of(one.dimension, value) for value in one.keep)
    dropped = ", ".join(report.labels.of(one.dimension, value) for value in one.drop)
    parts = [f"{name}: {kept}" if kept else "", f"not {name}: {dropped}" if dropped else ""]
    return ", ".join(part for part in parts if part)


def words(report: Report) -> list[str]:
    """The words that must stand where they hold: DEMO OFFLINE STALE INCOMPLETE PARTIAL."""
    codes = {notice.code for notice in report.notices}
    holding = {
        "DEMO": report.source.base_url.startswith("demo:"),
        "OFFLINE": "offline" in codes,
        "STALE": "stale" in codes,
        "INCOMPLETE": not report.complete,
        "PARTIAL": report.partial,
    }
    return [word for word, holds in holding.items() if holds]


def status(report: Report) -> str:
    """``30/30 buckets · 4 requests · 12 rows · fetched 2026-11-24 08:26Z``."""
    source = report.source
    asked = source.requests + source.name_requests
    parts = [
        f"{len(report.frame.buckets):,}/{len(report.query.starts()):,} {_unit(report.query.width)}",
        f"{asked:,} request{'' if asked == 1 else 's'}",
        f"{len(report.rows):,} row{'' if len(report.rows) == 1 else 's'}",
    ]
    if source.fetched_at is not None:
        parts.append("fetched " + _moment(source.fetched_at, "1m") + "Z")
    return " · ".join(parts)


def _unit(width: str) -> str:
    return {"1d": "days", "1h": "hours", "1m": "minutes"}[width]


def _moment(second: int, width: str) -> str:
    """``2026-11-24`` for days, else ``2026-11-24 08:26`` (UTC)."""
    text = iso(second)
    return text[:10] if width == "1d" else f"{text[:10]} {text[11:16]}"
