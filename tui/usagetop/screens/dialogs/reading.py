"""Dialogs that are read: help, messages, details of a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from usagetop.commands import COMMANDS, keys_text
from usagetop.model.period import GRAMMAR
from usagetop.screens.dialogs.dialog import Dialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

WORDS = (
    ("DEMO", "the embedded demo organization, not yours"),
    ("OFFLINE", "no network: only what the cache holds"),
    ("STALE", "older than its time to live"),
    ("INCOMPLETE", "something is missing; totals cover only what was read"),
    ("PARTIAL", "the last bucket is still open"),
    ("clock differs", "this machine and the server disagree on the time"),
    ("cache off", "the disk cache cannot be used; the server is asked"),
)


class ReadingDialog(Dialog[None]):
    """Scrollable drawable text; any of the leaving keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "leave", "close", show=False),
        Binding("j", "scroll(1)", "down", show=False),
        Binding("k", "scroll(-1)", "up", show=False),
    ]
    HINT = "↑ ↓ scroll · esc close"

    def __init__(self, title: str, lines: Sequence[Content]) -> None:
        """``title`` is drawable."""
        super().__init__()
        self._heading = title
        self._lines = tuple(lines)

    def title_text(self) -> str:
        """The title that was given."""
        return self._heading

    def body(self) -> ComposeResult:
        """The lines, one below the other."""
        with VerticalScroll(classes="dialog-text"):
            yield Static(Content("\n").join(self._lines))

    def on_mount(self) -> None:
        """The text takes the scroll keys."""
        self.query_one(VerticalScroll).focus()

    def action_scroll(self, lines: int) -> None:
        """Scroll by lines."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)


def help_lines() -> list[Content]:
    """Every command with its keys, by group, then the words of the status line and the range grammar."""
    lines: list[Content] = []
    group = ""
    for command in COMMANDS:
        if not command.keys:
            continue
        if command.group != group:
            group = command.group
            lines += [Content(""), Content.styled(group, "bold $primary")]
        lines.append(Content.assemble((f"  {keys_text(command):<16}", "bold"), command.help))
    lines += [Content(""), Content.styled("Words in the status line", "bold $primary")]
    lines += [Content.assemble((f"  {word:<16}", "bold"), meaning) for word, meaning in WORDS]
    lines += [Content(""), Content.styled("Time ranges", "bold $primary"), Content("  " + GRAMMAR)]
    lines += [Content("  Days are UTC days; weeks begin on Monday.")]
    return lines[1:]


def pairs_lines(pairs: Sequence[tuple[str, str]]) -> list[Content]:
    """Name and value, one pair a line, the names aligned; both drawable."""
    width = max((len(name) for name, _ in pairs), default=0)
    return [Content.assemble((name.ljust(width + 2), "$quiet"), value) for name, value in pairs]
