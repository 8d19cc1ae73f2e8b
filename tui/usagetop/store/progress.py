"""How far a load is, for a status line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from usagetop.client.events import Event, Retrying

if TYPE_CHECKING:
    from usagetop.model.answer import Answer


class Progress(NamedTuple):
    """``done`` of ``total`` buckets are in; ``note`` says what is being waited for (drawable, may be empty).

    ``so_far`` makes an incomplete answer of the buckets that are in; None before the first have come. It may be
    called in a thread.
    """

    done: int
    total: int
    note: str = ""
    so_far: Callable[[], Answer] | None = None


OnProgress = Callable[[Progress], None]


class Counter:
    """Counts the buckets of one load and tells how far it is."""

    def __init__(self, total: int, done: int, on_progress: OnProgress | None) -> None:
        """``done`` buckets of ``total`` are stored already."""
        self._total = total
        self._done = done
        self._note = ""
        self._on_progress = on_progress
        self._so_far: Callable[[], Answer] | None = None
        self._tell()

    def arrived(self, so_far: Callable[[], Answer]) -> None:
        """A window is in as a whole: this is the answer so far."""
        self._so_far = so_far
        self._tell()

    def add(self, buckets: int) -> None:
        """So many more are in; whatever was waited for is over."""
        self._done = min(self._total, self._done + buckets)
        self._note = ""
        self._tell()

    def hear(self, event: Event) -> None:
        """A retry or a wait, in words."""
        if isinstance(event, Retrying):
            self._note = f"{event.reason}, trying again in {event.seconds:.0f} s"
        else:
            self._note = ""
        self._tell()

    def _tell(self) -> None:
        if self._on_progress is not None:
            self._on_progress(Progress(self._done, self._total, self._note, self._so_far))
