"""``usagetop check --max AMOUNT``: costs against a limit, one line, an exit code for scripts.

``--budgets`` instead of it judges every limit, alert and own budget that there is.
"""

from __future__ import annotations

import time
from decimal import Decimal
from typing import TYPE_CHECKING

from usagetop.cli.ending import tell_notices
from usagetop.cli.grammar import Grammar
from usagetop.cli.options import CACHE, CHECK, DEMO, SourceOptions, ViewOptions, source_of
from usagetop.cli.output import print_text
from usagetop.errors import EXIT_ABOVE_LIMIT, EXIT_GOOD, EXIT_INCOMPLETE, UsageError
from usagetop.model import money
from usagetop.model.text import label

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from types import SimpleNamespace

    from usagetop.cli.parsing import Parser
    from usagetop.exports.report import Report

_LONGEST_CURRENCY = 8
_RANGE = "mtd"
_DIGITS = 60  # cells in which cents always fit
GRAMMAR = Grammar(
    "usagetop check",
    "Hold costs against a limit, or all budgets: exit 0 up to it, 6 above it, 5 when incomplete data stays below it.",
    {"limit": CHECK, "source": (*DEMO, *CACHE)},
    defaults={"range": _RANGE},
)


def parser() -> Parser:
    """The parser of the command."""
    from usagetop.cli.parsing import ENVIRONMENT, EXITS, RANGES, epilog, examples

    shown = examples(
        "usagetop check --max 500",
        "usagetop check --max 99.95 --range today --filter project_id=search-api",
        "usagetop check --max 2000 || mail -s 'OpenAI costs' finance@example.com",
        "usagetop check --max 2000 --forecast",
        "usagetop check --budgets",
    )
    return GRAMMAR.parser(epilog(RANGES, shown, EXITS, ENVIRONMENT))


def run(words: Sequence[str], clock: Callable[[], float] = time.time) -> int:
    """Print one line; returns 0, 5 or 6. ``clock`` gives UTC seconds."""
    given = GRAMMAR.read(words, parser)
    if given.budgets:
        return _judge_all(given, clock)
    limit, currency = _limit(given.max), _currency(given.currency)
    if given.forecast and given.range != _RANGE:
        raise UsageError("--forecast judges the month that runs", mend="Leave --range out")
    span = _history(clock) if given.forecast else given.range
    view = ViewOptions("costs", range=span, by="none", filters=tuple(given.filter))
    report = _asked(view, source_of(given), clock)
    judged, line = _foreseen(report, limit, currency) if given.forecast else _spent(report, limit, currency)
    print_text(line + "\n")
    tell_notices(report.notices)
    if judged > limit:
        return EXIT_ABOVE_LIMIT
    return EXIT_GOOD if report.complete else EXIT_INCOMPLETE


def _judge_all(given: SimpleNamespace, clock: Callable[[], float]) -> int:
    """A line for every limit, alert and own budget; returns 0, 5 or 6."""
    from usagetop.cli.standing import standing

    chosen = {"--max": given.max, "--filter": given.filter, "--range": given.range != _RANGE}
    chosen["--currency"] = given.currency != GRAMMAR.defaults["currency"]
    for flag, value in chosen.items():
        if value:
            raise UsageError(
                f"{flag} does not go with --budgets", mend="Each has its own amount and scope; leave it out"
            )
    found = standing(source_of(given), clock, foreseen=given.forecast)
    print_text("".join(f"{line}\n" for line in found.lines))
    if found.above:
        return EXIT_ABOVE_LIMIT
    return EXIT_GOOD if found.complete else EXIT_INCOMPLETE


def _asked(view: ViewOptions, source: SourceOptions, clock: Callable[[], float]) -> Report:
    from usagetop.cli.asking import Asking

    return Asking(view, source, clock).report()


def _history(clock: Callable[[], float]) -> str:
    """The range that a forecast stands on."""
    from usagetop.analysis.forecast import history_start
    from usagetop.model.period import check_clock, day_text

    now = int(clock())
    check_clock(now)
    return f"{day_text(history_start(now))}.."


