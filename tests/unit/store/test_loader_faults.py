"""The loader on bad days: what arrived is kept, what is stored stands in, and both are said."""

from __future__ import annotations

import threading

import pytest

from tests.unit.store.world import (
    DAY,
    HOUR,
    MIDNIGHT,
    MINUTE,
    Response,
    World,
    codes,
    days,
    refuse,
    status,
    tokens,
    unreachable,
)
from usagetop.client.plan import Window
from usagetop.errors import (
    KeyRefused,
    NetworkFailed,
    NotServed,
    RateLimited,
    RequestRefused,
    ServerFailed,
    UsagetopError,
)


@pytest.fixture
def world() -> World:
    """A server with a row a bucket."""
    return World()


def failing(*numbers: int, code: int = 500) -> object:
    """A fault for the windows of these numbers, counted by their ends, the newest being 0, at every try."""
    ends: list[int] = []

    def fault(window: Window) -> Response | None:
        if window.end not in ends:
            ends.append(window.end)
        return status(code) if ends.index(window.end) in numbers else None

    return fault


# -- nothing stored


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (unreachable, NetworkFailed),
        (lambda _: status(500), ServerFailed),
        (lambda _: status(401), KeyRefused),
        (lambda _: status(404), NotServed),
        (lambda _: status(429), RateLimited),
        (lambda _: refuse("start_time is wrong", "start_time"), RequestRefused),
    ],
)
async def test_nothing_at_all_is_the_error(world: World, fault: object, error: type[UsagetopError]) -> None:
    """Raised as it is, whatever the range; the rest is not tried for long."""
    world.fault = fault  # type: ignore[assignment]
    with pytest.raises(error):
        await world.load(world.loader(), "365d")
    assert len({window.end for window in world.windows}) <= 8


@pytest.mark.fault("network", "a part of a load fails", "the rest is shown, INCOMPLETE, exit 5")
async def test_one_window_of_several_fails(world: World) -> None:
    """The others are shown, as incomplete, and are kept; next time only the lost one is asked for."""
    world.fault = failing(1)  # type: ignore[assignment]
    loader = world.loader()
    answer = await world.load(loader, "90d")
    assert not answer.complete
    assert {"paging", "missing_bucket"} <= set(codes(answer))
    assert "31 buckets are missing" in str(answer.notice("missing_bucket"))
    assert len(answer.buckets) == 59
    assert answer.source.requests == len(world.windows), "the tries of the lost window count too"
    world.fault = None
    world.forget()
    again = await world.load(loader, "90d")
    assert again.complete
    assert len(world.windows) == 1
    assert len(again.buckets) == 90


@pytest.mark.fault("network", "a key that expires in mid-session", "said at once, exit 3; nobody asks on")
async def test_a_refused_key_in_mid_load_ends_it(world: World) -> None:
    """Nobody waits for the other windows, and none is asked for any more: the key must be mended first."""
    held = threading.Event()
    waited: list[Window] = []

    def fault(window: Window) -> Response | None:
        if window.end == int(world.now) // MINUTE * MINUTE:
            return status(401)
        held.wait(10)
        waited.append(window)
        return None

    world.fault = fault
    with pytest.raises(KeyRefused):
        await world.load(world.loader(), "365d")
    assert not waited
    assert len(world.windows) <= 6
    held.set()


async def test_a_day_without_one_of_its_hours_is_not_stored(world: World) -> None:
    """The other hours are shown; the day is asked for again, whole."""
    gone = MIDNIGHT - 5 * HOUR

    def fault(window: Window) -> Response:
        every = range(window.start, window.end, HOUR)
        path = "/organization/usage/embeddings"
        return world.page([world.bucket(path, at, at + HOUR) for at in every if at != gone])

    world.fault = fault
    loader = world.loader()
    answer = await world.load(loader, "48h", width="1h")
    assert not answer.complete
    assert len(answer.buckets) == 47
    world.fault = None
    world.forget()
    assert (await world.load(loader, "48h", width="1h")).complete
    assert [window.start for window in world.windows] == [MIDNIGHT - DAY]


