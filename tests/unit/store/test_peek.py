"""Peeking: the answer if it is stored, without asking and without loading anything heavy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.house import run_python
from tests.unit.store.world import HOUR, NOW, World
from usagetop.client.cache import BucketCache


@pytest.fixture
def world() -> World:
    """A server with a row a bucket."""
    return World()


async def test_peeking_asks_nobody_and_needs_everything(world: World) -> None:
    """None when a unit is missing or due."""
    loader = world.loader()
    assert loader.peek(world.query("7d")) is None
    await world.load(loader, "7d")
    assert loader.peek(world.query("7d")) is not None
    assert loader.peek(world.query("8d")) is None
    world.now += HOUR
    assert loader.peek(world.query("7d")) is None
    assert len(world.windows) == 1


def test_peeking_without_a_store_is_nothing(world: World) -> None:
    """Nothing is kept, nothing is found."""
    loader = world.loader()
    loader._store = None
    assert loader.peek(world.query()) is None


PEEKER = f"""
import sys
from pathlib import Path
from usagetop.client.cache import BucketCache
from usagetop.client.origin import Origin
from usagetop.client.units import Scope
from usagetop.model.query import make_query
from usagetop.store.loader import Loader
query, _ = make_query("embeddings", "7d", now={NOW})
loader = Loader(Origin(sys.argv[2]), store=BucketCache(Path(sys.argv[1])), scope=Scope(sys.argv[2]),
                clock=lambda: {NOW})
assert loader.peek(query)
print(sorted({{"asyncio", "httpx", "pydantic", "diskcache", "textual"}} & set(sys.modules)))
"""


async def test_peeking_loads_nothing_heavy(world: World, tmp_path: Path) -> None:
    """The explorer's first screen waits for it."""
    loader = world.loader(BucketCache(tmp_path / "c"))
    await world.load(loader)
    ended = run_python("-c", PEEKER, str(tmp_path / "c"), loader.base_url)
    assert ended.stdout.strip() == "[]", ended.stderr
