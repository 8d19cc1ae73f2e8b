"""Spend limits and alerts in the store: an hour, offline for as long as there is a copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.years import NOW
from usagetop.client.memory import MemoryCache
from usagetop.client.origin import Origin
from usagetop.client.units import Scope
from usagetop.demo.api import respond
from usagetop.demo.organization import organization
from usagetop.errors import NetworkFailed
from usagetop.store.loader import Loader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from usagetop.client.spending import Thresholds
    from usagetop.store.loader import Mode

HOUR = 3_600
PROJECTS = [project.id for project in organization().projects]


class Demo:
    """The demo organization with a clock and a cable."""

    def __init__(self, scenario: str = "steady") -> None:
        self.now = NOW
        self.connected = True
        self.asked: list[str] = []
        self.store = MemoryCache()
        self._scenario = scenario

    def __call__(self, path: str, params: Sequence[tuple[str, str]]) -> tuple[int, Mapping[str, str], bytes]:
        """One answer."""
        self.asked.append(path)
        if not self.connected:
            raise NetworkFailed("no connection", why="refused")
        response = respond(self._scenario, path, params, now=self.now)
        return response.status, response.headers, response.body

    async def thresholds(self, *projects: str, mode: Mode = "normal") -> Thresholds:
        """What the loader of a new session says; ``asked`` are the paths that it asked for."""
        self.asked.clear()
        origin = Origin("demo:limits", None, self)
        loader = Loader(origin, store=self.store, scope=Scope("demo:limits"), clock=lambda: self.now)
        return await loader.thresholds(projects, most_requests=40, mode=mode)


async def test_limits_are_asked_for_once_an_hour() -> None:
    """The next session asks nothing, an hour later it asks anew, and a new project is asked alone."""
    demo = Demo()
    first = await demo.thresholds(PROJECTS[0])
    assert len(demo.asked) == first.requests == 4
    assert {(one.kind, one.project_id) for one in first.entries} >= {("limit", ""), ("alert", PROJECTS[0])}
    demo.now += HOUR - 1
    assert (await demo.thresholds(PROJECTS[0])).entries == first.entries
    assert demo.asked == []
    more = await demo.thresholds(*PROJECTS[:2])
    assert demo.asked == [
        f"/organization/projects/{PROJECTS[1]}/{name}" for name in ("spend_limit", "spend_alerts")
    ]
    assert more.read == {"", *PROJECTS[:2]}
    # What was read first is an hour old now, whenever the rest came.
    demo.now += 1
    await demo.thresholds(*PROJECTS[:2])
    assert len(demo.asked) == 6


async def test_offline_and_without_a_connection_the_last_copy_holds() -> None:
    """However old; without one it is said that there is none."""
    demo = Demo()
    nothing = await demo.thresholds(mode="offline")
    assert (nothing.entries, [notice.code for notice in nothing.notices]) == ((), ["limits_missing"])
    first = await demo.thresholds()
    demo.now += 100 * HOUR
    assert (await demo.thresholds(PROJECTS[0], mode="offline")).entries == first.entries
    assert demo.asked == []
    demo.connected = False
    kept = await demo.thresholds()
    assert kept.entries == first.entries
    assert [notice.code for notice in kept.notices] == ["limits_partial"]


async def test_refresh_asks_anew_and_no_cache_keeps_nothing() -> None:
    """As for everything else."""
    demo = Demo()
    await demo.thresholds(mode="no-cache")
    await demo.thresholds()
    assert len(demo.asked) == 2
    await demo.thresholds(mode="refresh")
    assert len(demo.asked) == 2


async def test_every_project_of_the_demo_is_read_and_a_gateway_is_told() -> None:
    """All limits and alerts of the demo; none where the key may not read them."""
    everything = await Demo().thresholds(*PROJECTS)
    assert everything.notices == ()
    assert {(one.kind, one.project_id != "") for one in everything.entries} == {
        ("limit", False),
        ("limit", True),
        ("alert", False),
        ("alert", True),
    }
    refused = await Demo("refusing").thresholds(*PROJECTS)
    assert (refused.entries, [notice.code for notice in refused.notices]) == ((), ["limits_missing"])
