"""Loading: the one way from a view to the screen.

A view is put into the session, a worker asks the loader and posts a message, and the handlers here draw.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from typing import TYPE_CHECKING

from usagetop.errors import UsagetopError
from usagetop.messages import Loaded, LoadFailed, LoadProgress
from usagetop.model.text import label
from usagetop.screens import captions
from usagetop.screens.arriving import ArrivingExplorer
from usagetop.screens.drawing import QUIET_SECONDS
from usagetop.store.outcome import Memo, load_outcome, relabelled
from usagetop.store.progress import Progress
from usagetop.store.rows import instead_of_refused
from usagetop.store.session import Place, Session
from usagetop.widgets.bars import FooterBar

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.timer import Timer

    from usagetop.analysis.series import Series
    from usagetop.messages import ChartBuilt
    from usagetop.screens.desk import Desk
    from usagetop.store.loader import Mode
    from usagetop.store.outcome import Outcome
    from usagetop.store.session import View

_AUTO_SECONDS = 60
# So long the first paint waits for numbers from the cache.
_FIRST_SECONDS = 0.05
# So long a thread that sorts or rolls up may keep a key waiting, several times a key; Python's own is five times it.
_TURN_SECONDS = 0.001
_MANY_GROUPS = 50_000
_ANNOUNCE_SECONDS = 0.03


class LoadingExplorer(ArrivingExplorer):
    """Opens views: asks, waits, draws what came, says what did not."""

    _quiet = False
    _settled: Session | None = None
    _dimming: Timer | None = None

    def __init__(self, desk: Desk) -> None:
        """Open on the session's current view."""
        super().__init__(desk)
        self._memo = Memo()
        self._first = desk.first

    def on_mount(self) -> None:
        """Draw what is known and ask for the rest."""
        sys.setswitchinterval(_TURN_SECONDS)
        bar = self.query_one(FooterBar)
        bar.left, bar.right = captions.footer(self.desk.keys)
        self.table.focus()
        self._open_first()
        if self.desk.auto and self.desk.mode == "normal":
            self.set_interval(_AUTO_SECONDS, self._refresh_due)

    def _open_first(self) -> None:
        """A warm cache answers before the first paint, which waits little; otherwise the load begins."""
        made = self._first.within(_FIRST_SECONDS) if self._first is not None else None
        if made is None:
            self.draw()
            self.open_view(self.view)
        else:
            self._first = None
            self._memo.keep(made)
            self.awaited = self.view
            self.on_loaded(Loaded(made, quiet=False))

    # -- from a view to the screen

    def show(self, view: View) -> None:
        """Go on to a view: a step in the history, and a load."""
        self.keep_place()
        self.session = self.session.show(view)
        self.open_view(view)

    def open_view(self, view: View, *, mode: Mode | None = None, quiet: bool = False) -> None:
        """Ask for the current view; the older load of this screen ends."""
        self._end_load(dimmed=self.dimmed)
        self.awaited = view
        self._quiet = quiet
        if not quiet:
            self._draw_old(view)
            self._dimming = self.set_timer(QUIET_SECONDS, lambda: self._dim(view))
        self.run_worker(
            self._load(view, mode or self.desk.mode, self.chart.maker(view.chart), quiet=quiet),
            group="load",
            exclusive=True,
            exit_on_error=False,
        )

    def _draw_old(self, view: View) -> None:
        """Another tab at once, with its last numbers; within a tab the numbers change when they are there.

        A refresh leaves cursor and marks; another view begins at its own place.
        """
        before = self.outcome
        other_tab = self.drawn_category != view.category
        refreshing = before is not None and before.view.asks_like(view)
        self._at_place = not refreshing
        if other_tab or not refreshing:
            self.marks = frozenset()
        if not other_tab and before is not None:
            # What is stored is there in less: then all is drawn at once, and once.
            self.set_timer(_ANNOUNCE_SECONDS, lambda: self._announce(view))
            return
        self.draw()
        if refreshing:
            self._restore(view)

    def _announce(self, view: View) -> None:
        """Say what is being loaded, over the numbers from before."""
        if self.awaited == view:
            self.draw_captions()

    def _restore(self, view: View) -> None:
        """Put the cursor where the view was left."""
        self.table.restore(view.place.row, view.place.top, view.place.column)

    async def _load(
        self, view: View, mode: Mode, draw: Callable[[Series], ChartBuilt | None], *, quiet: bool
    ) -> None:
        """The worker: it touches no widget, it posts. ``draw`` builds the chart's picture in a thread."""
        try:
            outcome = await self._late(view, mode) or await load_outcome(
                self.desk.loader,
                view,
                now=self.now(),
                mode=mode,
                resolve=self.resolve,
                on_progress=lambda progress: self._tell_progress(view, progress),
                memo=self._memo,
            )
            picture = await asyncio.to_thread(draw, outcome.series)
        except UsagetopError as error:
            self.post_message(LoadFailed(view, error, quiet=quiet))
        except Exception as fault:  # noqa: BLE001 - one tab's fault must not take the others along
            own = UsagetopError("a fault of usagetop", why=label(f"{type(fault).__name__}: {fault}"))
            self.post_message(LoadFailed(view, own, quiet=quiet))
        else:
            self.post_message(Loaded(outcome, quiet=quiet, picture=picture))

    async def _late(self, view: View, mode: Mode) -> Outcome | None:
        """The first view, where making it took longer than the first paint waited."""
        first, self._first = self._first, None
        if first is None or first.view != view or mode != "normal":
            return None
        made = await asyncio.to_thread(first.within)
        if made is not None:
            self._memo.keep(made)
        return made

    def _tell_progress(self, view: View, progress: Progress) -> None:
        self.post_message(LoadProgress(view, progress))

    def on_load_progress(self, message: LoadProgress) -> None:
        """Show how far the load is; a refresh behind the reader's back shows nothing."""
        if message.view == self.awaited and not self._quiet:
            self.progress = message.progress
            self.draw_status()
            self.draw_arrived(message.view, message.progress)

    def on_loaded(self, message: Loaded) -> None:
        """Show the outcome, if it is still the one that is wanted."""
        outcome = message.outcome
        if outcome.view != self.awaited:
            return
        self._end_load()
        if message.picture is not None:
            self.chart.keep(message.picture)
        before = self.outcomes.get(outcome.view.category)
        failed = self.errors.pop(outcome.view.category, None) is not None
        if message.quiet and before is not None and not failed and _same_numbers(before, outcome):
            self.outcomes[outcome.view.category] = before._replace(answer=outcome.answer)
            self.draw_status()
            return
        used = outcome.answer.query.group_by
        if used != outcome.view.group_by:
            self.session = self.session.adjust(self.view.changed(group_by=used, sort=""))
            self._tell_fallback(outcome)
            further = instead_of_refused(outcome.view, used)
            if further is not None:
                self._tell_notices(outcome, before)
                self.session = self.session.adjust(further)
                self.open_view(further)
                return
        # What was sorted or renamed while it loaded, holds.
        outcome = relabelled(outcome, self.view, self.resolve)
        self.outcomes[outcome.view.category] = outcome
        self._tell_notices(outcome, None if before is self._part else before)
        here = self.table.key
        self.draw()
        if self._at_place and not message.quiet:
            self._restore(self.view)
        else:
            self.table.follow(here)
        self.ask_names(outcome)
        self.call_after_refresh(self.ask_ahead, outcome)  # whatever it asks, the numbers are painted first
        if len(outcome.frame) > _MANY_GROUPS:
            # They stay until another view takes their place: to look through them for garbage would only take time.
            gc.freeze()

    def on_load_failed(self, message: LoadFailed) -> None:
        """Say what went wrong; the old numbers stay where there are some."""
        if message.view != self.awaited:
            return
        self._end_load()
        category, error = message.view.category, message.error
        known = self.errors.get(category)
        # A refresh that fails every minute in the same way is told once.
        if not (message.quiet and known is not None and known.lines() == error.lines()):
            for line in error.lines():
                self.tell("error", line)
        self.errors[category] = error
        before = self.outcomes.get(category)
        # Numbers of another question must not stand under this one.
        if before is not None and not before.view.asks_like(message.view):
            del self.outcomes[category]
        self.draw()

    def _end_load(self, *, dimmed: bool = False) -> None:
        """Nothing is waited for any more; what was to be dimmed for it is not."""
        self.awaited = None
        self.progress = None
        self.dimmed = dimmed
        if self._dimming is not None:
            self._dimming.stop()

    def _tell_fallback(self, outcome: Outcome) -> None:
        notice = outcome.answer.notice("fallback_grouping")
        if notice is not None:
            self.notify(notice.message, title="grouping refused", severity="warning", markup=False)

    def _tell_notices(self, outcome: Outcome, before: Outcome | None) -> None:
        old = set(before.answer.notices) if before is not None else set()
        for notice in outcome.answer.notices:
            if notice not in old:
                self.tell("notice", f"{outcome.view.category}: {notice.message}")

    def _dim(self, view: View) -> None:
        """Old numbers are dimmed while the new ones take their time."""
        if self.awaited == view:
            self.dimmed = self.chart.stale = self.table.stale = True
            self.chart.refresh()
            self.table.refresh()
            self.draw_loading()
            if self.progress is not None:
                self.draw_arrived(view, self.progress)

    def draw_loading(self) -> None:
        """Say that a load is under way before its first buckets are in."""
        if self.progress is None and self.awaited is not None:
            self.progress = Progress(0, 0)
        self.draw_status()

    def keep_place(self) -> None:
        """Remember cursor, scroll and column in the view that is left, and the view for a cancelled load."""
        if self.awaited is not None and not self._quiet:
            return  # what is drawn is another view's
        place = Place(self.table.row, self.table.top, self.table.column)
        self._settled = self.session = self.session.adjust(self.view.changed(place=place))

    def cancel_load(self) -> None:
        """End the running load; what had come stays cached, the old numbers stay shown."""
        self.workers.cancel_group(self, "load")
        self._end_load()
        self.tell("notice", "load cancelled")
        outcome, settled = self.outcome, self._settled
        if outcome is not None and not outcome.view.asks_like(self.view):
            back = settled is not None and settled.current.asks_like(outcome.view)
            self.session = settled if settled is not None and back else self.session.adjust(outcome.view)
        self.draw()

    def _refresh_due(self) -> None:
        """Ask again for what is due, while the range reaches now and somebody may be looking."""
        outcome = self.outcome
        idle = self.awaited is None and self.app.screen is self and self.app.app_focus
        if idle and outcome is not None and outcome.answer.query.range.is_open:
            self.open_view(self.view, quiet=True)


def _same_numbers(old: Outcome, new: Outcome) -> bool:
    """Whether there is nothing new to draw: the same buckets of the same times, and the same to say of them."""
    before, after = old.answer, new.answer
    same_times = (
        before.query.starts() == after.query.starts() and before.query.group_by == after.query.group_by
    )
    return same_times and before.buckets == after.buckets and before.notices == after.notices
