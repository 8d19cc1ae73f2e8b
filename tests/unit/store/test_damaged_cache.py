"""A real cache file with bytes changed at random: what is served is the truth, or was asked for anew."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from tests.unit.store.world import World, codes, tokens
from usagetop.client import cache_file
from usagetop.client.cache import BucketCache
from usagetop.client.disk import SETTINGS

SEEDS = 48
DAYS = 20
MOST_FLIPS = 400
# What every stored day of the made-up server holds.
_IN_ROW = b"input_tokens"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a cache that a loader has filled with days of different numbers."""
    import asyncio

    place = tmp_path_factory.mktemp("whole") / "usagetop"
    world = _world()
    store = BucketCache(place)
    asyncio.run(world.load(world.loader(store), "2026-10-01..2026-10-20", width="1d"))
    store.close()
    return (place / cache_file.DATABASE).read_bytes()


def _world() -> World:
    """A server on which no two days are alike."""
    world = World()
    first = 1_790_812_800  # 2026-10-01
    world.books = {first + day * 86_400: 1_000 + 7 * day for day in range(DAYS)}
    return world


@pytest.mark.fault(
    "cache",
    "bytes of the cache file are changed, zeroed, doubled or cut at random",
    "every number served is the true one, from the file or asked for anew; at most one notice",
)
@pytest.mark.parametrize("seed", range(SEEDS))
async def test_no_changed_byte_changes_a_number(
    seed: int, whole: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice: with what was left of the file, and with what was made of it."""
    monkeypatch.setitem(SETTINGS, "sqlite_synchronous", 0)  # the bytes are the same
    chance = random.Random(seed)  # noqa: S311 - damage, no secret
    data = bytearray(whole)
    written = [at for at, byte in enumerate(whole) if byte]  # most of a page is empty
    kind = chance.choice(("value", "value", "flip", "zero", "swap", "cut", "grow"))
    for _ in range(chance.choice((1, 3, 30, MOST_FLIPS))):
        at = chance.choice(written)
        length = chance.choice((1, 16, 512))
        if kind == "value":  # an amount of a day: the file stays a good database
            at = max(data.find(_IN_ROW, at), data.find(_IN_ROW)) + chance.randrange(-40, 200)
            data[at] ^= 1 << chance.randrange(8)
        elif kind == "flip":
            data[at] ^= 1 << chance.randrange(8)
        elif kind == "zero":
            data[at : at + length] = bytes(len(data[at : at + length]))
        elif kind == "swap":
            other = chance.randrange(len(data) - length)
            data[at : at + length] = data[other : other + len(data[at : at + length])]
    data = data[: chance.randrange(len(data))] if kind == "cut" else data
    data += chance.randbytes(chance.randrange(1, 9_000)) if kind == "grow" else b""
    place = tmp_path / "usagetop"
    place.mkdir(mode=0o700)
    (place / cache_file.DATABASE).write_bytes(data)
    (place / cache_file.DATABASE).chmod(0o600)
    world = _world()
    told = 0
    store = BucketCache(place)
    for mode in ("normal", "refresh", "normal"):
        answer = await world.load(world.loader(store), "2026-10-01..2026-10-20", mode, width="1d")
        assert tokens(answer) == [1_000 + 7 * day for day in range(DAYS)]
        assert answer.complete
        told += codes(answer).count("cache_off")
        assert set(codes(answer)) <= {"cache_off"}
    assert told <= 1
    store.close()
    shutil.rmtree(tmp_path)
