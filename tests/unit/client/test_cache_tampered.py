"""A cache that somebody else wrote into, cut, locked or owns: no code, no wrong value, one sentence."""

from __future__ import annotations

import os
import pickle
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.client.buckets import DAY, FIRST, unit
from tests.unit.client.test_disk import HOSTILE, Bomb, ran, tamper
from usagetop import paths
from usagetop.client import cache_file
from usagetop.client.cache import BucketCache
from usagetop.client.disk import SETTINGS
from usagetop.client.units import Grain, Scope, encode_unit, seal

GRAIN = Grain(Scope("https://api.openai.com/v1", "0123abcd"), "embeddings", "1d", ("model", "project_id"))
DAYS = [FIRST + n * DAY for n in range(5)]
UNITS = {day: unit(day, day) for day in DAYS}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A cache with five units, closed."""
    place = tmp_path / "usagetop"
    store = BucketCache(place)
    store.write(GRAIN, UNITS.values())
    assert store.take_trouble() is None
    store.close()
    ran.clear()
    return place


def sentence(store: BucketCache) -> str:
    """What the store tells; it tells it once."""
    trouble = store.take_trouble()
    assert trouble is not None
    assert store.take_trouble() is None
    assert trouble.exit_code == 4
    return " ".join(trouble.lines())


# -- rows


@pytest.mark.fault(
    "cache",
    "a row holds a pickle, names a file, is cut, or has a column of another type",
    "no code runs, no file is read or removed, the row is a miss",
)
@pytest.mark.parametrize(
    ("change", "values"),
    [
        ("mode = 4, value = ?", (pickle.dumps(Bomb()),)),
        ("value = ?", (pickle.dumps(Bomb()),)),
        ("mode = 4, value = NULL, filename = '../bomb'", ()),
        ("mode = 2, value = NULL, filename = '../bomb'", ()),
        ("filename = '../bomb'", ()),
        ("raw = 0", ()),
        ("value = 'text'", ()),
        ("value = NULL", ()),
        ("value = x''", ()),
        ("value = zeroblob(200)", ()),
        ("value = zeroblob(40000000)", ()),
        ("value = substr(value, 1, length(value) - 1)", ()),
        ("value = value || x'00'", ()),
        ("mode = 'many', raw = 'many'", ()),
        ("size = 'many', store_time = 'never', tag = x'ff'", ()),
    ],
)
def test_a_row_that_was_changed_is_a_miss(directory: Path, change: str, values: tuple[object, ...]) -> None:
    """Only that row, without a word; it is written again like any other, and nothing outside is touched."""
    bomb = directory.parent / "bomb"
    bomb.write_bytes(pickle.dumps(Bomb()))
    tamper(directory, f"UPDATE Cache SET {change} WHERE key = ?", *values, GRAIN.key(DAYS[0]))  # noqa: S608
    store = BucketCache(directory)
    found = store.read(GRAIN, DAYS)
    # What no longer says how old it is still says what was stored.
    assert found in (UNITS, {day: UNITS[day] for day in DAYS[1:]})
    store.write(GRAIN, [UNITS[DAYS[0]]])
    assert store.read(GRAIN, DAYS) == UNITS
    assert store.take_trouble() is None
    assert bomb.exists()
    assert not ran


@pytest.mark.fault("cache", "a row was changed by another hand", "it is thrown away and asked for anew")
def test_a_bad_row_is_deleted(directory: Path) -> None:
    """It would be read and refused every time."""
    tamper(directory, "UPDATE Cache SET value = x'00' WHERE key = ?", GRAIN.key(DAYS[0]))
    BucketCache(directory).read(GRAIN, DAYS)
    with closing(sqlite3.connect(directory / cache_file.DATABASE)) as connection:
        assert connection.execute("SELECT COUNT(*) FROM Cache").fetchone() == (4,)


@pytest.mark.fault("cache", "rows have changed places", "both are misses")
def test_rows_that_changed_places_are_misses(directory: Path) -> None:
    """Both are rightly sealed, but for other days."""
    first, second = GRAIN.key(DAYS[0]), GRAIN.key(DAYS[1])
    tamper(directory, "UPDATE Cache SET key = 'x' WHERE key = ?", first)
    tamper(directory, "UPDATE Cache SET key = ? WHERE key = ?", first, second)
    tamper(directory, "UPDATE Cache SET key = ? WHERE key = 'x'", second)
    assert sorted(BucketCache(directory).read(GRAIN, DAYS)) == DAYS[2:]


@pytest.mark.fault("cache", "a row is forged without the API key", "it is a miss")
def test_a_forged_row_is_a_miss(directory: Path) -> None:
    """Who may write the file sees its keys; but without the API key nothing can be sealed for them."""
    key = GRAIN.key(DAYS[0])
    content = encode_unit(GRAIN, unit(DAYS[0], 1))[32:]
    forged = seal(Scope(GRAIN.scope.base_url, ""), key, content)
    tamper(directory, "UPDATE Cache SET value = ? WHERE key = ?", forged, key)
    assert sorted(BucketCache(directory).read(GRAIN, DAYS)) == DAYS[1:]


# -- the schema and the settings


@pytest.mark.fault("cache", "the file's settings are hostile", "they are not looked at")
@pytest.mark.parametrize("name", HOSTILE)
def test_settings_rows_do_not_matter(directory: Path, name: str) -> None:
    """Reading does not look at them, and writing uses its own."""
    tamper(directory, "INSERT OR REPLACE INTO Settings VALUES (?, ?)", name, HOSTILE[name])
    store = BucketCache(directory)
    assert store.read(GRAIN, DAYS) == UNITS
    store.write(GRAIN, UNITS.values())
    assert store.read(GRAIN, DAYS) == UNITS
    assert store.take_trouble() is None


@pytest.mark.fault(
    "cache",
    "the schema is older, newer, or holds triggers, views and other tables",
    "the file is moved aside and kept; one sentence says where",
)
@pytest.mark.parametrize(
    "statements",
    [
        "CREATE TABLE more (x)",
        "CREATE TRIGGER more AFTER INSERT ON Cache BEGIN DELETE FROM Settings; END",
        "DROP TABLE Cache; CREATE VIEW Cache AS SELECT 1 AS key",
        "CREATE VIRTUAL TABLE words USING fts5(x)",
        "ALTER TABLE Cache DROP COLUMN tag",
        "ALTER TABLE Cache RENAME COLUMN value TO worth",
    ],
)
def test_a_schema_of_another_making_is_moved_aside(directory: Path, statements: str) -> None:
    """It may be a later version's, or a trap; a new cache begins with the next start."""
    with closing(sqlite3.connect(directory / cache_file.DATABASE)) as connection:
        connection.executescript(statements)
    store = BucketCache(directory)
    store.read(GRAIN, DAYS)  # a lost column is met in writing
    store.write(GRAIN, UNITS.values())
    assert "moved" in sentence(store)
    assert not directory.exists()
    assert store.read(GRAIN, DAYS) == {}
    assert (cache_file.aside(directory) / cache_file.DATABASE).exists()
    later = BucketCache(directory)
    later.write(GRAIN, UNITS.values())
    assert later.read(GRAIN, DAYS) == UNITS
    assert later.take_trouble() is None


