"""Which rows of a frame a view shows, and in which order: sorted, searched, cut to the view's ``top``.

What is made is kept, and a longer search begins with the rows of the shorter one. The rows of a large frame are
made in a thread: ``ready`` gives only what takes no time.
"""

from __future__ import annotations

from functools import partial
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

from usagetop.analysis.ordering import compact, sorted_rows
from usagetop.model.dimensions import DIMENSIONS
from usagetop.store.haystack import Haystack

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from usagetop.analysis.frame import Frame
    from usagetop.store.earlier import Earlier
    from usagetop.store.haystack import Value
    from usagetop.store.labels import Labels
    from usagetop.store.session import View

# Up to so many groups sorting and searching take few milliseconds.
_QUICK = 4_000
# So many rows are looked at between two looks at whether anybody still wants them.
_PIECE = 65_536

# What rows can also be sorted by beside an earlier period.
_COMPARED = frozenset({"previous", "delta", "change"})


class Unwanted(Exception):
    """The rows are not wanted any more."""


class _Search(NamedTuple):
    """A search that was made: in which order, for what, and what it found."""

    order: Sequence[int]
    text: str
    rows: Sequence[int]


class Arranger:
    """The rows of one frame under its labels, for every view of it."""

    def __init__(self, frame: Frame, labels: Labels, earlier: Earlier | None = None) -> None:
        """Beside an ``earlier`` period rows are also sorted by what they had then, and by the difference."""
        self._frame = frame
        self._earlier = earlier
        self._labels = labels
        self._ordered: dict[tuple[str, bool], Sequence[int]] = {}
        self._haystacks: dict[int, Haystack] = {}
        self._search: _Search | None = None
        self._top: tuple[Sequence[int], int, Sequence[int]] | None = None

    def ready(self, view: View) -> Sequence[int] | None:
        """The view's rows if they take no time; None where ``rows`` belongs in a thread."""
        known = self._known(view)
        return known if known is not None or len(self._frame) > _QUICK else self.rows(view)

    def rows(self, view: View, *, is_wanted: Callable[[], bool] = lambda: True) -> Sequence[int]:
        """Row indices in the view's order: those that the search keeps; without a search the view's ``top``.

        Raises Unwanted as soon as ``is_wanted`` says no.
        """
        order = self.order(view)
        if view.search:
            return self._searched(order, view.search.casefold(), is_wanted)
        if view.top is None:
            return order
        if self._top is None or self._top[0] is not order or self._top[1] != view.top:
            self._top = (order, view.top, order[: view.top])
        return self._top[2]

    def order(self, view: View) -> Sequence[int]:
        """All row indices in the view's order."""
        wanted = self._wanted(view)
        if wanted not in self._ordered:
            self._ordered = {wanted: self._made(*wanted, view.charted)}  # the frame keeps those before
        return self._ordered[wanted]

    def _wanted(self, view: View) -> tuple[str, bool]:
        """The column that decides, and the direction."""
        return (view.sorted_by if view.sorted_by != "share" else view.charted, view.descending)

    def _known(self, view: View) -> Sequence[int] | None:
        order = self._ordered.get(self._wanted(view))
        if order is None:
            return None
        if not view.search:
            return self.rows(view)
        last = self._search
        text = view.search.casefold()
        return last.rows if last is not None and last.order is order and last.text == text else None

    def _made(self, column: str, descending: bool, metric: str) -> Sequence[int]:  # noqa: FBT001 - as in the key
        """A dimension with names is sorted by what is read, any other column by its values."""
        frame = self._frame
        if self._earlier is not None and column in _COMPARED:
            return self._earlier.order(frame, metric, column, descending=descending)
        dimension = DIMENSIONS.get(column)
        if dimension is None or not dimension.names or column not in frame.dims:
            return frame.order(column, descending=descending)
        at = frame.dims.index(column)
        by_dims = frame.order("")
        given = [row for row in by_dims if frame.keys[row][at] is not None]
        drawn = {value: self._labels.of(column, value).casefold() for value in frame.values(column)}
        rows = sorted_rows(given, lambda row: drawn[frame.keys[row][at]], descending=descending)
        rows += [row for row in by_dims if frame.keys[row][at] is None]
        return compact(rows)

    def _searched(self, order: Sequence[int], text: str, is_wanted: Callable[[], bool]) -> Sequence[int]:
        """The rows in which the label or the id of some dimension holds ``text``, upper or lower case alike."""
        last = self._search
        rows = order
        if last is not None and last.order is order and last.text in text:
            if last.text == text:
                return last.rows
            rows = last.rows
        hits = [self._haystack(at, is_wanted).holding(text) for at in range(len(self._frame.dims))]
        found = self._holding(rows, hits, is_wanted)
        self._search = _Search(order, text, found)
        return found

    def _haystack(self, at: int, is_wanted: Callable[[], bool]) -> Haystack:
        """What is searched of a dimension: the label and the id of every value.

        A single currency has no column, and is not searched: every row would hold it.
        """
        if at not in self._haystacks:
            name = self._frame.dims[at]
            hidden = name == "currency" and len(self._frame.totals.amounts) <= 1
            values = () if hidden else self._frame.values(name)
            labels = partial(self._labels.of_many, name)
            self._haystacks[at] = Haystack(values, labels, lambda: _check(is_wanted))
        return self._haystacks[at]

    def _holding(
        self, rows: Sequence[int], hits: Sequence[frozenset[Value]], is_wanted: Callable[[], bool]
    ) -> Sequence[int]:
        """The rows of which some dimension has one of its hits."""
        keys = self._frame.keys
        wanted = [(at, found) for at, found in enumerate(hits) if found]
        kept: list[int] = []
        for begin in range(0, len(rows) if wanted else 0, _PIECE):
            _check(is_wanted)
            piece = rows[begin : begin + _PIECE]
            held = [keys[row][wanted[0][0]] in wanted[0][1] for row in piece]
            for at, found in wanted[1:]:
                held = [was or keys[row][at] in found for was, row in zip(held, piece, strict=True)]
            kept += compress(piece, held)
        return compact(kept)


def _check(is_wanted: Callable[[], bool]) -> None:
    """Raises Unwanted when nobody waits any more."""
    if not is_wanted():
        raise Unwanted
