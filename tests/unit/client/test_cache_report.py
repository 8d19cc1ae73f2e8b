"""``usagetop cache info`` and ``clear``: what is there, and its end."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.unit.client.buckets import DAY, FIRST, unit
from tests.unit.client.test_disk import tamper
from usagetop.client import cache_file, cache_report
from usagetop.client.cache import BucketCache
from usagetop.client.units import Grain, Scope
from usagetop.errors import CacheUnusable

GRAIN = Grain(Scope("https://api.openai.com/v1", "0123abcd"), "embeddings", "1d", ("model", "project_id"))
ELSEWHERE = GRAIN._replace(scope=Scope("http://127.0.0.1:8000/v1", ""))
DAYS = [FIRST + n * DAY for n in range(5)]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Two servers' units: five and one."""
    place = tmp_path / "usagetop"
    store = BucketCache(place)
    store.write(GRAIN, [unit(day, 1) for day in DAYS])
    store.write(GRAIN._replace(dimensions=()), [unit(DAYS[0], 1)])
    store.write(ELSEWHERE, [unit(DAYS[0], 1)])
    store.close()
    return place


def test_the_report_counts_by_server(directory: Path) -> None:
    """The largest first, over all grains."""
    found = cache_report.report(directory)
    assert [(host.base_url, host.units) for host in found.hosts] == [
        ("https://api.openai.com/v1", 6),
        ("http://127.0.0.1:8000/v1", 1),
    ]
    assert found.units == 7
    assert found.file_bytes > found.bytes > 7 * 32
    assert all(0 < (host.oldest or 0) <= (host.newest or 0) for host in found.hosts)


def test_no_cache_is_an_empty_report(tmp_path: Path) -> None:
    """And nothing is made to find out."""
    found = cache_report.report(tmp_path / "usagetop")
    assert (found.units, found.bytes, found.file_bytes, found.hosts) == (0, 0, 0, ())
    assert cache_report.clear(tmp_path / "usagetop") == 0
    assert not (tmp_path / "usagetop").exists()


def test_what_somebody_wrote_is_drawable(directory: Path) -> None:
    """The report is printed."""
    tamper(directory, "UPDATE Cache SET tag = '\x1b[31mred', store_time = NULL")
    (host,) = cache_report.report(directory).hosts
    assert "\x1b" not in host.base_url


def test_clear_empties_it(directory: Path) -> None:
    """Also under a program that has it open, which goes on."""
    store = BucketCache(directory)
    store.write(GRAIN, [unit(FIRST + n * DAY, 1) for n in range(300)])
    assert cache_report.clear(directory) > 100_000
    assert cache_report.report(directory).units == 0
    store.write(GRAIN, [unit(DAYS[1], 1)])
    assert sorted(store.read(GRAIN, DAYS)) == [DAYS[1]]
    assert store.take_trouble() is None


def test_clear_removes_a_damaged_one(directory: Path) -> None:
    """And one that was moved aside before."""
    aside = cache_file.aside(directory)
    aside.mkdir()
    (aside / "cache.db").touch()
    (directory / "cache.db").write_bytes(b"no database" * 400)
    with pytest.raises(CacheUnusable, match="damaged"):
        cache_report.report(directory)
    cache_report.clear(directory)
    assert not aside.exists()
    assert cache_report.report(directory).units == 0


def test_clear_refuses_what_is_not_ours(directory: Path) -> None:
    """Nothing is removed from a directory that others may write to."""
    directory.chmod(0o777)
    with pytest.raises(CacheUnusable, match="others may write"):
        cache_report.clear(directory)
    assert (directory / "cache.db").exists()


def test_a_lock_is_told(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not waited for."""
    monkeypatch.setattr(cache_file, "LOCK_SECONDS", 0.01)
    with closing(sqlite3.connect(directory / "cache.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert cache_report.report(directory).units == 7
        with pytest.raises(CacheUnusable, match="another program"):
            cache_report.clear(directory)
