"""The cache's directory and its SQLite file: made private, checked before use, opened within a deadline.

Reading goes straight to SQLite: rows of bytes need no diskcache (its import alone costs two starts of Python),
and a reader that knows neither pickles nor settings cannot be talked into either. Writing is in ``disk``.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from usagetop import paths
from usagetop.errors import CacheUnusable
from usagetop.model.text import label
from usagetop.paths import make_private

DATABASE = "cache.db"
FILES = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", f"{DATABASE}-journal")
CAP_BYTES = 512 * 2**20
# Above every unit that is worth keeping: a day at the finest grain of a large organization is a few MB.
LARGEST_VALUE = 32 * 2**20
OPEN_SECONDS = 1.5
# A writer holds the file for milliseconds; who waits longer than this waits for something that is stuck.
LOCK_SECONDS = 1.0
# No statement of ours takes as long; a schema that was tampered with could make one run for ever.
_STATEMENT_SECONDS = 20.0
_INSTRUCTIONS = 100_000

_TABLES = (("table", "Settings"), ("table", "Cache"))
_INDEXES = ("sqlite_autoindex_Settings_1", "Cache_key_raw", "Cache_expire_time")
_TRIGGERS = ("count_insert", "count_delete", "size_insert", "size_update", "size_delete")
# What diskcache 5.6.3 makes, with our settings; nothing else belongs into the file.
_SCHEMA = frozenset(
    {
        *_TABLES,
        *(("index", name) for name in _INDEXES),
        *(("trigger", f"Settings_{name}") for name in _TRIGGERS),
    }
)
_OFF = "the disk cache is off"
_ELSEWHERE = "set XDG_CACHE_HOME to a directory of yours"
_FULL, _MAKE_ROOM = "the disk is full", "Make room on it"
_LONGEST_PATH = 300

T = TypeVar("T")


class Busy(CacheUnusable):
    """Another program holds the file: it may be free again in a moment."""


class Damaged(CacheUnusable):
    """What the directory holds is not a cache of ours: it is moved aside."""


def check(directory: Path) -> bool:
    """Whether there is a cache to read; raises CacheUnusable when it must not be trusted.

    The directory must be ours and writable by nobody else, its files plain, ours and with one name each. What
    others could only read is closed to them.
    """
    if not _closed(directory, stat.S_ISDIR, 0o700):
        return False
    for name in FILES:
        try:
            _closed(directory / name, stat.S_ISREG, 0o600)
        except CacheUnusable as error:
            raise Damaged(error.what, why=error.why) from None
    return (directory / DATABASE).exists()


def _closed(path: Path, kind: Callable[[int], bool], mode: int) -> bool:
    """Whether the path exists, after it was checked and given this mode."""
    shown = label(str(path), most=_LONGEST_PATH)
    try:
        found = os.lstat(path)
        if not kind(found.st_mode):
            kinds = "directory" if mode & 0o100 else "plain file"
            raise CacheUnusable(_OFF, why=f"{shown} is not a {kinds}", mend=f"Move it away, or {_ELSEWHERE}")
        if found.st_uid != os.geteuid():
            raise CacheUnusable(_OFF, why=f"{shown} belongs to another user", mend=_elsewhere())
        if stat.S_ISREG(found.st_mode) and found.st_nlink > 1:
            raise CacheUnusable(_OFF, why=f"{shown} has a second name elsewhere", mend="Move it away")
        if found.st_mode & 0o022:
            raise CacheUnusable(_OFF, why=f"others may write to {shown}", mend=f"chmod {mode:o} {shown}")
        if found.st_mode & 0o777 != mode:
            path.chmod(mode)
    except FileNotFoundError:
        return False
    return True


def prepare(directory: Path) -> None:
    """Make the directory (0700) and the file (0600) before anybody writes; raises CacheUnusable, OSError."""
    _need_home(directory)
    make_private(directory)
    if not check(directory):
        flags = os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
        os.close(os.open(directory / DATABASE, flags, 0o600))
        check(directory)


def _need_home(directory: Path) -> None:
    if directory.is_relative_to(paths.NOWHERE):  # what ``paths`` says where there is no home
        raise CacheUnusable(_OFF, why="there is no home directory", mend="Set HOME or XDG_CACHE_HOME")


def check_room(directory: Path) -> None:
    """Raise CacheUnusable where nothing could be stored; changes nothing to find out."""
    _need_home(directory)
    place = next(each for each in (directory, *directory.parents) if os.path.lexists(each))
    shown = label(str(place), most=_LONGEST_PATH)
    if not place.is_dir():
        raise CacheUnusable(_OFF, why=f"{shown} is not a directory", mend=_elsewhere())
    if not os.access(place, os.W_OK | os.X_OK):
        raise CacheUnusable(_OFF, why=f"{shown} may not be written to", mend=_elsewhere())
    if not os.statvfs(place).f_bavail:
        raise CacheUnusable(_OFF, why=_FULL, mend=_MAKE_ROOM)


def _elsewhere() -> str:
    return _ELSEWHERE[0].upper() + _ELSEWHERE[1:]


def connect(directory: Path, *, write: bool = False) -> sqlite3.Connection:
    """A connection to the file that ``check`` has seen; raises Damaged for a schema that is not diskcache's."""
    path = str(directory / DATABASE).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    connection = sqlite3.connect(
        f"file:{path}?mode=rw", uri=True, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        bound(connection)
        connection.execute("PRAGMA trusted_schema = OFF")
        _accept_schema(connection)
        if not write:
            connection.execute("PRAGMA query_only = 1")
    except BaseException:
        connection.close()
        raise
    return connection


def bound(connection: sqlite3.Connection) -> None:
    """From now on, end whatever the connection runs after 20 seconds."""
    end = time.monotonic() + _STATEMENT_SECONDS
    connection.set_progress_handler(lambda: int(time.monotonic() > end), _INSTRUCTIONS)


def _accept_schema(connection: sqlite3.Connection) -> None:
    names = set(connection.execute("SELECT type, name FROM sqlite_master"))
    if not names <= _SCHEMA:
        raise Damaged(_OFF, why="its file holds tables that are not the cache's")
    if ("table", "Cache") not in names:  # made and not yet filled, or left so by a kill: nothing to find
        connection.execute("CREATE TEMP TABLE Cache (key, raw, mode, filename, value, tag, size, store_time)")


def wait_for_lock(directory: Path) -> None:
    """Return when nobody else is writing; raises sqlite3.OperationalError after a second."""
    connection = connect(directory, write=True)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    finally:
        connection.close()


def within(seconds: float, work: Callable[[], T]) -> T:
    """What ``work`` returns or raises, if it ends in time; raises CacheUnusable when it does not.

    It runs in a thread that is left behind then: there is no way to end one, and it holds nothing.
    """
    results: list[T] = []
    faults: list[Exception] = []

    def run() -> None:
        try:
            results.append(work())
        except Exception as error:  # noqa: BLE001 - handed to the caller's thread
            faults.append(error)

    thread = threading.Thread(target=run, name="usagetop-cache", daemon=True)
    thread.start()
    thread.join(seconds)
    if faults:
        raise faults[0]
    if not results:
        raise CacheUnusable(_OFF, why=f"its file could not be opened within {seconds:g} s")
    return results[0]


def fault(error: Exception) -> CacheUnusable:
    """What an exception of SQLite, diskcache or the file system means for the cache."""
    if isinstance(error, CacheUnusable):
        return error
    if isinstance(error, OSError):
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        said = _FULL if full else (error.strerror or "its file cannot be used")
        return CacheUnusable(_OFF, why=said, mend=_MAKE_ROOM if full else _elsewhere())
    if type(error).__name__ == "Timeout":  # diskcache's own, which is not imported for reading
        return Busy(_OFF, why=_HELD, mend=_WAIT)
    if isinstance(error, (MemoryError, RuntimeError)):  # of this process; no thread could be started, say
        return CacheUnusable(_OFF, why="there is no memory or thread left")
    if isinstance(error, sqlite3.Error):
        why = _PASSING.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        if why is not None:
            mend = {_HELD: _WAIT, _FULL: _MAKE_ROOM}.get(why, "")
            return (Busy if why == _HELD else CacheUnusable)(_OFF, why=why, mend=mend)
    return Damaged(_OFF, why="its file is damaged")


_HELD, _WAIT = "another program holds its file", "Try again when it has ended"
_PASSING = {
    sqlite3.SQLITE_BUSY: _HELD,
    sqlite3.SQLITE_LOCKED: _HELD,
    sqlite3.SQLITE_PROTOCOL: _HELD,
    sqlite3.SQLITE_IOERR: "the disk gives errors",
    sqlite3.SQLITE_INTERRUPT: "its file takes too long",
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: "its file is read-only",
    sqlite3.SQLITE_PERM: "its file may not be used",
    sqlite3.SQLITE_CANTOPEN: "its file cannot be opened",
    sqlite3.SQLITE_NOMEM: "there is no memory left",
}


def aside(directory: Path) -> Path:
    """Where a damaged cache is moved to; one is kept."""
    return directory.with_name(f"{directory.name}.aside")


def set_aside(directory: Path) -> Path | None:
    """Move a damaged cache out of the way, for whoever wants to look at it; None when that is not possible."""
    target = aside(directory)
    try:
        remove(target)
        directory.rename(target)
    except OSError:
        return None
    return target


def remove(target: Path) -> None:
    """Remove an earlier one; links are removed, never followed."""
    if target.is_symlink() or not target.is_dir():
        target.unlink(missing_ok=True)
        return
    import shutil

    shutil.rmtree(target)
