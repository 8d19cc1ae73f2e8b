"""The loader on good days: what is stored is not asked for, what is due is asked once more, and modes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.store.world import DAY, HOUR, MIDNIGHT, MINUTE, NOW, World, codes, days, tokens
from usagetop.client.cache import BucketCache
from usagetop.client.memory import MemoryCache
from usagetop.client.units import Grain, Scope, UnitStore
from usagetop.errors import NotCached
from usagetop.store.loader import Mode
from usagetop.store.progress import Progress


@pytest.fixture
def world() -> World:
    """A server with a row a bucket."""
    return World()


@pytest.mark.fault(
    "time",
    "the machine slept between a question and its answer",
    "an open day is not taken for a whole one",
)
@pytest.mark.fault(
    "time",
    "a day was seen only while it was open",
    "it is asked for again, however much later",
)
@pytest.mark.parametrize(
    ("text", "width"), [("30d", "1d"), ("365d", "1d"), ("24h", "1h"), ("2h", "1m"), ("2026-10", "1d")]
)
@pytest.mark.parametrize("kind", ["memory", "disk"])
async def test_a_second_identical_view_makes_no_request(
    world: World, tmp_path: Path, kind: str, text: str, width: str
) -> None:
    """Also after a restart, where the disk keeps it; and it is the same answer."""
    store: UnitStore = BucketCache(tmp_path / "c") if kind == "disk" else MemoryCache()
    first = await world.load(world.loader(store), text, width=width)
    assert first.complete
    assert first.source.fetched_buckets == len(first.query.starts()) == len(first.buckets)
    world.forget()
    world.now += 1
    again = world.loader(BucketCache(tmp_path / "c") if kind == "disk" else store)
    second = await again.load(first.query)
    assert not world.windows
    assert second.buckets == first.buckets
    assert second.notices == first.notices
    assert (second.source.requests, second.source.fetched_buckets) == (0, 0)
    assert second.source.cached_buckets == len(first.buckets)
    assert second.source.fetched_at == first.source.fetched_at == NOW
    assert again.peek(first.query) == second


async def test_only_missing_units_are_asked_for(world: World) -> None:
    """A longer range asks for what the shorter one did not hold."""
    loader = world.loader()
    await world.load(loader, "7d")
    world.forget()
    answer = await world.load(loader, "10d")
    assert [(w.start, w.end) for w in world.windows] == [(days(9)[0], days(6)[0])]
    assert (answer.source.cached_buckets, answer.source.fetched_buckets) == (7, 3)
    assert tokens(answer) == [1] * 10


async def test_due_units_are_asked_once_more(world: World) -> None:
    """After six minutes today is due, after an hour yesterday and the two days before; the rest is settled."""
    loader = world.loader()
    await world.load(loader, "7d")
    for seconds, asked in ((6 * MINUTE, 1), (HOUR, 4), (1, 0)):
        world.now += seconds
        world.forget()
        answer = await world.load(loader, "7d")
        assert sum(-(-(w.end - w.start) // DAY) for w in world.windows) == asked
        assert tokens(answer) == [1] * 7


async def test_a_day_fetched_while_open_is_asked_again_days_later(world: World) -> None:
    """However old it has become: it was never seen whole."""
    loader = world.loader()
    world.books[MIDNIGHT] = 5
    await world.load(loader, "2026-11-24", width="1d")
    world.books[MIDNIGHT] = 9
    world.now += 5 * DAY
    answer = await world.load(loader, "2026-11-24", width="1d")
    assert tokens(answer) == [9]
    world.now += 300 * DAY
    world.forget()
    assert tokens(await world.load(loader, "2026-11-24", width="1d")) == [9]
    assert not world.windows


async def test_an_hour_that_began_since_is_asked_for_though_its_day_is_fresh(world: World) -> None:
    """A unit in its life that was asked too early does not hold it."""
    world.now = MIDNIGHT + 8 * HOUR - 30
    loader = world.loader()
    await world.load(loader, "3h", width="1h")
    world.now += MINUTE + 30
    answer = await world.load(loader, "3h", width="1h")
    assert answer.complete
    assert answer.buckets[-1].start == MIDNIGHT + 8 * HOUR


async def test_an_open_unit_asked_long_after_its_query_was_made_is_not_taken_for_whole(world: World) -> None:
    """The machine slept between: what was asked until 08:30 is as old as 08:30, not settled."""
    loader = world.loader()
    world.books[MIDNIGHT] = 5
    query = world.query("today", width="1d")
    world.now += 4 * DAY
    assert tokens(await loader.load(query)) == [5]
    world.books[MIDNIGHT] = 9
    assert tokens(await world.load(loader, "2026-11-24", width="1d")) == [9]


async def test_what_was_fetched_in_the_future_is_asked_again(world: World) -> None:
    """The clock lied then or lies now."""
    loader = world.loader()
    await world.load(loader, "2026-10")
    world.now -= HOUR
    world.forget()
    await world.load(loader, "2026-10")
    assert len(world.windows) == 1


async def test_windows_are_whole_pages_and_never_in_the_future(world: World) -> None:
    """A year of days is twelve questions, the last up to now's minute."""
    await world.load(world.loader(), "365d")
    assert len(world.windows) == 12
    assert max(w.end for w in world.windows) == NOW - NOW % MINUTE
    assert {w.limit for w in world.windows} == {31}


