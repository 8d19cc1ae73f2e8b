"""A view that was rolled up is not rolled up again, unless anything of it has changed."""

from __future__ import annotations

from tests.unit.store.world import HOUR, World
from usagetop.store.labels import no_names
from usagetop.store.outcome import Memo, load_outcome
from usagetop.store.session import View


def view(by: str = "model", metric: str = "", category: str = "embeddings") -> View:
    """Seven days of a category."""
    return View(category, range_text="7d", group_by=(by,), metric=metric)


async def test_the_same_view_again_is_the_same_frame() -> None:
    """The answer is the new one: it came from the cache."""
    world, memo = World(), Memo()
    loader = world.loader()
    first = await load_outcome(loader, view(), now=int(world.now), mode="normal", memo=memo)
    world.now += 1
    again = await load_outcome(loader, view(), now=int(world.now), mode="normal", memo=memo)
    assert again.frame is first.frame
    assert (first.answer.source.requests, again.answer.source.requests) == (1, 0)


async def test_another_metric_grouping_or_fetch_is_rolled_up_anew() -> None:
    """Also when the open day was asked again, and the books have changed."""
    world, memo = World(), Memo()
    loader = world.loader()
    first = await load_outcome(loader, view(), now=int(world.now), mode="normal", memo=memo)
    for other in (view("project_id"), view(metric="num_model_requests")):
        made = await load_outcome(loader, other, now=int(world.now), mode="normal", memo=memo)
        assert made.frame is not first.frame
    world.now += HOUR
    world.books[int(world.now) - int(world.now) % 86_400] = 5
    later = await load_outcome(loader, view(), now=int(world.now), mode="normal", memo=memo)
    assert later.frame.totals.counts["input_tokens"] == first.frame.totals.counts["input_tokens"] + 4


async def test_names_that_came_meanwhile_are_used() -> None:
    """A kept outcome is drawn under the names that are known now."""
    world, memo = World(), Memo()
    loader = world.loader()
    await load_outcome(loader, view(), now=int(world.now), mode="normal", memo=memo)
    named = await load_outcome(
        loader,
        view(),
        now=int(world.now),
        mode="normal",
        memo=memo,
        resolve=lambda _dim, value: value.upper(),
    )
    assert named.labels.of("model", "m") == "M"
    assert named.series.lines[0].label == "M"


async def test_only_so_many_outcomes_are_kept() -> None:
    """The least recently used go first."""
    world, memo = World(), Memo(most=2)
    loader = world.loader()
    made = [
        await load_outcome(loader, each, now=int(world.now), mode="normal", memo=memo)
        for each in (view(), view("project_id"), view("user_id"))
    ]
    kept = [memo.outcome(each.view, each.answer, no_names) is not None for each in made]
    assert kept == [False, True, True]
