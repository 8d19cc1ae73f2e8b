"""A store of units in memory: for the demo organization, and for tests. Nothing reaches the disk."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence

from usagetop.client.units import Amend, Grain, Scope, Stored, Unit
from usagetop.errors import CacheUnusable


class MemoryCache:
    """Units in a dictionary, with the semantics of the disk cache."""

    def __init__(self) -> None:
        self._units: dict[tuple[Grain, int], Unit] = {}
        self._notes: dict[tuple[Scope, str], tuple[int, bytes]] = {}
        self._lock = threading.Lock()  # windows are stored in threads of their own

    def look(self, scope: Scope, wanted: Mapping[Grain, Sequence[int]], names: Sequence[str]) -> Stored:
        """The stored units among these starts of each grain, and the notes of these names."""
        with self._lock:
            notes = ((name, self._notes.get((scope, name))) for name in names)
            return Stored(
                {grain: self._found(grain, starts) for grain, starts in wanted.items()},
                {name: note for name, note in notes if note is not None},
            )

    def read(self, grain: Grain, starts: Sequence[int]) -> dict[int, Unit]:
        """The stored units among these starts."""
        with self._lock:
            return self._found(grain, starts)

    def _found(self, grain: Grain, starts: Sequence[int]) -> dict[int, Unit]:
        found = ((start, self._units.get((grain, start))) for start in starts)
        return {start: unit for start, unit in found if unit is not None}

    def write(
        self, grain: Grain, units: Iterable[Unit], *, names: Sequence[str] = (), amend: Amend | None = None
    ) -> None:
        """Keep the units in place of older ones, and what ``amend`` makes of the named notes."""
        kept = {(grain, unit.start): unit for unit in units}
        at = max((unit.fetched_at for unit in kept.values()), default=0)
        with self._lock:
            if amend is not None:
                known = {
                    name: self._notes[grain.scope, name][1]
                    for name in names
                    if (grain.scope, name) in self._notes
                }
                self._notes |= {(grain.scope, name): (at, text) for name, text in amend(known).items()}
            self._units |= kept

    def read_note(self, scope: Scope, name: str) -> tuple[int, bytes] | None:
        """A small text under a name, and when it was fetched."""
        return self._notes.get((scope, name))

    def write_note(self, scope: Scope, name: str, fetched_at: int, text: bytes) -> None:
        """Keep a small text under a name."""
        with self._lock:
            self._notes[scope, name] = (fetched_at, text)

    def take_trouble(self) -> CacheUnusable | None:
        """Memory gives no trouble."""
        return None

    def close(self) -> None:
        """Nothing to let go of."""
