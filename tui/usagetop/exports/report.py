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
    from collections.abc import Mapping

    from usagetop.analysis.frame import Frame
    from usagetop.model.answer import Notice, Source
    from usagetop.model.query import Query


class Sort(NamedTuple):
    """The order of rows: a metric or a dimension, and the direction."""

    column: str
    descending: bool = True


class _Parts(NamedTuple):
    """What a report is made of.

    ``query`` is what was answered (after a fallback not what was asked). ``names`` maps dimension → id → name
    where known. ``sort`` is what was chosen; a column that the answer lacks leaves ``metric`` descending.
    ``top`` keeps so many rows and adds the rest up in one.
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
        known = {*self.frame.dims, *self.frame.columns}
        if self.sort.column in known:
            indices = self.frame.order(self.sort.column, descending=self.sort.descending)
        else:
            indices = self.frame.order(self.metric)
        rows = merged(self.frame, indices, self.names)
        if self.top is None or len(rows) <= self.top:
            return tuple(rows)
        return (*rows[: self.top], other(rows[self.top :], unsayable=self.frame.mixed_units > 0))

    @property
    def mixed_units(self) -> int:
        """How many rows leave their quantity out because it came in several units."""
        return sum(row.mixed for row in self.rows)
