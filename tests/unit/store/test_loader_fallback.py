"""A loader whose server refuses groupings: raised, or answered with the nearest one, and remembered."""

from __future__ import annotations

import pytest

from tests.unit.store.world import NOW, Params, Response, World, codes, refuse, status
from usagetop.client.plan import Window
from usagetop.errors import GroupingRefused, NotCached, ScopeMissing, ServerFailed
from usagetop.store.opening import demo_loader

# API.md, trap 6: costs are not grouped by key before this day.
FIRST_BY_KEY = 1_764_979_200


class Strict(World):
    """Refuses groupings with one of these dimensions."""

    refused = frozenset({"user_id"})
    says = "Grouping by '{}' is not supported."

    def __call__(self, path: str, params: Params) -> Response:
        """The World's answer, or a 400."""
        asked = {value for name, value in params if name == "group_by[]"}
        for name in sorted(asked & self.refused):
            self.windows.append(Window(0, 0, 0))
            return refuse(self.says.format(name))
        return super().__call__(path, params)


@pytest.fixture
def world() -> Strict:
    """A server that does not group by user."""
    return Strict()


async def test_a_refusal_is_raised(world: Strict) -> None:
    """With the server's words; exit code 2."""
    loader = world.loader()
    with pytest.raises(GroupingRefused) as raised:
        await world.load(loader, by="model,user_id")
    assert raised.value.exit_code == 2
    assert "not supported" in raised.value.why
    assert loader.refused("embeddings") == {("model", "user_id"): "Grouping by 'user_id' is not supported"}
    assert not loader.refused("costs")


async def test_the_nearest_grouping_answers(world: Strict) -> None:
    """Without the dimension that the server named; the answer's query says what was used."""
    answer = await world.load(world.loader(fallback=True), by="model,user_id")
    assert answer.query.group_by == ("model",)
    assert answer.complete
    told = answer.notice("fallback_grouping")
    assert told is not None
    assert told.message == "grouped by model, not by model, user_id: Grouping by 'user_id' is not supported"
    assert codes(answer)[0] == "fallback_grouping"
    assert answer.source.requests == len(world.windows), "the refused request was one too"


async def test_a_refusal_is_remembered(world: Strict) -> None:
    """The second view asks nothing that was refused, and the explorer can peek at it."""
    loader = world.loader(fallback=True)
    first = await world.load(loader, by="model,user_id")
    world.forget()
    second = await world.load(loader, by="model,user_id")
    assert not world.windows
    assert second.source.requests == 0
    assert second.buckets == first.buckets
    assert codes(second) == codes(first)
    peeked = loader.peek(world.query(by="model,user_id"))
    assert peeked is not None
    assert (peeked.query, codes(peeked)) == (second.query, codes(second))
    offline = await world.load(loader, by="model,user_id", mode="offline")
    assert codes(offline) == ["fallback_grouping", "offline", *codes(second)[1:]]


async def test_more_than_one_dimension_may_go(world: Strict) -> None:
    """One after the other, down to none."""
    world.refused = frozenset({"user_id", "api_key_id", "model"})
    answer = await world.load(world.loader(fallback=True), by="user_id,api_key_id,model")
    assert answer.query.group_by == ()
    assert "grouped by nothing" in str(answer.notice("fallback_grouping"))


async def test_the_bucket_stays(world: Strict) -> None:
    """It is ours, the server never hears of it."""
    answer = await world.load(world.loader(fallback=True), by="bucket,user_id,model")
    assert answer.query.group_by == ("bucket", "model")


async def test_a_filter_is_not_dropped(world: Strict) -> None:
    """An answer without it would be to another question: the refusal is raised."""
    with pytest.raises(GroupingRefused):
        await world.load(world.loader(fallback=True), by="user_id", filters=("user_id!=user-1",))


async def test_nothing_left_to_drop_is_raised(world: Strict) -> None:
    """A server that refuses even no grouping."""
    world.fault = lambda _: refuse("group_by is wrong")
    with pytest.raises(GroupingRefused):
        await world.load(world.loader(fallback=True), by="model")


async def test_offline_falls_back_only_on_what_was_learnt(world: Strict) -> None:
    """A new session knows of no refusal, and asks nobody."""
    with pytest.raises(NotCached):
        await world.load(world.loader(fallback=True), by="user_id", mode="offline")
    assert not world.windows


async def test_a_missing_scope_does_not_fall_back(world: Strict) -> None:
    """It is not mended by fewer dimensions."""
    world.fault = lambda _: (403, {}, b'{"error": "Missing scopes: api.usage.read"}')
    with pytest.raises(ScopeMissing):
        await world.load(world.loader(fallback=True), by="model")


async def test_a_server_that_fails_teaches_no_refusal(world: Strict) -> None:
    """A 500 says nothing about groupings."""
    world.fault = lambda _: status(500)
    loader = world.loader(fallback=True)
    with pytest.raises(ServerFailed):
        await world.load(loader, by="model")
    assert loader.refused("embeddings") == {}
    world.fault = None
    assert (await world.load(loader, by="model")).complete


async def test_a_refusal_of_early_windows_binds_early_ranges_only(world: Strict) -> None:
    """Two years by key are refused, for their beginning; a month is asked."""

    def fault(window: Window) -> Response | None:
        by_key = ("group_by[]", "api_key_id") in world.params[-1]
        return refuse("not by api_key_id then") if by_key and window.start < FIRST_BY_KEY else None

    world.fault = fault
    loader = world.loader(fallback=True)
    long = await loader.load(world.query("730d", "costs", by="api_key_id"))
    assert long.query.group_by == ()
    month = await loader.load(world.query("30d", "costs", by="api_key_id"))
    assert month.query.group_by == ("api_key_id",)
    assert "fallback_grouping" not in codes(month)


async def test_the_other_windows_end_with_a_refusal(world: Strict) -> None:
    """They would be refused as well, or would be of no use."""
    with pytest.raises(GroupingRefused):
        await world.load(world.loader(), "365d", by="user_id")
    assert len(world.windows) <= 6


async def test_the_demos_gateway_is_survived() -> None:
    """The scenario "refusing" refuses two dimensions of costs."""
    loader = demo_loader("refusing", clock=lambda: NOW, fallback=True)
    answer = await loader.load(World().query("7d", "costs", by="project_id,api_key_id"))
    assert answer.query.group_by == ("project_id",)
    assert answer.complete