@pytest.mark.parametrize("missing", [0, 3])
async def test_a_bucket_that_did_not_come_is_said_and_asked_for_again(world: World, missing: int) -> None:
    """Never taken for an empty one; a unit without all of its buckets is not stored."""
    gone = days(missing)[0]

    def fault(window: Window) -> Response:
        path = "/organization/usage/embeddings"
        every = range(window.start, window.end, DAY)
        return world.page([world.bucket(path, start, start + DAY) for start in every if start != gone])

    world.fault = fault
    loader = world.loader()
    answer = await world.load(loader, "7d")
    assert not answer.complete
    assert "missing_bucket" in codes(answer)
    assert codes(answer).count("missing_bucket") == 1
    world.fault = None
    world.forget()
    assert (await world.load(loader, "7d")).complete
    assert [window.start for window in world.windows] == [gone]


async def test_nothing_is_kept_of_pages_behind_a_bad_cursor(world: World) -> None:
    """More rows of any bucket may be behind it."""

    def fault(window: Window) -> Response:
        bucket = world.bucket("/organization/usage/embeddings", window.start, window.start + DAY)
        return world.page([bucket], has_more=True)

    world.fault = fault
    loader = world.loader()
    answer = await world.load(loader, "yesterday", width="1d")
    assert not answer.complete
    assert "paging" in codes(answer)
    assert tokens(answer) == [1]
    assert loader.peek(answer.query) is None


# -- something stored


@pytest.mark.fault("network", "asking fails, and copies are stored", "copies stand in, STALE")
@pytest.mark.parametrize("mode", ["normal", "refresh"])
async def test_copies_stand_in_when_asking_fails(world: World, mode: str) -> None:
    """The answer is whole and says how old it is."""
    loader = world.loader()
    first = await world.load(loader, "7d")
    world.now += 3 * HOUR
    world.fault = unreachable
    answer = await world.load(loader, "7d", mode=mode)  # type: ignore[arg-type]
    assert answer.complete
    assert "stale" in codes(answer)
    assert "3 h ago" in str(answer.notice("stale"))
    assert "refused" in str(answer.notice("stale"))
    assert answer.buckets == first.buckets
    assert (answer.source.fetched_buckets, answer.source.fetched_at) == (0, int(world.now) - 3 * HOUR)


async def test_some_have_copies_and_some_have_none(world: World) -> None:
    """Incomplete, and old: both are said."""
    loader = world.loader()
    await world.load(loader, "3d", width="1d")
    world.now += 3 * HOUR
    world.fault = unreachable
    answer = await world.load(loader, "7d")
    assert not answer.complete
    assert {"paging", "stale", "missing_bucket"} <= set(codes(answer))
    assert tokens(answer) == [1] * 3


async def test_a_copy_that_lacks_the_open_hour_is_incomplete(world: World) -> None:
    """It is stored, but was asked too early for this view."""
    loader = world.loader()
    await world.load(loader, "3h", width="1h")
    world.now += HOUR
    world.fault = unreachable
    answer = await world.load(loader, "3h", width="1h")
    assert not answer.complete
    assert {"paging", "stale", "missing_bucket"} <= set(codes(answer))


async def test_a_copy_beside_the_view_is_nothing(world: World) -> None:
    """The day's first hour is stored, the hours asked for are not: the error is raised, not an empty answer."""
    world.now = MIDNIGHT + 10 * MINUTE
    loader = world.loader()
    await world.load(loader, "1h", width="1h")
    world.now = MIDNIGHT + 15 * HOUR
    world.fault = unreachable
    with pytest.raises(NetworkFailed):
        await world.load(loader, "2h", width="1h")


async def test_without_a_cache_nothing_stands_in(world: World) -> None:
    """--no-cache does not look."""
    loader = world.loader()
    await world.load(loader, "7d")
    world.fault = unreachable
    with pytest.raises(NetworkFailed):
        await world.load(loader, "7d", mode="no-cache")


@pytest.mark.fault("network", "a network that is gone", "given up early, not window by window")
async def test_a_dead_network_ends_the_load_early(world: World) -> None:
    """A year would be twelve windows that each wait in vain."""
    loader = world.loader()
    await world.load(loader, "30d")
    world.fault = unreachable
    world.forget()
    answer = await world.load(loader, "365d")
    assert len(world.windows) <= 6
    assert not answer.complete
