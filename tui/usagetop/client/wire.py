"""From the bytes of a page to packed buckets: the boundary where answers are validated, once.

Pages of usage that are just as documented go through pydantic (``wire_fast``); costs, whose amounts must
never pass through float, and every page that differs go through the exact reader (``wire_rows``). Both give
the same buckets for the same page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from usagetop.client.faults import BrokenBody
from usagetop.client.refusals import drawable, not_this_api
from usagetop.client.wire_rows import STRAY, UNKNOWN, UNREADABLE, Rows, problems
from usagetop.client.wire_values import PAGE_FIELDS, load, second, text_of
from usagetop.model.categories import Category
from usagetop.model.columns import Bucket, Problem

Fields = dict[str, Any]
Edges = tuple[int, int | None]
# A cursor travels in the address of the next request.
_LONGEST_CURSOR = 4_096
# An end that is there and cannot be read: unlike None, which is an end that was not given.
NO_END = -1


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an answer.

    ``buckets`` are in wire order, on aligned edges; ``edges`` are their starts and ends as the server gave
    them (UTC seconds; None for an end that it left out, NO_END for one that cannot be read). ``has_more`` is
    None where it was left out. ``problems`` are those of the page: buckets that could not be read at all,
    unknown fields; those of rows are in their buckets. ``complaint`` is the server's word, drawable, for an error that
    it gives beside the buckets.
    """

    buckets: tuple[Bucket, ...]
    edges: tuple[Edges, ...]
    has_more: bool | None
    next_page: str | None
    problems: tuple[Problem, ...]
    complaint: str = ""


def read_page(body: bytes, category: Category, grain: tuple[str, ...], *, step: int) -> Page:
    """Read one page of ``category`` grouped by ``grain``, with buckets of ``step`` seconds.

    Raises BrokenBody for what is not whole JSON, ServerFailed for JSON that is not a page of this API.
    """
    if not category.is_costs:
        from usagetop.client import wire_fast

        try:
            fields, buckets = wire_fast.read(body, category, grain, step)
            edges = [(bucket["start_time"], _end(bucket)) for bucket in fields["data"]]
        except wire_fast.Doubt:
            pass
        else:
            return _page(fields, buckets, edges, Counter())
    try:
        return _exact(load(body), category, grain, step)
    except RecursionError:
        raise BrokenBody("it is nested too deeply") from None


def _exact(fields: object, category: Category, grain: tuple[str, ...], step: int) -> Page:
    """The page by the exact reader."""
    if not isinstance(fields, dict):
        raise not_this_api("it is not an object")
    if "data" not in fields or (fields.get("error") and not fields["data"]):
        raise not_this_api(_complaint(fields))
    noted: Counter[tuple[str, str]] = Counter()
    buckets: list[Bucket] = []
    edges: list[Edges] = []
    data = fields["data"]
    if not isinstance(data, list):
        noted[UNREADABLE, "data"] += 1
        data = []
    for bucket in data:
        start = _start(bucket, noted)
        rows = None if start is None else _results(bucket, noted)
        if start is None or rows is None:
            continue
        collected = Rows(category, grain)
        for row in rows:
            collected.add(row)
        collected.note_bucket(bucket)
        aligned = start - start % step
        buckets.append(collected.packed(aligned, aligned + step))
        edges.append((start, _end(bucket)))
    return _page(fields, buckets, edges, noted)


def _complaint(fields: Fields) -> str:
    """Why an object is not a page, in the server's words where it has some."""
    return _words(fields.get("error")) or "it holds no data"


def _words(error: object) -> str:
    """What an error says, drawable; empty where it says nothing."""
    message = error.get("message") if isinstance(error, dict) else error
    return drawable(message) if isinstance(message, str) else ""


def _start(bucket: object, noted: Counter[tuple[str, str]]) -> int | None:
    """The start of a bucket, or None for what is not a bucket with one."""
    if not isinstance(bucket, dict):
        noted[UNREADABLE, "bucket"] += 1
        return None
    kind = bucket.get("object", "bucket")
    if kind != "bucket":
        noted[STRAY, kind if isinstance(kind, str) else text_of(kind)] += 1
        return None
    start = second(bucket.get("start_time"))
    if start is None:
        noted[UNREADABLE, "start_time"] += 1
    return start


def _end(bucket: Mapping[str, Any]) -> int | None:
    """The end of a bucket as given."""
    given = bucket.get("end_time")
    end = second(given)
    return NO_END if given is not None and end is None else end


def _results(bucket: Fields, noted: Counter[tuple[str, str]]) -> list[Any] | None:
    """The rows of a bucket. Without a list of rows it is unknown, not empty: None."""
    rows, older = bucket.get("results"), bucket.get("result")
    if rows is None or older is None or text_of(rows) == text_of(older):
        rows = older if rows is None else rows
        if isinstance(rows, list):
            return rows
    noted[UNREADABLE, "results"] += 1
    return None


def _page(
    fields: Mapping[str, Any], buckets: list[Bucket], edges: list[Edges], noted: Counter[tuple[str, str]]
) -> Page:
    """The page, with its cursor judged."""
    for name in fields.keys() - PAGE_FIELDS:
        noted[UNKNOWN, name] += 1
    more = fields.get("has_more")
    if more is not None and not isinstance(more, bool):
        noted[UNREADABLE, "has_more"] += 1
        more = None
    cursor = fields.get("next_page")
    if cursor is not None and not _is_cursor(cursor):
        noted[UNREADABLE, "next_page"] += 1
        cursor = None
    error = fields.get("error")
    complaint = (_words(error) or "it does not say which") if error else ""
    return Page(tuple(buckets), tuple(edges), more, cursor or None, problems(noted), complaint)


def _is_cursor(cursor: object) -> bool:
    """Whether a cursor can be sent back: text of a sane length that has a UTF-8 form."""
    if not isinstance(cursor, str) or len(cursor) > _LONGEST_CURSOR:
        return False
    return not any("\ud800" <= character <= "\udfff" for character in cursor)
