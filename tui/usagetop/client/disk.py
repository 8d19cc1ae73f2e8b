"""diskcache, made safe: what is in its file is data, never code, never a path.

diskcache 5.6.3 unpickles whatever a row says (CVE-2025-69872), opens and removes whatever file a row names,
and takes settings, attributes and SQL pragmas from a table of the same file (``diskcache/core.py``:
``Disk.fetch``, ``Disk.remove``, ``Cache.__init__``, ``Cache.reset``). Here rows hold bytes under text keys,
and the settings are those of this module whatever the file says.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import NoReturn

import diskcache
from diskcache.core import METADATA, MODE_RAW

from usagetop.client import cache_file
from usagetop.client.cache_file import LARGEST_VALUE

SETTINGS: dict[str, int | str] = {
    "statistics": 0,
    "tag_index": 0,
    "eviction_policy": "none",  # the cap is ours (``cache.BucketCache``)
    "size_limit": cache_file.CAP_BYTES,
    "cull_limit": 0,
    "sqlite_auto_vacuum": 1,
    "sqlite_cache_size": 2**11,  # pages
    "sqlite_journal_mode": "wal",  # readers do not wait for writers
    "sqlite_mmap_size": 0,  # a file that is cut while it is mapped would kill the process
    "sqlite_synchronous": 1,
    "disk_min_file_size": LARGEST_VALUE,
    "disk_pickle_protocol": 0,  # never used
}


class RowRefused(OSError):
    """A row that is not bytes in the row. An OSError, because diskcache takes that for a miss."""


class BytesDisk(diskcache.Disk):  # type: ignore[misc]  # diskcache has no types
    """Text keys, bytes values, both in the row; everything else is refused."""

    def __init__(self, directory: str, **_: object) -> None:
        """``directory`` is never written to; further attributes, which may come from the file, are ignored."""
        super().__init__(directory, min_file_size=LARGEST_VALUE, pickle_protocol=0)

    def put(self, key: object) -> tuple[str, bool]:
        """The column of a text key; raises TypeError for any other."""
        if type(key) is not str:
            raise TypeError("keys are texts")
        return key, True

    def get(self, key: object, raw: object) -> str:
        """The text key of a column; raises RowRefused for a pickled one."""
        if type(key) is not str or raw != 1:
            raise RowRefused("not a text key")
        return key

    def store(self, value: object, read: object, **_: object) -> tuple[int, int, None, memoryview]:
        """Size, mode, no file, and the column; raises TypeError for anything but bytes within the cap."""
        if type(value) is not bytes or read or len(value) > LARGEST_VALUE:
            raise TypeError("values are bytes")
        return len(value), MODE_RAW, None, sqlite3.Binary(value)

    def fetch(self, mode: object, filename: object, value: object, read: object) -> bytes:
        """The bytes of a row; raises RowRefused for pickles, texts and files."""
        if mode != MODE_RAW or filename is not None or read or type(value) is not bytes:
            raise RowRefused("not bytes in the row")
        return value

    def remove(self, file_path: object) -> None:
        """No row has a file, whatever it says: nothing is removed."""

    def filename(self, *_: object, **__: object) -> NoReturn:
        """No value has a file."""
        raise TypeError("values are kept in the row")


class PlainCache(diskcache.Cache):  # type: ignore[misc]  # diskcache has no types
    """A diskcache whose settings are ``SETTINGS``, whatever the Settings table of its file says."""

    @property
    def _con(self) -> sqlite3.Connection:
        """This thread's connection, as diskcache makes it; no statement on it runs for ever."""
        connection: sqlite3.Connection = super()._con
        cache_file.bound(connection)
        connection.execute("PRAGMA trusted_schema = OFF")
        return connection

    def reset(self, key: str, value: object = None, update: object = True) -> object:  # noqa: ARG002, FBT002
        """Set what is known here to what it is here, and leave out the rest.

        diskcache calls this with every row of its Settings table: as attribute of itself or of its disk, or
        as pragma, which is SQL.
        """
        if key in METADATA:
            setattr(self, key, 0)
        return super().reset(key, SETTINGS[key], update) if key in SETTINGS else None


def open_cache(directory: Path) -> PlainCache:
    """Open the cache for writing, in a directory and on files that are ours alone.

    Gives up after 1.5 s: diskcache itself would wait a minute for a foreign lock. Raises CacheUnusable,
    sqlite3.Error, and what diskcache raises on a file of another making.
    """

    def opened() -> PlainCache:
        cache_file.prepare(directory)
        cache_file.wait_for_lock(directory)
        cache = PlainCache(str(directory), timeout=cache_file.LOCK_SECONDS, disk=BytesDisk, **SETTINGS)
        cache.close()  # connections belong to threads, and this one ends
        return cache

    return cache_file.within(cache_file.OPEN_SECONDS, opened)
