"""Anomalies: days that leave their weekday's usual band, and the line, project and key that drove them.

Eight weeks before the range are asked for too: a day is odd only against days like it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagetop.analysis.anomalies import anomalies
from usagetop.analysis.daily import by_group, daily
from usagetop.analysis.frame import rollup
from usagetop.analysis.sheet import Field, Sheet
from usagetop.errors import GroupingRefused
from usagetop.model.period import DAY, Range, day_text
from usagetop.model.text import label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from usagetop.analysis.anomalies import Anomaly
    from usagetop.analysis.sheet import SheetRow
    from usagetop.model.answer import Answer
    from usagetop.model.query import Query
    from usagetop.store.views.asker import Asker, Question

_TAUGHT_DAYS = 56
_LINES = ("project_id", "line_item")
_KEYS = ("api_key_id",)
FIELDS = (
    Field("day", "day", "day"),
    Field("amount", "amount", "money"),
    Field("usual_low", "usual from", "money", quiet=True),
    Field("usual_high", "to", "money"),
    Field("project_id", "project", "dimension"),
    Field("line_item", "line item", "dimension"),
    Field("delta", "beyond usual", "money", signed=True),
    Field("api_key_id", "API key", "dimension"),
    Field("key_delta", "of this key", "money", signed=True),
    Field("currency", "currency", "word"),
)


async def ask(asker: Asker, question: Question) -> Sheet:
    """The odd days of a range, the newest first; raises what the loader raises."""
    query = taught(question.query)
    answer = await asker.answer(query.with_group_by(_LINES))
    keys, unread = None, ""
    try:
        keys = await asker.answer(query.with_group_by(_KEYS))
    except GroupingRefused as error:
        unread = f"keys could not be told apart: {label(str(error))}"
    start = question.query.range.start
    rows = [row for currency in _currencies(answer) for row in _rows(answer, keys, currency, start)]
    account = asker.account()
    return Sheet(
        view="anomalies",
        query=question.query,
        fields=FIELDS,
        rows=tuple(rows),
        notices=account.notices,
        source=account.source,
        said=tuple(one for one in (f"held against the {_TAUGHT_DAYS} days before", unread) if one),
    )


def taught(query: Query) -> Query:
    """The query with the days before it from which the usual is learned."""
    asked = query.range
    start = asked.start - _TAUGHT_DAYS * DAY
    text = f"{day_text(start)}.." if asked.is_open else f"{day_text(start)}..{day_text(asked.end - 1)}"
    return query._replace(range=Range(text, start, asked.end, asked.step, asked.now))


def odd_days(answer: Answer, currency: str, start: int) -> tuple[Anomaly, ...]:
    """The odd days from ``start`` on (UTC seconds) in an answer by day, with the group that drove each."""
    by = tuple(name for name in answer.query.group_by if name != "bucket")
    frame = rollup(answer.query.with_group_by(("bucket", *by)), answer.buckets)
    days = daily(frame.buckets, answer.ages, currency=currency)
    found = anomalies(days, by_group(frame, "amount", currency=currency) if by else None)
    return tuple(one for one in found if one.start >= start)


def _currencies(answer: Answer) -> list[str]:
    """The currencies of an answer, usd first."""
    return list(rollup(answer.query.with_group_by(()), answer.buckets).totals.amounts)


def _rows(answer: Answer, keys: Answer | None, currency: str, start: int) -> Iterator[SheetRow]:
    lines = {one.start: one for one in odd_days(answer, currency, start)}
    by_key = {one.start: one for one in odd_days(keys, currency, start)} if keys is not None else {}
    used = answer.query.group_by
    for day in sorted({*lines, *by_key}, reverse=True):
        one, other = lines.get(day), by_key.get(day)
        shown = one or other
        assert shown is not None  # noqa: S101 - the day is from one of the two; mypy cannot know
        row: dict[str, object] = dict.fromkeys(field.name for field in FIELDS)
        row |= {
            "day": day,
            "amount": shown.amount,
            "usual_low": shown.usual.low,
            "usual_high": shown.usual.high,
            "currency": currency,
        }
        if one is not None and one.driver is not None:
            row |= dict(zip(used, one.driver.key, strict=True)) | {"delta": one.driver.delta}
        if other is not None and other.driver is not None:
            row |= {"api_key_id": other.driver.key[0], "key_delta": other.driver.delta}
        yield row  # type: ignore[misc]  # the driver's key holds raw texts
