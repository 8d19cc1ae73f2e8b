"""The Textual application: themes, program-wide commands, and which screen comes first."""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType

from usagetop import paths
from usagetop.commands import COMMANDS, check_overrides
from usagetop.errors import EXIT_GOOD, AccessError, NoTerminal
from usagetop.model.text import label
from usagetop.screens.desk import Desk, is_ascii_locale, make_desk
from usagetop.screens.tty import drawn_on_stdout, stop_group, watch_hang_up
from usagetop.settings import hosts
from usagetop.store.opening import open_loader
from usagetop.store.session import Session
from usagetop.theme import DEFAULT_THEME, THEMES, default_theme, defaults, named
from usagetop.widgets.ascii import AsciiFilter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.command import Provider
    from textual.driver import Driver
    from textual.filter import LineFilter

    from usagetop.settings import Settings
    from usagetop.store.loader import Mode
    from usagetop.store.session import View

_TWICE_SECONDS = 2.0
# Until then the first screen stands; how much garbage a second makes is little.
_COLLECT_AFTER_SECONDS = 1.0
# An arrow key that arrives split after 100 ms looks like escape and "[": that bracket is not a key.
_SPLIT_KEY_SECONDS = 0.3
_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


def _palette() -> type[Provider]:
    """The palette's commands, imported when it is opened."""
    from usagetop.screens.palette import Commands

    return Commands


def _collect() -> None:
    """Turn the garbage collector on again; what stands by now is never looked through again."""
    gc.freeze()
    gc.enable()


def bindings() -> list[BindingType]:
    """The program-wide keys, from the registry."""
    return [
        Binding(
            key, command.action, command.word, show=False, id=command.id, priority=command.id == "interrupt"
        )
        for command in COMMANDS
        if command.group == "Program" and command.id != "help"
        for key in command.keys
    ]


