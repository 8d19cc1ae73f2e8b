"""Savings: what the cache saved at billed prices, by model (or by project or key and model)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagetop.analysis.savings import cache_savings, of_models
from usagetop.analysis.sheet import Field, Sheet
from usagetop.model.dimensions import DIMENSIONS
from usagetop.store.views.usage import bill_and_tokens, kept_models

if TYPE_CHECKING:
    from usagetop.analysis.savings import Saving, Savings
    from usagetop.analysis.sheet import SheetRow
    from usagetop.store.views.asker import Asker, Question

FIELDS = (
    Field("model", "model", "dimension"),
    Field("saved", "saved", "money", signed=True, sums=True),
    Field("hit_rate", "hit rate", "share"),
    Field("input_tokens", "input tokens", "count", sums=True),
    Field("input_cached_tokens", "cached", "count", sums=True),
    Field("input_cache_write_tokens", "cache writes", "count", sums=True),
    Field("currency", "currency", "word"),
)
TOTALS = (
    Field("saved", "saved", "money", signed=True),
    Field("unknown_models", "models without a price", "models"),
)


async def ask(asker: Asker, question: Question) -> Sheet:
    """What the cache saved in a period, the most first; raises what the loader raises."""
    by = question.by or "model"
    keep = kept_models(question.query, "savings")
    costs, usage = await bill_and_tokens(asker, question.query, by)
    found = of_models(cache_savings(usage, costs), keep)
    fields: tuple[Field, ...] = FIELDS
    if by != "model" and by in found.dims:
        fields = (Field(by, DIMENSIONS[by].short, "dimension"), *FIELDS)
    account = asker.account()
    return Sheet(
        view="savings",
        query=question.query,
        fields=fields,
        rows=tuple(_row(found.dims, row) for row in found.rows),
        notices=account.notices,
        source=account.source,
        total_fields=TOTALS,
        totals=totals(found),
    )


def totals(found: Savings) -> dict[str, SheetRow]:
    """What was saved in each currency, and the models whose prices are not known."""
    return {
        currency: {"saved": saved.saved, "unknown_models": saved.unknown_models}
        for currency, saved in found.totals.items()
    }


def _row(dims: tuple[str, ...], row: Saving) -> SheetRow:
    rate = row.tokens.hit_rate
    values: SheetRow = {
        **{name: None if value is None else str(value) for name, value in zip(dims, row.key, strict=True)},
        "saved": row.saved,
        "hit_rate": None if rate is None else float(rate),
        "input_tokens": row.tokens.input,
        "input_cached_tokens": row.tokens.cached,
        "input_cache_write_tokens": row.tokens.written,
        "currency": row.currency,
    }
    return values
