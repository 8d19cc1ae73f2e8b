"""Budget: limits, alerts and own budgets against the month, with its forecast.

It is always the month that runs: limits are set for months, and only what is ahead can still be changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagetop.analysis.course import course
from usagetop.analysis.sheet import Field, Sheet
from usagetop.model.query import make_query
from usagetop.store.budgets import load_budgets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from usagetop.analysis.budget import BudgetRow
    from usagetop.analysis.course import Course
    from usagetop.analysis.forecast import Forecast
    from usagetop.analysis.sheet import SheetRow
    from usagetop.store.views.asker import Asker, Question

FIELDS = (
    Field("name", "name", "text", lead=True),
    Field("scope", "scope", "scope", lead=True),
    Field("spent", "spent", "money"),
    Field("threshold", "of", "money"),
    Field("share", "used", "share"),
    Field("exceeded_on", "runs out", "day"),
    Field("forecast", "month's end", "money"),
    Field("currency", "currency", "word"),
    Field("forecast_low", "80% from", "money", quiet=True),
    Field("forecast_high", "80% up to", "money", quiet=True),
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
    totals = found.view.totals
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
        totals={currency: _total(made) for currency, made in totals.items()},
        said=tuple(_said(totals)),
        courses=(
            *(_course(row) for row in found.view.rows),
            *(course(made, None, currency) for currency, made in list(totals.items())[:1]),
        ),
    )


def _course(row: BudgetRow) -> Course | None:
    """The month of a row's scope."""
    one = row.threshold
    return None if row.month is None else course(row.month, one.amount, one.currency)


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
        "forecast_low": None if row.band is None else row.band.low,
        "forecast_high": None if row.band is None else row.band.high,
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
    """What the forecast's band is, or why there is none."""
    for made in totals.values():
        if made.band is None:
            yield f"no forecast for {made.month}: {made.reason}"
    if any(made.band is not None for made in totals.values()):
        yield "forecast: four months of five end between low and high"
    if not totals:
        yield "nothing was billed in the last eight weeks"