class ExplorerApp(App[int]):
    """Opens the explorer, or the welcome where there is no key."""

    TITLE = "usagetop"
    CSS_PATH: ClassVar[list[str | PurePath]] = [
        str(paths.styles_dir() / "app.tcss"),
        str(paths.styles_dir() / "dialogs.tcss"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = bindings()
    COMMANDS: ClassVar[set[Callable[[], type[Provider]]]] = {_palette}  # type: ignore[assignment]
    NOTIFICATION_TIMEOUT: ClassVar[float] = 4

    def __init__(
        self,
        open_desk: Callable[[str | None], Desk],
        *,
        theme: str = DEFAULT_THEME,
        foreign_host: str = "",
        trust_host: Callable[[], None] = lambda: None,
        keymap: dict[str, str] | None = None,
        driver_class: type[Driver] | None = None,
    ) -> None:
        """``open_desk`` makes the desk (its argument: a demo scenario or None) and raises AccessError.

        ``foreign_host`` is a host to ask about first (empty: none); ``trust_host`` remembers the answer.
        """
        super().__init__(driver_class=driver_class)
        self._open_desk = open_desk
        self._first_theme = theme
        self._foreign_host = foreign_host
        self._trust_host = trust_host
        self._keymap = keymap or {}
        self._interrupted_at = self._escaped_at = float("-inf")
        self.animation_level = "none"
        self._ascii = (AsciiFilter(),) if is_ascii_locale() else ()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our variables, for themes that are not ours."""
        return defaults()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's filters, and the one to ASCII where the locale asks for it."""
        return (*super().get_line_filters(), *self._ascii)

    def on_mount(self) -> None:
        """Set the theme and the keys, then open the first screen."""
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = self._first_theme
        if self._keymap:
            self.set_keymap(self._keymap)
        if self._foreign_host:
            from usagetop.screens.dialogs.host import HostDialog

            self.push_screen(HostDialog(self._foreign_host), self._host_answered)
        else:
            self.open_explorer(None)
        if not gc.isenabled():
            self.set_timer(_COLLECT_AFTER_SECONDS, _collect)

    def _host_answered(self, yes: bool | None) -> None:  # noqa: FBT001 - a dialog's answer
        if yes:
            self._trust_host()
            self.open_explorer(None)
        else:
            self.exit(EXIT_GOOD)

    def open_explorer(self, scenario: str | None) -> None:
        """Open the explorer on the network or on a demo scenario; without a key, the welcome."""
        from usagetop.screens.explorer import Explorer

        try:
            desk = self._open_desk(scenario)
        except AccessError as error:
            from usagetop.screens.welcome import Welcome

            self.push_screen(Welcome(error), self._welcomed)
            return
        self.push_screen(Explorer(desk))

    def _welcomed(self, answer: str | None) -> None:
        if answer == "demo":
            self.open_explorer("")
        else:
            self.exit(EXIT_GOOD)

    async def on_event(self, event: events.Event) -> None:
        """Every event passes here first; the rest of a split arrow key goes no further."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            now = time.monotonic()
            if event.key == "escape":
                self._escaped_at = now
            elif event.key == "left_square_bracket" and now - self._escaped_at < _SPLIT_KEY_SECONDS:
                return
        await super().on_event(event)

    # -- program-wide commands

    def action_theme(self) -> None:
        """The next of our themes."""
        names = [theme.name for theme in THEMES]
        place = names.index(self.theme) if self.theme in names else -1
        self.theme = names[(place + 1) % len(names)]

    def action_leave(self) -> None:
        """Quit."""
        self.exit(EXIT_GOOD)

    def action_interrupt(self) -> None:
        """Copy the selection; without one a hint, and twice quits."""
        selected = self.screen.get_selected_text()
        if selected:
            self.copy_to_clipboard(selected)
            self.notify("copied", markup=False)
            return
        now = time.monotonic()
        if now - self._interrupted_at < _TWICE_SECONDS:
            self.exit(130)
            return
        self._interrupted_at = now
        self.notify("ctrl+c again quits; q does at once", markup=False)

    def action_suspend(self) -> None:
        """Stop the whole foreground group, so that the shell answers under make as well."""
        if self._driver is None or not self._driver.can_suspend:
            self.notify("this terminal cannot suspend", severity="warning", markup=False)
            return
        with self.suspend():
            stop_group()
        self.refresh(layout=True)


def check_terminal() -> None:
    """Raise NoTerminal where the explorer cannot be drawn."""
    mend = "usagetop show costs prints the same numbers without a terminal"
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        message = "the explorer needs a terminal"
        raise NoTerminal(message, mend=mend)
    if os.environ.get("TERM", "") in {"", "dumb", "unknown"}:
        message = "the explorer needs a terminal that can move its cursor (TERM is dumb or not set)"
        raise NoTerminal(message, mend=mend)


def lean_driver() -> type[Driver] | None:
    """The driver that sends only what changed; None where ``TEXTUAL_DRIVER`` names one (a browser's, say)."""
    if os.environ.get("TEXTUAL_DRIVER"):
        return None
    from usagetop.driver.lean import LeanDriver

    return LeanDriver


def run(app: ExplorerApp) -> int:
    """Run the application; returns the exit code.

    SIGTERM, SIGHUP and a terminal that vanishes end it, with the terminal restored where there is one.
    """
    import asyncio

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

    with drawn_on_stdout():
        asyncio.run(main())
    if caught:
        return 128 + caught[0]
    if app.return_code:
        return app.return_code
    return app.return_value if app.return_value is not None else EXIT_GOOD


def explore(
    view: View,
    *,
    settings: Settings,
    scenario: str | None = None,
    mode: Mode = "normal",
    with_names: bool = True,
    auto: bool = True,
    plain_driver: bool = False,
) -> int:
    """Open the explorer at a view; returns the exit code.

    ``scenario`` opens the demo organization (None: the network); ``plain_driver`` draws as Textual does by itself,
    which sends more. Raises NoTerminal, UsageError and ConfigError
    before anything is drawn; without a key the explorer opens on its welcome.
    """
    check_terminal()
    if not os.environ.get("NO_COLOR"):
        os.environ.pop("NO_COLOR", None)  # Textual asks only whether it is there; empty means nothing
    view.query(int(time.time()))  # what cannot be asked is told before the screen is taken
    keymap = {name: ",".join(keys) for name, keys in check_overrides(settings.keys).items()}

    def open_desk(wanted: str | None) -> Desk:
        chosen = scenario if wanted is None else wanted
        loader = open_loader(settings, scenario=chosen, mode=mode, fallback=True)
        demo = chosen is not None
        return make_desk(
            loader,
            Session(view),
            clock=time.time,
            mode="normal" if demo else mode,
            auto=auto,
            with_names=with_names,
            keymap=keymap,
        )

    host = "" if scenario is not None else hosts.to_ask_about(settings.base_url)
    app = ExplorerApp(
        open_desk,
        theme=named(settings.theme) if settings.theme else default_theme(),
        foreign_host=label(host),
        trust_host=lambda: hosts.trust(host),
        keymap=keymap,
        driver_class=None if plain_driver else lean_driver(),
    )
    return run(app)
