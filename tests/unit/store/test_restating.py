"""A server that changes its books: what is told by the view that sees it, and by those that come later."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.store.accounts import DAY, GROUPS, HOUR, MIDNIGHT, Accounts, numbers
from usagetop.client.cache import BucketCache
from usagetop.client.memory import MemoryCache
from usagetop.client.units import UnitStore
from usagetop.model.answer import Answer

Stores = Callable[[], UnitStore]


@pytest.fixture(params=["memory", "disk"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Stores:
    """Stores on the same data: on disk each is a program of its own."""
    one = MemoryCache()
    return lambda: one if request.param == "memory" else BucketCache(tmp_path / "c")


@pytest.fixture
def accounts() -> Accounts:
    """A row a day in each group."""
    made = Accounts()
    for days in range(10):
        for at, group in enumerate(GROUPS):
            made.put(1_000 + at, days_ago=days, hours_ago=1, group=group)
    return made


def told(answer: Answer) -> list[str]:
    """What is told of restated numbers."""
    return [notice.message for notice in answer.notices if notice.code == "restated"]


async def test_a_group_that_is_other_after_its_lag_is_told(accounts: Accounts, stores: Stores) -> None:
    """Which day, which group, by how much; what grows is not."""
    await accounts.load(accounts.loader(stores()), "7d", by="model")
    accounts.put(1_500, days_ago=2, hours_ago=1)
    accounts.put(7, hours_ago=0)  # today grows
    accounts.now += 2 * HOUR
    answer = await accounts.load(accounts.loader(stores()), "7d", by="model")
    assert told(answer) == [
        "22 Nov a +500 input tokens (was 2,001, read 24 Nov)",
        "22 Nov a +500 model requests (was 2,001, read 24 Nov)",
    ]
    assert answer.complete


async def test_later_views_of_those_buckets_tell_it_too(accounts: Accounts, stores: Stores) -> None:
    """A show that runs by itself comes after the explorer; one of other days has nothing to tell."""
    first = "line_item"
    await accounts.load(accounts.loader(stores()), "10d", "costs", by=first)
    accounts.put(1_500, days_ago=6, hours_ago=1)
    accounts.now += 60
    await accounts.load(accounts.loader(stores()), "10d", "costs", by=first, mode="refresh")
    accounts.now += DAY
    sentence = "18 Nov a +$5.00 (was $20.01, read 24 Nov)"
    for options in ({"by": first}, {"by": "none"}, {"by": first, "filters": ("line_item=a",)}):
        loader = accounts.loader(stores())
        answer = await accounts.load(loader, "10d", "costs", **options)
        assert told(answer) == [sentence]
        peeked = loader.peek(answer.query)
        assert peeked is not None
        assert told(peeked) == [sentence]
    for text, options in (("3d", {"by": first}), ("10d", {"by": first, "filters": ("line_item=b",)})):
        assert not told(await accounts.load(accounts.loader(stores()), text, "costs", **options))
    offline = await accounts.load(accounts.loader(stores()), "10d", "costs", by=first, mode="offline")
    assert told(offline) == [sentence]


async def test_nothing_is_erased_in_silence(accounts: Accounts, stores: Stores) -> None:
    """Less, nothing in a group, and nothing at all are told, also of a day that is open; the answer stands."""
    await accounts.load(accounts.loader(stores()), "2d", by="project_id")
    del accounts.books[MIDNIGHT + 11 * HOUR, ("b", None)]
    accounts.put(900, hours_ago=1, group=("a", "q"))
    accounts.now += HOUR
    answer = await accounts.load(accounts.loader(stores()), "2d", by="project_id")
    tokens = [text for text in told(answer) if "tokens" in text]
    assert tokens == [
        "24 Nov (no project) -1,003 input tokens (gone, was 1,003, read 24 Nov)",
        "24 Nov q -101 input tokens (was 1,001, read 24 Nov)",
    ]
    for group in GROUPS:
        accounts.books.pop((MIDNIGHT + 11 * HOUR, group), None)
    accounts.now += HOUR
    answer = await accounts.load(accounts.loader(stores()), "2d", by="project_id")
    assert numbers(answer)[MIDNIGHT] == 0
    assert told(answer)[0] == "24 Nov p -2,002 input tokens (gone, was 2,002, read 24 Nov)"


async def test_costs_may_grow_for_two_days(accounts: Accounts, stores: Stores) -> None:
    """Yesterday grows; what was settled is restated when it is asked for again."""
    await accounts.load(accounts.loader(stores()), "7d", "costs", by="line_item")
    accounts.put(2_000, days_ago=1, hours_ago=1)
    accounts.put(1_400, days_ago=4, hours_ago=1)
    accounts.now += 2 * HOUR
    grown = await accounts.load(accounts.loader(stores()), "7d", "costs", by="line_item")
    assert numbers(grown)[MIDNIGHT - DAY] == 5_006
    assert told(grown) == []
    answer = await accounts.load(accounts.loader(stores()), "7d", "costs", by="line_item", mode="refresh")
    assert told(answer) == ["20 Nov a +$4.00 (was $20.01, read 24 Nov)"]


async def test_a_finer_view_that_saw_it_first_tells_it_to_the_coarser_one(
    accounts: Accounts, stores: Stores
) -> None:
    """No request is made for the coarser one: its own older copy is held against the newer rows."""
    await accounts.load(accounts.loader(stores()), "2026-11-15..2026-11-18", by="model")
    accounts.put(1_500, days_ago=6, hours_ago=1)
    accounts.now += 60
    await accounts.load(
        accounts.loader(stores()), "2026-11-15..2026-11-18", by="model,project_id", mode="refresh"
    )
    answer = await accounts.load(accounts.loader(stores()), "2026-11-15..2026-11-18", by="model")
    assert not accounts.asked
    assert told(answer)[0] == "18 Nov a +500 input tokens (was 2,001, read 24 Nov)"


async def test_what_was_asked_ahead_does_not_tell_it_again(accounts: Accounts, stores: Stores) -> None:
    """A finer grain saw the same change a second later; one that came after it is another."""
    text = "2026-11-15..2026-11-18"
    for by in ("model", "model,project_id"):
        await accounts.load(accounts.loader(stores()), text, by=by)
    for number in (1_500, 1_700):
        accounts.put(number, days_ago=6, hours_ago=1)
        accounts.now += 60
        await accounts.load(accounts.loader(stores()), text, by="model", mode="refresh")
        accounts.now += 1
        await accounts.load(accounts.loader(stores()), text, by="model,project_id", mode="refresh")
    answer = await accounts.load(accounts.loader(stores()), text, by="model")
    assert not accounts.asked
    assert [message for message in told(answer) if "tokens" in message] == [
        "18 Nov a +200 input tokens (was 2,501, read 24 Nov)",
        "18 Nov a +500 input tokens (was 2,001, read 24 Nov)",
    ]


async def test_without_a_cache_there_is_nothing_to_compare_with(accounts: Accounts) -> None:
    """Nothing is told, nothing is kept."""
    store = MemoryCache()
    loader = accounts.loader(store)
    for number in (1_000, 2_000):
        accounts.put(number, days_ago=6, hours_ago=1)
        assert not told(await accounts.load(loader, "10d", by="model", mode="no-cache"))
    assert not store._units
    assert not store._notes


async def test_a_cache_that_cannot_be_written_still_tells(accounts: Accounts, tmp_path: Path) -> None:
    """The old numbers could be read."""
    await accounts.load(accounts.loader(BucketCache(tmp_path / "c")), "7d", by="model")
    accounts.put(1_500, days_ago=2, hours_ago=1)
    accounts.now += 2 * HOUR
    store = BucketCache(tmp_path / "c")
    store._off["write"] = float("inf")
    answer = await accounts.load(accounts.loader(store), "7d", by="model")
    assert len(told(answer)) == 2


async def test_what_was_fetched_just_before_the_lag_was_over_is_growth(accounts: Accounts) -> None:
    """Usage has a quarter of an hour after the day's end."""
    for seconds, count in ((14 * 60, 0), (15 * 60 + 30, 2)):
        loader = accounts.loader()
        accounts.now = MIDNIGHT + DAY + seconds
        accounts.put(1_000, hours_ago=1)
        await accounts.load(loader, "2d", by="none")
        accounts.put(1_700, hours_ago=1)
        accounts.now += HOUR
        assert len(told(await accounts.load(loader, "2d", by="none"))) == count
