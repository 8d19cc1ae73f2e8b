r"""JSON as INTERFACE.md describes it (schema_version 1); one row and one bucket a line.

Money and quantities are exact decimal strings, counts integers of any size, dimensions and names raw values.
What a terminal would obey or not show is written as ``\u`` escapes, which JSON readers turn back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from usagetop.exports.report import Report
from usagetop.model.dimensions import DIMENSIONS
from usagetop.model.money import plain, plain_amount
from usagetop.model.period import iso

if TYPE_CHECKING:
    from collections.abc import Iterable

    from usagetop.analysis.frame import BucketTotals, Totals
    from usagetop.exports import Printable
    from usagetop.exports.rows import Row
    from usagetop.model.answer import Notice, Source
    from usagetop.model.query import Query
    from usagetop.store.earlier import Earlier

SCHEMA_VERSION = 1
_BASIC_PLANE = 0xFFFF


def render(report: Printable, *, colour: bool = False) -> Iterator[str]:  # noqa: ARG001 - every format takes it
    """The document in pieces of text."""
    if isinstance(report, Report):
        parts = _parts(report)
    else:
        from usagetop.exports import sheets

        parts = sheets.parts(report)
    opening = "{"
    for name, value in parts:
        # What makes rows is written as it is made, one a line; everything else is one value.
        text = _lines(value) if isinstance(value, Iterator) else dumps(value)
        yield f"{opening}{dumps(name)}: {text}"
        opening = ",\n "
    yield "}\n"


def _parts(report: Report) -> Iterator[tuple[str, object]]:
    """The document's entries in order; iterators become lists with one entry a line."""
    yield from _head(report).items()
    yield "notices", (notice_of(notice) for notice in report.notices)
    yield "totals", totals(report, report.frame.totals)
    if report.earlier is not None:
        yield "compare", _compare(report, report.earlier)
    yield "rows", (row(report, entry) for entry in report.rows)
    yield "series", (_bucket(report, bucket) for bucket in report.frame.buckets)


def dumps(value: object) -> str:
    """JSON of a value on one line, without a character that is not printable."""
    text = json.dumps(value, ensure_ascii=False)
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character if character.isprintable() or character == " " else _escape(character) for character in text
    )


def _escape(character: str) -> str:
    code = ord(character)
    if code <= _BASIC_PLANE:
        return f"\\u{code:04x}"
    code -= 0x10000  # JSON writes the higher planes as two surrogates
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def _lines(entries: Iterable[object]) -> str:
    """A list with one entry a line."""
    body = ",\n  ".join(dumps(entry) for entry in entries)
    return f"[\n  {body}]" if body else "[]"


def _head(report: Report) -> dict[str, object]:
    query = report.query
    return {
        "schema_version": SCHEMA_VERSION,
        "category": query.category,
        "range": _period(query),
        "group_by": list(report.by),
        "filters": {
            one.dimension: [value_of(one.dimension, value) for value in one.keep]
            for one in query.filters
            if one.keep
        },
        "excluded": {
            one.dimension: [value_of(one.dimension, value) for value in one.drop]
            for one in query.filters
            if one.drop
        },
        "complete": report.complete,
        "source": _source(report.source),
    }


def _source(source: Source) -> dict[str, object]:
    """Where the numbers came from; of stored ones at a finer grain (which says nothing else) only if there are."""
    finer = {"finer_buckets": source.finer_buckets} if source.finer_buckets else {}
    return {
        "base_url": source.base_url,
        "requests": source.requests,
        "name_requests": source.name_requests,
        "cached_buckets": source.cached_buckets,
        "fetched_buckets": source.fetched_buckets,
        "fetched_at": None if source.fetched_at is None else iso(source.fetched_at),
        **finer,
    }


def notice_of(notice: Notice) -> dict[str, object]:
    """Code and sentence, and for a restatement which bucket and group it is about, and both numbers."""
    exactly = dict(notice.exactly)
    if isinstance(group := exactly.get("group"), tuple):
        exactly["group"] = {name: value_of(name, value) for name, value in group}
    return {"code": notice.code, "message": notice.message, **exactly}


def value_of(dimension: str, value: str | int | None) -> object:
    """A dimension's value in JSON: batch is a boolean, as the API has it; all others are as they are."""
    if dimension == "batch" and value in {"true", "false"}:
        return value == "true"
    return value


def totals(report: Report, sums: Totals) -> dict[str, object]:
    """The metrics of a total: money by currency, or counts."""
    if report.is_costs:
        return {"amount": {name: plain_amount(amount) for name, amount in sums.amounts.items()}}
    return dict(sums.counts)


def row(report: Report, entry: Row) -> dict[str, object]:
    """One row as an object: dimensions with their names, then metrics."""
    result: dict[str, object] = {}
    if entry.groups:
        result = {"row": "other", "groups": entry.groups}
    for dimension, value in zip(report.by, entry.key, strict=True):
        if dimension == "bucket":
            result |= _edges(report, value)
            continue
        result[dimension] = value_of(dimension, value)
        name = DIMENSIONS[dimension].names
        if name in entry.names:
            result[name] = entry.names[name]
    result |= _metrics(report, entry)
    if entry.previous is not None and entry.delta is not None:
        result["previous"] = _metrics(report, entry.previous)
        result["delta"] = _metrics(report, entry.delta)
        result["status"] = entry.status
    return result


def _metrics(report: Report, entry: Row) -> dict[str, object]:
    """The metrics of a row: counts, or amounts by currency with the quantity where it has one unit."""
    if not report.is_costs:
        counts: dict[str, object] = dict(entry.counts)
        return counts if entry.as_of is None else {**counts, "as_of": iso(entry.as_of)}
    result: dict[str, object] = {
        "amount": {name: plain_amount(amount) for name, amount in entry.amounts.items()}
    }
    if (billed := entry.quantity) is not None:
        result["quantity"], result["quantity_unit"] = plain(billed[0]), billed[1]
    return result


def _compare(report: Report, earlier: Earlier) -> dict[str, object]:
    """Both periods, closed buckets only; the earlier totals, and what the current ones have more."""
    return {
        "range": _period(earlier.query),
        "current": _period(report.query),
        "totals": totals(report, earlier.totals),
        "delta": totals(report, earlier.delta_totals),
    }


def _period(query: Query) -> dict[str, object]:
    return {"start": iso(query.range.start), "end": iso(query.range.end), "width": query.width}


def _edges(report: Report, start: str | int | None) -> dict[str, object]:
    if not isinstance(start, int):
        return {"start": None, "end": None}
    return {"start": iso(start), "end": iso(report.end_of(start))}


def _bucket(report: Report, bucket: BucketTotals) -> dict[str, object]:
    result: dict[str, object] = {"start": iso(bucket.start), "end": iso(bucket.end)}
    result["totals"] = totals(report, bucket.totals)
    if bucket.partial:
        result["partial"] = True
    return result
