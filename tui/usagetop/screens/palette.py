"""The command palette's entries: every command of the registry, by its sentence."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from usagetop.commands import COMMANDS, Command, keys_text
from usagetop.screens.explorer import Explorer
from usagetop.screens.once import Once

if TYPE_CHECKING:
    from collections.abc import Callable


class Palette(Once, CommandPalette):
    """Textual's palette, as one among others: it may be asked for again before the last one is gone."""

    def _action_command_list(self, action: str) -> None:
        """A key for the list, which may not have been laid out yet (see ``Listing``)."""
        with suppress(KeyError):
            super()._action_command_list(action)


class Commands(Provider):
    """Finds commands by word, sentence or id; without a text it lists them all."""

    async def discover(self) -> Hits:
        """All commands, in the registry's order."""
        for command in COMMANDS:
            if command.palette:
                yield DiscoveryHit(_title(command), self._runner(command), help=_keys(command))

    async def search(self, query: str) -> Hits:
        """Commands that match, the best first."""
        matcher = self.matcher(query)
        for command in COMMANDS:
            text = f"{command.word}: {command.help}"
            score = matcher.match(text)
            if command.palette and score > 0:
                yield Hit(score, matcher.highlight(text), self._runner(command), help=_keys(command))

    def _runner(self, command: Command) -> Callable[[], None]:
        explorer = self.screen
        if isinstance(explorer, Explorer):
            return partial(explorer.run_command, command.id)
        return lambda: None


def _title(command: Command) -> Content:
    return Content(f"{command.word}: {command.help}")


def _keys(command: Command) -> str:
    """The keys; the palette reads this as markup, where a bracket needs a backslash."""
    return f"key {keys_text(command)}".replace("[", "\\[") if command.keys else "no key"
