"""Views beyond the table, ready to be written: a sheet with the names that were found, in every form.

The fields of a sheet say what they hold; so one writer serves all of these views. Machine formats carry raw values
and exact decimals, people's formats labels and rounded numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from usagetop.exports.to_json import notice_of
from usagetop.model.dimensions import DIMENSIONS
from usagetop.model.money import plain, plain_amount, total
from usagetop.model.period import day_text, iso
from usagetop.model.text import label
from usagetop.store.labels import Directory, Labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from usagetop.analysis.sheet import Field, Sheet, SheetRow, Value
    from usagetop.exports.report import Sort
    from usagetop.model.answer import Notice


@dataclass(frozen=True)
class SheetReport:
    """A sheet that is about to be written.

    ``names`` maps dimension → id → raw name where known. ``sort`` None keeps the view's own order; ``top`` keeps
    so many rows, and the rest becomes one row that adds up what adds up.
    """

    sheet: Sheet
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sort: Sort | None = None
    top: int | None = None

    @property
    def complete(self) -> bool:
        """Whether the rows cover everything that was asked for."""
        return self.sheet.complete

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What a reader must know."""
        return self.sheet.notices

    @cached_property
    def rows(self) -> tuple[SheetRow, ...]:
        """The rows in order; with ``top`` the last ones may be the rest, one a currency."""
        rows = self.sheet.rows
        if self.sort is not None:
            order = self.sheet.order(self.sort.column, descending=self.sort.descending)
            rows = tuple(rows[index] for index in order)
        if self.top is None or len(rows) <= self.top:
            return rows
        return (*rows[: self.top], *_rest(self.sheet.fields, rows[self.top :]))

    @cached_property
    def labels(self) -> Labels:
        """The drawable text of every dimension value, by name where one is known."""
        return Labels(
            Directory({dim: {i: label(n) for i, n in known.items()} for dim, known in self.names.items()})
        )

    def name_of(self, dimension: str, value: Value) -> str | None:
        """The raw name of an id, or None."""
        return self.names.get(dimension, {}).get(value) if isinstance(value, str) else None


def _rest(fields: Sequence[Field], rows: Sequence[SheetRow]) -> Iterator[SheetRow]:
    """The rows that ``top`` left out, added up by currency; what does not add up, or is not known, is null."""
    groups: dict[str | None, list[SheetRow]] = {}
    for row in rows:
        currency = row.get("currency")
        groups.setdefault(currency if isinstance(currency, str) else None, []).append(row)
    for currency, members in groups.items():
        rest: dict[str, Value] = {one.name: None for one in fields}
        for one in fields:
            if one.sums:
                given = [value for row in members if isinstance(value := row.get(one.name), Decimal | int)]
                if one.kind == "count":
                    rest[one.name] = sum(int(value) for value in given)
                elif any(given) or len(given) == len(members):
                    rest[one.name] = total(Decimal(value) for value in given)
        yield {**rest, "currency": currency, "row": "other", "groups": len(members)}


# -- JSON


def parts(report: SheetReport) -> Iterator[tuple[str, object]]:
    """The document's entries in order; iterators become lists with one entry a line."""
    sheet = report.sheet
    query = sheet.query
    yield "schema_version", 1
    yield "view", sheet.view
    yield "category", query.category
    yield "range", {"start": iso(query.range.start), "end": iso(query.range.end), "width": query.width}
    if sheet.compared is not None:
        earlier = sheet.compared.range
        yield (
            "compare",
            {"range": {"start": iso(earlier.start), "end": iso(earlier.end), "width": query.width}},
        )
    yield "filters", {one.dimension: list(one.keep) for one in query.filters if one.keep}
    yield "excluded", {one.dimension: list(one.drop) for one in query.filters if one.drop}
    yield "complete", sheet.complete
    source = sheet.source
    yield (
        "source",
        {
            "base_url": source.base_url,
            "requests": source.requests,
            "name_requests": source.name_requests,
            "cached_buckets": source.cached_buckets,
            "fetched_buckets": source.fetched_buckets,
            "fetched_at": None if source.fetched_at is None else iso(source.fetched_at),
        },
    )
    yield "notices", (notice_of(notice) for notice in sheet.notices)
    if sheet.total_fields:
        yield (
            "totals",
            {
                currency: {one.name: json_value(one, row.get(one.name)) for one in sheet.total_fields}
                for currency, row in sheet.totals.items()
            },
        )
    yield "rows", objects(report)


def objects(report: SheetReport) -> Iterator[dict[str, object]]:
    """Every row as an object."""
    for row in report.rows:
        result: dict[str, object] = {}
        if "groups" in row:
            result = {"row": "other", "groups": row["groups"]}
        for one in report.sheet.fields:
            result[one.name] = json_value(one, row.get(one.name))
            name = report.name_of(one.name, row.get(one.name)) if one.kind == "dimension" else None
            if name is not None:
                result[DIMENSIONS[one.name].names] = name
        yield result


def json_value(about: Field, value: Value) -> object:
    """A value as JSON has it: money and quantities exact strings, days as dates, everything else as it is."""
    result: object = value
    match value:
        case Mapping():
            result = {name: plain_amount(amount) for name, amount in value.items()}
        case tuple() if about.kind == "models":
            result = list(value)
        case tuple():
            result = [{"start": iso(start), "price": plain(price)} for start, price in value]
        case Decimal() if about.kind == "share":
            result = float(value)
        case Decimal():
            result = plain_amount(value) if about.kind == "money" else plain(value)
        case int() if about.kind == "day":
            result = day_text(value)
    return result


# -- csv and tsv


def delimited(report: SheetReport) -> Iterator[list[tuple[str, bool]]]:
    """The header and every row: cells, and whether each is text that must be guarded."""
    fields = report.sheet.fields
    header = [(one.name, False) for one in fields]
    names = [DIMENSIONS[one.name].names for one in fields if one.kind == "dimension"]
    header += [(name, False) for name in names if name]
    yield header + ([("row", False), ("groups", False)] if report.top is not None else [])
    for row in report.rows:
        cells = [_delimited_cell(one, row.get(one.name)) for one in fields]
        cells += [
            (report.name_of(one.name, row.get(one.name)) or "", True)
            for one in fields
            if one.kind == "dimension" and DIMENSIONS[one.name].names
        ]
        if report.top is not None:
            cells += [("other", False), (str(row["groups"]), False)] if "groups" in row else [("", False)] * 2
        yield cells


def _delimited_cell(about: Field, value: Value) -> tuple[str, bool]:
    if value is None:
        return "", False
    if about.kind == "changes" and isinstance(value, tuple):
        return ";".join(f"{day_text(start)}={plain(price)}" for start, price in value), False
    shown = json_value(about, value)
    return str(shown), about.kind in {"dimension", "text", "word"}
