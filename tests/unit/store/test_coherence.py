"""Views that do not contradict one another: a change that one fetch saw is known to every other grain."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.unit.store.accounts import DAY, GROUPS, HOUR, MIDNIGHT, NOW, Accounts, groups, numbers
from usagetop.client.cache import BucketCache
from usagetop.client.changes import Book
from usagetop.client.disk import SETTINGS
from usagetop.client.memory import MemoryCache
from usagetop.client.units import UnitStore

Stores = Callable[[], UnitStore]


@pytest.fixture(params=["memory", "disk"])
def stores(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stores:
    """Stores on the same data: on disk each is a program of its own."""
    if request.param == "memory":
        one = MemoryCache()
        return lambda: one
    monkeypatch.setitem(SETTINGS, "sqlite_synchronous", 0)
    return lambda: BucketCache(tmp_path / "c")


@pytest.fixture
def accounts() -> Accounts:
    """Four days with something in every group, an hour old at most."""
    made = Accounts()
    for days in range(10):
        for at, group in enumerate(GROUPS):
            made.put(10 + at, days_ago=days, hours_ago=1, group=group)
    return made


# Other grains of the same unit: of fewer and other dimensions, filtered, of another width.
OTHERS: tuple[dict[str, Any], ...] = (
    {"by": "none"},
    {"by": "project_id"},
    {"by": "user_id"},
    {"by": "model,project_id"},
    {"by": "model", "filters": ("project_id=p",)},
    {"by": "model", "width": "1h"},
)


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("days", [0, 1, 6])
async def test_a_change_that_one_view_saw_is_asked_for_by_every_other(
    accounts: Accounts, stores: Stores, other: dict[str, Any], days: int
) -> None:
    """Of the open day, of yesterday, and of a day that is settled; the other days of both stay as they are."""
    await accounts.load(accounts.loader(stores()), "10d", **other)
    before = await accounts.load(accounts.loader(stores()), "10d", by="model")
    day = accounts.put(1_000, days_ago=days, hours_ago=1)
    accounts.now += 20
    seen = await accounts.load(accounts.loader(stores()), "10d", by="model", mode="refresh")
    assert numbers(seen)[day] == numbers(before)[day] + 990
    accounts.now += 20
    again = await accounts.load(accounts.loader(stores()), "10d", **other)
    total = numbers(await accounts.load(accounts.loader(None), "10d", **other))
    assert numbers(again) == total
    # What was seen by both is known to both. A part of the rows cannot tell whether it is still the same change:
    # after it the whole is asked for once more.
    asked = 0
    for view in ({"by": "model"}, other, {"by": "model"}):
        accounts.now += 20
        assert numbers(await accounts.load(accounts.loader(stores()), "10d", **view))
        asked += len(accounts.asked)
    assert asked == bool(other.get("filters"))


# A part of the rows has no total to hold against the whole.
@pytest.mark.parametrize("other", [other for other in OTHERS if "filters" not in other])
async def test_a_first_fetch_of_another_grain_tells_a_change_too(
    accounts: Accounts, stores: Stores, other: dict[str, Any]
) -> None:
    """It has no older copy of its own; the totals that were last seen of the day are known."""
    await accounts.load(accounts.loader(stores()), "10d", by="model")
    day = accounts.put(1_000, days_ago=6, hours_ago=1)
    accounts.now += 20
    seen = await accounts.load(accounts.loader(stores()), "10d", **other, mode="refresh")
    assert sum(numbers(seen).values()) > 1_000
    accounts.now += 20
    again = await accounts.load(accounts.loader(stores()), "10d", by="model")
    assert numbers(again)[day] == 1_000 + 11 + 12 + 13


WHOLE: dict[str, Any] = {"by": "model"}
PART: dict[str, Any] = {"by": "user_id", "filters": ("model=a",)}


@pytest.mark.parametrize(("first", "second"), [(WHOLE, PART), (PART, WHOLE)])
async def test_a_filtered_view_and_the_row_it_was_opened_from_say_the_same(
    accounts: Accounts, stores: Stores, first: dict[str, Any], second: dict[str, Any]
) -> None:
    """Neither can answer for the other, whichever was asked first; but both say how much ``a`` took."""
    await accounts.load(accounts.loader(stores()), "2026-11-15..2026-11-18", **first)
    accounts.put(1_000, days_ago=6, hours_ago=1)
    accounts.now += 20
    later = await accounts.load(accounts.loader(stores()), "2026-11-15..2026-11-18", **second)
    again = await accounts.load(accounts.loader(stores()), "2026-11-15..2026-11-18", **first)
    rows = {**groups(later), **groups(again)}
    assert rows["a",] == rows["u",] > 1_000


async def test_growth_of_the_open_day_reaches_the_other_views_within_their_life(
    accounts: Accounts, stores: Stores
) -> None:
    """Each would still live for minutes."""
    await accounts.load(accounts.loader(stores()), "3d", by="model")
    accounts.put(50, hours_ago=0)
    accounts.now += 60
    await accounts.load(accounts.loader(stores()), "3d", by="user_id")
    accounts.now += 1
    answer = await accounts.load(accounts.loader(stores()), "3d", by="model")
    assert numbers(answer)[MIDNIGHT] == 50 + 46
    assert len(accounts.asked) == 1
    assert accounts.asked[0]["start_time"] == [str(MIDNIGHT)]


async def test_what_did_not_change_outdates_nothing(accounts: Accounts, stores: Stores) -> None:
    """Asking again for everything is no reason for the other views to ask."""
    for by in ("model", "user_id", "project_id"):
        await accounts.load(accounts.loader(stores()), "10d", by=by)
    accounts.now += 20
    await accounts.load(accounts.loader(stores()), "10d", by="model", mode="refresh")
    for by in ("user_id", "project_id"):
        await accounts.load(accounts.loader(stores()), "10d", by=by)
        assert not accounts.asked


async def test_in_the_very_second_of_a_change_the_unit_that_saw_it_is_told_from_the_others(
    accounts: Accounts, stores: Stores
) -> None:
    """Both were fetched at that second."""
    await accounts.load(accounts.loader(stores()), "10d", by="user_id")
    day = accounts.put(1_000, days_ago=6, hours_ago=1)
    await accounts.load(accounts.loader(stores()), "10d", by="model", mode="refresh")
    assert numbers(await accounts.load(accounts.loader(stores()), "10d", by="model"))[day] == 1_036
    assert not accounts.asked
    assert numbers(await accounts.load(accounts.loader(stores()), "10d", by="user_id"))[day] == 1_036
    assert numbers(await accounts.load(accounts.loader(stores()), "10d", by="user_id"))[day] == 1_036
    assert not accounts.asked


async def test_in_that_second_a_finer_unit_that_saw_it_answers_for_a_coarser_one_that_did_not(
    accounts: Accounts, stores: Stores
) -> None:
    """Both are equally old; nobody needs to be asked."""
    await accounts.load(accounts.loader(stores()), "10d", by="model")
    day = accounts.put(1_000, days_ago=6, hours_ago=1)
    await accounts.load(accounts.loader(stores()), "10d", by="model,project_id", mode="refresh")
    answer = await accounts.load(accounts.loader(stores()), "10d", by="model")
    assert numbers(answer)[day] == 1_036
    assert not accounts.asked


async def test_an_hour_that_changed_outdates_its_minutes_and_no_others(
    accounts: Accounts, stores: Stores
) -> None:
    """The day by the hour is read for the first time; what the minutes had said of each hour is known."""
    accounts.put(5)
    await accounts.load(accounts.loader(stores()), "2d", by="model")
    minutes: dict[str, Any] = {"by": "model", "width": "1m"}
    await accounts.load(accounts.loader(stores()), "2h", **minutes)
    accounts.put(1_000, hours_ago=1)
    accounts.now += 20
    await accounts.load(accounts.loader(stores()), "2h", by="user_id", width="1h")
    answer = await accounts.load(accounts.loader(stores()), "2h", **minutes)
    eleven = MIDNIGHT + 11 * HOUR
    assert numbers(answer)[eleven] == 1_036
    (asked,) = accounts.asked
    assert (asked["start_time"], asked["end_time"]) == ([str(eleven)], [str(eleven + HOUR)])


async def test_minutes_that_grow_are_one_change_an_hour(accounts: Accounts) -> None:
    """The book of changes stays small while somebody watches the last hours."""
    loader = accounts.loader()
    for _ in range(5):
        accounts.now += 600
        hour = int(accounts.now) - int(accounts.now) % HOUR
        for minute in range(0, 60, 7):
            accounts.books[hour + minute * 60, ("a", "p")] = int(accounts.now) % 100 + minute
        await accounts.load(loader, "2h", by="model", width="1m")
    assert loader._store is not None
    note = loader._store.read_note(loader._scope, "book embeddings")
    assert note is not None
    book = Book.load(loader._scope, "embeddings", note[1])
    assert book is not None
    assert 0 < len(book.marks) <= 2


async def test_a_server_whose_groupings_do_not_add_up_is_not_asked_for_ever(stores: Stores) -> None:
    """Their totals differ, and always will: after a few questions that is taken for what it is."""

    class Odd(Accounts):
        def _row(self, name: str, group: Mapping[str, str | None], number: int) -> dict[str, Any]:
            return super()._row(name, group, number + ("user_id" in group))

    odd = Odd()
    for days in range(6):
        odd.put(10, days_ago=days, hours_ago=1)
    requests = []
    for _ in range(5):
        for by in ("model", "user_id"):
            await odd.load(odd.loader(stores()), "2026-11-10..2026-11-20", by=by)
            requests.append(len(odd.asked))
            odd.now += 10
    assert sum(requests) <= 6
    assert not any(requests[-4:])
    # And a change of one of them is still known to the other.
    day = odd.put(1_000, days_ago=5, hours_ago=1)
    await odd.load(odd.loader(stores()), "2026-11-10..2026-11-20", by="model", mode="refresh")
    odd.now += 10
    answer = await odd.load(odd.loader(stores()), "2026-11-10..2026-11-20", by="user_id")
    assert numbers(answer)[day] == 1_001


async def test_money_that_differs_in_its_last_digits_is_the_same_money(stores: Stores) -> None:
    """Sums that a server rounds in another order do not outdate one another."""

    class Rounding(Accounts):
        def _row(self, name: str, group: Mapping[str, str | None], number: int) -> dict[str, Any]:
            row = super()._row(name, group, number)
            row["amount"]["value"] += "0000000001" if "project_id" in group else ""
            return row

    server = Rounding()
    server.put(1_000, days_ago=5, hours_ago=1)
    for by in ("line_item", "project_id", "line_item", "project_id"):
        server.now += 10
        await server.load(server.loader(stores()), "2026-11-10..2026-11-20", "costs", by=by)
    assert not server.asked


async def test_a_clock_that_was_ahead_outdates_nothing_for_ever(accounts: Accounts, stores: Stores) -> None:
    """A change that was seen next year is one of now."""
    await accounts.load(accounts.loader(stores()), "2026-11-15", by="user_id")
    accounts.now = NOW + 365 * DAY
    accounts.put(1_000, days_ago=9, hours_ago=1)
    await accounts.load(accounts.loader(stores()), "2026-11-15", by="model", mode="refresh")
    accounts.now = NOW + HOUR
    for by in ("user_id", "model"):
        await accounts.load(accounts.loader(stores()), "2026-11-15", by=by)
        assert accounts.asked
    accounts.now += HOUR
    for by in ("user_id", "model"):
        await accounts.load(accounts.loader(stores()), "2026-11-15", by=by)
        assert not accounts.asked


async def test_a_cache_that_lost_its_book_asks_again(accounts: Accounts, stores: Stores) -> None:
    """Nobody knows then what has changed since its units were stored."""
    store = stores()
    loader = accounts.loader(store)
    await accounts.load(loader, "2026-11-15", by="model")
    store.write_note(loader._scope, "book embeddings", 0, b"?")
    await accounts.load(loader, "2026-11-15", by="model")
    assert accounts.asked
    await accounts.load(loader, "2026-11-15", by="model")
    assert not accounts.asked


@pytest.mark.parametrize("options", [{"by": "model"}, {"by": "model", "width": "1h"}, {"by": "none"}])
async def test_an_answer_that_arrives_after_a_later_one_is_the_older_all_the_same(
    stores: Stores, options: dict[str, Any]
) -> None:
    """It was asked before the others; between, the books changed and changed back."""

    class Late(Accounts):
        held: threading.Event | None = None

        def __call__(self, path: str, params: Any) -> Any:  # noqa: ANN401 - what a server answers
            made = super().__call__(path, params)
            if self.held is not None:
                held, self.held = self.held, None
                arrived.set()
                held.wait(10)
            return made

    late, arrived, go = Late(), threading.Event(), threading.Event()
    late.put(5, days_ago=6)
    text = "2026-11-17..2026-11-19"
    for view in (options, {"by": "user_id"}):
        await late.load(late.loader(stores()), text, **view)
    late.put(7, days_ago=6)
    late.held = go
    late.now += 5
    query = late.query(text, width=options.get("width", "1d"), by=options["by"])
    slow = asyncio.create_task(late.loader(stores()).load(query, mode="refresh"))
    await asyncio.to_thread(arrived.wait, 10)
    late.put(5, days_ago=6)
    late.now += 5
    await late.load(late.loader(stores()), text, by="user_id", mode="refresh")
    go.set()
    assert sum(numbers(await slow).values()) == 7
    late.now += 5
    answer = await late.load(late.loader(stores()), text, **options)
    assert late.asked
    assert sum(numbers(answer).values()) == 5


async def test_two_programs_that_load_at_once_both_leave_their_notes(
    accounts: Accounts, tmp_path: Path
) -> None:
    """Each reads, amends and writes the same notes; neither writes over the other."""
    one, other = (accounts.loader(BucketCache(tmp_path / "c")) for _ in range(2))
    await asyncio.gather(
        *(
            loader.load(accounts.query("60d", by=by))
            for loader, by in ((one, "model,project_id"), (other, "model,user_id"))
        )
    )
    for by in ("project_id", "user_id", "model"):
        answer = await accounts.load(one, "60d", by=by)
        assert not accounts.asked
        assert answer.source.finer_buckets == 60
        assert groups(answer)
