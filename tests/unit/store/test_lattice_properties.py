"""Any walk through views, at any times, on a server that restates what it said: the numbers stay true.

Held against two things: asking directly, and everything that was seen before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.store.accounts import DAY, GROUPS, HOUR, MIDNIGHT, Accounts, Group, groups, numbers
from usagetop.client import plan
from usagetop.client.cache import BucketCache
from usagetop.client.disk import SETTINGS
from usagetop.client.memory import MemoryCache
from usagetop.client.units import UnitStore
from usagetop.model.answer import Answer
from usagetop.model.query import Filter, Query, make_query, parse_filters
from usagetop.store.loader import Mode

DAYS = 6
# Times of a walk: mostly within every life, then past the shortest, an hour, midnight, everything.
WAITS = (1, 1, 1, 20, 20, 20, 130, 310, 3_700, 50_000, 4 * DAY)
# Two ranges over the same settled day, so that views meet, and some that reach now.
RANGES = ("2026-11-20", "2026-11-20", "2026-11-19..2026-11-21", "today", f"{DAYS}d")
FILTERS = ("project_id=p", "project_id=", "project_id!=p", "FIRST=a", "FIRST!=b")


class Change(NamedTuple):
    """The server's books: another number for a group of an hour."""

    hour: int
    group: int
    number: int


class Look(NamedTuple):
    """A view, after so many seconds; ``before`` it the books may change."""

    before: Change | None
    wait: int
    text: str
    width: str
    by: tuple[str, ...]
    filters: tuple[str, ...]
    mode: Mode


def changes() -> st.SearchStrategy[Change]:
    """Of few hours, so that they meet what is looked at: of the 20th, and of today."""
    hours = [*(MIDNIGHT - 4 * DAY + n * HOUR for n in (0, 7, 23)), MIDNIGHT, MIDNIGHT + 11 * HOUR]
    return st.builds(Change, st.sampled_from(hours), st.integers(0, len(GROUPS) - 1), st.integers(0, 40))


@st.composite
def looks(draw: st.DrawFn) -> Look:
    """Any view of the last days; half of the changes are followed by a view that asks for everything."""
    change = draw(st.none() | changes())
    modes: tuple[Mode, ...] = ("normal", "refresh") if change else ("normal",)
    dims = ((), ("FIRST",), ("project_id",), ("user_id",), ("FIRST", "project_id"))
    return Look(
        change,
        draw(st.sampled_from(WAITS)),
        draw(st.sampled_from(RANGES)),
        draw(st.sampled_from(["1d", "1d", "1h"])),
        draw(st.sampled_from(dims)),
        tuple(draw(st.lists(st.sampled_from(FILTERS), max_size=1))) if draw(st.booleans()) else (),
        draw(st.sampled_from(modes)),
    )


walks = st.lists(looks(), min_size=3, max_size=7)


class Walk:
    """One server, one store, and what was seen so far."""

    def __init__(self, name: str, stores: Callable[[], UnitStore]) -> None:
        self.name = name
        self.first = "line_item" if name == "costs" else "model"
        self.accounts = Accounts()
        for hours in range(0, DAYS * 24, 5):
            self.accounts.put(hours % 7 + 1, hours_ago=hours, group=GROUPS[hours % len(GROUPS)])
        self._stores = stores

    def change(self, change: Change) -> None:
        """Write into the books, a second after what was asked before and one before what will be."""
        self.accounts.now += 1
        self.accounts.books[change.hour, GROUPS[change.group]] = change.number
        self.accounts.now += 1

    def query(self, look: Look) -> Query:
        """The view as a query made now."""
        by = ",".join(self.first if name == "FIRST" else name for name in look.by) or "none"
        filters = [text.replace("FIRST", self.first) for text in look.filters]
        return make_query(
            self.name, look.text, now=int(self.accounts.now), by=by, width=look.width, filters=filters
        )[0]

    async def look(self, look: Look) -> tuple[Answer, Answer]:
        """The answer of the store and the server, and the one of the server alone."""
        self.accounts.now += look.wait
        query = self.query(look)
        answer = await self.accounts.loader(self._stores()).load(query, mode=look.mode)
        direct = await self.accounts.loader(None).load(query)
        assert answer.complete
        assert direct.complete
        return answer, direct


@pytest.fixture(params=["embeddings", "costs", "vector_stores"])
def name(request: pytest.FixtureRequest) -> str:
    """What adds up over time, what adds up along two dimensions, and what is a level."""
    return str(request.param)


def usable(name: str, steps: list[Look]) -> list[Look]:
    """Views that the category has; the server refuses costs by user and project."""
    lacking = {"embeddings": (), "vector_stores": ("FIRST", "user_id"), "costs": ("user_id",)}[name]
    return [
        step._replace(
            by=tuple(by for by in step.by if by not in lacking),
            filters=tuple(text for text in step.filters if not text.startswith(lacking)),
            width="1d" if name == "costs" else step.width,
        )
        for step in steps
    ]


