"""The words around the numbers: header, totals, status and chart title, as pieces for the one-line widgets."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from usagetop.analysis import numbers
from usagetop.commands import FOOTER, shown
from usagetop.model import money
from usagetop.model.cells import fit_middle
from usagetop.model.dimensions import DIMENSIONS
from usagetop.model.period import span_text
from usagetop.widgets.line import Piece

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from usagetop.analysis.frame import Frame, Number
    from usagetop.model.answer import Notice
    from usagetop.model.metrics import Unit
    from usagetop.model.period import Range
    from usagetop.store.earlier import Earlier
    from usagetop.store.outcome import Outcome
    from usagetop.store.progress import Progress
    from usagetop.store.session import View


# A filter's value in the breadcrumb: longer ones would push the range off the line.
_MOST_VALUE = 40
# The weight of the totals of further currencies: they go before every other figure.
_LESS_DEAR = 6


def header(
    view: View,
    span: Range | None,
    width: str,
    origin: str,
    value_label: Callable[[str, str | None], str],
    *,
    earlier: Range | None = None,
) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Breadcrumb to the left; range, width and origin to the right.

    ``origin`` is the drawable host, or ``demo:NAME``. ``value_label`` draws a filter's value. ``earlier`` is the
    period that the view is held against.
    """
    left = [Piece(" "), Piece(view.category, "strong")]
    for filter_ in view.filters:
        about = DIMENSIONS[filter_.dimension]
        for values, word in ((filter_.keep, " › "), (filter_.drop, " › without ")):
            if not values:
                continue
            left.append(Piece(word, "quiet"))
            left.append(Piece(f"{about.short} ", "quiet", weight=5))
            only = value_label(filter_.dimension, values[0])
            only = fit_middle(only, _MOST_VALUE)
            left.append(Piece(only if len(values) == 1 else f"{len(values)} {about.plural}"))
    by = ", ".join(DIMENSIONS[name].short for name in view.group_by)
    left.append(Piece(f" by {by}" if by else " in total", "quiet"))
    # What is compared is dearer than how the range was written; the totals name the earlier period once more.
    compares = span is not None and earlier is not None
    right = [Piece(view.range_text, "strong", weight=3 * compares)]
    if span is not None:
        right.append(Piece(f"  {span_text(span.start, span.end)} UTC", weight=0 if compares else 3))
    if earlier is not None:
        right.append(Piece(f" against {span_text(earlier.start, earlier.end)}", "strong", weight=1))
    right.append(Piece(f" · {width}", "quiet", weight=4))
    name = f"DEMO {origin.removeprefix('demo:')}" if origin.startswith("demo:") else origin
    right.append(Piece(f"  {name} ", "word" if origin.startswith("demo:") else "quiet", weight=2))
    return tuple(left), tuple(right)


def totals(outcome: Outcome) -> tuple[Piece, ...]:
    """The total, the mean of a closed bucket, the last closed bucket, the open one, and the groups."""
    frame, view = outcome.frame, outcome.view
    metric = view.about.metric(view.charted)
    pieces = [Piece(" ")]
    if view.about.is_costs:
        pieces += _amounts(frame, outcome.earlier)
        if not frame.totals.amounts:
            return (*pieces, *_figure("no amounts", "", 0))
        currency = next(iter(frame.totals.amounts), "")
        points = [(p.partial, p.totals.amounts.get(currency, 0)) for p in frame.buckets]
    else:
        currency = ""
        total = frame.totals.counts.get(metric.name, 0)
        name = "stored at the end" if metric.kind == "level" else metric.label
        pieces += _figure(numbers.short(total, metric.unit), name, 0)
        if outcome.earlier is not None:
            before = outcome.earlier.totals.counts.get(metric.name)
            pieces += _against(outcome.earlier, total, before, metric.unit)
        points = [(p.partial, p.totals.counts.get(metric.name, 0)) for p in frame.buckets]
    step = {"1d": "day", "1h": "hour", "1m": "minute"}[outcome.answer.query.width]
    closed = [value for partial, value in points if not partial]
    if metric.kind == "additive" and len(closed) > 1:
        mean = Decimal(sum(closed)) / len(closed)
        mean = mean if view.about.is_costs else mean.quantize(Decimal(1))
        pieces += _figure(numbers.short(mean, metric.unit, currency=currency), f"a {step} on average", 2)
    if closed:
        pieces += _figure(numbers.short(closed[-1], metric.unit, currency=currency), f"last full {step}", 3)
    if points and points[-1][0]:
        pieces += _figure(
            numbers.short(points[-1][1], metric.unit, currency=currency), f"this {step} so far", 4
        )
    if not view.about.is_costs:
        for other in view.about.main_metrics:
            if other.name != metric.name:
                value = frame.totals.counts.get(other.name, 0)
                pieces += _figure(numbers.short(value, other.unit), other.label, 5)
    return tuple(pieces)


def _amounts(frame: Frame, earlier: Earlier | None) -> list[Piece]:
    """The total of each currency; how many there are is said also where there is no room for all."""
    pieces = []
    for place, (currency, amount) in enumerate(frame.totals.amounts.items()):
        text = numbers.short(amount, "usd", currency=currency)
        pieces += _figure(text, "total", _LESS_DEAR + place if place else 0)
        if earlier is not None and not place:
            pieces += _against(earlier, amount, earlier.totals.amounts.get(currency), "usd", currency)
    if len(frame.totals.amounts) > 1:
        pieces.append(Piece(f"{len(frame.totals.amounts)} currencies   ", "quiet"))
    return pieces


