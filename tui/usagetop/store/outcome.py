"""What a load ends with: the answer, its frame, its series and the names; everything that a screen shows."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from usagetop.analysis.frame import charted_rollup, rollup
from usagetop.analysis.over_time import over_time
from usagetop.analysis.trends import trends
from usagetop.store.arranging import Arranger
from usagetop.store.labels import Labels, Resolve, no_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from usagetop.analysis.frame import Frame
    from usagetop.analysis.series import Series
    from usagetop.analysis.trends import Trends
    from usagetop.model.answer import Answer
    from usagetop.store.earlier import Earlier
    from usagetop.store.loader import Loader, Mode
    from usagetop.store.odd import Odd
    from usagetop.store.progress import Progress
    from usagetop.store.session import View


# The cells of a trend in the table, one a bin.
TREND_BINS = 12


class Outcome(NamedTuple):
    """A view that was answered. ``view`` is what was asked; ``answer.query`` what was answered.

    Beside an ``earlier`` period the frame has the rows of both. ``odd`` are its odd days, None until they are known.
    ``trends`` are the courses of the frame's rows, None where there are none to draw.
    """

    view: View
    answer: Answer
    frame: Frame
    series: Series
    labels: Labels
    arranger: Arranger
    trends: Trends | None = None
    earlier: Earlier | None = None
    odd: Odd | None = None


def outcome(view: View, answer: Answer, resolve: Resolve = no_names) -> Outcome:
    """Roll an answer up for a view (pure; a large one belongs in a thread)."""
    query = answer.query
    rolled = charted_rollup(query, answer.buckets, view.charted)
    frame, parts = rolled
    labels = Labels(resolve if not view.show_ids else no_names, width=query.width)
    currency = next(iter(frame.totals.amounts), "usd") if query.about.is_costs else ""
    series = over_time(
        query, answer.buckets, view.charted, label_of=labels.line, currency=currency, rolled=rolled
    )
    arranger = Arranger(frame, labels)
    _look_through(frame, arranger, view)
    courses = None
    if "bucket" not in query.group_by:
        courses = trends(parts, query.starts(), len(frame), series.kind, TREND_BINS)
    return Outcome(view, answer, frame, series, labels, arranger, courses)


def _look_through(frame: Frame, arranger: Arranger, view: View) -> None:
    """What looks at all rows is done here, and kept: drawing the table then looks at none but those it shows."""
    arranger.rows(view)
    if frame.category.is_costs:
        frame.top_amounts  # noqa: B018 - kept with the frame
    frame.ends  # noqa: B018 - kept with the frame


def relabelled(old: Outcome, view: View, resolve: Resolve) -> Outcome:
    """The same answer with other names (they arrive later than the numbers) or with ids."""
    wanted = resolve if not view.show_ids else no_names
    if old.labels.resolve is wanted:
        return old._replace(view=view)
    labels = Labels(wanted, width=old.answer.query.width)
    lines = tuple(
        line if line.key is None else line._replace(label=labels.line(_line_dims(old), line.key))
        for line in old.series.lines
    )
    series = old.series._replace(lines=lines)
    return old._replace(view=view, labels=labels, series=series, arranger=Arranger(old.frame, labels))


def _line_dims(old: Outcome) -> tuple[str, ...]:
    """The dimensions of a series' keys: those of the frame without the bucket."""
    return tuple(name for name in old.frame.dims if name != "bucket")


class Memo:
    """Outcomes that were rolled up lately: the same buckets, fetched at the same times, give the same frame.

    The least recently used go first when there are too many, or too many groups in them.
    """

    def __init__(self, *, most: int = 32, most_groups: int = 1_500_000) -> None:
        """At most so many outcomes, with so many groups in all."""
        self._most = most
        self._most_groups = most_groups
        self._kept: dict[object, Outcome] = {}

    def outcome(self, view: View, answer: Answer, resolve: Resolve) -> Outcome | None:
        """What was kept for this answer, under the view's names; None when it must be rolled up."""
        key = _memo_key(view, answer)
        known = self._kept.pop(key, None)
        if known is None:
            return None
        fresh = self._kept[key] = relabelled(known._replace(answer=answer), view, resolve)
        return fresh

    def keep(self, made: Outcome) -> None:
        """Remember an outcome; a comparison is not kept."""
        if made.earlier is not None:
            return
        self._kept[_memo_key(made.view, made.answer)] = made
        while len(self._kept) > 1 and self._is_full():
            del self._kept[next(iter(self._kept))]

    def _is_full(self) -> bool:
        groups = sum(len(kept.frame) for kept in self._kept.values())
        return len(self._kept) > self._most or groups > self._most_groups