def memory() -> Callable[[], UnitStore]:
    """One store for the whole walk."""
    one = MemoryCache()
    return lambda: one


def test_an_answer_of_which_nothing_has_changed_equals_asking_directly(name: str) -> None:
    """Whatever was asked before, at whatever grain, width and time."""

    @given(walks)
    @settings(max_examples=20)
    def holds(steps: list[Look]) -> None:
        async def walk() -> None:
            made = Walk(name, memory())
            for step in usable(name, steps):
                answer, direct = await made.look(step)
                assert numbers(answer) == numbers(direct)
                assert groups(answer) == groups(direct)

        asyncio.run(walk())

    holds()


async def witnessed(name: str, stores: Callable[[], UnitStore], steps: list[Look]) -> None:
    """Walk while the books change, and hold every answer against the others."""
    made = Walk(name, stores)
    witness = Witness(made.accounts, name)
    for step in usable(name, steps):
        if step.before is not None:
            made.change(step.before)
            witness.books_changed()
        answer, _ = await made.look(step)
        witness.check(answer)


@pytest.mark.parametrize("examples", [25, pytest.param(600, marks=pytest.mark.slow)])
def test_no_answer_contradicts_what_was_seen_later(name: str, examples: int) -> None:
    """A number that one view has shown is not followed by an older one, other than it, in any other view."""

    @given(walks)
    @settings(max_examples=examples)
    def holds(steps: list[Look]) -> None:
        asyncio.run(witnessed(name, memory(), steps))

    holds()


Books = Mapping[tuple[int, Group], int]
# Start, end, filters, and for levels the width: what two views both say a number of.
Claim = tuple[int, int, tuple[Filter, ...], str]


class Witness:
    """Remembers the books of every moment, and what each view has shown of them."""

    def __init__(self, accounts: Accounts, name: str) -> None:
        self._accounts = accounts
        self._name = name
        self._first = "line_item" if name == "costs" else "model"
        self._history: list[tuple[float, Books]] = [(0, dict(accounts.books))]
        self._shown: dict[Claim, tuple[int, int]] = {}  # when it was fetched last, and the number

    def books_changed(self) -> None:
        """From now on the books are these."""
        self._history.append((self._accounts.now, dict(self._accounts.books)))

    def check(self, answer: Answer) -> None:
        """Each bucket is as the books were when it was fetched, is not due, and nothing shown is newer and other."""
        shown = numbers(answer)
        for bucket, age in zip(answer.buckets, answer.ages, strict=True):
            day = bucket.start - bucket.start % DAY
            assert not plan.is_due(age, day + DAY, int(self._accounts.now)), "stale"
            assert shown[bucket.start] == self._total(answer.query.filters, bucket.start, bucket.end, age)
        claims = dict(self._claims(answer))
        for claim, (age, number) in claims.items():
            last, known = self._shown.get(claim, (age, number))
            assert age >= last or number == known, "another view has shown a later number"
        for claim, (age, number) in claims.items():
            if self._shown.get(claim, (age, 0))[0] <= age:
                self._shown[claim] = (age, number)

    def _claims(self, answer: Answer) -> Iterator[tuple[Claim, tuple[int, int]]]:
        """What an answer says: of its buckets, of whole days of hours, and of the parts that its groups show."""
        query = answer.query
        level = query.width if self._name == "vector_stores" else ""
        sayings = [query.filters]
        if not query.filters:
            texts = [text.replace("FIRST", self._first) for text in FILTERS]
            grouped = [text for text in texts if text.rstrip("abp").rstrip("!=") in query.group_by]
            sayings += [parse_filters(query.about, [text]) for text in grouped]
        spans = [
            (bucket.start, bucket.end, age) for bucket, age in zip(answer.buckets, answer.ages, strict=True)
        ]
        if query.width == "1h" and not level:
            for day in {start - start % DAY for start, _, _ in spans}:
                ages = [age for start, _, age in spans if start - start % DAY == day]
                spans.append((day, day + DAY, min(ages)))
        for filters in sayings:
            for start, end, age in spans:
                yield (start, end, filters, level), (age, self._total(filters, start, end, age))

    def _total(self, filters: tuple[Filter, ...], start: int, end: int, at: float) -> int:
        """What the books held of a span at that moment."""
        books = next(books for since, books in reversed(self._history) if since <= at)
        total = 0
        for (hour, group), number in books.items():
            row = {self._first: group[0], "project_id": group[1]}
            if start <= hour < min(end, at) and all(one.accepts(row[one.dimension]) for one in filters):
                total += number
        return total


def test_programs_that_share_a_cache_never_contradict_one_another(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each look is a program of its own, on one directory."""
    monkeypatch.setitem(SETTINGS, "sqlite_synchronous", 0)

    @given(walks)
    @settings(max_examples=12)
    def holds(steps: list[Look]) -> None:
        place = tmp_path_factory.mktemp("cache") / "c"
        asyncio.run(witnessed("embeddings", lambda: BucketCache(place), steps))

    holds()
