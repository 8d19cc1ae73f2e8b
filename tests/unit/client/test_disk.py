"""The safe diskcache: bytes in the row and nothing else, whatever the file says."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from diskcache.core import MODE_BINARY, MODE_PICKLE, MODE_RAW, MODE_TEXT

from usagetop.client import cache_file
from usagetop.client.disk import SETTINGS, BytesDisk, RowRefused, open_cache
from usagetop.errors import CacheUnusable

ran: list[str] = []


class Bomb:
    """Tells when it is unpickled."""

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        """What unpickling runs."""
        return ran.append, ("unpickled",)


@pytest.fixture(autouse=True)
def nothing_ran() -> None:
    """Starts every test with a clean slate."""
    ran.clear()


def settings_of(directory: Path) -> dict[str, Any]:
    """The rows of the file's Settings table."""
    with closing(sqlite3.connect(directory / cache_file.DATABASE)) as connection:
        return dict(connection.execute("SELECT key, value FROM Settings"))


def tamper(directory: Path, statement: str, *values: object) -> None:
    """Change the file as somebody else would."""
    with closing(sqlite3.connect(directory / cache_file.DATABASE)) as connection, connection:
        assert connection.execute(statement, values).rowcount


def test_bytes_come_back(tmp_path: Path) -> None:
    """Under a text key, in the row: no file appears beside the database."""
    with open_cache(tmp_path / "c") as cache:
        cache.set("key", b"\x00value" * 20_000, tag="t", retry=False)
        assert cache.get("key") == b"\x00value" * 20_000
    assert {path.name for path in (tmp_path / "c").rglob("*")} <= set(cache_file.FILES)


@pytest.mark.parametrize("key", [b"k", 1, 1.5, ("k",), None])
def test_other_keys_are_refused(tmp_path: Path, key: object) -> None:
    """The original would pickle some of them."""
    with open_cache(tmp_path / "c") as cache, pytest.raises(TypeError):
        cache.set(key, b"v")


@pytest.mark.parametrize("value", ["text", 1, None, ["list"], Bomb(), bytearray(b"v")])
def test_other_values_are_refused(tmp_path: Path, value: object) -> None:
    """The original would pickle some of them."""
    with open_cache(tmp_path / "c") as cache, pytest.raises(TypeError):
        cache.set("k", value)
    assert not ran


def test_a_value_beyond_the_cap_is_refused() -> None:
    """It would become a file."""
    with pytest.raises(TypeError):
        BytesDisk("unused").store(bytes(cache_file.LARGEST_VALUE + 1), False)


@pytest.mark.fault(
    "cache",
    "a row is a pickle (CVE-2025-69872)",
    "it is never unpickled: a miss",
)
@pytest.mark.parametrize("mode", [MODE_BINARY, MODE_TEXT, MODE_PICKLE, 0, 5, None, "1"])
def test_rows_of_other_modes_are_a_miss(tmp_path: Path, mode: object) -> None:
    """Above all pickles: this is CVE-2025-69872."""
    directory = tmp_path / "c"
    with open_cache(directory) as cache:
        cache.set("k", b"v")
    tamper(directory, "UPDATE Cache SET mode = ?, value = ?", mode, pickle.dumps(Bomb()))
    with open_cache(directory) as cache:
        # A text of digits becomes the number in a column of numbers: that row is one of bytes again.
        assert cache.get("k", default="miss") == ("miss" if mode != "1" else pickle.dumps(Bomb()))
    assert not ran


@pytest.mark.fault(
    "cache",
    "a row names a file outside",
    "it is neither read nor removed",
)
@pytest.mark.parametrize("mode", [MODE_RAW, MODE_BINARY, MODE_TEXT, MODE_PICKLE])
def test_rows_that_name_a_file_neither_read_nor_remove_it(tmp_path: Path, mode: int) -> None:
    """Not when they are read, replaced or deleted."""
    directory, outside = tmp_path / "c", tmp_path / "precious"
    outside.write_bytes(pickle.dumps(Bomb()))
    for end in ("set", "delete", "clear"):
        with open_cache(directory) as cache:
            cache.set("k", b"v")
        tamper(directory, "UPDATE Cache SET mode = ?, filename = '../precious', value = NULL", mode)
        with open_cache(directory) as cache:
            assert cache.get("k", default="miss") == "miss"
            cache.set("k", b"new") if end == "set" else cache.delete(
                "k"
            ) if end == "delete" else cache.clear()
            assert outside.exists()
    assert not ran


