"""The frame that all dialogs share: a titled box over the explorer, left with escape."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from usagetop import paths
from usagetop.screens.once import Once

if TYPE_CHECKING:
    from pathlib import PurePath

    from textual.app import ComposeResult

_T = TypeVar("_T")
_LOW = 30


class Dialog(Once, ModalScreen[_T | None], Generic[_T]):
    """A modal box with a title above and a line of keys below its body.

    Its styles are read when the first one opens: the start does without them.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = [str(paths.styles_dir() / "dialogs.tcss")]
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,backspace", "leave", "close", show=False)]
    TITLE_TEXT = ""
    HINT = "esc close"

    def compose(self) -> ComposeResult:
        """Title, the dialog's own body, and the hint."""
        with Vertical(classes="dialog"):
            yield Static(Content(self.title_text()), classes="dialog-title")
            yield from self.body()
            yield Static(Content(self.hint()), classes="dialog-hint")

    def on_resize(self) -> None:
        """Lists are shorter on low screens, so that title and hint always stay in sight."""
        self.set_class(self.app.size.height < _LOW, "-low")

    def title_text(self) -> str:
        """Drawable title."""
        return self.TITLE_TEXT

    def hint(self) -> str:
        """Drawable line of keys."""
        return self.HINT

    def body(self) -> ComposeResult:
        """The widgets between title and hint."""
        raise NotImplementedError

    def action_leave(self) -> None:
        """Close without an answer."""
        self.dismiss(None)
