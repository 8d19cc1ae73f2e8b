"""Trouble that passes, trouble that is not the file's, and a screen that never waits for either."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.unit.client.buckets import FIRST, unit
from usagetop.client import cache, cache_file
from usagetop.client.cache import BucketCache
from usagetop.client.units import Grain, Scope

GRAIN = Grain(Scope("https://api.openai.com/v1", "0123abcd"), "embeddings", "1d", ("model", "project_id"))


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A cache with one unit, closed."""
    store = BucketCache(tmp_path / "usagetop")
    store.write(GRAIN, [unit(FIRST, 1)])
    store.close()
    return tmp_path / "usagetop"


@pytest.fixture
def other(directory: Path) -> Iterator[sqlite3.Connection]:
    """Another program with the same file open."""
    path = directory / cache_file.DATABASE
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as connection:
        yield connection


@pytest.mark.fault(
    "cache",
    "a writer waits for a foreign lock",
    "the screen does not",
)
def test_the_screen_does_not_wait_for_a_writer(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What went wrong is asked for on the event loop, while a thread may wait for a foreign lock."""
    entered, go = threading.Event(), threading.Event()

    def held(_: Path) -> None:
        entered.set()
        go.wait(10)

    monkeypatch.setattr(cache_file, "wait_for_lock", held)
    store = BucketCache(directory)
    writer = threading.Thread(target=store.write, args=(GRAIN, [unit(FIRST, 2)]))
    writer.start()
    entered.wait(10)
    asked = threading.Thread(target=store.take_trouble)
    asked.start()
    asked.join(5)
    waits = asked.is_alive()
    go.set()
    writer.join()
    assert not waits
    assert store.read(GRAIN, [FIRST]) == {FIRST: unit(FIRST, 2)}


@pytest.mark.fault(
    "cache",
    "another program holds the cache file for a while",
    "told once; written again later",
)
def test_a_lock_that_passes_is_told_once_and_passes(
    directory: Path, other: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two programs run for hours; one that met the other once writes again later."""
    now = time.monotonic()
    monkeypatch.setattr(cache.time, "monotonic", lambda: now)  # type: ignore[attr-defined]
    monkeypatch.setattr(cache_file, "LOCK_SECONDS", 0.01)
    store = BucketCache(directory)
    other.execute("BEGIN IMMEDIATE")
    store.write(GRAIN, [unit(FIRST, 2)])
    trouble = store.take_trouble()
    assert trouble is not None
    assert "another program" in trouble.why
    other.execute("ROLLBACK")
    store.write(GRAIN, [unit(FIRST, 3)])  # left alone for a while: nobody waits for it every time
    assert store.read(GRAIN, [FIRST]) == {FIRST: unit(FIRST, 1)}
    now += 60
    store.write(GRAIN, [unit(FIRST, 4)])
    assert store.read(GRAIN, [FIRST]) == {FIRST: unit(FIRST, 4)}
    other.execute("BEGIN IMMEDIATE")
    store.write(GRAIN, [unit(FIRST, 5)])
    assert store.take_trouble() is None


def test_what_stays_is_told_after_what_passed(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is news, though the file was busy before."""
    store = BucketCache(directory)
    for seen, error in enumerate((sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_FULL)):
        fault = sqlite3.OperationalError("no")
        fault.sqlite_errorcode = error
        store._give_up("write", cache_file.fault(fault))
        assert (store.take_trouble() is None) == (seen == 2)


def coded(code: int) -> sqlite3.OperationalError:
    """An error of SQLite with an (extended) code."""
    error = sqlite3.OperationalError("no")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "no memory"),
        (RuntimeError("can't start new thread"), "thread"),
        (coded(sqlite3.SQLITE_IOERR | 3 << 8), "the disk gives errors"),
        (coded(sqlite3.SQLITE_FULL), "the disk is full"),
        (coded(sqlite3.SQLITE_READONLY), "read-only"),
        (OSError(30, "Read-only file system"), "Read-only file system"),
    ],
)
def test_what_is_not_the_files_fault_moves_nothing(directory: Path, error: Exception, said: str) -> None:
    """It is good, and will be read the next time."""
    store = BucketCache(directory)
    store._give_up("read", cache_file.fault(error))
    trouble = store.take_trouble()
    assert trouble is not None
    assert said in trouble.why
    assert store.read(GRAIN, [FIRST]) == {}
    assert BucketCache(directory).read(GRAIN, [FIRST]) == {FIRST: unit(FIRST, 1)}