async def test_refresh_asks_for_everything(world: World) -> None:
    """Also for what is settled, and stores it anew."""
    loader = world.loader()
    await world.load(loader, "2026-10")
    world.books[days(24)[0]] = 8
    world.forget()
    answer = await world.load(loader, "2026-10", mode="refresh")
    assert len(world.windows) == 1
    assert answer.source.fetched_buckets == 31
    assert tokens(answer)[-1] == 8
    assert tokens(await world.load(loader, "2026-10"))[-1] == 8
    assert len(world.windows) == 1


async def test_no_cache_neither_reads_nor_writes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It asks every time."""
    store = MemoryCache()
    for name in ("read", "write", "read_note", "write_note"):
        monkeypatch.setattr(store, name, None)
    loader = world.loader(store)
    for _ in range(2):
        assert (await world.load(loader, "7d", mode="no-cache")).source.fetched_buckets == 7
    assert len(world.windows) == 2


async def test_offline_shows_what_is_there(world: World) -> None:
    """With what it lacks and how old it is; nobody is asked."""
    loader = world.loader()
    await world.load(loader, "2026-11-01..2026-11-10")
    world.forget()
    whole = await world.load(loader, "2026-11-01..2026-11-10", mode="offline")
    assert codes(whole) == ["offline"]
    assert whole.complete
    part = await world.load(loader, "2026-11-01..2026-11-12", mode="offline")
    assert not part.complete
    assert "2026-11-11, 2026-11-12" in str(part.notice("missing_bucket"))
    assert tokens(part) == [1] * 10
    assert not world.windows


async def test_offline_says_what_is_stale(world: World) -> None:
    """Past its life, it is shown all the same."""
    loader = world.loader()
    await world.load(loader, "7d")
    world.now += 2 * HOUR
    answer = await world.load(loader, "7d", mode="offline")
    assert answer.complete
    assert {"offline", "stale"} <= set(codes(answer))
    assert "2 h ago" in str(answer.notice("stale"))


async def test_offline_with_nothing_stored_is_an_error(world: World) -> None:
    """Exit code 4, with what to do."""
    with pytest.raises(NotCached) as raised:
        await world.load(world.loader(), mode="offline")
    assert raised.value.exit_code == 4
    assert raised.value.mend


async def test_offline_with_none_of_the_views_own_buckets_is_an_error(world: World) -> None:
    """The day is there, but only its first hour, and that is not asked for."""
    world.now = MIDNIGHT + 10 * MINUTE
    loader = world.loader()
    await world.load(loader, "1h", width="1h")
    world.now = MIDNIGHT + 15 * HOUR
    with pytest.raises(NotCached):
        await world.load(loader, "2h", width="1h", mode="offline")


async def test_progress_counts_buckets(world: World) -> None:
    """From those that are stored to all of them."""
    loader = world.loader()
    await world.load(loader, "30d")
    told: list[Progress] = []
    answer = await loader.load(world.query("90d"), on_progress=told.append)
    assert answer.complete
    assert (told[0].done, told[0].total) == (30, 90)
    assert (told[-1].done, told[-1].total) == (90, 90)
    assert [each.done for each in told] == sorted(each.done for each in told)


async def test_progress_holds_what_has_come_so_far(world: World) -> None:
    """An incomplete answer after each window: what is stored and need not be asked for, and what is in."""
    loader = world.loader()
    await world.load(loader, "30d")
    world.now += 2 * HOUR
    told: list[Progress] = []
    answer = await loader.load(world.query("365d"), on_progress=told.append)
    assert told[0].so_far is None
    parts = [each.so_far() for each in told if each.so_far is not None]
    counts = [len(part.buckets) for part in parts]
    assert counts == sorted(counts)
    assert 26 < counts[0] < counts[-1]
    assert not parts[0].complete
    assert parts[0].buckets == answer.buckets[-counts[0] :]
    assert parts[-1].buckets == answer.buckets
    assert parts[-1].complete


async def test_another_scope_shares_nothing(world: World) -> None:
    """Another key at the same server."""
    store = MemoryCache()
    query = world.query("7d")
    await world.loader(store).load(query)
    assert store.read(Grain.of(Scope(world.loader().base_url), query), days(0))
    assert not store.read(Grain.of(Scope(world.loader().base_url, "other"), query), days(0))


async def test_a_range_that_has_not_begun_is_an_empty_answer(world: World) -> None:
    """In the first minute of a day there is nothing to ask yet; that is no error, offline neither."""
    world.now = MIDNIGHT + 20
    modes: tuple[Mode, ...] = ("normal", "offline")
    for mode in modes:
        answer = await world.load(world.loader(), "today", mode=mode)
        assert answer.buckets == ()
        assert answer.complete
    assert not world.windows
