"""The cache of buckets, on disk and in memory: what was written is found again, by whoever may have it."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.support.house import run_python
from tests.unit.client.buckets import DAY, FIRST, bucket, unit
from usagetop.client import cache_file
from usagetop.client.cache import BucketCache
from usagetop.client.memory import MemoryCache
from usagetop.client.units import Grain, Scope, Unit, UnitStore, encode_unit

SCOPE = Scope("https://api.openai.com/v1", "0123abcd")
GRAIN = Grain(SCOPE, "embeddings", "1d", ("model", "project_id"))


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Where the cache will be; it does not exist yet, nor does the directory above."""
    return tmp_path / "above" / "usagetop"


@pytest.fixture(params=["disk", "memory"])
def store(request: pytest.FixtureRequest, directory: Path) -> Iterator[UnitStore]:
    """Each kind of store."""
    made: UnitStore = BucketCache(directory) if request.param == "disk" else MemoryCache()
    yield made
    assert made.take_trouble() is None
    made.close()


def test_units_come_back(store: UnitStore) -> None:
    """Those that are there, by their start."""
    units = {start: unit(start, start) for start in range(FIRST, FIRST + 700 * DAY, DAY)}
    assert store.read(GRAIN, list(units)) == {}
    store.write(GRAIN, units.values())
    assert store.read(GRAIN, [*units, FIRST - DAY]) == units
    assert store.read(GRAIN, []) == {}


def test_the_later_copy_stands(store: UnitStore) -> None:
    """A unit that is asked again takes the place of the older one, also when it is empty now."""
    store.write(GRAIN, [unit(FIRST, 1)])
    later = Unit(FIRST, FIRST + 40 * DAY, FIRST + DAY, (bucket(FIRST, 0),))
    store.write(GRAIN, [later])
    assert store.read(GRAIN, [FIRST]) == {FIRST: later}


@pytest.mark.fault(
    "cache",
    "the cache is another key's, another server's or another path's",
    "none of it is served",
)
@pytest.mark.parametrize(
    "other",
    [
        GRAIN._replace(scope=Scope("http://127.0.0.1:1/v1", SCOPE.fingerprint)),
        GRAIN._replace(scope=Scope(SCOPE.base_url, "4567")),
        GRAIN._replace(dimensions=("model",)),
        GRAIN._replace(filters=(("model", ("m",)),)),
    ],
)
def test_nobody_else_finds_them(store: UnitStore, other: Grain) -> None:
    """Another host, key, grain or filter has rows of its own."""
    store.write(GRAIN, [unit(FIRST, 1)])
    store.write(other, [unit(FIRST, 2)])
    assert store.read(GRAIN, [FIRST]) == {FIRST: unit(FIRST, 1)}
    assert store.read(other, [FIRST]) == {FIRST: unit(FIRST, 2)}


def test_notes_come_back(store: UnitStore) -> None:
    """By name and scope."""
    assert store.read_note(SCOPE, "names") is None
    store.write_note(SCOPE, "names", FIRST, b'{"a": 1}')
    assert store.read_note(SCOPE, "names") == (FIRST, b'{"a": 1}')
    assert store.read_note(SCOPE, "other") is None
    assert store.read_note(Scope(SCOPE.base_url, "x"), "names") is None


def test_another_instance_finds_them(directory: Path) -> None:
    """While the first is still there, and after it is gone."""
    first, second = BucketCache(directory), BucketCache(directory)
    first.write(GRAIN, [unit(FIRST, 1)])
    second.write(GRAIN, [unit(FIRST + DAY, 2)])
    both = {FIRST: unit(FIRST, 1), FIRST + DAY: unit(FIRST + DAY, 2)}
    assert first.read(GRAIN, list(both)) == second.read(GRAIN, list(both)) == both
    first.close()
    second.close()
    assert BucketCache(directory).read(GRAIN, list(both)) == both


@pytest.mark.fault(
    "cache",
    "two instances use the cache at once",
    "both read and write all of it, without a word",
)
def test_many_threads_write_at_once(directory: Path) -> None:
    """Windows arrive together, and two programs may run."""
    stores = [BucketCache(directory), BucketCache(directory)]
    days = [FIRST + n * DAY for n in range(12)]
    threads = [
        threading.Thread(target=stores[n % 2].write, args=(GRAIN, [unit(day, n)]))
        for n, day in enumerate(days)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(store.take_trouble() is None for store in stores)
    assert stores[0].read(GRAIN, days) == {day: unit(day, n) for n, day in enumerate(days)}


def test_only_we_may_read_it(directory: Path) -> None:
    """Whatever the umask: 0700 for the directory, 0600 for the files."""
    before = os.umask(0)
    try:
        store = BucketCache(directory)
        store.write(GRAIN, [unit(FIRST, 1)])
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()}
    finally:
        os.umask(before)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert set(modes.values()) == {0o600}


def test_what_others_could_read_is_closed_to_them(directory: Path) -> None:
    """An older program, or a copy, may have left it open."""
    BucketCache(directory).write(GRAIN, [unit(FIRST, 1)])
    directory.chmod(0o755)
    (directory / cache_file.DATABASE).chmod(0o644)
    assert BucketCache(directory).read(GRAIN, [FIRST])
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert stat.S_IMODE((directory / cache_file.DATABASE).stat().st_mode) == 0o600


