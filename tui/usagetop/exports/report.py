"""The report: one view, ready to be written in any format.

It holds what the answer said (frame, notices, source) and how the person wants it ordered; the formats only
write. ``rows`` are the groups of the frame with the currencies of one group brought together again.
"""

from __future__ import annotations

from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from usagetop.exports.rows import Row, merged, other
from usagetop.model.categories import SECONDS_OF
from usagetop.model.text import label
from usagetop.store.labels import Directory, Labels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from usagetop.analysis.frame import Frame
    from usagetop.model.answer import Notice, Source
    from usagetop.model.query import Query
    from usagetop.store.earlier import Earlier


class Sort(NamedTuple):
    """The order of rows: a metric or a dimension, and the direction."""

    column: str
    descending: bool = True


class _Parts(NamedTuple):
    """What a report is made of.

    ``query`` is what was answered (after a fallback not what was asked). ``names`` maps dimension → id → name
    where known. ``sort`` is what was chosen; a column that the answer lacks leaves ``metric`` descending.
    ``top`` keeps so many rows and adds the rest up in one. Beside an ``earlier`` period the frame has the rows
    of both. ``ages`` are when each bucket was fetched (UTC seconds).
    """

    query: Query
    frame: Frame
    notices: tuple[Notice, ...]
    source: Source
    complete: bool
    metric: str
    sort: Sort
    top: int | None = None
    names: Mapping[str, Mapping[str, str]] = MappingProxyType({})
    earlier: Earlier | None = None
    ages: tuple[int, ...] = ()


class Report(_Parts):
    """A view that is about to be written; what follows from its parts is worked out once, when it is asked for."""

    @property
    def is_costs(self) -> bool:
        """Whether rows are money by currency."""
        return self.frame.category.is_costs

    @property
    def by(self) -> tuple[str, ...]:
        """The dimensions of the rows, as asked (``bucket`` among them, ``currency`` not)."""
        return self.frame.group_by

    @property
    def with_quantity(self) -> bool:
        """Whether rows may carry ``quantity`` and ``quantity_unit``."""
        return "quantity" in self.frame.columns

    @property
    def partial(self) -> bool:
        """Whether the last bucket of the answer was still open."""
        return any(bucket.partial for bucket in self.frame.buckets)

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics of the answer in the registry's order: all main ones, breakdowns where given."""
        return tuple(m.name for m in self.frame.category.metrics if m.name in self.frame.columns)

    def end_of(self, start: int) -> int:
        """The aligned end of the bucket that begins at ``start`` (both UTC seconds)."""
        return start + SECONDS_OF[self.query.width]

    @cached_property
    def labels(self) -> Labels:
        """The drawable text of every dimension value, by name where one is known."""
        texts = {
            dimension: {value: label(name) for value, name in known.items()}
            for dimension, known in self.names.items()
        }
        return Labels(Directory(texts), width=self.query.width)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The rows in the order asked for; with ``top`` the last one may be the rest."""
        indices = self._order()
        rows = merged(self.frame, indices, self.names)
        if self.earlier is not None:
            from usagetop.exports.comparing import with_earlier

            rows = with_earlier(rows, indices, self.frame, self.earlier)
        if self.top is None or len(rows) <= self.top:
            return tuple(rows)
        return (*rows[: self.top], self._rest(rows[self.top :]))

    def _order(self) -> Sequence[int]:
        """Row indices in the order asked for; what the answer lacks leaves the metric descending."""
        column, descending = self.sort.column, self.sort.descending
        if self.earlier is not None and column in {"previous", "delta", "change"}:
            return self.earlier.order(self.frame, self.metric, column, descending=descending)
        if column in {*self.frame.dims, *self.frame.columns}:
            return self.frame.order(column, descending=descending)
        return self.frame.order(self.metric)

    def _rest(self, rows: list[Row]) -> Row:
        """The rows beyond ``top`` in one."""
        unsayable = self.frame.mixed_units > 0
        rest = other(rows, unsayable=unsayable)
        if self.earlier is None:
            return rest
        from usagetop.exports.comparing import difference

        before = other([row.previous for row in rows if row.previous is not None], unsayable=unsayable)
        return rest._replace(previous=before, delta=difference(rest, before), status="both")

    @property
    def mixed_units(self) -> int:
        """How many rows leave their quantity out because it came in several units."""
        return sum(row.mixed for row in self.rows)
