"""The course of a month against a threshold: what a chart of it draws, and its sentence.

A bar a day: what was spent by its end, and for days to come what is likely to be; the last day bears the band.
The threshold is the mark across all of them. Everything here is to be drawn: the exact figures are the sheet's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from usagetop.analysis.numbers import short
from usagetop.analysis.series import Line, Series
from usagetop.model.period import DAY, day_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from usagetop.analysis.forecast import Forecast

_SPENT, _LIKELY, _BAND, _MARK = "spent", "to come", "80% band +", "limit"


class Course(NamedTuple):
    """A month to draw, and what is said of it, the dearest first."""

    series: Series
    said: tuple[str, ...]


def course(made: Forecast, threshold: Decimal | None, currency: str) -> Course:
    """The month of a forecast, day by day, against ``threshold`` (None: against nothing)."""
    starts = tuple(range(made.start, made.end, DAY))
    seen, likely = dict(made.seen), dict(made.course)
    spent: list[float] = []
    for start in starts:
        spent.append(float(seen[start]) if start in seen else spent[-1] if spent else 0.0)
    coming = (
        [max(0.0, float(likely[start]) - at) for start, at in zip(starts, spent, strict=True)]
        if likely
        else []
    )
    lines = [Line((_SPENT,), _SPENT, tuple(spent))]
    if made.band is not None:
        above = max(0.0, float(made.band.high) - spent[-1] - coming[-1])
        lines.append(Line((_LIKELY,), _LIKELY, tuple(coming)))
        lines.append(Line(None, _BAND, (*([0.0] * (len(starts) - 1)), above)))
    mark = () if threshold is None else (float(threshold),) * len(starts)
    series = Series(starts, DAY, tuple(lines), "usd", currency, "level", partial=False, earlier=mark)
    series = series._replace(earlier_label=_MARK, has_shares=False)
    return Course(series, tuple(_said(made, threshold, currency)))


def _said(made: Forecast, threshold: Decimal | None, currency: str) -> Iterator[str]:
    """``$3,849.55 of $4,200.00``, ``runs out on 2026-11-26``, the month's end, its band."""

    def money(amount: Decimal) -> str:
        return short(amount, "usd", currency=currency)

    of = "spent" if threshold is None else f"of {money(threshold)}"
    yield f"{money(made.spent)} {of}"
    if threshold is not None:
        passed = made.exceeded_on(threshold)
        if passed is not None:
            yield f"{'passed on' if made.spent > threshold else 'runs out on'} {day_text(passed)}"
        else:
            yield "no forecast" if made.band is None else "holds"
    if made.band is not None:
        yield f"month's end {money(made.band.mid)}"
        yield f"80% {money(made.band.low)} – {money(made.band.high)}"
