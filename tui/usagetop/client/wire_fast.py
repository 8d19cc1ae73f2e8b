"""The fast reader: pages of usage that are just as documented, validated from bytes and column by column.

pydantic's parser reads the bytes, pydantic validates the page and its buckets, and the rows' fields are checked
a column at a time over the whole page, while they are packed: no Python code runs for a row. Field by field in
pydantic would cost 1.2 times ``json.loads`` of the same bytes. Whatever does not fit (a wrong type, an unknown
object, a number too large) raises Doubt, and the exact reader of ``wire_rows`` looks at the page instead.
Nothing is decided here that the exact reader would decide differently.
"""

from __future__ import annotations

import gc
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import chain
from typing import Any, Literal

from pydantic import ConfigDict, TypeAdapter, with_config
from pydantic_core import from_json  # comes with pydantic, pinned by it
from typing_extensions import TypedDict  # pydantic asks for this one before Python 3.12

from usagetop.client.wire_columns import Doubt, PageColumns
from usagetop.client.wire_values import BUCKET_FIELDS, BUCKET_NAMES, second
from usagetop.model.categories import Category
from usagetop.model.columns import Bucket

# Beside ``results`` the old name of the same says something else, or the same twice.
_BUCKET_FIELDS = (BUCKET_FIELDS | BUCKET_NAMES) - {"result"}
_SPACED_NAME = re.compile(rb'"[ \t\r\n]+:')
_ESCAPED_COLON = b"\\u003"  # with an a after it, or an A
_AS_DOCUMENTED = ConfigDict(strict=True, extra="allow")

__all__ = ["Doubt", "collector_off", "read"]


@with_config(_AS_DOCUMENTED)
class BucketFields(TypedDict):
    """A bucket as it comes; further fields may be there. Its rows are validated by ``wire_columns``."""

    object: Literal["bucket"]
    start_time: int
    end_time: int
    results: list[Any]


@with_config(_AS_DOCUMENTED)
class PageFields(TypedDict):
    """A page as it comes; its cursor is judged by ``wire``."""

    data: list[BucketFields]


@cache
def _adapter() -> TypeAdapter[PageFields]:
    return TypeAdapter(PageFields)


class _CollectorOff:
    """Switches the garbage collector off while many small objects are made; threads share the switch."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._was_on = False

    @contextmanager
    def __call__(self) -> Iterator[None]:
        with self._lock:
            if self._users == 0:
                self._was_on = gc.isenabled()
                gc.disable()
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if self._users == 0 and self._was_on:
                    gc.enable()


collector_off = _CollectorOff()


def read(
    body: bytes, category: Category, grain: tuple[str, ...], step: int
) -> tuple[PageFields, list[Bucket]]:
    """The page's own fields, its results taken out, and its buckets, on aligned edges; raises Doubt."""
    with collector_off():
        try:
            page = _adapter().validate_python(from_json(body))
        except ValueError:  # pydantic's ValidationError is one
            raise Doubt from None
        rows = list(chain.from_iterable([fields["results"] for fields in page["data"]]))
        columns = PageColumns(rows, category)
        _check_names(body, len(page) + sum(map(len, page["data"])) + sum(map(len, rows)), columns)
        del rows
        return page, _buckets(page, columns, grain, step)


def _check_names(body: bytes, names: int, columns: PageColumns) -> None:
    """Raise Doubt unless the body holds just so many names of fields: of two alike the parser keeps the last.

    Each has its colon. Where texts hold colons, too, these are those of the rows that were read, if none of them is
    written as an escape; or else those after a closing quote are counted. All that can be counted too much is told
    as doubt, and too little nothing can.
    """
    colons = body.count(b":")
    if colons == names or (_ESCAPED_COLON not in body and colons == names + columns.colons()):
        return
    if body.count(b'":') != names or _SPACED_NAME.search(body):
        raise Doubt


def _buckets(page: PageFields, columns: PageColumns, grain: tuple[str, ...], step: int) -> list[Bucket]:
    """The buckets of a page; its rows are let go of, so that the collector never sees them."""
    buckets = []
    at = 0
    for fields in page["data"]:
        rows = range(at, at := at + len(fields["results"]))
        buckets.append(columns.packed(rows, grain, *_edges(fields, step)))
        fields["results"].clear()
    return buckets


def _edges(fields: BucketFields, step: int) -> tuple[int, int]:
    """The aligned edges of a bucket that has no fields but the known ones."""
    start = second(fields["start_time"])
    if start is None or not fields.keys() <= _BUCKET_FIELDS:
        raise Doubt
    start -= start % step
    return start, start + step
