"""Stored hours answer for whole days, and the latest copy for the others; what must not serve does not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.store.accounts import DAY, GROUPS, HOUR, MIDNIGHT, NOW, Accounts, groups, numbers
from tests.unit.store.world import codes
from usagetop.client.memory import MemoryCache
from usagetop.model.categories import CATEGORIES

ADDITIVE = [each.name for each in CATEGORIES if "1h" in each.limits and each.metrics[0].kind == "additive"]


@pytest.fixture
def accounts() -> Accounts:
    """Four days with something in most hours."""
    made = Accounts()
    for hours in range(4 * 24):
        made.put(hours + 1, hours_ago=hours, group=GROUPS[hours % 4])
    return made


@pytest.mark.parametrize("name", ADDITIVE)
async def test_after_a_view_by_the_hour_one_by_the_day_asks_nobody(accounts: Accounts, name: str) -> None:
    """Of every category whose numbers add up, sessions and calls among them; the open day too, being fresh."""
    loader = accounts.loader()
    await accounts.load(loader, "3d", name, by="project_id", width="1h")
    accounts.now += 60
    for options in ({"by": "project_id"}, {"by": "none"}, {"by": "none", "filters": ("project_id=p",)}):
        answer = await accounts.load(loader, "3d", name, **options)
        assert not accounts.asked
        assert (answer.source.finer_buckets, answer.source.requests) == (3, 0)
        assert answer.source.fetched_at == NOW
        direct = await accounts.load(accounts.loader(), "3d", name, **options)
        assert (numbers(answer), groups(answer)) == (numbers(direct), groups(direct))
        assert answer.notices == direct.notices
        assert loader.peek(answer.query) == answer


async def test_fewer_dimensions_and_a_filter_on_hours_of_more(accounts: Accounts) -> None:
    """All three at once."""
    loader = accounts.loader()
    await accounts.load(loader, "3d", by="model,project_id", width="1h")
    answer = await accounts.load(loader, "3d", by="model", filters=("project_id!=p",))
    assert not accounts.asked
    direct = await accounts.load(accounts.loader(), "3d", by="model", filters=("project_id!=p",))
    assert (numbers(answer), groups(answer)) == (numbers(direct), groups(direct))


async def test_a_level_is_never_made_from_hours(accounts: Accounts) -> None:
    """What is stored at the end of a day is not the sum of its hours."""
    loader = accounts.loader()
    await accounts.load(loader, "3d", "vector_stores", by="project_id", width="1h")
    answer = await accounts.load(loader, "3d", "vector_stores", by="project_id")
    assert accounts.asked
    assert answer.source.finer_buckets == 0
    coarser = await accounts.load(loader, "3d", "vector_stores", by="none")
    assert not accounts.asked
    assert coarser.source.finer_buckets == 3


async def test_hours_past_their_life_are_no_open_day(accounts: Accounts) -> None:
    """Six minutes later the open day is asked for; the days that are over live for an hour."""
    loader = accounts.loader()
    await accounts.load(loader, "3d", by="model", width="1h")
    accounts.now += 360
    answer = await accounts.load(loader, "3d", by="model")
    assert [asked["start_time"] for asked in accounts.asked] == [[str(MIDNIGHT)]]
    assert (answer.source.finer_buckets, answer.source.fetched_buckets) == (2, 1)


async def test_hours_of_a_day_that_went_on_do_not_stand_for_it(accounts: Accounts) -> None:
    """They were read at noon; offline the day is missing rather than half."""
    store = MemoryCache()
    await accounts.load(accounts.loader(store), "2d", by="model", width="1h")
    accounts.now += DAY
    answer = await accounts.load(accounts.loader(store), "3d", by="model", mode="offline")
    assert not answer.complete
    assert list(numbers(answer)) == [MIDNIGHT - DAY]
    again = await accounts.load(accounts.loader(store), "3d", by="model")
    assert again.complete
    assert numbers(again) == numbers(await accounts.load(accounts.loader(), "3d", by="model"))


async def test_the_copy_that_was_fetched_last_is_shown(accounts: Accounts) -> None:
    """Of the open day a later one of a finer grain, also while the view's own would still live."""
    loader = accounts.loader()
    await accounts.load(loader, "3d", by="model")
    accounts.now += 60
    await accounts.load(loader, "3d", by="model,project_id", mode="refresh")
    answer = await accounts.load(loader, "3d", by="model")
    assert not accounts.asked
    assert answer.source.finer_buckets == 3
    assert answer.source.fetched_at == NOW + 60


async def test_a_view_shows_the_oldest_of_its_times(accounts: Accounts) -> None:
    """Two days came now, the others a while ago."""
    loader = accounts.loader()
    await accounts.load(loader, "2026-11-10..2026-11-19", by="model")
    accounts.now += HOUR
    answer = await accounts.load(loader, "2026-11-10..2026-11-21", by="model")
    assert (answer.source.cached_buckets, answer.source.fetched_buckets) == (10, 2)
    assert answer.source.fetched_at == NOW


async def test_filtered_units_serve_views_with_their_filter(accounts: Accounts) -> None:
    """Of fewer dimensions; no others."""
    loader = accounts.loader()
    await accounts.load(loader, "3d", by="model,user_id", filters=("project_id=p",))
    for by in ("model", "none"):
        answer = await accounts.load(loader, "3d", by=by, filters=("project_id=p",))
        assert not accounts.asked
        direct = await accounts.load(accounts.loader(), "3d", by=by, filters=("project_id=p",))
        assert groups(answer) == groups(direct)
    await accounts.load(loader, "3d", by="model")
    assert accounts.asked


@pytest.mark.parametrize("name", ["embeddings", "costs"])
async def test_without_the_lattice_the_numbers_are_the_same(accounts: Accounts, name: str) -> None:
    """There are more requests."""
    requests = []
    for lattice in (True, False):
        loader = accounts.loader(lattice=lattice)
        first = "line_item" if name == "costs" else "model"
        views: tuple[dict[str, Any], ...] = (
            {"by": f"{first},project_id"},
            {"by": first},
            {"by": "none"},
            {"by": "project_id"},
        )
        answers = []
        asked = 0
        for options in views:
            answers.append(groups(await accounts.load(loader, "3d", name, **options)))
            asked += len(accounts.asked)
        requests.append((asked, answers))
    assert requests[0][1] == requests[1][1]
    assert (requests[0][0], requests[1][0]) == (1, 4)


async def test_offline_takes_whatever_is_the_latest(accounts: Accounts) -> None:
    """And says that it is stale, also where only a change since makes it so."""
    store = MemoryCache()
    await accounts.load(accounts.loader(store), "2026-11-10..2026-11-19", by="user_id")
    accounts.put(1_000, days_ago=9)
    await accounts.load(accounts.loader(store), "2026-11-10..2026-11-19", by="model", mode="refresh")
    answer = await accounts.load(
        accounts.loader(store), "2026-11-10..2026-11-19", by="user_id", mode="offline"
    )
    assert {"offline", "stale"} <= set(codes(answer))
