"""The log of restatements: what was told once is told again to whoever looks at the same buckets later.

One note a category in the cache, bounded: a ``show`` that runs by itself, an explorer that is opened the next
day, and another program on the same cache all hear of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from usagetop.analysis import numbers
from usagetop.model.answer import Notice
from usagetop.model.categories import SECONDS_OF, Category
from usagetop.model.dimensions import DIMENSIONS
from usagetop.model.line_items import model_of
from usagetop.model.money import plain_amount
from usagetop.model.period import DAY, floor, iso
from usagetop.model.query import Query
from usagetop.model.text import label
from usagetop.store.restated import Number, Restatement, size

# The latest are kept, and of them no more than this many bytes: names may be long.
MOST_LOGGED = 300
_MOST_BYTES = 200_000
# So many are told one by one; how many more there are is told with them.
MOST_TOLD = 8
_MOST_LABEL = 60
_UNKNOWN = "an entry about something that is not known here"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


# -- the log


def load(about: Category, text: bytes | None) -> tuple[Restatement, ...]:
    """The restatements of a note's text, oldest first; none where it cannot be read."""
    try:
        rows: list[Any] = json.loads(text) if text is not None else []
        return tuple(_read(about, row) for row in rows)
    except (ValueError, TypeError, ArithmeticError, RecursionError):
        return ()


def _read(about: Category, row: list[Any]) -> Restatement:
    start, end, dims, filters, group, metric, currency, old, new, old_at, new_at = row
    number = Decimal if about.is_costs else int
    if metric not in {each.name for each in about.main_metrics} or not set(dims) <= DIMENSIONS.keys():
        raise ValueError(_UNKNOWN)
    return Restatement(
        int(start),
        int(end),
        tuple(map(str, dims)),
        tuple((str(name), tuple(map(str, values))) for name, values in filters),
        tuple(None if value is None else str(value) for value in group),
        str(metric),
        str(currency),
        None if old is None else number(old),
        None if new is None else number(new),
        int(old_at),
        int(new_at),
    )


def dump(entries: Sequence[Restatement]) -> bytes:
    """The text of the note: the latest of the entries."""
    rows: list[str] = []
    size = 0
    for entry in reversed(entries[-MOST_LOGGED:]):
        row = json.dumps(
            [
                *(
                    entry.start,
                    entry.end,
                    entry.dims,
                    entry.filters,
                    entry.group,
                    entry.metric,
                    entry.currency,
                ),
                *(str(value) if isinstance(value, Decimal) else value for value in (entry.old, entry.new)),
                *(entry.old_at, entry.new_at),
            ],
            separators=(",", ":"),
        )
        size += len(row)
        if size > _MOST_BYTES:
            break
        rows.append(row)
    return f"[{','.join(reversed(rows))}]".encode("ascii")


def joined(log: Iterable[Restatement], found: Iterable[Restatement]) -> tuple[Restatement, ...]:
    """The log with what was found since, oldest first; two programs that saw the same change tell it once."""
    entries = {(_what(entry), entry.old, entry.new): entry for entry in (*log, *found)}
    return tuple(sorted(entries.values(), key=lambda entry: entry.new_at))


def _what(entry: Restatement) -> tuple[object, ...]:
    return (
        *(entry.start, entry.end, entry.dims, entry.filters),
        *(entry.group, entry.metric, entry.currency),
    )


# -- telling


def notices(query: Query, entries: Iterable[Restatement]) -> list[Notice]:
    """The restatements of a query's buckets, the latest first; a few one by one, the others counted."""
    seen = sorted(
        _in_view(query, entries), key=lambda one: (-one.new_at, -one.start, size(one.moved).copy_negate())
    )
    told = [notice(query.about, entry) for entry in seen[:MOST_TOLD]]
    more = len(seen) - MOST_TOLD
    if more > 0:
        told.append(Notice("restated", f"and {more:,} more {'numbers' if more > 1 else 'number'} restated"))
    return told


