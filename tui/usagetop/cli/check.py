"""``usagetop check --max AMOUNT``: costs against a limit, one line, an exit code for scripts."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from usagetop.cli.grammar import Grammar
from usagetop.cli.options import CACHE, CHECK, DEMO, SourceOptions, ViewOptions, source_of
from usagetop.cli.output import print_text
from usagetop.errors import EXIT_ABOVE_LIMIT, EXIT_GOOD, EXIT_INCOMPLETE, UsageError
from usagetop.model import money
from usagetop.model.text import label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from usagetop.cli.parsing import Parser
    from usagetop.exports.report import Report

_LONGEST_CURRENCY = 8
GRAMMAR = Grammar(
    "usagetop check",
    "Hold costs against a limit: exit 0 up to it, 6 above it, 5 when incomplete data stays below it.",
    {"limit": CHECK, "source": (*DEMO, *CACHE)},
    defaults={"range": "mtd"},
)


def parser() -> Parser:
    """The parser of the command."""
    from usagetop.cli.parsing import ENVIRONMENT, EXITS, RANGES, epilog, examples

    shown = examples(
        "usagetop check --max 500",
        "usagetop check --max 99.95 --range today --filter project_id=search-api",
        "usagetop check --max 2000 || mail -s 'OpenAI costs' finance@example.com",
    )
    return GRAMMAR.parser(epilog(RANGES, shown, EXITS, ENVIRONMENT))


def run(words: Sequence[str]) -> int:
    """Print one line; returns 0, 5 or 6."""
    given = GRAMMAR.read(words, parser)
    if given.forecast:
        raise UsageError("--forecast is not there yet", mend="It comes in a later version; leave it out")
    limit = _limit(given.max)
    currency = given.currency.strip().lower()
    if not (currency.isascii() and currency.isalpha() and len(currency) <= _LONGEST_CURRENCY):
        raise UsageError(
            f"'{label(given.currency, most=20)}' is no currency", mend="Write its code, like --currency usd"
        )
    view = ViewOptions("costs", range=given.range, by="none", filters=tuple(given.filter))
    report = _asked(view, source_of(given))
    spent = report.frame.totals.amounts.get(currency, money.ZERO)
    print_text(sentence(report, spent, limit, currency) + "\n")
    if spent > limit:
        return EXIT_ABOVE_LIMIT
    return EXIT_GOOD if report.complete else EXIT_INCOMPLETE


def _asked(view: ViewOptions, source: SourceOptions) -> Report:
    from usagetop.cli.asking import Asking

    return Asking(view, source).report()


def _limit(text: str | None) -> Decimal:
    """The exact limit; raises UsageError when it is missing or not an amount."""
    if text is None:
        raise UsageError("check needs a limit", mend="Write it like --max 500 or --max 99.95")
    limit = money.read(text.strip())
    if limit is None or limit < 0:
        raise UsageError(
            f"'{label(text, most=40)}' is not an amount", mend="Write it like --max 500 or --max 99.95"
        )
    return limit


def sentence(report: Report, spent: Decimal, limit: Decimal, currency: str) -> str:
    """``costs mtd (2026-11-01 to 2026-11-24 UTC): $230.00 of $500.00, 46%``, and what must be known of it."""
    from usagetop.analysis.numbers import full, percent
    from usagetop.exports.grid import filters, words
    from usagetop.exports.wording import period_text

    amounts = f"{full(spent, 'usd', currency=currency)} of {full(limit, 'usd', currency=currency)}"
    share = f", {percent(float(spent / limit))}" if limit and spent >= 0 else ""
    verdict = "above the limit" if spent > limit else "within the limit"
    others = [
        full(amount, "usd", currency=name or "?")
        for name, amount in report.frame.totals.amounts.items()
        if name != currency
    ]
    said = [
        f"{amounts}{share}: {verdict}",
        *([f"not judged: {', '.join(others)}"] if others else []),
        *filters(report),
        *words(report),
    ]
    return f"costs {label(report.query.range.text, most=40)} ({period_text(report.query)}): " + " · ".join(
        said
    )
