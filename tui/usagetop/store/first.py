"""The explorer's first view, made while the screen is still being loaded."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from usagetop.store.outcome import peeked

if TYPE_CHECKING:
    from usagetop.store.loader import Loader
    from usagetop.store.outcome import Outcome
    from usagetop.store.session import View


class First:
    """A thread that answers a view from the cache alone and rolls it up.

    It begins at once. Where anything must be asked, or goes wrong, there is no outcome: the load that follows
    asks, and tells what is wrong.
    """

    def __init__(self, loader: Loader, view: View, now: int) -> None:
        """``now`` (UTC seconds) resolves the view's range."""
        self.view = view
        self._made: Outcome | None = None
        self._thread = threading.Thread(
            target=self._make, args=(loader, now), name="usagetop-first", daemon=True
        )
        self._thread.start()

    def _make(self, loader: Loader, now: int) -> None:
        try:
            self._made = peeked(loader, self.view, now)
        except Exception:  # noqa: BLE001 - the load meets it again, where it can be told
            self._made = None

    def within(self, seconds: float | None = None) -> Outcome | None:
        """The outcome once the thread has ended, waiting so long for it (None: to its end); None without one."""
        self._thread.join(seconds)
        return self._made
