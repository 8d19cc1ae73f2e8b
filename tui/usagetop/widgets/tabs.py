"""The tab strip: twelve categories on one line, scrolled so that the current one is always whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.reactive import reactive
from textual.strip import Strip

from usagetop.messages import CategoryChosen
from usagetop.model.categories import CATEGORIES
from usagetop.widgets.styled import Styled

if TYPE_CHECKING:
    from textual import events

_DIGITS = "1234567890"
_EDGE = 2  # cells for the marks that more tabs lie to the left or right


class TabStrip(Styled):
    """One tab a category; ``current`` is the chosen one, ``failed`` are those whose last load failed."""

    current: reactive[str] = reactive("costs", init=False)
    failed: reactive[frozenset[str]] = reactive(frozenset(), init=False)

    def render_line(self, y: int) -> Strip:  # noqa: ARG002 - a strip has one line
        """Draw the tabs that fit."""
        width = self.size.width
        first, last = self._window(width)
        edge, base = self.style_of("key"), self.style_of()
        segments = [Segment("‹ " if first else " ", edge)]
        for number in range(first, last):
            segments.extend(self._tab(number))
        strip = Strip(segments)
        if last < len(CATEGORIES):
            strip = strip.adjust_cell_length(width - _EDGE, base)
            return Strip([*strip, Segment(" ›", edge)])
        return strip.adjust_cell_length(width, base)

    def _tab(self, number: int) -> list[Segment]:
        category = CATEGORIES[number]
        key, title = self._texts(number)
        if category.name == self.current:
            return [Segment(key + title, self.style_of("current"))]
        style = self.style_of("failed" if category.name in self.failed else "")
        return [Segment(key, self.style_of("quiet")), Segment(title, style)]

    def _texts(self, number: int) -> tuple[str, str]:
        """The key of a tab and its title, as they are drawn."""
        category = CATEGORIES[number]
        failed = "!" if category.name in self.failed else ""
        return f" {_DIGITS[number]}" if number < len(_DIGITS) else "", f" {category.title}{failed} "

    def _width(self, number: int) -> int:
        return sum(map(len, self._texts(number)))

    def _window(self, width: int) -> tuple[int, int]:
        """The first tab drawn and the one after the last: as many as fit, the current one among them."""
        widths = [self._width(number) for number in range(len(CATEGORIES))]
        room = width - 2 * _EDGE
        current = next(n for n, category in enumerate(CATEGORIES) if category.name == self.current)
        if sum(widths) <= width - 1:
            return 0, len(widths)
        first = 0
        while sum(widths[first : current + 1]) > room and first < current:
            first += 1
        # One neighbour to the right shows that the strip goes on there.
        if current + 1 < len(widths) and sum(widths[first : current + 2]) > room and first < current:
            first += 1
        last = current + 1
        while last < len(widths) and sum(widths[first : last + 1]) <= room:
            last += 1
        return first, last

    def on_click(self, event: events.Click) -> None:
        """A click chooses the tab under it."""
        first, last = self._window(self.size.width)
        at = _EDGE if first else 1
        for number in range(first, last):
            at += self._width(number)
            if event.x < at:
                self.post_message(CategoryChosen(CATEGORIES[number].name))
                return
