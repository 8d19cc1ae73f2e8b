"""Keys that come faster than screens go: a second enter or ctrl+p takes nothing else along."""

from __future__ import annotations

import pytest

from tests.support.explorer import at_the_explorer
from usagetop.screens.dialogs.dialog import Dialog
from usagetop.screens.palette import Palette

pytestmark = pytest.mark.anyio


@pytest.mark.fault(
    "terminal",
    "keys that come faster than a dialog goes: enter twice, ctrl+p again and again",
    "the dialog goes once, the screen below stays, one palette is open",
)
async def test_a_screen_leaves_once() -> None:
    """Both answers had been on their way when the first one closed the dialog."""
    async with at_the_explorer() as person:
        await person.press("b")
        dialog = person.app.screen
        assert isinstance(dialog, Dialog)
        dialog.dismiss(None)
        dialog.dismiss(None)
        await person.settled()
        assert person.app.screen is person.explorer
        await person.pilot.press("ctrl+p", "ctrl+p", "escape", "ctrl+p", "ctrl+p", "ctrl+p")
        await person.settled()
        assert [isinstance(screen, Palette) for screen in person.app.screen_stack].count(True) == 1
        await person.press("escape")
        assert person.app.screen is person.explorer
