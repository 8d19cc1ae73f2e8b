"""Odd days of a view: which buckets leave their weekday's usual band, and which rows drove them.

The usual is learned from the weeks before; where the cache does not hold them, nothing is odd and nothing is
asked for. Only days of a metric that adds up can be odd.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from usagetop.analysis.anomalies import anomalies
from usagetop.analysis.daily import by_group, daily
from usagetop.analysis.frame import rollup
from usagetop.model.period import DAY, Range, day_text

if TYPE_CHECKING:
    from usagetop.analysis.anomalies import Anomaly
    from usagetop.analysis.grouping import Key
    from usagetop.model.answer import Answer
    from usagetop.model.query import Query
    from usagetop.store.loader import Loader
    from usagetop.store.outcome import Outcome

TAUGHT_DAYS = 56
_WHOLE_DAYS = 84
# Each group has a habit of its own, which takes a millisecond or two to learn; beyond these only totals are judged.
_MOST_GROUPS = 500
# Beyond these nothing is: reading the weeks again would take the processor from the reader's keys.
_MOST_ROWS = 5_000


class Odd(NamedTuple):
    """The odd days of a view, in time order, and the keys of the rows that drove them.

    ``limit`` says (drawable) how far they were looked for, where that is not in every row.
    """

    days: tuple[Anomaly, ...] = ()
    keys: frozenset[Key] = frozenset()
    limit: str = ""

    def of(self, start: int) -> Anomaly | None:
        """What is odd about the day that begins at ``start`` (UTC seconds)."""
        return next((one for one in self.days if one.start == start), None)


def taught(query: Query) -> Query:
    """A query of days together with the eight weeks before it, from which the usual is learned."""
    return _from(query, query.range.start - TAUGHT_DAYS * DAY)


def in_weeks(query: Query) -> Query:
    """A query of days that reaches back twelve weeks from its end at least.

    However far a reader looks back, within these it is the same days that are asked for.
    """
    return _from(query, min(query.range.start, query.range.end - _WHOLE_DAYS * DAY))


def _from(query: Query, start: int) -> Query:
    asked = query.range
    if start == asked.start:
        return query
    text = f"{day_text(start)}.." if asked.is_open else f"{day_text(start)}..{day_text(asked.end - 1)}"
    return query._replace(range=Range(text, start, asked.end, asked.step, asked.now))


def odd_days(answer: Answer, start: int, *, currency: str = "", metric: str = "") -> tuple[Anomaly, ...]:
    """The odd days from ``start`` on (UTC seconds) in an answer by day, with the group that drove each.

    Of costs one ``currency``, of usage one ``metric``.
    """
    by = tuple(name for name in answer.query.group_by if name != "bucket")
    frame = rollup(answer.query.with_group_by(("bucket", *by)), answer.buckets)
    days = daily(frame.buckets, answer.ages, currency=currency, metric=metric)
    groups = by_group(frame, metric or "amount", currency=currency) if by else None
    return tuple(one for one in anomalies(days, groups) if one.start >= start)


def odd_of(loader: Loader, outcome: Outcome) -> Odd | None:
    """What is odd in an outcome, from the cache alone (large: in a thread); None where that cannot be said."""
    query, view = outcome.answer.query, outcome.view
    metric = view.about.metric(view.charted)
    if query.width != "1d" or outcome.earlier is not None or metric.kind != "additive":
        return None
    rows, limit = len(outcome.frame), ""
    if rows > _MOST_ROWS:
        return Odd(limit=f"odd days not looked for among {rows:,} rows")
    by = tuple(name for name in query.group_by if name != "bucket")
    if rows > _MOST_GROUPS:
        # Which of so many drove a day is asked by drilling down.
        by, limit = (), f"of {rows:,} rows only totals judged"
    answer = loader.peek(in_weeks(query.with_group_by(by)))
    if answer is None or answer.query.group_by != by:
        return None
    costs = view.about.is_costs
    found = odd_days(
        answer,
        query.range.start,
        currency=outcome.series.currency if costs else "",
        metric="" if costs else metric.name,
    )
    return Odd(found, _rows(outcome, by, found), limit)


def _rows(outcome: Outcome, by: tuple[str, ...], found: tuple[Anomaly, ...]) -> frozenset[Key]:
    """The keys of the frame's rows that drove odd days; of rows by day, on that day only."""
    frame = outcome.frame
    places = [frame.dims.index(name) for name in by]
    at = frame.dims.index("bucket") if "bucket" in frame.dims else None
    drivers = {(one.driver.key, one.start if at is not None else None) for one in found if one.driver}
    if not by and at is not None:
        drivers = {((), one.start) for one in found}
    return frozenset(
        key
        for key in (frame.keys if drivers else ())
        if (tuple([key[place] for place in places]), key[at] if at is not None else None) in drivers
    )