def _currency(text: str) -> str:
    """The currency's code; raises UsageError when it is none."""
    currency = text.strip().lower()
    if not (currency.isascii() and currency.isalpha() and len(currency) <= _LONGEST_CURRENCY):
        raise UsageError(
            f"'{label(text, most=20)}' is no currency", mend="Write its code, like --currency usd"
        )
    return currency


def _limit(text: str | None) -> Decimal:
    """The exact limit; raises UsageError when it is missing or not an amount."""
    if text is None:
        raise UsageError(
            "check needs a limit",
            mend="Write it like --max 500 or --max 99.95, or --budgets for all there are",
        )
    limit = money.read(text.strip())
    if limit is None or limit < 0:
        raise UsageError(
            f"'{label(text, most=40)}' is not an amount", mend="Write it like --max 500 or --max 99.95"
        )
    return limit


def _spent(report: Report, limit: Decimal, currency: str) -> tuple[Decimal, str]:
    """What was spent, and ``costs mtd (2026-11-01 to 2026-11-24 UTC): $230.00 of $500.00, 46%: within …``."""
    from usagetop.exports.wording import period_text

    amounts = report.frame.totals.amounts
    spent = amounts.get(currency, money.ZERO)
    head = f"costs {label(report.query.range.text, most=40)} ({period_text(report.query)}): "
    return spent, head + _line(report, _verdict(spent, limit, currency), _others(amounts.items(), currency))


def _foreseen(report: Report, limit: Decimal, currency: str) -> tuple[Decimal, str]:
    """The forecast's mid, or what is spent where there is no forecast; and the line that says which."""
    from usagetop.analysis.daily import daily
    from usagetop.analysis.forecast import forecast, forecasts
    from usagetop.analysis.numbers import cell, full
    from usagetop.model.period import day_text

    now, points = report.query.range.now, report.frame.buckets
    made = forecast(daily(points, report.ages, currency=currency), now=now)
    others = [(name, one.spent) for name, one in forecasts(points, report.ages, now=now).items() if one.spent]
    beside = _others(others, currency)
    head, spent = f"costs of {made.month}: ", full(made.spent, "usd", currency=currency)
    if made.band is None:
        said = [f"spent {_verdict(made.spent, limit, currency)}", f"no forecast: {made.reason}"]
        return made.spent, head + _line(report, *said, beside)
    low, high = (cell(one, "usd", _DIGITS, currency=currency) for one in (made.band.low, made.band.high))
    passed = made.exceeded_on(limit)
    verdict = _verdict(made.band.mid, limit, currency, exact=False)
    return made.band.mid, head + _line(
        report,
        f"forecast (mid) {verdict}" + (f" from {day_text(passed)} on" if passed is not None else ""),
        f"80% band {low} to {high}",
        f"spent {spent}",
        f"{made.full_days} full day{'' if made.full_days == 1 else 's'}",
        beside,
    )


def _verdict(amount: Decimal, limit: Decimal, currency: str, *, exact: bool = True) -> str:
    """``$230.00 of $500.00, 46%: within the limit``; what is not exact is said in cents."""
    from usagetop.analysis.numbers import cell, full, percent

    said = (
        full(amount, "usd", currency=currency) if exact else cell(amount, "usd", _DIGITS, currency=currency)
    )
    share = f", {percent(float(amount / limit))}" if limit and amount >= 0 else ""
    verdict = "above the limit" if amount > limit else "within the limit"
    return f"{said} of {full(limit, 'usd', currency=currency)}{share}: {verdict}"


def _others(amounts: Iterable[tuple[str, Decimal]], currency: str) -> str:
    """Which amounts in other currencies are not judged; empty where there are none."""
    from usagetop.analysis.numbers import full

    others = [full(amount, "usd", currency=name or "?") for name, amount in amounts if name != currency]
    return f"not judged: {', '.join(others)}" if others else ""


def _line(report: Report, *said: str) -> str:
    """What is said, and what must be known of it."""
    from usagetop.exports.grid import filters, words

    return " · ".join([*filter(None, said), *filters(report), *words(report)])
