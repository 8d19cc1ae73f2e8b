"""Opening the explorer, and ending it: the one door from the command line to Textual.

What it starts with is put together before Textual is loaded.
"""

from __future__ import annotations

import os
import signal
import time
import warnings
from typing import TYPE_CHECKING

from usagetop.commands import check_overrides
from usagetop.errors import EXIT_GOOD
from usagetop.model.text import label
from usagetop.screens.desk import Desk, attempt, make_desk
from usagetop.settings import hosts
from usagetop.store.opening import open_loader
from usagetop.store.session import Session

if TYPE_CHECKING:
    from usagetop.app import ExplorerApp
    from usagetop.cli.options import ExploreOptions
    from usagetop.settings import Settings
    from usagetop.store.session import View

# Those that end a program by themselves: none of them may leave the terminal as it is.
_SIGNALS = (
    *(signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT),
    *(signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM),
)


def explore(view: View, options: ExploreOptions, settings: Settings) -> int:
    """Open the explorer at a view, once ``check_terminal`` has let it pass; returns the exit code.

    Raises UsageError and ConfigError before anything is drawn; without a key the explorer opens on its welcome.
    """
    source = options.source
    if not os.environ.get("NO_COLOR"):
        os.environ.pop("NO_COLOR", None)  # Textual asks only whether it is there; empty means nothing
    view.query(int(time.time()))  # what cannot be asked is told before the screen is taken
    keymap = {name: ",".join(keys) for name, keys in check_overrides(settings.keys).items()}

    def open_desk(wanted: str | None) -> Desk:
        scenario = source.scenario if wanted is None else wanted
        return make_desk(
            open_loader(settings, scenario=scenario, mode=source.mode, fallback=True),
            Session(view),
            clock=time.time,
            mode="normal" if scenario is not None else source.mode,
            auto=options.auto,
            with_names=source.names,
            keymap=keymap,
            budgets=() if scenario is not None else settings.budgets,
        )

    host = "" if source.scenario is not None else hosts.to_ask_about(settings.base_url)
    # From here on a thread reads the cache, while Textual is being loaded.
    start = None if host else attempt(open_desk, None)
    from usagetop.app import ExplorerApp, driver
    from usagetop.theme import default_theme, named

    app = ExplorerApp(
        open_desk,
        start=start,
        theme=named(settings.theme) if settings.theme else default_theme(),
        foreign_host=label(host),
        trust_host=lambda: hosts.trust(host),
        keymap=keymap,
        driver_class=driver(plain=options.plain_driver),
    )
    return run(app)


def run(app: ExplorerApp) -> int:
    """Run the application; returns the exit code.

    Signals and a terminal that vanishes end it, with the terminal restored where there is one. A fault of the
    program is raised again once the terminal is given back.
    """
    import asyncio

    from usagetop.screens.tty import drawn_on_stdout, watch_hang_up

    caught: list[int] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()

        def leave(number: int) -> None:
            caught.append(number)
            app.exit(128 + number)

        for number in _SIGNALS:
            loop.add_signal_handler(number, leave, number)
        watch_hang_up(lambda: loop.call_soon_threadsafe(leave, signal.SIGHUP), 128 + signal.SIGHUP)
        await app.run_async()

    # A load that was asked for and had not begun when the program ended is nobody's business.
    warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)

    with drawn_on_stdout():
        asyncio.run(main())
    if app.fault is not None:
        raise app.fault
    if caught:
        return 128 + caught[0]
    if app.return_code:
        return app.return_code
    return app.return_value if app.return_value is not None else EXIT_GOOD
