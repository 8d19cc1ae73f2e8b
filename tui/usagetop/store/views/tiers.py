"""Tiers: what ran as a batch or at another service tier, and what that saved against the default tier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagetop.analysis.savings import of_models, tier_savings
from usagetop.analysis.sheet import Field, Sheet
from usagetop.store.views.savings import TOTALS, totals
from usagetop.store.views.usage import bill_and_tokens, kept_models

if TYPE_CHECKING:
    from usagetop.analysis.savings import Saving
    from usagetop.analysis.sheet import SheetRow
    from usagetop.store.views.asker import Asker, Question

FIELDS = (
    Field("model", "model", "dimension"),
    Field("tier", "tier", "text"),
    Field("saved", "saved", "money", signed=True, sums=True),
    Field("num_model_requests", "requests", "count", sums=True),
    Field("input_tokens", "input tokens", "count", sums=True),
    Field("output_tokens", "output tokens", "count", sums=True),
    Field("currency", "currency", "word"),
)


async def ask(asker: Asker, question: Question) -> Sheet:
    """What ran at which tier in a period, and what it saved (negative: cost more); raises what the loader raises."""
    keep = kept_models(question.query, "tiers")
    costs, usage = await bill_and_tokens(asker, question.query, "model")
    found = of_models(tier_savings(usage, costs), keep)
    account = asker.account()
    return Sheet(
        view="tiers",
        query=question.query,
        fields=FIELDS,
        rows=tuple(map(_row, found.rows)),
        notices=account.notices,
        source=account.source,
        total_fields=TOTALS,
        totals=totals(found),
    )


def _row(row: Saving) -> SheetRow:
    return {
        "model": row.model,
        "tier": row.tier,
        "saved": row.saved,
        "num_model_requests": row.tokens.requests,
        "input_tokens": row.tokens.input,
        "output_tokens": row.tokens.output,
        "currency": row.currency,
    }
