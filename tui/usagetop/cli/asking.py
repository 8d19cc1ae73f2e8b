"""From the words of a command to an answer: open the loader, resolve names in filters, load, roll up.

Shared by ``show`` and ``check``. An answer that the cache holds whole needs no event loop.
"""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING

from usagetop.analysis.frame import rollup
from usagetop.cli.ending import tell
from usagetop.cli.naming import (
    MOST_NAME_REQUESTS,
    named_filters,
    refuse_unseen,
    resolved,
    unknown_words,
)
from usagetop.errors import UsageError
from usagetop.exports.report import Report, Sort
from usagetop.model.answer import Notice
from usagetop.model.dimensions import DIMENSIONS
from usagetop.model.query import make_query
from usagetop.model.text import label
from usagetop.settings import Settings, is_loopback, is_official, load_settings, place_of
from usagetop.store.labels import raw_names
from usagetop.store.opening import open_loader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from usagetop.analysis.compare import Periods
    from usagetop.cli.options import SourceOptions, ViewOptions
    from usagetop.model.answer import Answer
    from usagetop.model.query import Query
    from usagetop.store.loader import Loader


class Asking:
    """One command's way to its answer.

    ``clock`` gives UTC seconds; the range is resolved against it once.
    """

    def __init__(
        self, view: ViewOptions, source: SourceOptions, clock: Callable[[], float] = time.time
    ) -> None:
        self._view = view
        self._source = source
        self._now = int(clock())
        self._clock = clock
        self._query, self._widened = make_query(
            view.category, view.range, now=self._now, by=view.by, width=view.width, filters=view.filters
        )
        self._sides: Periods | None = None
        if view.compare:
            from usagetop.store.earlier import sides_of

            self._sides = sides_of(self._query, view.compare, self._now)
            self._query = self._sides.current
        self.sort = read_sort(view, self._query)
        # Filter values that may be names; without names they are taken for ids.
        self._pairs = named_filters(self._query.filters) if source.names else []
        self._notices: list[Notice] = []
        self._name_requests = 0
        self._unknown: list[tuple[str, str]] = []  # sent as ids, for want of a list of names
        self._names: dict[str, dict[str, str]] = {}  # those that the filters are written with

    def report(self) -> Report:
        """Ask, and return the report; raises errors of ``usagetop.errors``."""
        loader = opened(self._source, self._clock)
        if self._source.mode == "normal" and not self._pairs:
            answers = self._peeked(loader)
            if answers is not None:
                draft = self._draft(*answers)
                if not self._wanted(draft):
                    return draft  # no connection was opened
        gc.enable()  # an answer may be large
        import asyncio  # a fifth of a second's worth of modules on a slow machine: only for those who wait

        return asyncio.run(self._ask_and_close(loader))

    async def _ask_and_close(self, loader: Loader) -> Report:
        try:
            return await self._ask(loader)
        finally:
            await loader.aclose()

    def _peeked(self, loader: Loader) -> tuple[Answer, Answer | None] | None:
        """The answer, and the earlier period's where there is one, if the cache has all of both."""
        if self._sides is not None:
            from usagetop.store.earlier import peek_both

            return peek_both(loader, self._sides)
        answer = loader.peek(self._query)
        return None if answer is None else (answer, None)

    async def _loaded(self, loader: Loader) -> tuple[Answer, Answer | None]:
        if self._sides is None:
            return await loader.load(self._query, mode=self._source.mode), None
        from dataclasses import replace

        from usagetop.store.earlier import load_both

        # Names in filters are ids by now, on both sides.
        previous = self._sides.previous._replace(filters=self._query.filters)
        sides = replace(self._sides, current=self._query, previous=previous)
        return await load_both(loader, sides, mode=self._source.mode)

    async def _ask(self, loader: Loader) -> Report:
        await self._resolve_filters(loader)
        answer, before = await self._loaded(loader)
        draft = self._draft(answer, before)
        refuse_unseen(self._unknown, answer, empty=not len(draft.frame))
        wanted = self._wanted(draft)
        if not wanted:
            return draft
        left = MOST_NAME_REQUESTS - self._name_requests
        buckets = (*answer.buckets, *(before.buckets if before is not None else ()))
        found = await loader.names(wanted, most_requests=left, mode=self._source.mode, buckets=buckets)
        self._heard(found.notices, found.requests)
        for name, texts in raw_names(found.names, wanted).items():
            self._names.setdefault(name, {}).update(texts)
        source = answer.source._replace(name_requests=self._name_requests)
        return draft._replace(names=self._names, source=source, notices=self._told(answer, draft))

    def _draft(self, answer: Answer, before: Answer | None = None) -> Report:
        """The report with the names that are known so far; ``before`` is the earlier period's answer."""
        frame, earlier = rollup(answer.query, answer.buckets), None
        if before is not None and self._sides is not None:
            from usagetop.store.earlier import beside

            old = rollup(before.query, before.buckets)
            frame, earlier = beside(frame, old, before.query, shift=self._sides.shift)
        draft = Report(
            query=answer.query,
            frame=frame,
            notices=(),
            source=answer.source._replace(name_requests=self._name_requests),
            complete=answer.complete,
            metric=self._view.metric or frame.category.metrics[0].name,
            sort=self.sort,
            top=self._view.top,
            names=self._names,
            earlier=earlier,
            ages=answer.ages,
        )
        return draft._replace(notices=self._told(answer, draft))

    def _told(self, answer: Answer, draft: Report) -> tuple[Notice, ...]:
        """The answer's notices, and those that follow from the question and from the roll-up."""
        told = list(answer.notices)
        if self._widened:
            told.append(Notice("range_widened", f"the range was widened to whole {_step(answer.query)}"))
        if mixed := draft.frame.mixed_units or draft.mixed_units:
            told.append(_mixed(mixed))
        return tuple(dict.fromkeys([*told, *self._notices]))

    # -- names

    def _wanted(self, draft: Report) -> dict[str, list[str]]:
        """The ids in the rows that could have a name, in the order of the rows."""
        if not self._source.names:
            return {}
        wanted: dict[str, list[str]] = {}
        for at, dimension in enumerate(draft.by):
            if DIMENSIONS[dimension].names:
                ids = (value for row in draft.rows if isinstance(value := row.key[at], str))
                wanted[dimension] = list(dict.fromkeys(ids))
        return {dimension: ids for dimension, ids in wanted.items() if ids}

    async def _resolve_filters(self, loader: Loader) -> None:
        """Put ids where names stand in the filters; raises UsageError for a name that is not unique."""
        if self._pairs:
            filters, found = await resolved(loader, self._query.filters, self._source.mode)
            self._heard(found.notices, found.requests)
            self._query = self._query._replace(filters=filters)
            self._unknown = unknown_words(found.names, self._pairs)
            ids = {one.dimension: [*filter(None, (*one.keep, *one.drop))] for one in filters}
            self._names = raw_names(found.names, ids)

    def _heard(self, notices: Iterable[Notice], requests: int) -> None:
        self._notices += notices
        self._name_requests += requests


