"""What the disk cache holds, and emptying it: for ``usagetop cache`` and ``usagetop doctor``."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from usagetop.client import cache_file
from usagetop.client.units import NOTE
from usagetop.errors import CacheUnusable
from usagetop.model.text import label

# 9999-12-31T23:59:59Z
_LAST_SECOND = 253_402_300_799
# In bytes; beyond it a tag is none of ours.
_LONGEST_TAG = 4096


class HostReport(NamedTuple):
    """The units of one server: how many, and when the first and last were fetched (UTC s; None: nobody knows).

    ``bytes`` counts the notes about them too. ``base_url`` is drawable.
    """

    base_url: str
    units: int
    bytes: int
    oldest: int | None
    newest: int | None


class CacheReport(NamedTuple):
    """The cache as it is: ``file_bytes`` on disk, and its units by server, the largest first."""

    directory: Path
    file_bytes: int
    hosts: tuple[HostReport, ...]

    @property
    def units(self) -> int:
        """How many units there are."""
        return sum(host.units for host in self.hosts)

    @property
    def bytes(self) -> int:
        """Bytes of their values."""
        return sum(host.bytes for host in self.hosts)


def report(directory: Path) -> CacheReport:
    """What the cache holds; raises CacheUnusable when it must not be, or cannot be, read. Changes nothing."""
    try:
        if not cache_file.check(directory):
            return CacheReport(directory, 0, ())
        opened = cache_file.within(cache_file.OPEN_SECONDS, lambda: cache_file.connect(directory))
        with closing(opened) as connection:
            hosts = _hosts(connection)
        return CacheReport(directory, _file_bytes(directory), hosts)
    except (sqlite3.Error, OSError, CacheUnusable) as error:
        raise _told(error) from error


def _told(error: Exception) -> CacheUnusable:
    """What went wrong, and for a damaged file what ends it."""
    trouble = cache_file.fault(error)
    if isinstance(trouble, cache_file.Damaged):
        trouble.mend = trouble.mend or "usagetop cache clear"
    return trouble


def _hosts(connection: sqlite3.Connection) -> tuple[HostReport, ...]:
    # Anybody may have written into the columns: sizes are measured, and times that are none are left out.
    time = f"CASE WHEN store_time BETWEEN 0 AND {_LAST_SECOND} THEN store_time END"
    rows = connection.execute(
        f"SELECT substr(CAST(tag AS BLOB), 1, {_LONGEST_TAG}), COUNT(*), SUM(length(value)),"  # noqa: S608
        f" MIN({time}), MAX({time}) FROM Cache GROUP BY tag"
    )
    found: dict[str, HostReport] = {}
    for raw, units, size, *times in rows:
        host, _, rest = (raw or b"").decode("utf-8", "replace").partition(" ")
        name = label(host, most=100)
        had = found.get(name, HostReport(name, 0, 0, None, None))
        known = [int(time) for time in (had.oldest, had.newest, *times) if time is not None]
        found[name] = HostReport(
            name,
            had.units + (units if rest != NOTE else 0),
            had.bytes + (size or 0),
            min(known, default=None),
            max(known, default=None),
        )
    return tuple(sorted(found.values(), key=lambda host: (-host.bytes, host.base_url)))


def _file_bytes(directory: Path) -> int:
    paths = [directory / name for name in cache_file.FILES]
    return sum(path.lstat().st_size for path in paths if path.exists())


def clear(directory: Path) -> int:
    """Empty the cache, and remove one that was moved aside; returns the bytes that were freed.

    Programs that use the cache meanwhile go on with it. A damaged file is removed. Raises CacheUnusable when
    the directory is not ours.
    """
    before = 0
    try:
        before = _file_bytes(directory)
        cache_file.remove(cache_file.aside(directory))
        if not cache_file.check(directory):
            return 0
        with closing(cache_file.connect(directory, write=True)) as connection:
            _hosts(connection)  # a table of other columns would be emptied, and go on being no cache
            connection.execute("DELETE FROM Cache")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except (sqlite3.Error, OSError, CacheUnusable) as error:
        trouble = cache_file.fault(error)
        if not isinstance(trouble, cache_file.Damaged):
            raise trouble from error
        _unlink(directory)
    return max(0, before - _file_bytes(directory))


def _unlink(directory: Path) -> None:
    """Remove the files of a damaged cache; a link goes, what it points to stays."""
    for name in cache_file.FILES:
        path = directory / name
        if path.is_dir() and not path.is_symlink():
            shown = label(str(path), most=300)
            raise CacheUnusable(
                "the cache cannot be cleared", why=f"{shown} is a directory", mend="Move it away"
            )
        path.unlink(missing_ok=True)
