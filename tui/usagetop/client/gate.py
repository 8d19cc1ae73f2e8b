"""One gate for all requests of a session: how many at once, and a pause that holds for all of them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from usagetop.client.retry import MOST_WAIT

# API.md: about 60 requests a minute has been reported, so at most 6 in flight, then fewer.
MOST_IN_FLIGHT = 6
MOST_AFTER_429 = 2
# A session runs for days: after this many quiet seconds a 429 is forgiven.
NARROW_SECONDS = 600.0

Sleep = Callable[[float], Awaitable[None]]
Clock = Callable[[], float]


class LongPause(Exception):
    """The pause is longer than one waits; ``left`` is in seconds."""

    def __init__(self, left: float) -> None:
        super().__init__(f"{left:.0f} s")
        self.left = left


class Gate:
    """Lets requests pass: at most six in flight, two in the ten minutes after a 429, none in a pause.

    ``clock`` is monotonic seconds. Every wait can be cancelled. One event loop uses a gate.
    """

    def __init__(self, *, sleep: Sleep, clock: Clock) -> None:
        self._sleep = sleep
        self._clock = clock
        self._in_flight = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._paused_until = float("-inf")
        self._narrow_until = float("-inf")

    @property
    def most(self) -> int:
        """How many requests may be in flight now."""
        return MOST_AFTER_429 if self.limited else MOST_IN_FLIGHT

    @property
    def limited(self) -> bool:
        """Whether the server lately said that it is asked too often."""
        return self._clock() < self._narrow_until

    @property
    def pause_left(self) -> float:
        """Seconds until the pause ends; 0 when there is none."""
        return max(0.0, self._paused_until - self._clock())

    def pause(self, seconds: float) -> None:
        """Nothing passes for ``seconds``; of several pauses the longest holds."""
        now = self._clock()
        self._paused_until = max(self._paused_until, now + seconds)
        self._narrow_until = max(self._narrow_until, now + seconds + NARROW_SECONDS)

    @asynccontextmanager
    async def passing(self) -> AsyncIterator[None]:
        """Hold one of the places while a request is in flight; raises LongPause instead of waiting it out."""
        await self._enter()
        try:
            yield
        finally:
            self._in_flight -= 1
            self._wake()

    async def _enter(self) -> None:
        while True:
            if self.pause_left > MOST_WAIT:
                raise LongPause(self.pause_left)
            if self.pause_left > 0:
                await self._sleep(self.pause_left)
            elif self._in_flight < self.most:
                self._in_flight += 1
                return
            else:
                await self._turn()

    async def _turn(self) -> None:
        """Wait until somebody leaves. A cancelled waiter hands its turn on."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._wake()
            raise
        finally:
            if turn in self._waiting:
                self._waiting.remove(turn)

    def _wake(self) -> None:
        while self._waiting and self._in_flight < self.most:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