def _mixed(rows: int) -> Notice:
    what = "1 row was" if rows == 1 else f"{rows:,} rows were"
    return Notice("mixed_units", f"{what} billed in several units; no quantity is shown there")


def _step(query: Query) -> str:
    return {"1d": "days", "1h": "hours", "1m": "minutes"}[query.width]


def read_sort(view: ViewOptions, query: Query) -> Sort:
    """The row order that a view asks for; raises UsageError for a column that the rows do not have.

    Numbers start with the largest, dimensions with the smallest; without a column the metric decides.
    """
    about = query.about
    metric = about.metric(view.metric).name if view.metric else about.metrics[0].name
    if not view.sort:
        return Sort(metric)
    column, _, direction = view.sort.partition(":")
    metrics = [one.name for one in about.metrics]
    if view.compare:
        metrics += ["previous", "delta", "change"]
    if column not in {*metrics, *query.group_by} or direction not in {"", "asc", "desc"}:
        choices = " ".join([*metrics, *query.group_by])
        raise UsageError(
            f"cannot sort by '{label(view.sort, most=60)}'", mend=f"Columns: {choices}; then :asc or :desc"
        )
    return Sort(column, descending=direction == "desc" or (not direction and column in metrics))


def opened(source: SourceOptions, clock: Callable[[], float] = time.time) -> Loader:
    """The loader that the options ask for; a host that is not OpenAI's is named on stderr."""
    if source.scenario is not None:
        return open_loader(Settings(), scenario=source.scenario, clock=clock, fallback=source.fallback)
    settings = load_settings()
    if not is_official(settings.base_url) and not is_loopback(settings.base_url) and source.mode != "offline":
        tell(f"asking {label(place_of(settings.base_url))} with the admin key, not api.openai.com")
    return open_loader(settings, mode=source.mode, clock=clock, fallback=source.fallback)
