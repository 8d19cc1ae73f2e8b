"""What every format for people says around the rows: the period, the filters, the words that hold, the source.

Also the shapes those formats are given: columns, a grid of drawable texts, and the page around it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from usagetop.model.dimensions import DIMENSIONS
from usagetop.model.period import day_text, iso

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from usagetop.model.answer import Notice, Source
    from usagetop.model.query import Filter, Query

_UNITS = {"1d": "days", "1h": "hours", "1m": "minutes"}


class Column(NamedTuple):
    """One column: its heading, and whether it holds numbers (right-aligned)."""

    heading: str
    number: bool


class Grid(NamedTuple):
    """Columns, the lines of the rows and the lines of the totals; a line has one text a column."""

    columns: tuple[Column, ...]
    lines: tuple[tuple[str, ...], ...]
    totals: tuple[tuple[str, ...], ...]


class Page(NamedTuple):
    """A grid and the drawable texts around it.

    ``said`` are sentences that stand under the rows; ``words`` hold for the whole page (``DEMO``, ``PARTIAL``);
    ``status`` says how complete and fresh it is.
    """

    title: str
    grid: Grid
    words: tuple[str, ...]
    status: str
    notices: tuple[Notice, ...]
    said: tuple[str, ...] = ()


def period_text(query: Query) -> str:
    """``2026-11-01 to 2026-11-23 UTC``; days are named inclusively, hours and minutes by both edges."""
    first, last = day_text(query.range.start), day_text(query.range.end - 1)
    if query.width != "1d":
        first, last = moment(query.range.start, query.width), moment(query.range.end, query.width)
    return (first if first == last else f"{first} to {last}") + " UTC"


def moment(second: int, width: str) -> str:
    """``2026-11-24`` for days, else ``2026-11-24 08:26`` (UTC)."""
    text = iso(second)
    return text[:10] if width == "1d" else f"{text[:10]} {text[11:16]}"


def filter_texts(query: Query, value_label: Callable[[str, str | None], str]) -> list[str]:
    """The filters in words, one text a dimension: ``project: search-api, not user: (no user)``."""
    return [_filter(one, value_label) for one in query.filters]


def _filter(one: Filter, value_label: Callable[[str, str | None], str]) -> str:
    name = DIMENSIONS[one.dimension].short
    kept = ", ".join(value_label(one.dimension, value) for value in one.keep)
    dropped = ", ".join(value_label(one.dimension, value) for value in one.drop)
    parts = [f"{name}: {kept}" if kept else "", f"not {name}: {dropped}" if dropped else ""]
    return ", ".join(part for part in parts if part)


def holding_words(
    source: Source, notices: Iterable[Notice], *, complete: bool, partial: bool
) -> tuple[str, ...]:
    """The words that must stand where they hold: DEMO OFFLINE STALE INCOMPLETE PARTIAL."""
    codes = {notice.code for notice in notices}
    holding = {
        "DEMO": source.base_url.startswith("demo:"),
        "OFFLINE": "offline" in codes,
        "STALE": "stale" in codes,
        "INCOMPLETE": not complete,
        "PARTIAL": partial,
    }
    return tuple(word for word, holds in holding.items() if holds)


def source_text(
    source: Source, *, rows: int, buckets: tuple[int, int] | None = None, width: str = "1d"
) -> str:
    """``30/30 days · 4 requests · 12 rows · fetched 2026-11-24 08:26Z``; ``buckets`` are held and asked for."""
    asked = source.requests + source.name_requests
    parts = [f"{buckets[0]:,}/{buckets[1]:,} {_UNITS[width]}"] if buckets else []
    parts += [
        f"{asked:,} request{'' if asked == 1 else 's'}",
        f"{rows:,} row{'' if rows == 1 else 's'}",
    ]
    if source.fetched_at is not None:
        parts.append("fetched " + moment(source.fetched_at, "1m") + "Z")
    return " · ".join(parts)
