"""The doctor's probe: a bad key is told from a bad day."""

from __future__ import annotations

import httpx
import pytest

from tests.unit.client.support import Clock, Server, answer, gateway, page
from usagetop.client.check import Finding, probe

NOW = 1_795_507_200
DATE = {"date": "Tue, 24 Nov 2026 08:00:00 GMT"}
GOOD = answer(page(), headers=DATE)
NO_USAGE = answer({"error": "Missing scopes: api.usage.read."}, 403, DATE)
NO_NAMES = answer({"error": "Missing scopes: api.management.read."}, 403, DATE)


async def findings(*answers: httpx.Response | Exception, now: int = NOW) -> dict[str, Finding]:
    """What the probe finds, by name."""
    found = await probe(gateway(Server(*answers), clock=Clock()), now=now)
    assert len({finding.name for finding in found}) == len(found)
    return {finding.name: finding for finding in found}


async def test_all_is_well() -> None:
    """Two requests, five good findings."""
    found = await findings(GOOD)
    assert {name: finding.verdict for name, finding in found.items()} == dict.fromkeys(
        ("network", "key", "usage", "names", "clock"), "good"
    )


async def test_a_refused_key() -> None:
    """Nothing else can be learnt."""
    found = await findings(answer({"error": "no"}, 401))
    assert (found["key"].verdict, found["key"].exit_code, found["network"].verdict) == ("bad", 3, "good")
    assert set(found) == {"network", "key"}


async def test_scopes_are_told_apart() -> None:
    """Without the usage scope nothing works; without the other names stay ids."""
    found = await findings(NO_USAGE, GOOD)
    assert (found["key"].verdict, found["usage"].verdict, found["usage"].exit_code) == ("good", "bad", 3)
    found = await findings(GOOD, NO_NAMES)
    assert (found["usage"].verdict, found["names"].verdict, found["names"].exit_code) == (
        "good",
        "warning",
        0,
    )


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_bad_day_says_nothing_about_the_key(status: int) -> None:
    """Inconclusive is not bad."""
    found = await findings(answer({"error": "x"}, status))
    assert (found["key"].verdict, found["usage"].verdict) == ("unclear", "unclear")
    assert found["key"].exit_code == 0


async def test_no_network() -> None:
    """One finding is bad, with its code."""
    found = await findings(httpx.ConnectError("refused"))
    assert (found["network"].verdict, found["network"].exit_code, found["key"].verdict) == (
        "bad",
        4,
        "unclear",
    )


@pytest.mark.parametrize(
    ("off", "verdict"), [(0, "good"), (-60, "good"), (61, "warning"), (-3600, "warning")]
)
async def test_the_clock(off: int, verdict: str) -> None:
    """Held against the server's Date."""
    found = await findings(GOOD, now=NOW + off)
    assert found["clock"].verdict == verdict
    if off == -3600:
        assert "3,600 s behind" in found["clock"].sentence
    assert "clock" not in await findings(answer(page()))


async def test_a_wrong_address_is_found_out() -> None:
    """A server that knows no costs serves nothing else either: the network line fails with show's code."""
    found = await findings(answer({"error": {"message": "Invalid URL"}}, 404))
    assert (found["network"].verdict, found["network"].exit_code) == ("bad", 4)
