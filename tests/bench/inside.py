"""An app in this process that paints for real, into a driver that only notes when."""

from __future__ import annotations

import asyncio
import gc
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from textual import events
from textual.drivers.headless_driver import HeadlessDriver
from textual.keys import _character_to_key

from tests.bench.timing import Spent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from textual.app import App


SIZE = (120, 40)
_MOST_SECONDS = 30.0


class NotingDriver(HeadlessDriver):
    """Takes what would be written to a terminal: ``painted`` is when the last of it came."""

    painted = 0.0
    heard: Callable[[], None] | None = None

    @property
    def is_headless(self) -> bool:
        """Not headless, or Textual would make no bytes."""
        return False

    def write(self, data: str) -> None:
        """Note the time; ``heard`` is told."""
        if data:
            self.painted = time.perf_counter()
            if self.heard is not None:
                self.heard()


class Watched:
    """A running app, its keys and its paints."""

    def __init__(self, app: App[Any], driver: NotingDriver) -> None:
        """Watch a running app."""
        self.app = app
        self._driver = driver

    async def painted(self, act: Callable[[], object], done: Callable[[], bool] = lambda: True) -> Spent:
        """Do something; returns what it took to the first paint at which ``done()`` holds."""
        found: asyncio.Future[Spent] = asyncio.get_running_loop().create_future()

        def heard() -> None:
            if not found.done() and done():
                found.set_result(Spent(self._driver.painted - start, time.process_time() - worked))

        self._driver.heard = heard
        start, worked = time.perf_counter(), time.process_time()
        act()
        try:
            return await asyncio.wait_for(found, _MOST_SECONDS)
        finally:
            self._driver.heard = None

    async def press(self, key: str, done: Callable[[], bool] = lambda: True) -> Spent:
        """Press a key, as a terminal would send it; returns what it took to the paint."""
        character = key if len(key) == 1 else None
        event = events.Key(_character_to_key(key) if character else key, character)
        return await self.painted(lambda: self._driver.process_message(event), done)

    async def rest(self, quiet: float = 0.03) -> None:
        """Wait until nothing has been painted for so long."""
        while (left := self._driver.painted + quiet - time.perf_counter()) > 0:  # noqa: ASYNC110 - until nothing comes
            await asyncio.sleep(left)


@asynccontextmanager
async def watched(app: App[Any]) -> AsyncIterator[Watched]:
    """Run an app whose driver class is NotingDriver while the block runs."""
    running = asyncio.create_task(app.run_async(size=SIZE, mouse=False))
    ends = time.perf_counter() + _MOST_SECONDS
    while not (isinstance(driver := app._driver, NotingDriver) and driver.painted):
        if running.done() or time.perf_counter() > ends:
            await running
            raise RuntimeError("the app did not paint")
        await asyncio.sleep(0.005)
    one = Watched(app, driver)
    await one.rest(0.2)
    gc.freeze()  # as the program does once its first screen stands
    try:
        yield one
    finally:
        app.exit()
        await running
        gc.unfreeze()
