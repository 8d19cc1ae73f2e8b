"""The explorer's state as frozen values: the view of each category, and the history of views.

A change is a new value. Nothing here knows Textual, the network or a clock.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from usagetop.model import categories
from usagetop.model import period as periods
from usagetop.model.query import Query, parse_group_by

if TYPE_CHECKING:
    from collections.abc import Mapping

    from usagetop.model.categories import Category
    from usagetop.model.query import Filter

MOST_HISTORY = 200
# What the numbers that are shown depend on; everything else is in which order and under which names.
_ASKED = ("category", "range_text", "width", "group_by", "filters", "metric", "compare")


class Place(NamedTuple):
    """Where the reader was in a table: the cursor's row and column, and the first visible row."""

    row: int = 0
    top: int = 0
    column: int = 0


class View(NamedTuple):
    """One view as it was chosen: what is asked, and how it is shown.

    ``range_text`` and ``width`` are as typed (``30d``, ``auto``); ``query`` resolves them against a now.
    ``top`` shows so many rows, the totals stay those of all. ``sort`` is a column name, empty for the default
    order. ``compare`` is the earlier period beside it (``previous``, ``month``, empty: none).
    """

    category: str
    range_text: str = periods.DEFAULT_RANGE
    width: str = "auto"
    group_by: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    metric: str = ""
    sort: str = ""
    descending: bool = True
    chart: str = "bars"
    search: str = ""
    show_ids: bool = False
    top: int | None = None
    compare: str = ""
    # How the reader drilled here: the view before and the place in it. None: not by drilling.
    above: View | None = None
    place: Place = Place()

    @property
    def about(self) -> Category:
        """The registry's entry of the category."""
        return categories.category(self.category)

    @property
    def charted(self) -> str:
        """The metric that is charted and gives the shares: the chosen one, else the category's first."""
        return self.metric or self.about.metrics[0].name

    @property
    def sorted_by(self) -> str:
        """The column the rows are sorted by: the chosen one, else the charted metric."""
        return self.sort or self.charted

    def query(self, now: int) -> Query:
        """What to ask, with the range resolved against ``now`` (UTC seconds); raises UsageError."""
        period = periods.parse_range(self.range_text, now)
        aligned, width, _ = periods.fit(period, self.width, self.about.widths)
        return Query(self.category, aligned, width, self.group_by, self.filters)

    def asks_like(self, other: View) -> bool:
        """Whether both show the same numbers, in whatever order and under whatever names."""
        return all(getattr(self, name) == getattr(other, name) for name in _ASKED)

    def changed(self, **changes: object) -> View:
        """The same view with some of its fields replaced.

        Another question or metric has other rows: it begins at the top, and at the first column where the
        columns are others, too.
        """
        new = self._replace(**changes)  # type: ignore[arg-type]
        if "place" in changes or new.asks_like(self):
            return new
        same_columns = new.group_by == self.group_by and new.metric == self.metric
        return new._replace(place=Place(column=self.place.column if same_columns else 0))


def first_view(category: str, *, like: View | None = None) -> View:
    """The view that a category opens with; range, names and chart are carried over from ``like``."""
    group_by = parse_group_by(categories.category(category), None)
    if like is None:
        return View(category, group_by=group_by)
    return View(
        category,
        range_text=like.range_text,
        group_by=group_by,
        chart=like.chart,
        show_ids=like.show_ids,
        compare=like.compare,
    )


class Session(NamedTuple):
    """The current view, the last view of every category, and the way back and forward."""

    current: View
    views: Mapping[str, View] = MappingProxyType({})
    back: tuple[View, ...] = ()
    forward: tuple[View, ...] = ()

    def show(self, view: View) -> Session:
        """Go on to a view; the one before is kept in the history."""
        if view == self.current:
            return self
        back = (*self.back, self.current)[-MOST_HISTORY:]
        return Session(view, self._remembered(view), back, ())

    def adjust(self, view: View) -> Session:
        """Replace the current view without a step in the history (search, place, sort)."""
        return self._replace(current=view, views=self._remembered(view))

    def category(self, name: str) -> View:
        """The view that a category shows next: its last one over the current range, or its first."""
        known = self.views.get(name)
        if known is None:
            return first_view(name, like=self.current)
        return known._replace(
            range_text=self.current.range_text,
            show_ids=self.current.show_ids,
            chart=self.current.chart,
            compare=self.current.compare,
        )

    def step(self, direction: int) -> Session:
        """One step back (negative) or forward in the history; the same session where there is none."""
        source = self.back if direction < 0 else self.forward
        if not source:
            return self
        view = source[-1]
        if direction < 0:
            return Session(view, self._remembered(view), self.back[:-1], (*self.forward, self.current))
        return Session(view, self._remembered(view), (*self.back, self.current), self.forward[:-1])

    def _remembered(self, view: View) -> Mapping[str, View]:
        return MappingProxyType({**self.views, view.category: view})