def test_the_key_is_not_in_it(directory: Path) -> None:
    """Nor its fingerprint, which is all that the cache ever hears of it."""
    store = BucketCache(directory)
    store.write(GRAIN, [unit(FIRST, 1)])
    store.write_note(SCOPE, "names", FIRST, b"{}")
    store.close()
    assert not any(SCOPE.fingerprint.encode() in path.read_bytes() for path in directory.iterdir())


# Reads a unit, then says what that has loaded.
READER = f"""
import sys
from pathlib import Path
from usagetop.client.cache import BucketCache
from usagetop.client.units import Grain, Scope
grain = Grain(Scope({SCOPE.base_url!r}, {SCOPE.fingerprint!r}), "embeddings", "1d", ("model", "project_id"))
assert BucketCache(Path(sys.argv[1])).read(grain, [{FIRST}])
print(sorted({{"diskcache", "pickle", "asyncio", "httpx", "pydantic"}} & set(sys.modules)))
"""


def test_reading_loads_no_diskcache(directory: Path) -> None:
    """Its import alone costs two starts of Python; and what is not loaded cannot unpickle."""
    BucketCache(directory).write(GRAIN, [unit(FIRST, 1)])
    ended = run_python("-c", READER, str(directory))
    assert ended.stdout.strip() == "[]", ended.stderr


def test_reading_makes_nothing(directory: Path) -> None:
    """A look into a cache that is not there leaves no directory behind."""
    assert BucketCache(directory).read(GRAIN, [FIRST]) == {}
    assert not directory.parent.exists()


# -- the cap


def test_the_grain_that_was_fetched_longest_ago_goes_first(directory: Path) -> None:
    """Whole: half a grain answers no question."""
    size = len(encode_unit(GRAIN, unit(FIRST, 1)))
    store = BucketCache(directory, cap=25 * size)
    grains = [GRAIN._replace(category=name) for name in ("embeddings", "moderations", "images")]
    days = [FIRST + n * DAY for n in range(10)]
    for grain in (*grains[:2], grains[0], grains[2]):
        store.write(grain, [unit(day, 1) for day in days])
    assert [len(store.read(grain, days)) for grain in grains] == [10, 0, 10]
    assert store.take_trouble() is None


def test_of_the_last_grain_only_the_surplus_goes(directory: Path) -> None:
    """What was just fetched is what is looked at."""
    size = len(encode_unit(GRAIN, unit(FIRST, 1)))
    store = BucketCache(directory, cap=20 * size)
    days = [FIRST + n * DAY for n in range(30)]
    for day in days:
        store.write(GRAIN, [unit(day, 1)])
    kept = sorted(store.read(GRAIN, days))
    assert 15 <= len(kept) <= 20
    assert kept == days[-len(kept) :]


def test_notes_are_the_last_to_go(directory: Path) -> None:
    """Written with each unit, they are the youngest; units without them would have to be asked for anew."""
    size = len(encode_unit(GRAIN, unit(FIRST, 1)))
    store = BucketCache(directory, cap=20 * size)
    for n in range(30):
        store.write(
            GRAIN,
            [unit(FIRST + n * DAY, 1)],
            names=("book",),
            amend=lambda notes: {"book": notes.get("book", b"") + b"."},
        )
    assert len(store.read(GRAIN, [FIRST + n * DAY for n in range(30)])) >= 15
    note = store.read_note(SCOPE, "book")
    assert note is not None
    assert note[1] == b"." * 30


def test_notes_are_amended_with_the_units_or_not_at_all(store: UnitStore) -> None:
    """Several writers, none of them writes over another; what is said of a write that fails is not kept."""

    def more(name: str) -> Callable[[Mapping[str, bytes]], Mapping[str, bytes]]:
        return lambda notes: {name: notes.get(name, b"") + b"."}

    def write(n: int) -> None:
        for day in range(5):
            store.write(GRAIN, [unit(FIRST + day * DAY, n)], names=("a", "b"), amend=more("a"))

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = store.look(SCOPE, {GRAIN: [FIRST]}, ("a", "b"))
    assert found.notes == {"a": (FIRST + 30 * DAY, b"." * 20)}
    assert list(found.units[GRAIN]) == [FIRST]
    assert store.look(Scope(SCOPE.base_url, "x"), {}, ("a",)).notes == {}


def test_a_unit_that_is_too_large_is_not_kept(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are; and it is no trouble."""
    monkeypatch.setattr(cache_file, "LARGEST_VALUE", 2_000)
    hours = GRAIN._replace(width="1h")
    large = Unit(
        FIRST, FIRST + 9 * DAY, FIRST + DAY, tuple(bucket(FIRST + n * 3600, 1, 3600) for n in range(24))
    )
    small = Unit(FIRST + DAY, FIRST + 9 * DAY, FIRST + DAY + 3600, (bucket(FIRST + DAY, 1, 3600),))
    store = BucketCache(directory)
    store.write(hours, [large, small])
    assert store.read(hours, [FIRST, FIRST + DAY]) == {FIRST + DAY: small}
    assert store.take_trouble() is None