# -- the file


@pytest.fixture
def unhurried() -> Iterator[None]:
    """A hundred caches need not wait for the disk; the bytes are the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(SETTINGS, "sqlite_synchronous", 0)
        yield


@pytest.mark.usefixtures("unhurried")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
@pytest.mark.fault("cache", "bytes of the file are overwritten or cut", "right units or none")
def test_no_damaged_page_gives_a_wrong_value(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Bytes overwritten anywhere, or the file cut: right units, or none."""
    place = tmp_path_factory.mktemp("damaged") / "usagetop"
    store = BucketCache(place)
    store.write(GRAIN, UNITS.values())
    store.close()
    path = place / cache_file.DATABASE
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    junk = data.draw(st.binary(min_size=1, max_size=64))
    cut = data.draw(st.booleans())
    path.write_bytes(whole[:at] if cut else whole[:at] + junk + whole[at + len(junk) :])
    store = BucketCache(place)
    found = store.read(GRAIN, DAYS)
    assert all(UNITS[day] == unit for day, unit in found.items())
    store.write(GRAIN, UNITS.values())
    assert all(UNITS[day] == unit for day, unit in store.read(GRAIN, DAYS).items())
    store.close()
    shutil.rmtree(place.parent)


def _replace(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o600)


def _as_directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _as_link(path: Path) -> None:
    outside = path.parent.parent / "outside.db"
    path.rename(outside)
    path.symlink_to(outside)


def _as_second_name(path: Path) -> None:
    os.link(path, path.parent.parent / "outside.db")


def _as_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


@pytest.mark.fault(
    "cache",
    "a directory, link, pipe, second name or other file stands in the cache file's place",
    "it is moved aside and told once; what a link points to stays as it is",
)
@pytest.mark.parametrize(
    "damage",
    [
        lambda path: _replace(path, b"not a database, but long enough to be looked at" * 40),
        lambda path: _replace(path, b"SQLite format 3\x00" + bytes(4096)),
        lambda path: path.chmod(0o666),
        _as_directory,
        _as_link,
        _as_second_name,
        _as_pipe,
    ],
    ids=["text", "zeros", "writable by others", "directory", "link", "second name", "pipe"],
)
def test_a_file_that_is_not_ours_is_moved_aside(directory: Path, damage: Callable[[Path], None]) -> None:
    """Told once, with where it went; what a link points to stays as it is."""
    damage(directory / cache_file.DATABASE)
    outside = directory.parent / "outside.db"
    before = outside.read_bytes() if outside.exists() else b""
    store = BucketCache(directory)
    assert store.read(GRAIN, DAYS) == {}
    store.write(GRAIN, UNITS.values())
    assert str(cache_file.aside(directory)) in sentence(store)
    assert store.read(GRAIN, DAYS) == {}
    assert not directory.exists()
    assert (outside.read_bytes() if outside.exists() else b"") == before
    assert BucketCache(directory).read(GRAIN, DAYS) == {}


