"""Limits, alerts and own budgets beside what the month has spent and is likely to spend.

One answer of daily costs serves every threshold: each is held against the rows that its scope keeps, in its own
currency, exact. What an answer cannot say (a dimension that it was not grouped by, an interval that is no
month) stays unknown, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from usagetop.analysis.daily import daily
from usagetop.analysis.forecast import Band, Forecast, forecast, forecasts
from usagetop.analysis.frame import rollup
from usagetop.analysis.shares import rounded
from usagetop.model.categories import category
from usagetop.model.query import make_filter, source_of
from usagetop.model.spending import MONTH

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from usagetop.analysis.frame import BucketTotals
    from usagetop.model.columns import Bucket
    from usagetop.model.query import Filter, Query
    from usagetop.model.spending import Threshold

_NAMES = {"limit": "spend limit", "alert": "spend alert", "budget": "budget"}


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """One threshold: what its scope spent this month, which share of it that is, and when it runs out.

    ``spent`` and ``share`` (ten places) are None where they cannot be told, and ``trouble`` says why.
    ``exceeded_on`` is the day (UTC seconds) on which the sum passed the threshold, or is likely to; None when it
    holds. ``band`` is where the scope's month is likely to end, None without a forecast; ``month`` is all of its
    month, None where that cannot be told.
    """

    threshold: Threshold
    spent: Decimal | None
    share: Decimal | None
    exceeded_on: int | None
    band: Band | None
    trouble: str = ""
    month: Forecast | None = None

    @property
    def name(self) -> str:
        """What it is called (raw): a budget's name, ``spend limit`` or ``spend alert``."""
        return self.threshold.name or _NAMES[self.threshold.kind]

    @property
    def passed(self) -> bool:
        """Whether it is passed already."""
        return self.spent is not None and self.spent > self.threshold.amount


@dataclass(frozen=True, slots=True)
class BudgetView:
    """The rows in the order of their thresholds, and the whole organization's month by currency, usd first."""

    rows: tuple[BudgetRow, ...]
    totals: Mapping[str, Forecast]


def dimensions_of(thresholds: Iterable[Threshold]) -> tuple[str, ...]:
    """The API's dimensions that costs must be grouped by to tell all these scopes apart, sorted."""
    costs = category("costs")
    return tuple(sorted({source_of(costs, one.dimension) for each in thresholds for one in _filters(each)}))


def budget(
    query: Query,
    buckets: Sequence[Bucket],
    ages: Sequence[int],
    thresholds: Iterable[Threshold],
    *,
    now: int,
) -> BudgetView:
    """Thresholds against the daily costs of an answer; ``ages`` are when its buckets were fetched (UTC seconds).

    The query asks for costs of whole days, from ``forecast.history_start`` to now, without filters, grouped by
    (at least) ``dimensions_of`` the thresholds.
    """
    scopes = _Scopes(query, buckets)
    rows = []
    for one in thresholds:
        points, trouble = scopes.days(one)
        if points is None:
            rows.append(BudgetRow(one, None, None, None, None, trouble))
            continue
        made = forecast(daily(points, ages, currency=one.currency), now=now)
        share = rounded(Fraction(made.spent) / Fraction(one.amount)) if one.amount else None
        rows.append(BudgetRow(one, made.spent, share, made.exceeded_on(one.amount), made.band, month=made))
    return BudgetView(tuple(rows), forecasts(scopes.of(()), ages, now=now))


class _Scopes:
    """The daily totals of scopes, each rolled up once."""

    def __init__(self, query: Query, buckets: Sequence[Bucket]) -> None:
        self._query = query
        self._buckets = buckets
        self._known: dict[tuple[Filter, ...], Sequence[BucketTotals]] = {}

    def days(self, threshold: Threshold) -> tuple[Sequence[BucketTotals] | None, str]:
        """The daily totals of a threshold's scope; None and why, where they cannot be told."""
        if threshold.trouble:
            return None, threshold.trouble
        if threshold.interval != MONTH:
            return None, f"it is by {threshold.interval or 'no interval'}, not by month"
        filters = _filters(threshold)
        lacking = [name for name in dimensions_of([threshold]) if not self._has(name)]
        if lacking:
            return None, f"costs are not known by {lacking[0]}"
        return self.of(filters), ""

    def of(self, filters: tuple[Filter, ...]) -> Sequence[BucketTotals]:
        """The daily totals of what the filters keep."""
        if filters not in self._known:
            asked = self._query._replace(group_by=(), filters=filters)
            self._known[filters] = rollup(asked, self._buckets, {"amount"}).buckets
        return self._known[filters]

    def _has(self, dimension: str) -> bool:
        return all(bucket.has(dimension) for bucket in self._buckets if bucket.rows)


def _filters(threshold: Threshold) -> tuple[Filter, ...]:
    """What the scope keeps of costs."""
    if threshold.project_id:
        return (make_filter("project_id", [threshold.project_id], ()),)
    return threshold.filters
