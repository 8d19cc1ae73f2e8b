"""A view that is still arriving: what has come of it is drawn where there are no older numbers to look at."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from usagetop.messages import PartArrived
from usagetop.screens.asking import AskingExplorer
from usagetop.store.outcome import outcome as outcome_of
from usagetop.store.outcome import relabelled

if TYPE_CHECKING:
    from collections.abc import Callable

    from usagetop.model.answer import Answer
    from usagetop.store.outcome import Outcome
    from usagetop.store.progress import Progress
    from usagetop.store.session import View


class ArrivingExplorer(AskingExplorer):
    """Draws parts of a load that takes its time: dimmed, and called incomplete.

    Parts are rolled up in a thread, one at a time, and always the latest.
    """

    _at_place = True
    _part: Outcome | None = None
    _arrived: Callable[[], Answer] | None = None

    def draw_arrived(self, view: View, progress: Progress) -> None:
        """Roll up what has come of the view that is waited for, unless other numbers stand there."""
        if progress.so_far is None or not self.dimmed or not self._is_free(view):
            return
        idle = self._arrived is None
        self._arrived = progress.so_far
        if idle:
            self.run_worker(self._roll_up(view), group="part", exit_on_error=False)

    def _is_free(self, view: View) -> bool:
        """Whether no whole numbers stand where those of the view will."""
        before = self.outcomes.get(view.category)
        return before is None or before is self._part

    async def _roll_up(self, view: View) -> None:
        """The worker: it touches no widget, it posts."""
        try:
            while (so_far := self._arrived) is not None and self.awaited == view:
                self.post_message(PartArrived(await asyncio.to_thread(_outcome, view, so_far)))
                if self._arrived is so_far:
                    break
        finally:
            self._arrived = None

    def on_part_arrived(self, message: PartArrived) -> None:
        """Draw a part, if its view is still waited for; the cursor stays on its row."""
        outcome = message.outcome
        if outcome.view != self.awaited or not len(outcome.frame) or not self._is_free(outcome.view):
            return
        here = self.table.key
        self._part = self.outcomes[outcome.view.category] = relabelled(outcome, self.view, self.resolve)
        self._at_place = False
        self.draw()
        self.table.follow(here)


def _outcome(view: View, so_far: Callable[[], Answer]) -> Outcome:
    return outcome_of(view, so_far())
