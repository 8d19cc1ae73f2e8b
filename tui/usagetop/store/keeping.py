"""What happens when units arrive: they are stored, and what they say differently from before is written down.

In one transaction of the store: the units, the book of changes (``client.changes``), the totals last seen
(``client.sums``) and the log of restatements (``store.told``). Two programs that share a cache never overwrite
each other's notes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from usagetop.client import plan
from usagetop.client.changes import Book, Mark, book_name
from usagetop.client.sums import (
    Filters,
    Seen,
    Span,
    Sums,
    can_tell,
    hours_of,
    span_of,
    sums_name,
    total_of,
)
from usagetop.client.units import Grain, Notes, Unit, UnitStore
from usagetop.model.categories import Category
from usagetop.model.columns import Bucket
from usagetop.model.query import Query
from usagetop.store import told
from usagetop.store.restated import Comparison, Restatement, compare
from usagetop.store.stored import Held, log_name

_NOTHING = Comparison(frozenset(), ())
# Every further grain is read for each window: those that were stored last are looked through.
_MOST_TELLERS = 8


class Keeper:
    """Keeps the units of one load as they arrive, window by window, in threads.

    ``held`` is what was stored when the load began; ``clock`` gives UTC seconds. ``restated`` are the
    restatements that the load has brought so far.
    """

    def __init__(
        self, store: UnitStore, grain: Grain, query: Query, held: Held, clock: Callable[[], float]
    ) -> None:
        self.restated: list[Restatement] = []
        self._store = store
        self._grain = grain
        self._query = query
        self._held = held
        self._clock = clock

    def __call__(self, units: Sequence[Unit]) -> None:
        """Store complete units in place of older ones. Blocks for a moment; never raises for the world."""
        about, grain = self._query.about, self._grain
        found: dict[int, Comparison] = {}
        for unit in units:
            earlier = self._held.earlier(unit.start)
            if earlier is not None:
                found[unit.start] = compare(about, grain, earlier, unit, filters=grain.filters)
        restated = [entry for comparison in found.values() for entry in comparison.told]
        self.restated += restated
        told_by_others = self._told_by_others([unit.start for unit in units])
        names = (book_name(about.name), sums_name(about.name), log_name(about.name))
        now = int(self._clock())

        def amend(notes: Notes) -> Notes:
            book = Book.load(grain.scope, about.name, notes.get(names[0])) or Book()
            sums = Sums.load(about, notes.get(names[1]))
            for span, seen in told_by_others.items():
                if sums.known(span, grain.filters) is None:
                    sums.put(span, grain.filters, seen)
            book = self._noted(book.not_after(now), sums, units, found, now)
            amended = {names[0]: book.dump(), names[1]: sums.dump()}
            if restated:
                log = told.load(about, notes.get(names[2]))
                amended[names[2]] = told.dump(told.joined(log, restated))
            return amended

        self._store.write(grain, units, names=names, amend=amend)

    def _told_by_others(self, starts: Sequence[int]) -> dict[Span, Seen]:
        """What stored units of other grains say of the part that these units hold, the latest of each span.

        Asked where the server filters, for units that have no older copy of their own: of a part nobody has
        kept the total yet.
        """
        about, grain = self._query.about, self._grain
        fresh = [start for start in starts if start not in self._held.own]
        tellers = [
            other
            for other in self._held.grains
            if can_tell(other, grain.filters) and _comparable(other, grain, level=_is_level(about))
        ]
        if not grain.filters or not fresh or not tellers:
            return {}
        wanted = dict.fromkeys(tellers[-_MOST_TELLERS:], fresh)
        latest: dict[Span, Seen] = {}
        for other, units in self._store.look(grain.scope, wanted, ()).units.items():
            for unit in units.values():
                span = span_of(about, other, unit)
                if span not in latest or latest[span].at < unit.fetched_at:
                    latest[span] = Seen(unit.fetched_at, total_of(about, unit.buckets, grain.filters))
        return latest

    def _noted(
        self, book: Book, sums: Sums, units: Iterable[Unit], found: Mapping[int, Comparison], now: int
    ) -> Book:
        """The book after these units: with their grain, and with marks over the spans that have changed."""
        grain = self._grain
        outdated = book.sieve(grain)
        book = book.with_grain(grain)
        for unit in units:
            end = plan.unit_end(unit.start, grain.width)
            earlier, comparison = self._held.earlier(unit.start), found.get(unit.start, _NOTHING)
            stood = earlier is not None and not comparison.starts
            changed = self._taken(sums, unit, now, stood=stood)
            # The change of an outdated copy is the one that outdated it, where it was seen by others already.
            known = earlier is not None and outdated(unit.start, end, earlier.fetched_at) and not changed
            if comparison.starts and not known:
                for span in self._spans(unit, comparison.starts):
                    changed.setdefault(span, unit.fetched_at)
            whole = (unit.start, end)
            if grain.width == "1h" and len(changed) > 1 and changed.get(whole) == unit.fetched_at:
                # Where the hours of a day are known to have changed, the others of that day have not.
                del changed[whole]
            for (start, span_end), at in changed.items():
                seen_by = frozenset({grain.mark} if at == unit.fetched_at else ())
                book = book.with_mark(Mark(start, span_end, at, seen_by))
            book = book.agreeing(grain, unit.start, end, unit.fetched_at)
        return book

    def _spans(self, unit: Unit, starts: frozenset[int]) -> list[tuple[int, int]]:
        """What has changed where these buckets have: hours one by one, minutes and days as the whole unit."""
        if self._grain.width != "1h":
            return [(unit.start, plan.unit_end(unit.start, self._grain.width))]
        return [(bucket.start, bucket.end) for bucket in unit.buckets if bucket.start in starts]

    def _taken(self, sums: Sums, unit: Unit, now: int, *, stood: bool) -> dict[tuple[int, int], int]:
        """The spans of a unit of which some total is not the one last seen by any grain, and since when."""
        about, grain = self._query.about, self._grain
        whole = span_of(about, grain, unit)
        changed: dict[tuple[int, int], int] = {}

        def take(span: Span, filters: Filters, buckets: Sequence[Bucket]) -> None:
            total = total_of(about, buckets, filters)
            at = sums.take(span, filters, unit.fetched_at, total, now=now, stood=stood)
            if at is not None:
                changed[span[0], span[1]] = max(at, changed.get((span[0], span[1]), at))

        for filters in {grain.filters, *sums.parts(whole, grain)}:
            take(whole, filters, unit.buckets)
        for span, bucket in hours_of(about, grain, unit):
            for filters in {grain.filters, *sums.parts(span, grain)}:
                take(span, filters, (bucket,))
        return changed


def _is_level(about: Category) -> bool:
    return about.metrics[0].kind == "level"


def _comparable(one: Grain, other: Grain, *, level: bool) -> bool:
    """Whether units of two grains hold the same spans: days of 1d and of 1h do, but for levels."""
    return one.width == other.width or (not level and "1m" not in {one.width, other.width})
