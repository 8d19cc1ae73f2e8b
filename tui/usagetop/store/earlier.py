"""An answer beside that of an earlier period: both are asked for at once, and held together row by row."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from usagetop.analysis.compare import MODES, compare, periods
from usagetop.analysis.frame import Frame
from usagetop.model.answer import Answer, Notice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from usagetop.analysis.compare import Compared, Periods
    from usagetop.analysis.frame import Number, Totals
    from usagetop.model.query import Query
    from usagetop.store.loader import Loader, Mode
    from usagetop.store.progress import OnProgress


@dataclass(frozen=True)
class Earlier:
    """The earlier side: its ``query``, and its ``frame`` with the very rows of the current one.

    ``compared`` holds what changed; its rows are those of both frames.
    """

    query: Query
    frame: Frame
    compared: Compared

    @property
    def totals(self) -> Totals:
        """The totals of the earlier period."""
        return self.compared.previous_totals

    @property
    def delta_totals(self) -> Totals:
        """The difference of the totals."""
        return self.compared.delta_totals

    def order(self, frame: Frame, metric: str, column: str, *, descending: bool) -> Sequence[int]:
        """Row indices by a metric's ``previous`` value, its ``delta`` or ``change`` (the share of it).

        ``frame`` is the current side. What is new or gone has no change, and comes last.
        """
        sides = self.compared
        before, delta = sides.previous[metric], sides.delta[metric]
        values: list[Number | None]
        if column == "change":
            values = [
                None if rise is None or not then else Decimal(rise) / Decimal(then)
                for rise, then in zip(delta, before, strict=True)
            ]
        else:
            values = list(before if column == "previous" else delta)
        return _like(frame, columns={**frame.columns, metric: values}).order(metric, descending=descending)


def beside(current: Frame, earlier: Frame, query: Query, *, shift: int = 0) -> tuple[Frame, Earlier]:
    """Two frames with the same rows: those of the current one, then those that are only in the earlier one.

    ``query`` is that of the earlier frame, ``shift`` how many seconds lie between the two periods' starts.
    """
    compared = compare(current, earlier, shift=shift)
    keys, rows = compared.keys, len(compared)
    now = _like(current, keys=keys, columns=dict(compared.current), units=compared.units)
    then = _like(
        earlier,
        keys=keys,
        columns=dict(compared.previous),
        units=compared.previous_units,
        as_of=None,
    )
    if current.as_of is not None:
        # What is gone was last seen in the earlier period.
        seen = dict(zip(earlier.keys, earlier.as_of or (), strict=False))
        now = _like(now, as_of=[*current.as_of, *(seen.get(key, 0) for key in keys[len(current) : rows])])
    return now, Earlier(query, then, compared)


def _like(frame: Frame, **changes: object) -> Frame:
    """The frame with some of its parts replaced."""
    names = ("category", "group_by", "dims", "keys", "columns", "totals", "buckets", "units", "as_of")
    parts = {name: getattr(frame, name) for name in (*names, "mixed_units")}
    return Frame(**{**parts, **changes})


async def load_both(
    loader: Loader, sides: Periods, *, mode: Mode = "normal", on_progress: OnProgress | None = None
) -> tuple[Answer, Answer]:
    """The answers of both sides; the first one's source and notices are those of both.

    Where one side fell back to a smaller grouping, the other is asked in the same way. Raises what the loader
    raises.
    """
    current, earlier = await asyncio.gather(
        loader.load(sides.current, mode=mode, on_progress=on_progress), loader.load(sides.previous, mode=mode)
    )
    if current.query.group_by != earlier.query.group_by:
        query = sides.previous._replace(group_by=current.query.group_by)
        earlier = await loader.load(query, mode=mode)
    return _of_both(current, earlier, sides), earlier


def peek_both(loader: Loader, sides: Periods) -> tuple[Answer, Answer] | None:
    """Both answers, if the cache has all of both; asks nobody."""
    current = loader.peek(sides.current)
    earlier = loader.peek(sides.previous) if current is not None else None
    if current is None or earlier is None or current.query.group_by != earlier.query.group_by:
        return None
    return _of_both(current, earlier, sides), earlier


def _of_both(current: Answer, earlier: Answer, sides: Periods) -> Answer:
    """The current answer, with what the other one took and what it says."""
    one, other = current.source, earlier.source
    source = one._replace(
        requests=one.requests + other.requests,
        cached_buckets=one.cached_buckets + other.cached_buckets,
        fetched_buckets=one.fetched_buckets + other.fetched_buckets,
        finer_buckets=one.finer_buckets + other.finer_buckets,
        fetched_at=min((at for at in (one.fetched_at, other.fetched_at) if at is not None), default=None),
    )
    told = [*current.notices, *earlier.notices]
    if sides.open_buckets:
        left = "the open bucket is" if sides.open_buckets == 1 else f"{sides.open_buckets:,} open buckets are"
        told.append(Notice("partial_bucket", f"{left} left out: only closed ones are compared"))
    return current._replace(source=source, notices=tuple(dict.fromkeys(told)))


def sides_of(query: Query, against: str, now: int) -> Periods:
    """The closed part of the query's range, and the period before it; raises UsageError.

    ``against`` is ``previous`` or ``month``, ``now`` UTC seconds.
    """
    return periods(query, next(mode for mode in MODES if mode == against), now)
