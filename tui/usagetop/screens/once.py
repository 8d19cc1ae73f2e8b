"""A screen that leaves once: a second enter that comes before it is gone must not take another screen along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.await_complete import AwaitComplete

if TYPE_CHECKING:
    from textual.screen import Screen

    Base = Screen[Any]
else:
    Base = object  # Textual looks for styles along the first base that is a screen


class Once(Base):
    """Stands before a kind of screen among the bases: only the uppermost screen can be dismissed."""

    def dismiss(self, result: Any = None) -> AwaitComplete:  # noqa: ANN401 - the screen's own kind of result
        """Leave with a result; nothing where that has happened already."""
        if self.app.screen_stack[-1:] != [self]:
            return AwaitComplete()
        return super().dismiss(result)
