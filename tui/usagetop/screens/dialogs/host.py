"""Asked once per host: whether the key may be sent to a host that is not api.openai.com."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from usagetop.screens.dialogs.dialog import Dialog

if TYPE_CHECKING:
    from textual.app import ComposeResult


class HostDialog(Dialog[bool]):
    """Returns True when the host is trusted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "yes", show=False),
        Binding("n,q", "answer(False)", "no", show=False),
    ]
    TITLE_TEXT = "Another host"
    HINT = "y send the key there, now and later · n quit"

    def __init__(self, host: str) -> None:
        """``host`` is drawable."""
        super().__init__()
        self._host = host

    def body(self) -> ComposeResult:
        """The question."""
        yield Static(
            Content.assemble(
                "\nOPENAI_BASE_URL points to ",
                (self._host, "bold $warning"),
                ",\nwhich is not api.openai.com. The admin key would be sent there.\n",
            )
        )

    def action_answer(self, yes: bool) -> None:  # noqa: FBT001 - a Textual action's argument
        """Answer."""
        self.dismiss(yes)