def _against(
    earlier: Earlier, now: Number, before: Number | None, unit: Unit, currency: str = ""
) -> list[Piece]:
    """The difference to the earlier total, with its sign and in percent, and of which days that is."""
    span = earlier.query.range
    gap = numbers.signed(money.subtract(Decimal(now), Decimal(before or 0)), unit, currency=currency)
    return [
        Piece(f"{gap} {numbers.change(now, before or 0)} ", "strong"),
        Piece(f"against {span_text(span.start, span.end)}", "quiet", weight=1),
        Piece("   "),
    ]


def _figure(number: str, name: str, weight: int) -> list[Piece]:
    return [
        Piece(number, "strong", weight=weight),
        Piece(f" {name}   " if name else "   ", "quiet", weight=weight),
    ]


def footer(keys: Mapping[str, str]) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """The footer's commands with the keys they have (command id → key name); a click runs the command."""
    left: list[Piece] = [Piece(" ")]
    for command in FOOTER:
        # The last to come is the first to go; help and the first three always stay.
        weight = 0 if command.footer in {1, 2, 3, len(FOOTER)} else command.footer
        left.append(Piece(shown(keys[command.id]), "key", command.id, weight))
        left.append(Piece(f" {command.word}  ", "quiet", command.id, weight))
    return tuple(left), (
        Piece(shown(keys["quit"]), "key", "quit"),
        Piece(" quit ", "quiet", "quit"),
    )


def words(outcome: Outcome | None, *, demo: bool, offline: bool) -> tuple[str, ...]:
    """The words of INTERFACE.md that hold now."""
    found = []
    if demo:
        found.append("DEMO")
    if offline:
        found.append("OFFLINE")
    if outcome is not None:
        answer = outcome.answer
        if answer.notice("stale"):
            found.append("STALE")
        if not answer.complete:
            found.append("INCOMPLETE")
        # A comparison leaves the open bucket out.
        if answer.notice("partial_bucket") and outcome.earlier is None:
            found.append("PARTIAL")
    return tuple(found)


def status(
    outcome: Outcome | None,
    view: View,
    *,
    shown_rows: int,
    holding: tuple[str, ...],
    progress: Progress | None,
    failed: bool = False,
    arranging: str = "",
) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Words and completeness to the left, rows and sort to the right.

    ``view`` is the current one: its sort may be newer than the outcome's. ``arranging`` is what is being done to
    many rows.
    """
    left = [Piece(" ")]
    alarms = {"INCOMPLETE", "STALE"}
    left += [Piece(f"{word} ", "alarm" if word in alarms else "word") for word in holding]
    if progress is not None:
        counted = f"loading {progress.done}/{progress.total}" if progress.total else "loading"
        note = f" · {progress.note}" if progress.note else ""
        left.append(Piece(f"{counted}{note} · esc cancels", "word"))
        return tuple(left), ()
    if outcome is None:
        return tuple(left), ()
    if arranging:
        left.append(Piece(f"{arranging}… ", "word"))
    if failed:
        left.append(Piece("the last load failed (!) · ", "alarm"))
    left += _proof(outcome)
    return tuple(left), _rows(outcome, view, shown_rows)


def _proof(outcome: Outcome) -> list[Piece]:
    """How the screen proves itself: buckets, requests, freshness, and what else must be known."""
    answer, query = outcome.answer, outcome.answer.query
    source = answer.source
    expected = len(query.starts())
    unit = {"1d": "days", "1h": "hours", "1m": "minutes"}[query.width]
    part = "quiet" if answer.complete else "alarm"
    pieces = [Piece(f"{len(answer.buckets)}/{expected} {unit}", part)]
    requests = _counted(source.requests, "request")
    if source.requests == 0:
        requests = "from cache (finer grain)" if source.finer_buckets else "from cache"
    pieces.append(Piece(f" · {requests}", "quiet", weight=4))
    if answer.notice("partial_bucket"):
        left_out = outcome.earlier is not None
        said = "open bucket left out" if left_out else "last bucket open"
        pieces.append(Piece(f" · {said}", "quiet", weight=6))
    if source.fetched_at is not None:
        moment = datetime.fromtimestamp(source.fetched_at, UTC)
        pieces.append(Piece(f" · fetched {moment:%H:%M}Z", "quiet", weight=3))
    told = [
        n for n in answer.notices if n.code not in {"partial_bucket", "derived_dimension", "range_widened"}
    ]
    pieces += around(answer.notices)
    if told:
        pieces.append(Piece(f" · {_counted(len(told), 'notice')} (!)", "word", weight=2))
    return pieces


def around(notices: Iterable[Notice]) -> list[Piece]:
    """What is wrong around a good answer, in two words each; the sentences stand under messages."""
    words = {"clock_skew": "clock differs", "cache_off": "cache off"}
    codes = {notice.code for notice in notices}
    return [Piece(f" · {said}", "word", weight=2) for code, said in words.items() if code in codes]


def _rows(outcome: Outcome, view: View, shown_rows: int) -> tuple[Piece, ...]:
    frame = outcome.frame
    count = (
        _counted(len(frame), "row") if shown_rows == len(frame) else f"{shown_rows:,} of {len(frame):,} rows"
    )
    return (
        Piece(f"{count} · ", "quiet", weight=7),
        Piece(f"{_column_name(view)} {'▼' if view.descending else '▲'} ", "quiet", weight=7),
    )


def _column_name(view: View) -> str:
    """The head of the column that the rows are sorted by."""
    column = DIMENSIONS.get(view.sorted_by)
    metrics = {metric.name: metric.short for metric in view.about.metrics}
    compared = {"delta": "Δ", "change": "Δ%", "previous": "before"}
    return column.short if column else {**metrics, **compared}.get(view.sorted_by, view.sorted_by)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
