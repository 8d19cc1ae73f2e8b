"""Lists of choices, before they are laid out and where there is no room for them."""

from __future__ import annotations

import pytest
from textual.widgets import OptionList

from tests.support.explorer import at_the_explorer
from usagetop.screens.palette import Palette
from usagetop.widgets.listing import Listing

pytestmark = pytest.mark.anyio


@pytest.mark.fault("terminal", "a page up or down in a list that has not been drawn yet", "nothing happens")
@pytest.mark.parametrize("key", ["pageup", "pagedown"])
async def test_a_page_key_comes_before_the_palette_is_laid_out(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two keys in one read of the terminal."""
    async with at_the_explorer(size=(80, 24)) as person:
        app = person.app
        app.action_command_palette()
        await person.settled()
        palette = app.screen
        assert isinstance(palette, Palette)
        palette.query_one(OptionList).highlighted = 0
        monkeypatch.setattr(OptionList, "_index_to_line", {})
        palette._action_command_list(key.replace("page", "page_"))
        await person.press("escape")
        assert app.screen is person.explorer


@pytest.mark.parametrize("key", ["pageup", "pagedown"])
async def test_a_page_key_in_a_list_without_lines(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dialog for which there is no room; backspace closes it as escape does."""
    async with at_the_explorer(size=(80, 24)) as person:
        await person.press("S")
        monkeypatch.setattr(Listing, "_index_to_line", {})
        await person.press(key, "backspace")
        assert person.app.screen is person.explorer
