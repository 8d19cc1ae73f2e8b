"""The fast reader: pages of usage that are just as documented, validated from bytes and column by column.

pydantic validates the page down to rows of ``dict``; the types of the rows' fields are checked a column at a
time, when the columns are there anyway for packing. Field by field in pydantic would cost 1.2 times
``json.loads`` of the same bytes, so 0.9 (8,000 rows of 21 fields, pydantic 2.14). Whatever does not fit (a
wrong type, an unknown object, a number too large) raises Doubt, and the exact reader of ``wire_rows`` looks at
the page instead. Nothing is decided here that the exact reader would decide differently.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from operator import itemgetter
from types import NoneType
from typing import Any, Literal, cast

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict  # pydantic asks for this one before Python 3.12

from usagetop.client.wire_rows import UNKNOWN
from usagetop.client.wire_values import BUCKET_FIELDS, BUCKET_NAMES, LARGEST, ROW_NAMES, second, text_of
from usagetop.model.categories import Category
from usagetop.model.columns import Bucket, Problem, Value, pack

_AS_DOCUMENTED = ConfigDict(strict=True, extra="allow")
_BREAKDOWN = frozenset({int, NoneType})
_TEXTS, _BOOLEANS = frozenset({str, NoneType}), frozenset({bool, NoneType})
_WORDS = {True: "true", False: "false", None: None}
Row = dict[str, Any]


@with_config(_AS_DOCUMENTED)
class BucketFields(TypedDict):
    """A bucket as it comes; further fields may be there."""

    object: Literal["bucket"]
    start_time: int
    end_time: int
    results: list[dict[str, Any]]


@with_config(_AS_DOCUMENTED)
class PageFields(TypedDict):
    """A page as it comes; its cursor is judged by ``wire``."""

    data: list[BucketFields]


class Doubt(Exception):
    """The page is not just as documented."""


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
    """The page's own fields and its buckets, on aligned edges; raises Doubt."""
    with collector_off():
        try:
            page = _adapter().validate_json(body)
        except (ValidationError, RecursionError):
            raise Doubt from None
        known = {"object", *(metric.name for metric in category.metrics)}
        known.update(dimension.name for dimension in category.dimensions)
        return page, [_bucket(fields, category, grain, step, known) for fields in page["data"]]


def _bucket(
    fields: BucketFields, category: Category, grain: tuple[str, ...], step: int, known: set[str]
) -> Bucket:
    """One bucket, packed column by column."""
    rows = fields["results"]
    start = second(fields["start_time"])
    if start is None or not fields.keys() <= BUCKET_FIELDS | BUCKET_NAMES:
        raise Doubt
    start -= start % step
    given: set[str] = set().union(*rows)
    names = [metric.name for metric in category.metrics if rows and (metric.main or metric.name in given)]
    columns = _columns(rows, ["object", *names, *grain])
    _check(columns, category, names)
    extras, problems = _extras(rows, given - known)
    bucket = pack(
        start,
        start + step,
        len(rows),
        dims={name: _dimension(name, columns[name]) for name in grain},
        counts={name: columns[name] for name in names},
        amounts={},
        extras=extras,
        problems=problems,
    )
    if any(kind == "l" and not _readable(columns[name]) for name, (kind, _, _) in bucket.columns.items()):
        raise Doubt
    return bucket


def _columns(rows: list[Row], names: list[str]) -> dict[str, Sequence[Any]]:
    """The named fields as columns; None where a row leaves one out."""
    if not rows:
        return dict.fromkeys(names, ())
    try:
        if len(names) == 1:
            return {names[0]: [row[names[0]] for row in rows]}
        return dict(zip(names, zip(*map(itemgetter(*names), rows), strict=True), strict=True))
    except KeyError:
        return {name: [row.get(name) for row in rows] for name in names}


def _check(columns: dict[str, Sequence[Any]], category: Category, names: list[str]) -> None:
    """Raise Doubt unless every row is of this category and every metric is a whole number.

    A main metric that is missing or null is worth a notice, which the exact reader gives.
    """
    kinds = columns["object"]
    if kinds and (kinds.count(category.object) != len(kinds)):
        raise Doubt
    for name in names:
        types = set(map(type, columns[name]))
        if types != {int} and (category.metric(name).main or not types <= _BREAKDOWN):
            raise Doubt


def _readable(numbers: Sequence[int | None]) -> bool:
    """Whether the exact reader would take every number (asked only where one is beyond 64 bits)."""
    return all(number is None or -LARGEST < number < LARGEST for number in numbers)


def _dimension(name: str, values: Sequence[Any]) -> Sequence[Value]:
    """``""`` is null, and the booleans of ``batch`` are words; raises Doubt for anything else but text."""
    types = set(map(type, values))
    if types <= _TEXTS:
        return [value or None for value in values] if "" in values else cast("Sequence[Value]", values)
    if name == "batch" and types <= _BOOLEANS:
        return [_WORDS[value] for value in values]
    raise Doubt


def _extras(rows: list[Row], names: set[str]) -> tuple[dict[str, list[Value]], list[Problem]]:
    """Fields beside the known ones, as JSON texts; floats have lost digits already, so they are doubtful."""
    extras: dict[str, list[Value]] = {}
    problems = []
    for name in sorted(names):
        if any(isinstance(row.get(name), float | dict | list) for row in rows):
            raise Doubt
        silent = name in ROW_NAMES
        texts = [
            None if name not in row or (silent and row[name] is None) else text_of(row[name]) for row in rows
        ]
        if not silent:
            problems.append(Problem(UNKNOWN, name, len(texts) - texts.count(None)))
        if any(texts):
            extras[name] = list(texts)
    return extras, problems
