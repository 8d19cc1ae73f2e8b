"""The gate: places are never lost, whoever gives up while waiting."""

from __future__ import annotations

import asyncio

import pytest

from tests.unit.client.support import Clock
from usagetop.client.gate import Gate, LongPause


@pytest.mark.fault("network", "Esc in a wait or a request", "ended at once; the places are free for others")
async def test_a_waiter_that_gives_up_hands_its_turn_on() -> None:
    """Woken and cancelled in the same moment: the next one gets the place, or nobody ever would."""
    clock = Clock()
    gate = Gate(sleep=clock.sleep, clock=clock)
    leave = asyncio.Event()
    passed: list[str] = []

    async def hold() -> None:
        async with gate.passing():
            await leave.wait()

    async def wait(name: str) -> None:
        async with gate.passing():
            passed.append(name)

    holders = [asyncio.create_task(hold()) for _ in range(6)]
    await asyncio.sleep(0)
    first, second = asyncio.create_task(wait("first")), asyncio.create_task(wait("second"))
    await asyncio.sleep(0)
    holders[0].cancel()
    await asyncio.sleep(0)  # the place is free, and the first waiter is woken but has not run
    first.cancel()
    await asyncio.wait_for(second, 1)
    assert passed == ["second"]
    leave.set()
    await asyncio.gather(*holders, first, return_exceptions=True)


async def test_pauses() -> None:
    """The longest holds; one that is too long is not waited for; a 429 is forgiven after ten quiet minutes."""
    clock = Clock()
    gate = Gate(sleep=clock.sleep, clock=clock)
    gate.pause(10)
    gate.pause(5)
    assert (gate.pause_left, gate.most, gate.limited) == (10, 2, True)
    async with gate.passing():
        assert clock.slept == [10]
    clock.now += 600
    assert (gate.most, gate.limited) == (6, False)
    gate.pause(121)
    with pytest.raises(LongPause) as caught:
        async with gate.passing():
            pass
    assert caught.value.left == 121
