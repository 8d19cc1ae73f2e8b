"""What is asked for ahead of the reader, and what is not worth a request."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.store.world import World
from usagetop.model.answer import Notice
from usagetop.store.ahead import ahead_of


async def test_the_drill_path_is_asked_for_behind_a_first_answer() -> None:
    """Then drilling along it asks nobody."""
    world = World()
    loader = world.loader()
    query = ahead_of(await world.load(loader, "30d", by="model"))
    assert query is not None
    assert query.group_by == ("model", "project_id")
    await loader.load(query)
    world.forget()
    await world.load(loader, "30d", by="project_id", filters=("model=m",))
    await world.load(loader, "30d", by="project_id")
    assert not world.windows


@pytest.mark.parametrize(
    ("category", "options"),
    [
        ("embeddings", {"by": "model,project_id"}),
        ("embeddings", {"by": "model", "filters": ("project_id=p",)}),
        ("vector_stores", {"by": "project_id"}),
    ],
)
async def test_nothing_is_asked_for_that_would_not_help(category: str, options: dict[str, Any]) -> None:
    """The grain is there already, the view is filtered, or the category has no such path."""
    world = World()
    answer = await world.load(world.loader(), "7d", category=category, **options)
    assert ahead_of(answer) is None


async def test_nothing_is_asked_for_after_an_answer_from_the_cache_or_a_broken_one() -> None:
    """A reader who looks around in the cache must not cause requests, nor a server in trouble get more."""
    world = World()
    loader = world.loader()
    first = await world.load(loader, "7d", by="model")
    assert ahead_of(await world.load(loader, "7d", by="model")) is None
    assert ahead_of(first._replace(notices=(Notice("missing_bucket", "one is missing"),))) is None
    assert ahead_of(first._replace(notices=(Notice("stale", "asking failed"),))) is None
