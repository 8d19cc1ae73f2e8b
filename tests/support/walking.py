"""The explorer on two screens at once: what Textual writes goes to one, what is left of it to the other.

Both are compared after every frame.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from textual import events
from textual.drivers.headless_driver import HeadlessDriver
from textual.geometry import Size
from textual.pilot import Pilot

from tests.support.emulator import Emulator, difference
from tests.support.explorer import Person
from usagetop.app import ExplorerApp
from usagetop.driver.outlet import Outlet
from usagetop.driver.painter import Painter
from usagetop.screens.explorer import Explorer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from usagetop.screens.desk import Desk


_MOST_SECONDS = 60.0


class TwoScreens(HeadlessDriver):
    """A driver without a terminal that keeps two screens: ``stock`` and ``lean``; ``written`` counts bytes.

    ``parted`` says where they differed first; empty while they never did.
    """

    parted = ""
    frames = 0
    written = (0, 0)

    @property
    def is_headless(self) -> bool:
        """Not headless, or Textual would write nothing."""
        return False

    def open(self) -> None:
        """Two blank screens."""
        self.stock, self.lean = (Emulator(*self._get_terminal_size()) for _ in range(2))
        self.outlet = Outlet(Painter(), self._send, self._agreed)

    def _agreed(self) -> tuple[int, int] | None:
        size = self._get_terminal_size()
        return size if self._app.size == size else None

    def _send(self, text: str) -> None:
        self.lean.feed(text)
        self.written = (self.written[0], self.written[1] + len(text.encode()))

    def write(self, data: str) -> None:
        """Write to both screens and compare them."""
        if not hasattr(self, "stock"):
            self.open()
        self.stock.feed(data)
        self.written = (self.written[0] + len(data.encode()), self.written[1])
        self.outlet.write(data)
        self.frames += 1
        self.parted = self.parted or difference(self.lean, self.stock)

    def resize(self, columns: int, lines: int) -> None:
        """The terminal gets another size, and says so."""
        self._size = (columns, lines)
        for screen in (self.stock, self.lean):
            screen.resize(lines, columns)
        self.outlet.forget()
        size = Size(columns, lines)
        self.process_message(events.Resize(size, size))


@asynccontextmanager
async def at_two_screens(
    desk: Callable[[str | None], Desk], size: tuple[int, int]
) -> AsyncIterator[tuple[Person, TwoScreens]]:
    """A person at the explorer after the first load, and the driver that keeps both screens."""
    app = ExplorerApp(desk, driver_class=TwoScreens)
    running = asyncio.create_task(app.run_async(size=size))
    person = Person(Pilot(app))
    while not (app._driver and any(isinstance(screen, Explorer) for screen in app.screen_stack)):
        assert not running.done()
        await asyncio.sleep(0.01)
    driver = app._driver
    assert isinstance(driver, TwoScreens)
    try:
        await person.settled()
        with app._context():
            yield person, driver
    finally:
        app.exit()
        await asyncio.wait_for(running, _MOST_SECONDS)
