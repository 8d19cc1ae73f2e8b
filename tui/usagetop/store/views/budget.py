"""Budget: limits, alerts and own budgets against the month, with its forecast.

It is always the month that runs: limits are set for months, and only what is ahead can still be changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagetop.analysis.numbers import short
from usagetop.analysis.sheet import Field, Sheet
from usagetop.model.query import make_query
from usagetop.store.budgets import load_budgets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from usagetop.analysis.budget import BudgetRow
    from usagetop.analysis.forecast import Forecast
    from usagetop.analysis.sheet import SheetRow
    from usagetop.store.views.asker import Asker, Question

FIELDS = (
    Field("name", "name", "text"),
    Field("scope", "scope", "scope"),
    Field("spent", "spent", "money"),
    Field("threshold", "of", "money"),
    Field("share", "share", "share"),
    Field("exceeded_on", "runs out on", "day"),
    Field("forecast", "month's end", "money"),
    Field("currency", "currency", "word"),
)
TOTALS = (
    Field("spent", "spent", "money"),
    Field("forecast", "forecast", "money"),
    Field("month", "month", "word"),
    Field("full_days", "full days", "count"),
)


async def ask(asker: Asker, question: Question) -> Sheet:
    """The month beside its thresholds; raises what the loader raises."""
    found = await load_budgets(asker.loader, question.budgets, now=question.now, mode=asker.mode)
    asker.heard(found.answer)
    asker.tell(found.notices, name_requests=found.requests)
    account = asker.account()
    # The forecast learns from more days, but what is told is of the month.
    month, _ = make_query("costs", "mtd", now=question.now, by="none")
    return Sheet(
        view="budget",
        query=month,
        fields=FIELDS,
        rows=tuple(map(_row, found.view.rows)),
        notices=account.notices,
        source=account.source,
        total_fields=TOTALS,
        totals={currency: _total(made) for currency, made in found.view.totals.items()},
        said=tuple(_said(found.view.totals)),
    )


def _row(row: BudgetRow) -> SheetRow:
    project = row.threshold.project_id
    return {
        **({"project_id": project} if project else {}),
        "name": row.name,
        "scope": row.threshold.scope,
        "spent": row.spent,
        "threshold": row.threshold.amount,
        "share": None if row.share is None else float(row.share),
        "exceeded_on": row.exceeded_on,
        "forecast": None if row.band is None else row.band.mid,
        "currency": row.threshold.currency,
    }


def _total(made: Forecast) -> SheetRow:
    band = made.band
    return {
        "spent": made.spent,
        "forecast": None if band is None else {"low": band.low, "mid": band.mid, "high": band.high},
        "month": made.month,
        "full_days": made.full_days,
    }


def _said(totals: Mapping[str, Forecast]) -> Iterator[str]:
    """What each month is likely to end at, or why nobody can say."""
    for currency, made in totals.items():
        if made.band is None:
            yield f"no forecast for {made.month}: {made.reason}"
            continue
        low, mid, high = (
            short(one, "usd", currency=currency) for one in (made.band.low, made.band.mid, made.band.high)
        )
        yield f"{made.month} is likely to end at {mid}; four times of five between {low} and {high}"
