"""What is stored of a query, and what of it must be asked for again. No HTTP client is loaded for this."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from usagetop.client import plan
from usagetop.client.changes import Book, book_name
from usagetop.client.lattice import as_own, finer_grains, usable
from usagetop.client.units import Grain, Scope, Unit, UnitStore
from usagetop.model.answer import Notice
from usagetop.model.query import Query

if TYPE_CHECKING:
    from usagetop.store.restated import Restatement


def log_name(category: str) -> str:
    """The name of a category's log of restatements (``told``) among the notes."""
    return f"restated {category}"


class Held(NamedTuple):
    """What is stored of a query.

    ``units`` are the best of each start, whatever their grain; ``finer`` the starts of those that are not of
    the query's own; ``own`` all that are. ``due`` are the starts that must be asked for. ``told`` are
    restatements of the query's buckets, as far as they are known, and ``grains`` those of the category.
    """

    units: Mapping[int, Unit]
    own: Mapping[int, Unit]
    finer: frozenset[int]
    due: Sequence[int]
    told: tuple[Restatement, ...] = ()
    grains: tuple[Grain, ...] = ()

    def earlier(self, start: int) -> Unit | None:
        """The copy that a newer one is compared with: the query's own before one of a finer grain."""
        return self.own.get(start) or self.units.get(start)


class _Copy(NamedTuple):
    """A stored unit that may answer for a start; ``outdated`` says that something changed since."""

    grain: Grain
    unit: Unit
    outdated: bool


def nothing_held(query: Query) -> Held:
    """Where nothing is stored, everything is due."""
    return Held({}, {}, frozenset(), list(plan.unit_starts(query)))


def read_held(store: UnitStore, scope: Scope, query: Query, *, now: int, lattice: bool = True) -> Held:
    """What the store holds of a query at ``now`` (UTC seconds), and what is due.

    Of several units that can answer the most recently fetched is taken; none before another that was fetched
    before a change. Without ``lattice`` only units of the query's own grain are looked at.
    """
    own = Grain.of(scope, query)
    starts = list(plan.unit_starts(query))
    names = (book_name(query.category), log_name(query.category))
    found = store.look(scope, {own: starts}, names)
    texts = {name: text for name, (_, text) in found.notes.items()}
    shelf = _Shelf(query, own, Book.load(scope, query.category, texts.get(names[0])), now)
    shelf.put(own, found.units[own])
    unsure = [start for start in starts if not shelf.is_final(start)]
    others = finer_grains(shelf.book.grains, own, query) if lattice and unsure and shelf.book else ()
    if others:
        further = store.look(scope, dict.fromkeys(others, unsure), ())
        for grain in others:
            shelf.put(grain, further.units[grain])
    best = shelf.best()
    held = Held(
        {start: as_own(copy.grain, copy.unit, query) for start, copy in best.items()},
        found.units[own],
        frozenset(start for start, copy in best.items() if copy.grain != own),
        [start for start in starts if shelf.is_due(start, best.get(start))],
    )
    told = (*_logged(query, texts.get(names[1])), *_unasked(query, own, held, shelf.outdated_own()))
    return held._replace(told=told, grains=shelf.book.grains if shelf.book is not None else ())


class _Shelf:
    """The stored copies of a query's units, of every grain that can answer it."""

    def __init__(self, query: Query, own: Grain, book: Book | None, now: int) -> None:
        self.book = book
        self._query = query
        self._own = own
        self._now = now
        self._copies: dict[int, list[_Copy]] = {}

    def put(self, grain: Grain, units: Mapping[int, Unit]) -> None:
        """Add the units of one grain. Without the book nobody knows what has changed since."""
        outdated = self.book.sieve(grain) if self.book is not None else _always
        for start, unit in units.items():
            if usable(grain, unit, self._query, self._now):
                end = plan.unit_end(start, grain.width)
                copy = _Copy(grain, unit, outdated(start, end, unit.fetched_at))
                self._copies.setdefault(start, []).append(copy)

    def is_final(self, start: int) -> bool:
        """Whether no other grain can know a start better: its own copy is settled, and nothing changed since."""
        copy = next(iter(self._copies.get(start, ())), None)
        return (
            copy is not None
            and plan.life(copy.unit.fetched_at, plan.unit_end(start, self._query.width)) is None
            and not self.is_due(start, copy)
        )

    def best(self) -> dict[int, _Copy]:
        """The copy of each start that answers."""
        return {start: max(copies, key=self._worth) for start, copies in self._copies.items()}

    def outdated_own(self) -> Iterator[int]:
        """The starts whose own copy is older than a change."""
        for start, copies in self._copies.items():
            if any(copy.outdated and copy.grain == self._own for copy in copies):
                yield start

    def _worth(self, copy: _Copy) -> tuple[bool, bool, int, bool]:
        """Whole before cut, sound before outdated, then the latest (none is later than now), then the own."""
        at = copy.unit.fetched_at
        return (
            self._holds(copy),
            not copy.outdated,
            at if at <= self._now else -1,
            copy.grain == self._own,
        )

    def _holds(self, copy: _Copy) -> bool:
        return copy.unit.holds(plan.wanted_starts(self._query, copy.unit.start))

    def is_due(self, start: int, copy: _Copy | None) -> bool:
        """Whether a start must be asked for: not stored, past its life, outdated, or asked too early."""
        return (
            copy is None
            or copy.outdated
            or plan.is_due(copy.unit.fetched_at, plan.unit_end(start, self._query.width), self._now)
            or not self._holds(copy)
        )


def _always(_start: int, _end: int, _fetched_at: int) -> bool:
    return True


def _logged(query: Query, log: bytes | None) -> tuple[Restatement, ...]:
    """The restatements of the log."""
    if log is None:
        return ()
    from usagetop.store.told import load

    return load(query.about, log)


def _unasked(query: Query, own: Grain, held: Held, outdated: Iterable[int]) -> Iterator[Restatement]:
    """Restatements that a finer unit brought, where the view's own older one was not asked for again."""
    for start in held.finer.intersection(outdated):
        from usagetop.store.restated import compare

        yield from compare(query.about, own, held.own[start], held.units[start], filters=own.filters).told


def restated_notices(
    query: Query, log: Iterable[Restatement], found: Iterable[Restatement] = ()
) -> list[Notice]:
    """What is told of restated numbers; most views have none, and load nothing for it."""
    log, found = tuple(log), tuple(found)
    if not log and not found:
        return []
    from usagetop.store.told import joined, notices

    return notices(query, joined(log, found))


def shows(query: Query, starts: Iterable[int]) -> bool:
    """Whether one of these starts of buckets is the query's own: units may hold only what lies beside it."""
    own = query.starts()
    return any(start in own for start in starts)