def _in_view(query: Query, entries: Iterable[Restatement]) -> list[Restatement]:
    """The entries about numbers that the view holds, each change once.

    Several grains may have seen the same change. The view's own speaks for its buckets; of what it has not
    seen, the grain that saw the bucket last.
    """
    step = SECONDS_OF[query.width]
    buckets: dict[int, list[Restatement]] = {}
    for entry in entries:
        within = query.range.start <= entry.start and entry.end <= query.range.end
        if within and entry.end - entry.start <= step and _passes(query, entry):
            buckets.setdefault(floor(entry.start, step), []).append(entry)
    seen: list[Restatement] = []
    for group in buckets.values():
        own = [entry for entry in group if _is_own(query, entry)]
        latest = max((entry.new_at for entry in own), default=-1)
        # What another grain says of the time before that is the same change in other words.
        others = [entry for entry in group if entry.old_at >= latest and not _is_own(query, entry)]
        if others:
            last = max(others, key=lambda entry: (entry.new_at, len(entry.dims)))
            others = [entry for entry in others if _source(entry) == _source(last)]
        seen += own + others
    return seen


def _source(entry: Restatement) -> tuple[object, ...]:
    return entry.dims, entry.filters, entry.end - entry.start


def _is_own(query: Query, entry: Restatement) -> bool:
    width = SECONDS_OF[query.width]
    return _source(entry) == (query.grain, query.pushed_filters, width)


def _passes(query: Query, entry: Restatement) -> bool:
    """Whether the group certainly lies in a filtered view."""
    pushed = set(query.pushed_filters)
    if not set(entry.filters) <= pushed:
        return False
    values = dict(zip(entry.dims, entry.group, strict=True))
    if "line_item" in values:
        values.setdefault("model", model_of(values["line_item"]))
    applied = {name for name, _ in entry.filters}
    return all(
        filter_.dimension in applied
        or (filter_.dimension in values and filter_.accepts(values[filter_.dimension]))
        for filter_ in query.filters
    )


def notice(about: Category, entry: Restatement) -> Notice:
    """``12 Nov gpt-5.5, input +$3.10 (was $10.00, read 20 Nov)``, and the same exactly, for programs."""
    where = " · ".join(_group_labels(entry)) or "in total"
    metric = about.metric(entry.metric)
    moved = numbers.signed(entry.moved, metric.unit, currency=entry.currency)
    what = moved if about.is_costs else f"{moved} {metric.label}"
    was = numbers.short(entry.old or 0, metric.unit, currency=entry.currency)
    read = _day(entry.old_at, entry.new_at)
    if entry.old is None:
        past = f"new since {read}"
    else:
        past = f"{'gone, ' if entry.new is None else ''}was {was}, read {read}"
    text = f"{_moment(entry)} {where} {what} ({past})"
    return Notice("restated", text, tuple(_exactly(about, entry)))


def _group_labels(entry: Restatement) -> list[str]:
    """The labels of a group's values, and of the filters that hold for it."""
    named = [
        DIMENSIONS[name].missing if value is None else label(value, most=_MOST_LABEL)
        for name, value in zip(entry.dims, entry.group, strict=True)
    ]
    kept = [
        ", ".join(label(value, most=_MOST_LABEL) for value in values)
        for name, values in entry.filters
        if name not in entry.dims
    ]
    return [*named, *kept]


def _moment(entry: Restatement) -> str:
    """``12 Nov``, with the year where it is another one, with the time where the bucket is no day."""
    day = _day(entry.start, entry.new_at)
    return day if entry.end - entry.start == DAY else f"{day} {iso(entry.start)[11:16]}"


def _day(second: int, beside: int) -> str:
    moment = datetime.fromtimestamp(second, UTC)
    year = f" {moment.year}" if moment.year != datetime.fromtimestamp(beside, UTC).year else ""
    return f"{moment.day} {_MONTHS[moment.month - 1]}{year}"


def _exactly(about: Category, entry: Restatement) -> Iterable[tuple[str, object]]:
    """What a program reads: raw values, exact numbers; null where the group was not there."""
    yield "start", iso(entry.start)
    yield "end", iso(entry.end)
    yield "group", tuple(zip(entry.dims, entry.group, strict=True))
    yield "metric", entry.metric
    if about.is_costs:
        yield "currency", entry.currency
    yield "old", _exact(entry.old)
    yield "new", _exact(entry.new)
    yield "old_fetched_at", iso(entry.old_at)
    yield "new_fetched_at", iso(entry.new_at)


def _exact(value: Number | None) -> str | int | None:
    return plain_amount(value) if isinstance(value, Decimal) else value
