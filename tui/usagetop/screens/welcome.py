"""The first start without a key: what this is, how to give a key, and the demo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from usagetop import paths
from usagetop.model.text import label
from usagetop.screens.once import Once

if TYPE_CHECKING:
    from pathlib import PurePath

    from textual.app import ComposeResult

    from usagetop.errors import UsagetopError


class Welcome(Once, Screen[str]):
    """Offers the demo and tells how to give a key; returns ``demo`` or ``quit``."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [str(paths.styles_dir() / "welcome.tcss")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d,enter", "demo", "demo"),
        Binding("q,escape", "leave", "quit"),
    ]

    def __init__(self, error: UsagetopError) -> None:
        """``error`` is why there is no key to work with."""
        super().__init__()
        self._error = error

    def compose(self) -> ComposeResult:
        """The text, in a box in the middle."""
        with Vertical(classes="welcome"):
            yield Static(Content.styled("usagetop", "bold $primary"))
            yield Static(Content("what did we spend, who and what drove it, what changed\n"))
            yield Static(Content.styled(str(self._error), "$warning"))
            yield Static(Content(f"\n{self._error.mend}\n" if self._error.mend else ""))
            yield Static(
                Content.assemble(
                    "An admin key can read usage and costs of the whole organization. An owner makes one at\n"
                    "platform.openai.com › Settings › Admin keys, with the scope api.usage.read. Then:\n\n",
                    ("  export OPENAI_ADMIN_KEY=sk-admin-…\n", "bold"),
                    ("  export OPENAI_ADMIN_KEY_FILE=/path/to/key\n", "bold"),
                    f"  or key_file / key_command in {_short_config()}\n",
                )
            )
            yield Static(
                Content.assemble(
                    ("d", "bold $primary"),
                    " look around in the demo organization    ",
                    ("q", "bold $primary"),
                    " quit",
                )
            )

    def action_demo(self) -> None:
        """Open the demo organization."""
        self.dismiss("demo")

    def action_leave(self) -> None:
        """Quit."""
        self.dismiss("quit")


def _short_config() -> str:
    """The configuration file, with ``~`` for the home directory."""
    text = str(paths.config_file())
    home = str(Path.home())
    return label("~" + text.removeprefix(home) if text.startswith(home + "/") else text)
