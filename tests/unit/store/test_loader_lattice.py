"""The loader answers from finer units: no request, the same numbers, and it says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.store.world import HOUR, World, codes, status, tokens
from usagetop.client.cache import BucketCache
from usagetop.client.memory import MemoryCache
from usagetop.client.units import UnitStore


@pytest.mark.parametrize("kind", ["memory", "disk"])
async def test_after_a_finer_view_a_coarser_one_asks_nobody(kind: str, tmp_path: Path) -> None:
    """Fewer dimensions, a filter on a grouped one, a shorter range; also after a restart."""
    world = World()
    store: UnitStore = BucketCache(tmp_path / "c") if kind == "disk" else MemoryCache()
    await world.load(world.loader(store), "90d", by="model,project_id")
    world.forget()
    loader = world.loader(BucketCache(tmp_path / "c") if kind == "disk" else store)
    for options in (
        {"by": "model"},
        {"by": "project_id"},
        {"by": "none"},
        {"by": "bucket"},
        {"by": "project_id", "filters": ("model=m",)},
        {"by": "none", "filters": ("model!=x",)},
    ):
        answer = await world.load(loader, "30d", **options)
        assert not world.windows
        assert tokens(answer) == [1] * 30
        assert (answer.source.requests, answer.source.cached_buckets, answer.source.finer_buckets) == (
            0,
            30,
            30,
        )
        assert loader.peek(answer.query) == answer
    await world.load(loader, "30d", by="user_id")
    assert world.windows


async def test_the_exact_grain_is_preferred_while_it_is_not_due() -> None:
    """Then nothing is said of a finer grain."""
    world = World()
    loader = world.loader()
    await world.load(loader, "7d", by="model")
    await world.load(loader, "7d", by="model,project_id")
    answer = await world.load(loader, "7d", by="model")
    assert answer.source.finer_buckets == 0


async def test_a_due_finer_unit_is_asked_for_at_the_grain_of_the_question() -> None:
    """An hour later the young days are asked again; the settled ones still come from the finer units."""
    world = World()
    loader = world.loader()
    await world.load(loader, "30d", by="model,project_id")
    world.forget()
    world.now += 2 * HOUR
    answer = await world.load(loader, "30d", by="model")
    assert answer.complete
    assert len(world.windows) == 1
    assert 0 < answer.source.fetched_buckets < 5
    assert answer.source.finer_buckets == 30 - answer.source.fetched_buckets


async def test_offline_an_old_finer_unit_is_better_than_none() -> None:
    """It is shown, and called stale."""
    world = World()
    store = MemoryCache()
    await world.load(world.loader(store), "7d", by="model,project_id")
    world.now += 2 * HOUR
    answer = await world.load(world.loader(store), "7d", by="model", mode="offline")
    assert tokens(answer) == [1] * 7
    assert {"offline", "stale"} <= set(codes(answer))


async def test_a_due_finer_unit_stands_in_for_a_server_that_fails() -> None:
    """What --offline would show is shown, stale and complete; never less."""
    world = World()
    store = MemoryCache()
    await world.load(world.loader(store), "7d", by="model,project_id")
    world.now += 2 * HOUR
    world.fault = lambda _window: status(500)
    answer = await world.load(world.loader(store), "7d", by="model")
    assert tokens(answer) == [1] * 7
    assert answer.complete
    assert "stale" in codes(answer)


@pytest.mark.parametrize("mode", ["refresh", "no-cache"])
async def test_asking_again_means_asking(mode: str) -> None:
    """Finer units do not spare a request that was wished for."""
    world = World()
    loader = world.loader()
    await world.load(loader, "7d", by="model,project_id")
    world.forget()
    answer = await world.load(loader, "7d", by="model", mode=mode)  # type: ignore[arg-type]
    assert world.windows
    assert answer.source.finer_buckets == 0
