"""Asking behind the numbers that are shown: for the names of their rows, and for what a reader drills into next."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from usagetop.errors import UsagetopError
from usagetop.messages import NamesFound, OddFound
from usagetop.model.dimensions import DIMENSIONS
from usagetop.screens.drawing import DrawingExplorer
from usagetop.store.ahead import ahead_of, weeks_before
from usagetop.store.labels import by_names
from usagetop.store.outcome import relabelled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from usagetop.client.names import Names
    from usagetop.model.query import Query
    from usagetop.store.loader import Loader
    from usagetop.store.odd import Odd
    from usagetop.store.outcome import Outcome

_MOST_NAME_REQUESTS = 20
# So many rows from the top have their names looked up.
_MOST_NAMED = 500


class AskingExplorer(DrawingExplorer):
    """Workers of their own: no number waits for a name."""

    _names: Names | None = None
    # An outcome of many rows: which of them are the first, is not known yet.
    _nameless: Outcome | None = None

    # -- asking ahead

    def ask_ahead(self, outcome: Outcome) -> None:
        """Fetch the grain of the drill path behind the numbers that are shown."""
        query = None
        if self.desk.mode == "normal" and self.desk.ahead and outcome.earlier is None:
            answer = outcome.answer
            query = (ahead_of(answer) if self.desk.loader.lattice else None) or weeks_before(answer)
        self.run_worker(self._load_ahead(outcome, query), group="ahead", exclusive=True, exit_on_error=False)

    async def _load_ahead(self, outcome: Outcome, query: Query | None) -> None:
        """Nobody waits for this: what goes wrong here is told again when somebody asks for it."""
        with suppress(UsagetopError):
            if query is not None and not self.desk.loader.limited:
                await self.desk.loader.load(query)
        odd = await asyncio.to_thread(_odd_of, self.desk.loader, outcome)
        if odd is not None:
            self.post_message(OddFound(outcome, odd))

    def on_odd_found(self, message: OddFound) -> None:
        """Mark odd days in the chart, and the rows that drove them, if they are still those that are shown."""
        outcome, odd = self.outcome, message.odd
        if outcome is None or outcome.answer is not message.outcome.answer:
            return
        if not odd.days:
            self.outcomes[outcome.view.category] = outcome._replace(odd=odd)
            self.draw_chart_title(self.chart.bucket)
            return
        starts = {start: number for number, start in enumerate(outcome.series.starts)}
        marks = tuple(starts[one.start] for one in odd.days if one.start in starts)
        series = outcome.series._replace(odd=marks)
        self.outcomes[outcome.view.category] = outcome._replace(series=series, odd=odd)
        self.draw()

    # -- names

    def ask_names(self, outcome: Outcome) -> None:
        """Resolve the names of rows and filters in a worker of their own; the numbers do not wait for them."""
        dims = [name for name in outcome.frame.dims if DIMENSIONS[name].names]
        named = [one for one in outcome.view.filters if DIMENSIONS[one.dimension].names]
        if not (dims or named) or not self.desk.with_names:
            return
        rows = outcome.arranger.ready(outcome.view.changed(search="", top=None))
        self._nameless = outcome if rows is None else None
        if rows is None:
            return
        ids = {
            name: [
                value
                for row in rows[:_MOST_NAMED]
                if isinstance(value := outcome.frame.keys[row][outcome.frame.dims.index(name)], str)
            ]
            for name in dims
        }
        for one in named:
            ids.setdefault(one.dimension, []).extend(value for value in (*one.keep, *one.drop) if value)
        self.run_worker(self._find_names(outcome, ids), group="names", exclusive=True, exit_on_error=False)

    def on_rows_made(self) -> None:
        """Many rows are in order: the names of the first can be asked for."""
        outcome = self._nameless
        if outcome is not None and outcome is self.outcome:
            self.ask_names(outcome)

    async def _find_names(self, outcome: Outcome, ids: Mapping[str, list[str]]) -> None:
        found = await self.desk.loader.names(
            ids,
            most_requests=_MOST_NAME_REQUESTS,
            mode=self.desk.mode,
            buckets=outcome.answer.buckets,
            states=True,
        )
        self.post_message(NamesFound(found))

    def know(self, found: Names | None) -> None:
        """Names that somebody found; those that were known before stay, for the breadcrumb needs them too."""
        if found is not None:
            self._names = found if self._names is None else found.over(self._names)
            self.resolve = by_names(self._names)

    def on_names_found(self, message: NamesFound) -> None:
        """Draw the same numbers under their names."""
        for notice in message.found.notices:
            if all(told.text != notice.message for told in self.told):
                self.tell("notice", notice.message)
        self.know(message.found.names)
        outcome = self.outcome
        if outcome is not None:
            self.outcomes[self.view.category] = relabelled(outcome, outcome.view, self.resolve)
            self.draw()


def _odd_of(loader: Loader, outcome: Outcome) -> Odd | None:
    """The odd days of an outcome; in a thread, with the modules that it needs."""
    from usagetop.store.odd import odd_of

    return odd_of(loader, outcome)