def test_an_empty_file_is_an_empty_cache(directory: Path) -> None:
    """That is what a kill right after making it leaves."""
    _replace(directory / cache_file.DATABASE, b"")
    store = BucketCache(directory)
    assert store.read(GRAIN, DAYS) == {}
    store.write(GRAIN, UNITS.values())
    assert store.read(GRAIN, DAYS) == UNITS
    assert store.take_trouble() is None


@pytest.mark.fault("cache", "a link stands where damaged caches go", "what it points to stays")
def test_the_next_damaged_cache_takes_the_place_of_the_last(directory: Path) -> None:
    """One is kept to be looked at; a link in its place is not followed."""
    precious = directory.parent / "precious"
    precious.mkdir()
    (precious / "file").touch()
    cache_file.aside(directory).symlink_to(precious)
    for _ in range(2):
        _replace(directory / cache_file.DATABASE, b"no database" * 400)
        store = BucketCache(directory)
        store.read(GRAIN, DAYS)
        assert "moved" in sentence(store)
        BucketCache(directory).write(GRAIN, UNITS.values())
    assert (precious / "file").exists()
    assert len(list(directory.parent.iterdir())) == 3


# -- the directory


@pytest.mark.fault("cache", "others may write to the cache", "it is neither used nor changed; told")
def test_a_directory_that_others_may_write_to_is_refused(directory: Path) -> None:
    """Not moved: it may be meant so. What to do is said."""
    directory.chmod(0o770)
    store = BucketCache(directory)
    assert store.read(GRAIN, DAYS) == {}
    assert f"chmod 700 {directory}" in sentence(store)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o770


@pytest.mark.fault("cache", "the cache is another user's", "it is not used")
def test_a_directory_of_another_user_is_refused(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after sudo."""
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    store = BucketCache(directory)
    assert store.read(GRAIN, DAYS) == {}
    assert "belongs to another user" in sentence(store)
    assert directory.exists()


@pytest.mark.parametrize("kind", ["link", "file"])
def test_something_else_in_its_place_is_refused(directory: Path, kind: str) -> None:
    """A link could lead anywhere."""
    elsewhere = directory.parent / "elsewhere"
    directory.rename(elsewhere)
    if kind == "link":
        directory.symlink_to(elsewhere)
    else:
        directory.touch()
    store = BucketCache(directory)
    store.write(GRAIN, UNITS.values())
    assert "is not a directory" in sentence(store)
    assert directory.is_symlink() or directory.is_file()


def test_without_a_home_there_is_no_cache() -> None:
    """``paths`` then names a place that must not be made, not even by root."""
    store = BucketCache(paths.NOWHERE / ".cache" / "usagetop")
    store.write(GRAIN, UNITS.values())
    assert "HOME" in sentence(store)
    assert not paths.NOWHERE.exists()


def test_a_place_that_cannot_be_made_is_no_failure(tmp_path: Path) -> None:
    """As in a read-only home."""
    (tmp_path / "file").touch()
    store = BucketCache(tmp_path / "file" / "usagetop")
    store.write(GRAIN, UNITS.values())
    assert "the disk cache is off" in sentence(store)


# -- locks and full disks


def test_a_lock_of_somebody_else_ends_nothing(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading goes on beside a writer; a lock that stays is told, and the cache is left where it is."""
    monkeypatch.setattr(cache_file, "LOCK_SECONDS", 0.01)
    with closing(sqlite3.connect(directory / cache_file.DATABASE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        store = BucketCache(directory)
        assert store.read(GRAIN, DAYS) == UNITS
        store.write(GRAIN, UNITS.values())
        assert "another program" in sentence(store)
        assert store.read(GRAIN, DAYS) == UNITS
    assert directory.exists()


@pytest.mark.fault("cache", "another program holds the file", "told once after a second; the file stays")
def test_an_exclusive_lock_ends_reading(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is found then, and nobody waits."""
    monkeypatch.setattr(cache_file, "LOCK_SECONDS", 0.01)
    with closing(sqlite3.connect(directory / cache_file.DATABASE, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        store = BucketCache(directory)
        assert store.read(GRAIN, DAYS) == {}
        assert "another program" in sentence(store)
    assert directory.exists()


@pytest.mark.fault("cache", "the disk is full", "what is stored is still read; told once")
def test_a_full_disk_leaves_reading_on(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is stored is still good."""

    def full(*_: object) -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    store = BucketCache(directory)
    monkeypatch.setattr(store, "_write", full)
    store.write(GRAIN, UNITS.values())
    assert "the disk is full" in sentence(store)
    assert store.read(GRAIN, DAYS) == UNITS
