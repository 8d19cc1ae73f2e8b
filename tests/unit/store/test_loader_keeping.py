"""What a load says of clocks and of the cache; and what is left of a cancelled one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, ClassVar

import pytest

from tests.unit.store.world import (
    MINUTE,
    World,
    codes,
    days,
)
from usagetop.client.memory import MemoryCache
from usagetop.client.plan import Window
from usagetop.client.units import Grain, Unit
from usagetop.errors import (
    CacheUnusable,
)
from usagetop.store.loader import Loader
from usagetop.store.progress import Progress


@pytest.fixture
def world() -> World:
    """A server with a row a bucket."""
    return World()


# -- clocks


@pytest.mark.fault(
    "time",
    "this machine's clock and the server's disagree",
    "a notice says by how much",
)
@pytest.mark.parametrize(("seconds", "told"), [(0, ""), (240, ""), (900, "behind"), (-7200, "ahead of")])
async def test_clocks_that_disagree_are_told(world: World, seconds: int, told: str) -> None:
    """A wrong clock puts "now" and the open bucket in doubt."""
    world.date = format_datetime(datetime.fromtimestamp(world.now + seconds, UTC), usegmt=True)
    notice = (await world.load(world.loader())).notice("clock_skew")
    assert (told in notice.message) if told and notice else notice is None and not told


# -- the cache in trouble


class Broken(MemoryCache):
    """A cache that keeps nothing and says so once."""

    told = False

    def write(self, grain: Grain, units: Iterable[Unit], **notes: Any) -> None:
        """Nothing."""

    def take_trouble(self) -> CacheUnusable | None:
        """The one sentence."""
        first, self.told = not self.told, True
        return CacheUnusable("the disk cache is off", why="the disk is full") if first else None


async def test_a_cache_that_is_off_is_told_once(world: World) -> None:
    """The answer is whole without it."""
    loader = world.loader(Broken())
    first = await world.load(loader)
    assert first.complete
    assert first.notice("cache_off") is not None
    assert "the disk is full" in str(first.notice("cache_off"))
    assert "cache_off" not in codes(await world.load(loader))


# -- asking on


async def test_while_answers_are_read_and_stored_the_next_are_asked_for(world: World) -> None:
    """Six at once: the seventh is asked for though the first of them is not stored yet."""
    asked, first = threading.Event(), threading.Lock()

    def fault(_: Window) -> None:
        if len(world.windows) == 7:
            asked.set()

    class Waiting(MemoryCache):
        waited: ClassVar[list[bool]] = []

        def write(self, grain: Grain, units: Iterable[Unit], **notes: Any) -> None:
            # One thread alone waits: answers are read in threads too, and there may be no more than six.
            if first.acquire(blocking=False):
                self.waited.append(asked.wait(10))
            super().write(grain, units, **notes)

    world.fault = fault
    answer = await world.load(world.loader(Waiting()), "365d")
    assert len(answer.buckets) == 365
    assert Waiting.waited == [True]


# -- cancelling


class Telling(MemoryCache):
    """Sets an event when units are stored."""

    def __init__(self) -> None:
        super().__init__()
        self.stored = threading.Event()

    def write(self, grain: Grain, units: Iterable[Unit], **notes: Any) -> None:
        """Keep them, and tell."""
        super().write(grain, units, **notes)
        self.stored.set()


async def test_a_cancelled_load_keeps_what_had_come(world: World) -> None:
    """The next load asks for the rest only; no task is left behind."""
    held = threading.Event()

    def fault(window: Window) -> None:
        if window.end != int(world.now) // MINUTE * MINUTE:
            held.wait(10)

    world.fault = fault
    store = Telling()
    loader = world.loader(store)
    before = asyncio.all_tasks()
    told: list[Progress] = []
    load = asyncio.create_task(loader.load(world.query("90d"), on_progress=told.append))
    await asyncio.to_thread(store.stored.wait, 10)
    load.cancel()
    with pytest.raises(asyncio.CancelledError):
        await load
    assert asyncio.all_tasks() <= before
    assert not loader._counters
    held.set()
    world.fault = None
    world.forget()
    answer = await world.load(loader, "90d")
    assert answer.complete
    assert answer.source.cached_buckets == 31
    assert told[-1].done == 31


def test_what_has_come_is_stored_though_the_loop_ends(world: World) -> None:
    """Ctrl-C while a window is being written: the thread finishes."""
    entered, go = threading.Event(), threading.Event()

    class Slow(MemoryCache):
        def write(self, grain: Grain, units: Iterable[Unit], **notes: Any) -> None:
            entered.set()
            go.wait(10)
            super().write(grain, units, **notes)

    store = Slow()

    async def main() -> None:
        loader: Loader = world.loader(store)
        load = asyncio.create_task(loader.load(world.query()))
        await asyncio.to_thread(entered.wait, 10)
        load.cancel()
        await asyncio.sleep(0)
        go.set()

    asyncio.run(main())
    grain = Grain.of(world.loader()._scope, world.query())
    assert len(store.read(grain, days(0, 1, 2, 3, 4, 5, 6))) == 7
