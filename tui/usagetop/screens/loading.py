"""Loading: the one way from a view to the screen.

A view is put into the session, a worker asks the loader and posts a message, and the handlers here draw.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from usagetop.errors import UsagetopError
from usagetop.messages import Loaded, LoadFailed, LoadProgress, NamesFound
from usagetop.model.dimensions import DIMENSIONS
from usagetop.model.text import label
from usagetop.screens import captions
from usagetop.screens.drawing import DrawingExplorer
from usagetop.store.labels import by_names
from usagetop.store.outcome import load_outcome, relabelled
from usagetop.store.progress import Progress
from usagetop.store.rows import ordered_rows
from usagetop.store.session import Place
from usagetop.widgets.bars import FooterBar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from usagetop.store.loader import Mode
    from usagetop.store.outcome import Outcome
    from usagetop.store.session import View

# Loads that take no longer leave the old numbers undimmed: a flash tells nothing.
_QUIET_SECONDS = 0.15
_AUTO_SECONDS = 60
_MOST_NAME_REQUESTS = 20
# So many rows from the top have their names looked up.
_MOST_NAMED = 500


class LoadingExplorer(DrawingExplorer):
    """Opens views: asks, waits, draws what came, says what did not."""

    _at_place = True

    def on_mount(self) -> None:
        """Draw what is known and ask for the rest."""
        bar = self.query_one(FooterBar)
        bar.left, bar.right = captions.footer(self.desk.keys)
        self.table.focus()
        self.draw()
        self.open_view(self.view)
        if self.desk.auto and self.desk.mode == "normal":
            self.set_interval(_AUTO_SECONDS, self._refresh_due)

    # -- from a view to the screen

    def show(self, view: View) -> None:
        """Go on to a view: a step in the history, and a load."""
        self.keep_place()
        self.session = self.session.show(view)
        self.open_view(view)

    def open_view(self, view: View, *, mode: Mode | None = None, quiet: bool = False) -> None:
        """Ask for the current view; the older load of this screen ends."""
        self.awaited = view
        before = self.outcome
        # A refresh leaves the reader where he is; another view begins at its own place.
        self._at_place = not quiet and (before is None or before.view != view)
        self.progress = None
        if not quiet:
            self.marks = frozenset()
            # Another tab at once, with its last numbers; within a tab the numbers change when they are there.
            if self.drawn_category != view.category or before is None:
                self.draw()
            else:
                self.draw_captions()
            self.set_timer(_QUIET_SECONDS, lambda: self._dim(view))
        self.run_worker(
            self._load(view, mode or self.desk.mode, quiet=quiet),
            group="load",
            exclusive=True,
            exit_on_error=False,
        )

    async def _load(self, view: View, mode: Mode, *, quiet: bool) -> None:
        """The worker: it touches no widget, it posts."""
        try:
            outcome = await load_outcome(
                self.desk.loader,
                view,
                now=self.now(),
                mode=mode,
                resolve=self.resolve,
                on_progress=lambda progress: self._tell_progress(view, progress),
            )
        except UsagetopError as error:
            self.post_message(LoadFailed(view, error, quiet=quiet))
        except Exception as fault:  # noqa: BLE001 - one tab's fault must not take the others along
            own = UsagetopError("a fault of usagetop", why=label(f"{type(fault).__name__}: {fault}"))
            self.post_message(LoadFailed(view, own, quiet=quiet))
        else:
            self.post_message(Loaded(outcome, quiet=quiet))

    def _tell_progress(self, view: View, progress: Progress) -> None:
        self.post_message(LoadProgress(view, progress))

    def on_load_progress(self, message: LoadProgress) -> None:
        """Show how far the load is."""
        if message.view == self.awaited:
            self.progress = message.progress
            self.draw_status()

    def on_loaded(self, message: Loaded) -> None:
        """Show the outcome, if it is still the one that is wanted."""
        outcome = message.outcome
        if outcome.view != self.awaited:
            return
        self.awaited = None
        self.progress = None
        before = self.outcomes.get(outcome.view.category)
        self.errors.pop(outcome.view.category, None)
        if message.quiet and before is not None and outcome.answer.source.requests == 0:
            self.draw_status()
            return
        used = outcome.answer.query.group_by
        if used != outcome.view.group_by:
            self.session = self.session.adjust(self.view.changed(group_by=used, sort=""))
            outcome = replace(outcome, view=self.view)
            self._tell_fallback(outcome)
        self.outcomes[outcome.view.category] = outcome
        self._tell_notices(outcome, before)
        self.draw()
        if self._at_place:
            place = self.view.place
            self.table.restore(place.row, place.top, place.column)
        self._ask_names(outcome)

    def on_load_failed(self, message: LoadFailed) -> None:
        """Say what went wrong; the old numbers stay where there are some."""
        if message.view != self.awaited:
            return
        self.awaited = None
        self.progress = None
        for line in message.error.lines():
            self.tell("error", line)
        if not message.quiet:
            self.errors[message.view.category] = message.error
            before = self.outcome
            # Numbers of another question must not stand under this one.
            if before is not None and before.view != message.view:
                del self.outcomes[message.view.category]
        self.draw()

    def _tell_fallback(self, outcome: Outcome) -> None:
        notice = outcome.answer.notice("fallback_grouping")
        if notice is not None:
            self.notify(notice.message, title="grouping refused", severity="warning", markup=False)

    def _tell_notices(self, outcome: Outcome, before: Outcome | None) -> None:
        old = set(before.answer.notices) if before is not None else set()
        for notice in outcome.answer.notices:
            if notice not in old:
                self.tell("notice", f"{outcome.view.category}: {notice.message}")

    # -- names

    def _ask_names(self, outcome: Outcome) -> None:
        """Resolve the names of the rows in a worker of their own; the numbers do not wait for them."""
        dims = [name for name in outcome.frame.dims if DIMENSIONS[name].names]
        if not dims or not self.desk.with_names:
            return
        rows = ordered_rows(outcome.frame, outcome.labels, outcome.view.changed(search=""))
        ids = {
            name: [
                value
                for row in rows[:_MOST_NAMED]
                if isinstance(value := outcome.frame.keys[row][outcome.frame.dims.index(name)], str)
            ]
            for name in dims
        }
        self.run_worker(self._find_names(outcome, ids), group="names", exclusive=True, exit_on_error=False)

    async def _find_names(self, outcome: Outcome, ids: Mapping[str, list[str]]) -> None:
        found = await self.desk.loader.names(
            ids, most_requests=_MOST_NAME_REQUESTS, mode=self.desk.mode, buckets=outcome.answer.buckets
        )
        self.post_message(NamesFound(found))

    def on_names_found(self, message: NamesFound) -> None:
        """Draw the same numbers under their names."""
        for notice in message.found.notices:
            if all(told.text != notice.message for told in self.told):
                self.tell("notice", notice.message)
        self.resolve = by_names(message.found.names)
        outcome = self.outcome
        if outcome is not None:
            self.outcomes[self.view.category] = relabelled(outcome, outcome.view, self.resolve)
            self.draw()

    def _dim(self, view: View) -> None:
        """Old numbers are dimmed while the new ones take their time."""
        if self.awaited == view:
            self.chart.stale = self.table.stale = True
            self.chart.refresh()
            self.table.refresh()
            self.draw_loading()

    def draw_loading(self) -> None:
        """Say that a load is under way before its first buckets are in."""
        if self.progress is None and self.awaited is not None:
            self.progress = Progress(0, 0)
        self.draw_status()

    def keep_place(self) -> None:
        """Remember cursor, scroll and column in the view that is left."""
        place = Place(self.table.row, self.table.top, self.table.column)
        self.session = self.session.adjust(self.view.changed(place=place))

    def _refresh_due(self) -> None:
        """Ask again for what is due, while the range reaches now and somebody may be looking."""
        outcome = self.outcome
        idle = self.awaited is None and self.app.screen is self and self.app.app_focus
        if idle and outcome is not None and outcome.answer.query.range.is_open:
            self.open_view(self.view, quiet=True)
