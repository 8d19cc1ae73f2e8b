"""The Textual application: themes, program-wide commands, and which screen comes first."""

from __future__ import annotations

import gc
import os
import time
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.reactive import Initialize, Reactive

from usagetop import paths
from usagetop.commands import COMMANDS
from usagetop.driver.stopping import stop_group
from usagetop.errors import EXIT_GOOD, AccessError
from usagetop.screens.desk import Desk, attempt, is_ascii_locale
from usagetop.theme import DEFAULT_THEME, THEMES, defaults
from usagetop.widgets.ascii import AsciiFilter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.command import Provider
    from textual.driver import Driver
    from textual.filter import LineFilter
    from textual.screen import Screen
    from textual.theme import Theme


_OURS = {theme.name: theme for theme in THEMES}
_TWICE_SECONDS = 2.0
# Until then the first screen stands; how much garbage a second makes is little.
_COLLECT_AFTER_SECONDS = 1.0
# An arrow key that arrives split after 100 ms looks like escape and "[": that bracket is not a key.
_SPLIT_KEY_SECONDS = 0.3


def _palette() -> type[Provider]:
    """The palette's commands, imported when it is opened."""
    from usagetop.screens.palette import Commands

    return Commands


def _explorer(desk: Desk) -> Screen[None]:
    from usagetop.screens.explorer import Explorer

    return Explorer(desk)


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


def _first_theme(app: ExplorerApp) -> str:
    return app.first_theme


def driver(*, plain: bool = False) -> type[Driver] | None:
    """The driver that sends only what changed, or (``plain``) all that Textual draws.

    None where ``TEXTUAL_DRIVER`` names one (a browser's, say).
    """
    if os.environ.get("TEXTUAL_DRIVER"):
        return None
    if plain:
        from usagetop.driver.terminal import TerminalDriver

        return TerminalDriver
    from usagetop.driver.lean import LeanDriver

    return LeanDriver


class ExplorerApp(App[int]):
    """Opens the explorer, or the welcome where there is no key."""

    TITLE = "usagetop"
    CSS_PATH: ClassVar[list[str | PurePath]] = [str(paths.styles_dir() / "app.tcss")]
    BINDINGS: ClassVar[list[BindingType]] = bindings()
    COMMANDS: ClassVar[set[Callable[[], type[Provider]]]] = {_palette}  # type: ignore[assignment]
    NOTIFICATION_TIMEOUT: ClassVar[float] = 4
    # What ended the app and should not have: told once the terminal is given back.
    fault: Exception | None = None
    # Known before the styles are read: a theme that is set later has all of them read again.
    theme: Reactive[str] = Reactive(Initialize(_first_theme))

    def __init__(
        self,
        open_desk: Callable[[str | None], Desk],
        *,
        start: Desk | AccessError | None = None,
        theme: str = DEFAULT_THEME,
        foreign_host: str = "",
        trust_host: Callable[[], None] = lambda: None,
        keymap: dict[str, str] | None = None,
        driver_class: type[Driver] | None = None,
    ) -> None:
        """``open_desk`` makes the desk (its argument: a demo scenario or None) and raises AccessError.

        ``start`` is what came of ``open_desk(None)`` where it was called already.
        ``foreign_host`` is a host to ask about first (empty: none); ``trust_host`` remembers the answer.
        """
        self.first_theme = theme
        super().__init__(driver_class=driver_class)
        self._open_desk = open_desk
        self._start = start
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
        if self._keymap:
            self.set_keymap(self._keymap)
        if self._foreign_host:
            from usagetop.screens.dialogs.host import HostDialog

            self.push_screen(HostDialog(self._foreign_host), self._host_answered)
        elif isinstance(self._start, AccessError):
            self._welcome(self._start)
        if not gc.isenabled():
            self.set_timer(_COLLECT_AFTER_SECONDS, _collect)

    def _host_answered(self, yes: bool | None) -> None:  # noqa: FBT001 - a dialog's answer
        if yes:
            self._trust_host()
            self.open_explorer(None)
        else:
            self.exit(EXIT_GOOD)

    @property
    def available_themes(self) -> dict[str, Theme]:
        """Textual's themes and ours."""
        return {**super().available_themes, **_OURS}

    def get_theme(self, theme_name: str) -> Theme | None:
        """A theme by its name: Textual asks for the current one at every line that it draws."""
        return _OURS.get(theme_name) or super().get_theme(theme_name)

    def get_default_screen(self) -> Screen[None]:
        """The explorer itself, where nothing comes before it: a screen below it would be drawn for nobody."""
        if self._start is None and not self._foreign_host:
            self._start = attempt(self._open_desk, None)
        return _explorer(self._start) if isinstance(self._start, Desk) else super().get_default_screen()

    def open_explorer(self, scenario: str | None) -> None:
        """Open the explorer on the network or on a demo scenario; without a key, the welcome."""
        start = attempt(self._open_desk, scenario)
        if isinstance(start, Desk):
            self.push_screen(_explorer(start))
        else:
            self._welcome(start)

    def _welcome(self, error: AccessError) -> None:
        from usagetop.screens.welcome import Welcome

        self.push_screen(Welcome(error), self._welcomed)

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

    def _handle_exception(self, error: Exception) -> None:
        """Keep a fault of the program; a worker's comes wrapped."""
        if self.fault is None:
            self.fault = getattr(error, "error", error)
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """End. Textual would print every local variable of every step, and what a server said with them."""
        self._close_messages_no_wait()

    # -- program-wide commands

    def action_command_palette(self) -> None:
        """Open the palette over whatever stands, but not over itself."""
        from usagetop.screens.palette import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette())

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
