"""The line above the chart: what it shows, or what its bucket under the cursor holds, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagetop.analysis import numbers
from usagetop.model.categories import SECONDS_OF
from usagetop.model.dimensions import DIMENSIONS
from usagetop.model.period import DAY
from usagetop.model.text import label
from usagetop.store.labels import bucket_text

if TYPE_CHECKING:
    from usagetop.analysis.anomalies import Anomaly
    from usagetop.store.outcome import Outcome


def bucket_title(outcome: Outcome, number: int) -> str:
    """One bucket of the chart in words: when, how much, and its largest group."""
    series, view = outcome.series, outcome.view
    metric = view.about.metric(view.charted)
    start = series.starts[number]
    when = bucket_text(start, outcome.answer.query.width)
    point = next((point for point in outcome.frame.buckets if point.start == start), None)
    if point is None:
        return f"{when} UTC · missing from the answer"
    total = (
        point.totals.amounts.get(series.currency, 0)
        if view.about.is_costs
        else point.totals.counts.get(metric.name, 0)
    )
    text = f"{when} UTC · {numbers.short(total, metric.unit, currency=series.currency)}"
    lines = [
        (value, line.label)
        for line in series.lines
        if line.key is not None and (value := line.values[number]) is not None
    ]
    top = max(lines, default=(0.0, ""))
    if top[0] > 0:
        text += f" · most: {top[1]} {numbers.short(top[0], metric.unit, currency=series.currency)}"
    anomaly = outcome.odd.of(start) if outcome.odd is not None else None
    if anomaly is not None:
        text += f" · {_odd(anomaly, outcome)}"
    return text + (" · still open" if point.partial else "")


def _odd(anomaly: Anomaly, outcome: Outcome) -> str:
    """``odd: usual $185.51 to $395.05, gpt-5.5, input +$367.89``."""
    unit = outcome.view.about.metric(outcome.view.charted).unit
    currency = outcome.series.currency
    low, high = (
        numbers.short(one, unit, currency=currency) for one in (anomaly.usual.low, anomaly.usual.high)
    )
    text = f"odd: usual {low} to {high}"
    if anomaly.driver is not None:
        by = tuple(name for name in outcome.answer.query.group_by if name != "bucket")
        name = outcome.labels.line(by, anomaly.driver.key)
        text += f", {name} {numbers.signed(anomaly.driver.delta, unit, currency=currency)}"
    return text


def chart_title(outcome: Outcome, kind: str) -> str:
    """What the chart shows, in words."""
    query, view = outcome.answer.query, outcome.view
    metric = view.about.metric(view.charted)
    per = {60: "minute", 3600: "hour", DAY: "day"}[SECONDS_OF[query.width]]
    by = ", ".join(DIMENSIONS[name].short for name in query.group_by if name != "bucket")
    money = (
        f" in {label(outcome.series.currency)}"
        if view.about.is_costs and outcome.series.currency != "usd"
        else ""
    )
    odd = len(outcome.odd.days) if outcome.odd is not None else 0
    said = f" · {odd} odd day{'s' if odd > 1 else ''}" if odd else ""
    if outcome.odd is not None and outcome.odd.limit:
        said += f" · {outcome.odd.limit}"
    return f"{metric.label}{money} a {per}{f' by {by}' if by else ''} · {kind}{said}"
