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


class HostReport(NamedTuple):
    """The units of one server: how many, and when the first and last were fetched (UTC s).

    ``bytes`` counts the notes about them too. ``base_url`` is drawable.
    """

    base_url: str
    units: int
    bytes: int
    oldest: int
    newest: int


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
    except (sqlite3.Error, OSError) as error:
        raise cache_file.fault(error) from error
    return CacheReport(directory, _file_bytes(directory), hosts)


def _hosts(connection: sqlite3.Connection) -> tuple[HostReport, ...]:
    rows = connection.execute(
        "SELECT CAST(tag AS TEXT), COUNT(*), SUM(size), COALESCE(MIN(store_time), 0),"
        " COALESCE(MAX(store_time), 0) FROM Cache GROUP BY tag"
    )
    found: dict[str, HostReport] = {}
    for tag, units, size, oldest, newest in rows:
        host, _, rest = (tag or "").partition(" ")
        name = label(host, most=100)
        had = found.get(name, HostReport(name, 0, 0, int(oldest), int(newest)))
        found[name] = HostReport(
            name,
            had.units + (units if rest != NOTE else 0),
            had.bytes + int(size),
            min(had.oldest, int(oldest)),
            max(had.newest, int(newest)),
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
    before = _file_bytes(directory)
    try:
        cache_file.remove(cache_file.aside(directory))
        if not cache_file.check(directory):
            return 0
        with closing(cache_file.connect(directory, write=True)) as connection:
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
            raise CacheUnusable("the cache cannot be cleared", why=f"{path} is a directory")
        path.unlink(missing_ok=True)