def _memo_key(view: View, answer: Answer) -> object:
    """Everything that a frame and its series are made of; whether the last bucket is over depends on now."""
    query = answer.query
    shape = (query.category, query.range.start, query.range.end, query.width, query.group_by, query.filters)
    open_now = bool(answer.buckets) and answer.buckets[-1].end > query.range.now
    starts = tuple(bucket.start for bucket in answer.buckets)
    return (shape, query.starts(), open_now, view.charted, starts, answer.ages)


async def load_outcome(
    loader: Loader,
    view: View,
    *,
    now: int,
    mode: Mode,
    resolve: Resolve = no_names,
    on_progress: Callable[[Progress], None] | None = None,
    memo: Memo | None = None,
) -> Outcome:
    """Ask the loader for a view and roll the answer up off the event loop; raises what the loader raises."""
    if view.compare:
        return await _load_compared(
            loader, view, now=now, mode=mode, resolve=resolve, on_progress=on_progress
        )
    answer = await loader.load(view.query(now), mode=mode, on_progress=on_progress)
    known = memo.outcome(view, answer, resolve) if memo is not None else None
    if known is not None:
        return known
    made = await asyncio.to_thread(outcome, view, answer, resolve)
    if memo is not None:
        memo.keep(made)
    return made


def peeked(loader: Loader, view: View, now: int) -> Outcome | None:
    """The outcome from the cache alone, if it has all of it; raises UsageError for what cannot be asked."""
    if not view.compare:
        answer = loader.peek(view.query(now))
        return None if answer is None else outcome(view, answer)
    from usagetop.store.earlier import peek_both, sides_of

    sides = sides_of(view.query(now), view.compare, now)
    both = peek_both(loader, sides)
    return None if both is None else _compared(view, *both, sides.shift, no_names)


async def _load_compared(
    loader: Loader,
    view: View,
    *,
    now: int,
    mode: Mode,
    resolve: Resolve,
    on_progress: Callable[[Progress], None] | None,
) -> Outcome:
    """A view beside an earlier period: both are asked for, and rolled up together."""
    from usagetop.store.earlier import load_both, sides_of

    sides = sides_of(view.query(now), view.compare, now)
    answer, before = await load_both(loader, sides, mode=mode, on_progress=on_progress)
    return await asyncio.to_thread(_compared, view, answer, before, sides.shift, resolve)


def _compared(view: View, answer: Answer, before: Answer, shift: int, resolve: Resolve) -> Outcome:
    from usagetop.store.earlier import beside

    made = outcome(view, answer, resolve)
    frame, earlier = beside(made.frame, rollup(before.query, before.buckets), before.query, shift=shift)
    arranger = Arranger(frame, made.labels, earlier)
    _look_through(frame, arranger, view)
    series = made.series._replace(earlier=_totals_before(made.series, view, earlier, shift))
    return made._replace(frame=frame, series=series, arranger=arranger, earlier=earlier, trends=None)


def _totals_before(series: Series, view: View, earlier: Earlier, shift: int) -> tuple[float | None, ...]:
    """The earlier total for each bucket of the series; None where it was missing.

    The chart draws them, so floats will do.
    """
    totals = {
        point.start + shift: point.totals.amounts.get(series.currency, 0)
        if view.about.is_costs
        else point.totals.counts.get(view.charted, 0)
        for point in earlier.frame.buckets
    }
    return tuple(float(totals[start]) if start in totals else None for start in series.starts)
