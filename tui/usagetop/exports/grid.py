"""A view as a grid of drawable texts, for the formats that people read: table and markdown.

Only labels stand in it, never a raw value. Numbers have thousands separators; money is rounded to cents (the
machine formats have every digit). Costs have one line a currency.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from usagetop.analysis.numbers import cell, change, full, percent, signed_cell
from usagetop.exports.wording import (
    Column,
    Grid,
    Page,
    filter_texts,
    holding_words,
    moment,
    period_text,
    source_text,
)
from usagetop.model.dimensions import DIMENSIONS
from usagetop.model.money import subtract
from usagetop.model.text import label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from usagetop.analysis.frame import Number, Totals
    from usagetop.exports.report import Report
    from usagetop.exports.rows import Row
    from usagetop.model.metrics import Metric

# Wide enough that no number is ever shortened.
_ROOM = 400


def grid(report: Report) -> Grid:
    """The report's rows and totals as texts."""
    metrics = _metrics(report)
    columns = [Column(DIMENSIONS[name].short, number=False) for name in report.by]
    if not columns:
        columns.append(Column("", number=False))
    columns += [Column(metric.short, number=True) for metric in metrics]
    columns.append(Column("share", number=True))
    if report.earlier is not None:
        columns += [Column(name, number=True) for name in ("previous", "Δ", "Δ%")]
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
        before = row.previous.counts.get(shared) if row.previous is not None else None
        tail += _change(report, row.counts.get(shared), before, shared)
        if report.frame.as_of is not None:
            tail.append("" if row.as_of is None else moment(row.as_of, report.query.width))
        yield (*head, *numbers, *tail)
        return
    delta = row.delta.amounts if row.delta is not None else {}
    for currency in dict.fromkeys([*row.amounts, *row.quantities, *delta]) or [""]:
        amount = row.amounts.get(currency)
        money = "" if amount is None else cell(amount, "usd", _ROOM, currency=currency or "?")
        tail = [_share(amount, report.frame.totals.amounts.get(currency))]
        then = row.previous.amounts.get(currency) if row.previous is not None else None
        tail += _change(report, amount, then, "amount", currency or "?")
        if report.with_quantity:
            quantity, unit = row.quantities.get(currency, (None, None))
            tail += ["" if quantity is None else full(quantity, "units"), label(unit or "")]
        yield (*head, money, *tail)


def _change(
    report: Report, now: Number | None, then: Number | None, metric: str, currency: str = ""
) -> list[str]:
    """The earlier number, the difference with its sign, and the change in percent (or new, gone)."""
    if report.earlier is None:
        return []
    unit = report.frame.category.metric(metric).unit
    if now is None and then is None:
        return ["", "", ""]
    word = "gone" if now is None else "new" if then is None else change(now, then)
    gap = subtract(Decimal(now or 0), Decimal(then or 0))
    before = "" if then is None else cell(then, unit, _ROOM, currency=currency)
    return [before, signed_cell(gap, unit, _ROOM, currency=currency), word]


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
    for numbers, changed in zip(
        _sums(report, report.frame.totals, metrics), _changes(report, metrics), strict=False
    ):
        line = [*head, *numbers, "", *changed]
        yield tuple(line[:width] + [""] * (width - len(line)))


def _changes(report: Report, metrics: list[Metric]) -> Iterator[list[str]]:
    """The change of each total, in the order of ``_sums``; nothing without an earlier period."""
    now = report.frame.totals
    then = report.earlier.totals if report.earlier is not None else now
    if not report.is_costs:
        shared = report.metric if report.metric in now.counts else metrics[0].name
        yield _change(report, now.counts.get(shared), then.counts.get(shared), shared)
        return
    for currency in _currencies(report):
        yield _change(
            report, now.amounts.get(currency), then.amounts.get(currency), "amount", currency or "?"
        )


def _currencies(report: Report) -> list[str]:
    """The currencies of the totals of both periods, usd first; usd where there is none."""
    found = {**report.frame.totals.amounts, **(report.earlier.totals.amounts if report.earlier else {})}
    return sorted(found, key=lambda name: (name != "usd", name)) or ["usd"]


def _sums(report: Report, totals: Totals, metrics: list[Metric]) -> Iterator[list[str]]:
    if not report.is_costs:
        yield [_count(metric, totals.counts.get(metric.name)) for metric in metrics]
        return
    for currency in _currencies(report):
        yield [cell(totals.amounts.get(currency, Decimal(0)), "usd", _ROOM, currency=currency or "?")]


def page(report: Report) -> Page:
    """The whole view as a page."""
    return Page(
        title=title(report),
        grid=grid(report),
        words=words(report),
        status=status(report),
        notices=report.notices,
    )


def title(report: Report) -> str:
    """``costs by line item · 2026-11-01 to 2026-11-23 UTC · 1d buckets``, and the filters."""
    query = report.query
    by = ", ".join(DIMENSIONS[name].short for name in report.by)
    parts = [
        f"{query.category} by {by}" if by else query.category,
        period_text(query),
        f"{query.width} buckets",
    ]
    if report.earlier is not None:
        parts.insert(2, "against " + period_text(report.earlier.query))
    return " · ".join([*parts, *filters(report)])


def filters(report: Report) -> list[str]:
    """The filters in words, one text a dimension."""
    return filter_texts(report.query, report.labels.of)


def words(report: Report) -> tuple[str, ...]:
    """The words that hold: DEMO OFFLINE STALE INCOMPLETE PARTIAL."""
    return holding_words(report.source, report.notices, complete=report.complete, partial=report.partial)


def status(report: Report) -> str:
    """``30/30 days · 4 requests · 12 rows · fetched 2026-11-24 08:26Z``."""
    held = (len(report.frame.buckets), len(report.query.starts()))
    return source_text(report.source, rows=len(report.rows), buckets=held, width=report.query.width)
