"""A store of units in memory: for the demo organization, and for tests. Nothing reaches the disk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from usagetop.client.units import Grain, Scope, Unit
from usagetop.errors import CacheUnusable


class MemoryCache:
    """Units in a dictionary, with the semantics of the disk cache."""

    def __init__(self) -> None:
        self._units: dict[tuple[Grain, int], Unit] = {}
        self._notes: dict[tuple[Scope, str], tuple[int, bytes]] = {}

    def read(self, grain: Grain, starts: Sequence[int]) -> dict[int, Unit]:
        """The stored units among these starts."""
        found = ((start, self._units.get((grain, start))) for start in starts)
        return {start: unit for start, unit in found if unit is not None}

    def write(self, grain: Grain, units: Iterable[Unit]) -> None:
        """Keep the units, in place of older ones."""
        self._units.update(((grain, unit.start), unit) for unit in units)

    def grains(self, scope: Scope, category: str, width: str) -> list[Grain]:
        """The grains that have units."""
        known = dict.fromkeys(grain for grain, _ in self._units)
        return [g for g in known if (g.scope, g.category, g.width) == (scope, category, width)]

    def read_note(self, scope: Scope, name: str) -> tuple[int, bytes] | None:
        """A small text under a name, and when it was fetched."""
        return self._notes.get((scope, name))

    def write_note(self, scope: Scope, name: str, fetched_at: int, text: bytes) -> None:
        """Keep a small text under a name."""
        self._notes[scope, name] = (fetched_at, text)

    def take_trouble(self) -> CacheUnusable | None:
        """Memory gives no trouble."""
        return None

    def close(self) -> None:
        """Nothing to let go of."""
