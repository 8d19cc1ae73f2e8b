"""The cache of buckets on disk: units as sealed bytes, at most 512 MB, never a reason to fail."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from usagetop.client import cache_file
from usagetop.client.units import (
    NOTE,
    Amend,
    Grain,
    Scope,
    Stored,
    Unit,
    decode_note,
    decode_unit,
    digest,
    encode_note,
    encode_unit,
    note_tag,
)
from usagetop.errors import CacheUnusable

if TYPE_CHECKING:
    from usagetop.client.disk import PlainCache

T = TypeVar("T")

# SQLite takes at least 999 parameters in a statement.
_KEYS_AT_ONCE = 500
# Down to this share of the cap, so that not every further unit drops another.
_KEPT_SHARE = 0.9
# After another program was found to hold the file it is left alone for so long, not waited for every time.
_BUSY_SECONDS = 30.0
_FOR_EVER = float("inf")
_SELECT = (
    "SELECT key, value FROM Cache WHERE raw = 1 AND mode = 1 AND filename IS NULL"
    " AND typeof(key) = 'text' AND typeof(value) = 'blob'"
    " AND length(value) <= ? AND key IN ({})"
)


_IS_UNIT = f"COALESCE(tag, '') NOT LIKE '% {NOTE}'"


class BucketCache:
    """Units in a directory that only we can read.

    Opened when first used. Whatever is wrong with it, reading finds nothing, writing does nothing, and
    ``take_trouble`` tells why once; a damaged cache is moved aside. Several programs may use one directory.
    ``cap`` is in bytes of values.
    """

    def __init__(self, directory: Path, *, cap: int = cache_file.CAP_BYTES) -> None:
        self._directory = directory
        self._cap = cap
        self._room: int | None = None  # bytes left below the cap, as far as this program knows
        self._cache: PlainCache | None = None
        self._lock = threading.RLock()  # one writer; may be held as long as a foreign lock is waited for
        self._state = threading.Lock()  # what stands below, held for no longer than it takes to look
        self._off: dict[str, float] = {}  # what is left out, until when (monotonic seconds)
        self._trouble: CacheUnusable | None = None

    # -- UnitStore

    def look(self, scope: Scope, wanted: Mapping[Grain, Sequence[int]], names: Sequence[str]) -> Stored:
        """The stored units among these starts of each grain, and the notes of these names.

        A row that is not what was stored is deleted.
        """
        places: dict[str, Grain] = {}
        starts_of: dict[str, int] = {}
        for grain, starts in wanted.items():
            for start in starts:
                key = grain.key(start)
                places[key], starts_of[key] = grain, start
        named = {digest("note", scope, name): name for name in names}
        units: dict[Grain, dict[int, Unit]] = {grain: {} for grain in wanted}
        notes: dict[str, tuple[int, bytes]] = {}

        def take(key: str, data: bytes) -> None:
            if key in named:
                notes[named[key]] = decode_note(scope, key, data)
            else:
                grain, start = places[key], starts_of[key]
                units[grain][start] = decode_unit(grain, start, data)

        self._take_sound([*named, *places], take)
        return Stored(units, notes)

    def read(self, grain: Grain, starts: Sequence[int]) -> dict[int, Unit]:
        """The stored units among these starts; a row that is not what was stored is deleted."""
        return dict(self.look(grain.scope, {grain: starts}, ()).units[grain])

    def write(
        self, grain: Grain, units: Iterable[Unit], *, names: Sequence[str] = (), amend: Amend | None = None
    ) -> None:
        """Store units in place of older ones, and what ``amend`` makes of the named notes: all or nothing."""
        every = list(units)
        rows = [(grain.key(unit.start), encode_unit(grain, unit)) for unit in every]
        at = max((unit.fetched_at for unit in every), default=0)

        def amended(cache: PlainCache) -> list[tuple[str, bytes]]:
            if amend is None:
                return []
            keys = {name: digest("note", grain.scope, name) for name in names}
            known = {name: _note(grain.scope, key, cache.get(key)) for name, key in keys.items()}
            texts = amend({name: text for name, text in known.items() if text is not None})
            return [
                (keys[name], encode_note(grain.scope, keys[name], at, text)) for name, text in texts.items()
            ]

        self._safely("write", lambda: self._write(rows, grain.tag, amended, note_tag(grain.scope)), None)

    def read_note(self, scope: Scope, name: str) -> tuple[int, bytes] | None:
        """A small text stored under a name, and when it was fetched (UTC seconds)."""
        return self.look(scope, {}, (name,)).notes.get(name)

    def write_note(self, scope: Scope, name: str, fetched_at: int, text: bytes) -> None:
        """Store a small text under a name."""
        key = digest("note", scope, name)
        rows = [(key, encode_note(scope, key, fetched_at, text))]
        self._safely("write", lambda: self._write(rows, note_tag(scope)), None)

    def take_trouble(self) -> CacheUnusable | None:
        """What went wrong since the last call; told once."""
        with self._state:
            trouble, self._trouble = self._trouble, None
            return trouble

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            cache, self._cache = self._cache, None
            if cache is not None:
                cache.close()

    # -- reading

    def _take_sound(self, keys: Sequence[str], take: Callable[[str, bytes], None]) -> None:
        """Hand on the rows of these keys; those of which ``take`` raises ValueError are deleted."""
        bad: list[str] = []
        nothing: list[tuple[str, bytes]] = []
        for key, data in self._safely("read", lambda: self._rows(keys), nothing):
            try:
                take(key, data)
            except ValueError:
                bad.append(key)
        if bad:
            self._safely("write", lambda: self._delete(bad), None)

    def _rows(self, keys: Sequence[str]) -> list[tuple[str, bytes]]:
        if not cache_file.check(self._directory):
            return []
        opened = cache_file.within(cache_file.OPEN_SECONDS, lambda: cache_file.connect(self._directory))
        with closing(opened) as connection:
            rows: list[tuple[str, bytes]] = []
            for some in _batches(keys):
                rows += connection.execute(_SELECT.format(_marks(some)), (cache_file.LARGEST_VALUE, *some))
            return rows

    # -- writing

    def _write(
        self,
        rows: list[tuple[str, bytes]],
        tag: str,
        further: Callable[[PlainCache], list[tuple[str, bytes]]] = lambda _: [],
        further_tag: str = "",
    ) -> None:
        """Store rows, and then those that follow from what is stored, in one transaction."""
        from usagetop.client.disk import open_cache

        rows = [(key, data) for key, data in rows if len(data) <= cache_file.LARGEST_VALUE]
        with self._lock:
            if self._cache is None:
                self._cache = open_cache(self._directory)
            # Leaving closes this thread's connection: threads come and go.
            with self._cache as cache, cache.transact(retry=False):
                more = further(cache)
                for key, data in rows:
                    cache.set(key, data, tag=tag, retry=False)
                for key, data in more:
                    cache.set(key, data, tag=further_tag, retry=False)
            self._keep_within_cap(sum(len(data) for _, data in (*rows, *more)))

    def _delete(self, keys: Sequence[str]) -> None:
        with closing(cache_file.connect(self._directory, write=True)) as connection:
            for some in _batches(keys):
                connection.execute(f"DELETE FROM Cache WHERE key IN ({_marks(some)})", some)  # noqa: S608

    def _keep_within_cap(self, written: int) -> None:
        """Drop what was fetched longest ago when the cap is passed."""
        if self._room is not None:
            self._room -= written
        if self._room is not None and self._room >= 0:
            return
        with closing(cache_file.connect(self._directory, write=True)) as connection:
            ((size,),) = connection.execute("SELECT COALESCE(SUM(size), 0) FROM Cache").fetchall()
            if size > self._cap:
                size -= drop_oldest(connection, int(size - self._cap * _KEPT_SHARE))
        self._room = self._cap - size

    # -- trouble

    def _safely(self, doing: str, work: Callable[[], T], otherwise: T) -> T:
        """What ``work`` returns; after a fault ``otherwise``, now and from now on (for a while when busy)."""
        if time.monotonic() < self._off.get(doing, 0.0):
            return otherwise
        try:
            return work()
        except Exception as error:  # noqa: BLE001 - a damaged file makes SQLite and diskcache raise anything
            self._give_up(doing, cache_file.fault(error))
            return otherwise

    def _give_up(self, doing: str, trouble: CacheUnusable) -> None:
        """Leave out what failed: reading goes on without writing, a damaged file ends both and is moved aside."""
        damaged = isinstance(trouble, cache_file.Damaged)
        passing = isinstance(trouble, cache_file.Busy)
        until = time.monotonic() + _BUSY_SECONDS if passing else _FOR_EVER
        with self._state:  # first of all, so that nobody begins a new cache before the old one has moved
            news = not self._off or (not passing and _FOR_EVER not in self._off.values())
            for each in ("read", "write") if damaged or doing == "read" else (doing,):
                self._off[each] = max(until, self._off.get(each, 0.0))
        if damaged:
            with suppress(Exception):  # it is the broken one
                self.close()
            moved = cache_file.set_aside(self._directory)
            trouble.mend = f"It was moved to {moved}; the next start begins a new one" if moved else ""
        if news:
            with self._state:
                self._trouble = trouble


def _note(scope: Scope, key: str, data: object) -> bytes | None:
    """The text of a note's row; None where there is none, or not what was stored."""
    with suppress(ValueError):
        return decode_note(scope, key, data)[1] if isinstance(data, bytes) else None
    return None