def test_pickled_keys_are_never_read(tmp_path: Path) -> None:
    """Iterating over keys is the one way to meet them."""
    directory = tmp_path / "c"
    with open_cache(directory) as cache:
        cache.set("k", b"v")
    tamper(directory, "UPDATE Cache SET raw = 0, key = ?", pickle.dumps(Bomb()))
    with open_cache(directory) as cache, pytest.raises(RowRefused):
        list(cache)
    assert not ran


HOSTILE = {
    "_directory": "/tmp/elsewhere",  # noqa: S108 - must stay unused
    "_disk": "no disk",
    "_timeout": 60_000,
    "get": "no method",
    "disk_fetch": "no method",
    "disk_unknown": 1,
    "disk_min_file_size": 0,
    "disk_pickle_protocol": 5,
    "eviction_policy": "least-recently-used",
    "statistics": 1,
    "tag_index": 1,
    "cull_limit": 10,
    "size_limit": 1,
    "sqlite_mmap_size": "0; DROP TABLE Cache",
    "sqlite_temp_store_directory": "'/tmp'",
    "sqlite_writable_schema": 1,
    "sqlite_synchronous": "OFF",
    "count": "many",
    "size": -1,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_settings_rows_do_not_matter(tmp_path: Path, name: str) -> None:
    """They reach neither attributes nor pragmas; the cache works as if they were not there."""
    directory = tmp_path / "c"
    with open_cache(directory) as cache:
        cache.set("k", b"v")
    tamper(directory, "INSERT OR REPLACE INTO Settings VALUES (?, ?)", name, HOSTILE[name])
    with open_cache(directory) as cache:
        assert cache.get("k") == b"v"
        cache.set("k2", b"v" * 100_000)
        assert cache.get("k2") == b"v" * 100_000
        assert cache.directory == str(directory)
        assert cache.timeout == cache_file.LOCK_SECONDS
        assert isinstance(cache.disk, BytesDisk)
        assert cache.disk.min_file_size == cache_file.LARGEST_VALUE
        assert callable(cache.get)
        assert {key: getattr(cache, key) for key in SETTINGS} == SETTINGS
        (writable,) = cache._sql("PRAGMA writable_schema").fetchone()
        assert not writable
    known = settings_of(directory)
    assert {key: known[key] for key in SETTINGS} == SETTINGS
    assert {path.name for path in directory.rglob("*")} <= set(cache_file.FILES)


def test_settings_that_are_no_text_end_the_opening(tmp_path: Path) -> None:
    """The original stumbles over them; what it raises is a damaged file to us."""
    directory = tmp_path / "c"
    open_cache(directory).close()
    tamper(directory, "INSERT INTO Settings VALUES (?, 1)", b"sqlite_\xff")
    with pytest.raises(Exception) as raised:  # noqa: PT011 - diskcache's own stumble, whatever it is
        open_cache(directory)
    assert isinstance(cache_file.fault(raised.value), cache_file.Damaged)


def test_a_foreign_lock_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The original would try for a minute."""
    monkeypatch.setattr(cache_file, "LOCK_SECONDS", 0.01)
    directory = tmp_path / "c"
    open_cache(directory).close()
    with closing(sqlite3.connect(directory / cache_file.DATABASE, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError) as raised:
            open_cache(directory)
    told = cache_file.fault(raised.value)
    assert not isinstance(told, cache_file.Damaged)
    assert "another program" in str(told)


@pytest.mark.fault(
    "cache",
    "the file system of the cache does not answer",
    "after 1.5 s it is gone on without",
)
def test_what_hangs_is_left_behind() -> None:
    """A file system that does not answer holds nobody up."""
    import threading

    release = threading.Event()
    with pytest.raises(CacheUnusable, match="could not be opened"):
        cache_file.within(0.01, release.wait)
    release.set()


def test_a_statement_that_never_ends_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as a trigger that somebody put into the file."""
    monkeypatch.setattr(cache_file, "_STATEMENT_SECONDS", 0.0)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n"
    with open_cache(tmp_path / "c") as cache, pytest.raises(sqlite3.OperationalError) as raised:
        cache._sql(endless).fetchall()
    assert "too long" in str(cache_file.fault(raised.value))
