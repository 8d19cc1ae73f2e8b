"""``usagetop check --budgets``: every limit, alert and own budget against the month, one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from usagetop.analysis.numbers import cell, full, percent
from usagetop.cli.asking import opened
from usagetop.cli.ending import tell
from usagetop.cli.naming import MOST_NAME_REQUESTS
from usagetop.errors import UsageError
from usagetop.exports.wording import holding_words
from usagetop.model.answer import INCOMPLETE_CODES, TOLD_CODES
from usagetop.model.period import check_clock, day_text
from usagetop.model.text import label
from usagetop.settings import load_settings
from usagetop.store.budgets import load_budgets
from usagetop.store.labels import raw_names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from decimal import Decimal

    from usagetop.analysis.budget import BudgetRow
    from usagetop.cli.options import SourceOptions
    from usagetop.store.budgets import Budgets

_DIGITS = 60  # cells in which cents always fit
_TOLD = frozenset({"limits_missing", "limits_partial", *TOLD_CODES})


class Standing(NamedTuple):
    """How the thresholds stand: a line each, whether one is passed, and whether all could be judged."""

    lines: tuple[str, ...]
    above: bool
    complete: bool


def standing(source: SourceOptions, clock: Callable[[], float], *, foreseen: bool) -> Standing:
    """Judge what is spent of every threshold, or with ``foreseen`` what its month is likely to come to.

    Limits that cannot be read are told on stderr. Raises UsageError where there is nothing to judge, and what
    the loader raises.
    """
    import asyncio

    check_clock(int(clock()))
    found, names = asyncio.run(_asked(source, clock))
    for notice in found.notices:
        if notice.code in _TOLD:
            tell(notice.message)
    if not found.view.rows:
        raise UsageError(
            "there is no limit, alert or budget that can be judged",
            mend="Write [[budgets]] into the configuration, or give a limit with --max",
        )
    complete = not any(notice.code in INCOMPLETE_CODES for notice in found.notices)
    partial = any(notice.code == "partial_bucket" for notice in found.notices)
    words = holding_words(found.answer.source, found.notices, complete=complete, partial=partial)
    judged = [_judged(row, names, foreseen=foreseen) for row in found.view.rows]
    return Standing(
        tuple(" · ".join((line, *words)) for line, _ in judged),
        above=any(above for _, above in judged),
        complete=complete and all(above is not None for _, above in judged),
    )


async def _asked(source: SourceOptions, clock: Callable[[], float]) -> tuple[Budgets, Mapping[str, str]]:
    """The thresholds beside their costs, and the names of their projects."""
    loader = opened(source, clock)
    own = load_settings().budgets if source.scenario is None else ()
    try:
        found = await load_budgets(loader, own, now=int(clock()), mode=source.mode)
        ids = list(
            dict.fromkeys(one.threshold.project_id for one in found.view.rows if one.threshold.project_id)
        )
        wanted = {"project_id": ids} if ids and source.names else {}
        named = await loader.names(wanted, most_requests=MOST_NAME_REQUESTS, mode=source.mode)
        return found, raw_names(named.names, wanted).get("project_id", {})
    finally:
        await loader.aclose()


def _judged(row: BudgetRow, names: Mapping[str, str], *, foreseen: bool) -> tuple[str, bool | None]:
    """``spend alert, search-api: spent $3,849.55 of $4,200.00, 92%: within the limit``; None: not judged."""
    one = row.threshold
    scope = label(names.get(one.project_id) or one.scope)
    head = f"{label(row.name)}, {scope}: "
    month = row.month
    if row.spent is None or month is None:
        return f"{head}not judged: {row.trouble}", None
    if not foreseen or month.band is None:
        spent = full(row.spent, "usd", currency=one.currency)
        said = f"{head}spent {_verdict(spent, row.spent, one.amount, one.currency)}"
        since = f" since {day_text(row.exceeded_on)}" if row.passed and row.exceeded_on is not None else ""
        return said + since + (f" · no forecast: {month.reason}" if foreseen else ""), row.passed

    def cents(amount: Decimal) -> str:
        return cell(amount, "usd", _DIGITS, currency=one.currency)

    band = month.band
    said = f"{head}forecast (mid) {_verdict(cents(band.mid), band.mid, one.amount, one.currency)}"
    if row.exceeded_on is not None:
        said += f" from {day_text(row.exceeded_on)} on"
    said += f" · 80% band {cents(band.low)} to {cents(band.high)}"
    return f"{said} · spent {full(row.spent, 'usd', currency=one.currency)}", band.mid > one.amount


def _verdict(said: str, amount: Decimal, limit: Decimal, currency: str) -> str:
    share = f", {percent(float(amount / limit))}" if limit and amount >= 0 else ""
    verdict = "above the limit" if amount > limit else "within the limit"
    return f"{said} of {full(limit, 'usd', currency=currency)}{share}: {verdict}"
