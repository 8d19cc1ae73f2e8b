"""The explorer in a test: on a demo scenario, with a clock that stands, driven by keys.

Everything waits on conditions; nothing waits for time.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from textual import _wait

from usagetop.app import ExplorerApp
from usagetop.screens.desk import Desk, make_desk
from usagetop.screens.explorer import Explorer
from usagetop.store.opening import demo_loader
from usagetop.store.session import Session, first_view

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from textual.pilot import Pilot

    from usagetop.store.session import View

# Tuesday 2026-11-24 08:26:05 UTC: the last day is open, and so is the month.
NOW = 1_795_508_765
_MOST_TURNS = 10_000
# After every key Textual's pilot sleeps until a while has passed without work; a shorter while will do, because
# whoever reads the screen waits for a condition. Frames are drawn as much faster (TEXTUAL_FPS in conftest.py).
_wait.SLEEP_GRANULARITY = 0.004
# Whether stored units of finer grains answer for coarser ones; the numbers must not depend on it (``either_way``).
lattice = True


class Person:
    """Somebody in front of the explorer: presses keys and reads what is drawn."""

    def __init__(self, pilot: Pilot[int]) -> None:
        """Sit down at a running app."""
        self.pilot = pilot

    @property
    def app(self) -> ExplorerApp:
        """The running app."""
        app = self.pilot.app
        assert isinstance(app, ExplorerApp)
        return app

    @property
    def explorer(self) -> Explorer:
        """The explorer's screen, also while a dialog stands over it."""
        return next(screen for screen in reversed(self.app.screen_stack) if isinstance(screen, Explorer))

    async def press(self, *keys: str) -> None:
        """Press keys, each after the screen has come to rest."""
        for key in keys:
            await self.pilot.press(key)
            await self.settled()

    async def write(self, text: str) -> None:
        """Type a text."""
        await self.pilot.press(*("space" if character == " " else character for character in text))
        await self.pilot.pause()

    async def settled(self) -> None:
        """Wait until nothing is being loaded, every message is handled and what changed is drawn."""
        await self.until(lambda: not self._busy())
        await self.pilot.pause()
        await self.until(lambda: not self._busy())

    async def drawn(self) -> None:
        """Wait until names are in and a chart that is built in a thread is drawn."""
        await self.settled()
        await self.until(lambda: not self.explorer.chart.is_building)
        await self.settled()

    def _busy(self) -> bool:
        app, screen = self.app, self.app.screen
        return (
            any(not worker.is_finished for worker in app.workers)
            or app._resize_event is not None
            or screen._layout_required
            or screen._scroll_required
            or screen._repaint_required
            or bool(screen._dirty_widgets)
            or bool(screen._callbacks)
            or any(not pump._message_queue.empty() for pump in (app, screen, *screen.walk_children()))
        )

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds; fails after very many turns of the event loop."""
        for _ in range(_MOST_TURNS):
            if condition():
                return
            await self.pilot.pause()
        raise AssertionError("the screen did not come to rest")

    @property
    def lines(self) -> list[str]:
        """The screen as text, line by line."""
        size = self.app.size
        strips = self.app.screen._compositor.render_strips(size)
        return [strip.text.rstrip() for strip in strips]

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.lines)

    @property
    def rows(self) -> list[str]:
        """The first column of every row of the table, as drawn."""
        content = self.explorer.table.content
        assert content is not None
        return [content.text(row, content.columns[0]) for row in range(len(content.rows))]

    @property
    def status(self) -> str:
        """The status line."""
        return self.lines[-2]


@asynccontextmanager
async def at_the_explorer(
    *,
    scenario: str = "spike",
    size: tuple[int, int] = (120, 40),
    view: View | None = None,
    desk: Callable[[str | None], Desk] | None = None,
    keymap: dict[str, str] | None = None,
    notifications: bool = False,
) -> AsyncIterator[Person]:
    """A person at the explorer on a demo scenario, after the first load; ``desk`` replaces the demo's.

    ``keymap`` holds overridden keys by command; ``notifications`` are drawn when wanted.
    """

    def demo_desk(wanted: str | None) -> Desk:
        loader = demo_loader(wanted or scenario, clock=lambda: float(NOW), fallback=True, lattice=lattice)
        return make_desk(loader, Session(view or first_view("costs")), clock=lambda: float(NOW), auto=False)

    app = ExplorerApp(desk or demo_desk, keymap=keymap)
    async with app.run_test(size=size, notifications=notifications) as pilot:
        person = Person(pilot)
        await person.until(lambda: any(isinstance(screen, Explorer) for screen in app.screen_stack))
        await person.settled()
        yield person