def drop_oldest(connection: sqlite3.Connection, surplus: int) -> int:
    """Delete at least ``surplus`` bytes of values: whole grains, least recently fetched first; returns how many.

    Of the grain that was fetched last only as many units go as must. Notes go when nothing else is left: they
    are small, and units that nobody knows the changes of are worth little.
    """
    dropped = 0
    connection.execute("BEGIN IMMEDIATE")
    grains = connection.execute(
        f"SELECT tag, SUM(size) FROM Cache WHERE {_IS_UNIT} GROUP BY tag ORDER BY MAX(store_time)"  # noqa: S608
    ).fetchall()
    for tag, size in grains[:-1]:
        if dropped >= surplus:
            break
        connection.execute("DELETE FROM Cache WHERE tag IS ?", (tag,))
        dropped += size
    if dropped < surplus:
        rows = connection.execute(
            f"SELECT rowid, size FROM Cache ORDER BY {_IS_UNIT} DESC, store_time, rowid"  # noqa: S608
        ).fetchall()
        for rowid, size in rows:
            if dropped >= surplus:
                break
            connection.execute("DELETE FROM Cache WHERE rowid = ?", (rowid,))
            dropped += size
    connection.execute("COMMIT")
    return dropped


def _batches(keys: Sequence[str]) -> Iterator[list[str]]:
    rest = iter(keys)
    while some := list(islice(rest, _KEYS_AT_ONCE)):
        yield some


def _marks(some: Sequence[str]) -> str:
    return ",".join("?" * len(some))
