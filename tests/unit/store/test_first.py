"""The explorer's first view: from the cache alone, in a thread of its own."""

from __future__ import annotations

import threading

import pytest

from tests.unit.store.world import World
from usagetop.model.answer import Answer
from usagetop.model.query import Query
from usagetop.store.first import First
from usagetop.store.outcome import outcome
from usagetop.store.session import View

pytestmark = pytest.mark.anyio

VIEW = View("embeddings", range_text="7d", group_by=("model",))


async def test_a_warm_cache_gives_the_view_that_a_load_would() -> None:
    """The same numbers, and nobody is asked again."""
    world = World()
    loader = world.loader()
    answer = await loader.load(VIEW.query(int(world.now)))
    world.forget()
    first = First(loader, VIEW, int(world.now))
    made = first.within()
    assert made is not None
    assert made.frame.totals == outcome(VIEW, answer).frame.totals
    assert made.frame.totals.counts["input_tokens"] == 7
    assert made.answer.source.requests == 0
    assert not world.windows


def test_a_cold_cache_gives_none_and_asks_nobody() -> None:
    """The load that follows asks."""
    world = World()
    assert First(world.loader(), VIEW, int(world.now)).within() is None
    assert not world.windows


def test_what_cannot_be_asked_is_left_to_the_load_to_tell() -> None:
    """Nothing is raised in the thread, nor printed."""
    world = World()
    wrong = VIEW.changed(range_text="next year")
    assert First(world.loader(), wrong, int(world.now)).within() is None


def test_nobody_waits_longer_than_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache that answers slowly does not hold up the first paint."""
    world = World()
    loader, gate = world.loader(), threading.Event()

    def slow(_: Query) -> Answer | None:
        gate.wait()
        return None

    monkeypatch.setattr(loader, "peek", slow)
    first = First(loader, VIEW, int(world.now))
    assert first.within(0.0) is None
    gate.set()
    first.within()
