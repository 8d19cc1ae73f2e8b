"""Clocks that lie: what they made is never served as settled, and the numbers are the true ones again."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from tests.unit.store.world import DAY, HOUR, NOW, World, codes, tokens, unreachable
from usagetop.store.loader import Loader


class TwoClocks(World):
    """A server whose own time is ``true``; days that have not begun there hold nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.true = float(NOW)

    def says(self, ahead: float) -> None:
        """Let this machine's clock run ahead of the server's by so many seconds."""
        self.now = self.true + ahead
        self.date = format_datetime(datetime.fromtimestamp(self.true, UTC), usegmt=True)

    def bucket(self, path: str, start: int, end: int) -> dict[str, object]:
        """Empty before its time."""
        made: dict[str, object] = super().bucket(path, start, end)
        return made if start <= self.true else {**made, "results": []}


@pytest.fixture
def world() -> TwoClocks:
    """A server with a token a bucket, and two clocks that agree."""
    return TwoClocks()


@pytest.mark.fault(
    "time",
    "the clock ran ahead while days that had not begun were asked for",
    "they are asked for again once they are over; no empty day is taken for a settled one",
)
@pytest.mark.parametrize("ahead", [2 * HOUR, DAY, 10 * DAY, 400 * DAY])
async def test_what_a_fast_clock_stored_is_not_settled_later(world: TwoClocks, ahead: int) -> None:
    """The wrong time passes for the right one a while later, when nobody can tell any more."""
    loader = world.loader()
    world.says(ahead)
    first = await world.load(loader, "20d", width="1d")
    assert "clock_skew" in codes(first)
    world.true += ahead + 20 * DAY
    world.says(0)
    answer = await world.load(loader, "30d", width="1d")
    assert tokens(answer) == [1] * 30
    assert "clock_skew" not in codes(answer)


@pytest.mark.fault(
    "time",
    "the clock steps back and forth",
    "every answer holds the numbers of the server; what was fetched in the future is asked again",
)
async def test_no_step_of_the_clock_serves_an_old_number(world: TwoClocks) -> None:
    """Back an hour, a day and a month, forth again, with the bill changing in between."""
    loader = world.loader()
    for turn, ahead in enumerate((0, -2 * HOUR, HOUR, 0, -DAY, 0, 30 * DAY, -30 * DAY, 0), start=2):
        world.true += HOUR
        world.says(ahead)
        today = int(world.now - world.now % DAY)
        world.books[today] = turn
        open_day = tokens(await world.load(loader, "3d", width="1d"))[-1]
        assert open_day == (turn if today <= world.true else 0), ahead


@pytest.mark.fault(
    "time",
    "numbers were fetched at a time that has not come, and asking again fails",
    "they are shown as STALE; their age is not made up",
)
async def test_an_age_that_cannot_be_known_is_not_told(world: TwoClocks) -> None:
    """``from 1 min ago`` would be a lie."""
    loader = world.loader()
    await world.load(loader, "2026-10")
    world.now -= 40 * DAY
    for mode in ("normal", "offline"):
        world.fault = unreachable
        answer = await loader.load(world.query("2026-10-01..2026-10-10", width="1d"), mode=mode)
        stale = answer.notice("stale")
        assert stale is not None
        assert "ago" not in stale.message
        assert answer.complete


async def test_two_loaders_with_clocks_of_their_own_agree(world: TwoClocks) -> None:
    """A shared cache, one machine with a wrong clock: the other serves the truth."""
    wrong, right = world.loader(), None
    world.says(5 * DAY)
    await world.load(wrong, "10d", width="1d")
    right = Loader(
        wrong.origin, store=wrong._store, scope=wrong._scope, clock=lambda: world.now, gateway=wrong.gateway()
    )
    world.true += 9 * DAY
    world.says(0)
    assert tokens(await world.load(right, "10d", width="1d")) == [1] * 10
