"""Anomalies: days that leave their weekday's usual band, and the line, project and key that drove them.

Eight weeks before the range are asked for too: a day is odd only against days like it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagetop.analysis.frame import rollup
from usagetop.analysis.sheet import Field, Sheet
from usagetop.errors import GroupingRefused
from usagetop.model.text import label
from usagetop.store.odd import TAUGHT_DAYS, odd_days, taught

if TYPE_CHECKING:
    from collections.abc import Iterator

    from usagetop.analysis.sheet import SheetRow
    from usagetop.model.answer import Answer
    from usagetop.store.views.asker import Asker, Question

_LINES = ("project_id", "line_item")
_KEYS = ("api_key_id",)
FIELDS = (
    Field("day", "day", "day", lead=True),
    Field("amount", "amount", "money"),
    Field("usual_low", "usual from", "money", quiet=True),
    Field("usual_high", "usual up to", "money", quiet=True),
    Field("project_id", "project", "dimension"),
    Field("line_item", "line item", "dimension"),
    Field("delta", "beyond", "money", signed=True),
    Field("api_key_id", "API key", "dimension"),
    Field("key_delta", "by key", "money", signed=True, dear=True),
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
        said=tuple(one for one in (f"held against the {TAUGHT_DAYS} days before", unread) if one),
    )


def _currencies(answer: Answer) -> list[str]:
    """The currencies of an answer, usd first."""
    return list(rollup(answer.query.with_group_by(()), answer.buckets).totals.amounts)


def _rows(answer: Answer, keys: Answer | None, currency: str, start: int) -> Iterator[SheetRow]:
    lines = {one.start: one for one in odd_days(answer, start, currency=currency)}
    by_key = {one.start: one for one in odd_days(keys, start, currency=currency)} if keys is not None else {}
    used = answer.query.group_by
    for day in sorted({*lines, *by_key}, reverse=True):
        one, other = lines.get(day), by_key.get(day)
        shown = one or other
        assert shown is not None  # noqa: S101 - the day is from one of the two; mypy cannot know
        # A dimension that nothing tells is not in the row: null would mean rows without it.
        row: dict[str, object] = {
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
