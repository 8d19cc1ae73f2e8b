"""What a load ends with: the answer, its frame, its series and the names; everything that a screen shows."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from usagetop.analysis.frame import rollup
from usagetop.analysis.over_time import over_time
from usagetop.store.labels import Labels, Resolve, no_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from usagetop.analysis.frame import Frame
    from usagetop.analysis.series import Series
    from usagetop.model.answer import Answer
    from usagetop.store.loader import Loader, Mode, Progress
    from usagetop.store.session import View


@dataclass(frozen=True)
class Outcome:
    """A view that was answered. ``view`` is what was asked; ``answer.query`` what was answered."""

    view: View
    answer: Answer
    frame: Frame
    series: Series
    labels: Labels


def outcome(view: View, answer: Answer, resolve: Resolve = no_names) -> Outcome:
    """Roll an answer up for a view (pure; a large one belongs in a thread)."""
    query = answer.query
    frame = rollup(query, answer.buckets)
    labels = Labels(frame, resolve if not view.show_ids else no_names, width=query.width)
    currency = next(iter(frame.totals.amounts), "usd") if query.about.is_costs else ""
    series = over_time(query, answer.buckets, view.charted, label_of=labels.line, currency=currency)
    return Outcome(view, answer, frame, series, labels)


def relabelled(old: Outcome, view: View, resolve: Resolve) -> Outcome:
    """The same answer with other names (they arrive later than the numbers) or with ids."""
    labels = Labels(old.frame, resolve if not view.show_ids else no_names, width=old.answer.query.width)
    lines = tuple(
        line if line.key is None else replace(line, label=labels.line(_line_dims(old), line.key))
        for line in old.series.lines
    )
    return replace(old, view=view, labels=labels, series=replace(old.series, lines=lines))


def _line_dims(old: Outcome) -> tuple[str, ...]:
    """The dimensions of a series' keys: those of the frame without the bucket."""
    return tuple(name for name in old.frame.dims if name != "bucket")


async def load_outcome(
    loader: Loader,
    view: View,
    *,
    now: int,
    mode: Mode,
    resolve: Resolve = no_names,
    on_progress: Callable[[Progress], None] | None = None,
) -> Outcome:
    """Ask the loader for a view and roll the answer up off the event loop; raises what the loader raises."""
    answer = await loader.load(view.query(now), mode=mode, on_progress=on_progress)
    return await asyncio.to_thread(outcome, view, answer, resolve)
