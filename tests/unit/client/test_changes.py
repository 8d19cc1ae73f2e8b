"""The book of changes: which units are outdated, and that a bounded book never forgets one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usagetop.client.changes import MOST_GRAINS, MOST_MARKS, Book, Mark
from usagetop.client.units import Grain, Scope

SCOPE = Scope("https://api.example/v1", "ab")
DAY, HOUR = 86_400, 3_600
# 2026-11-12T00:00:00Z
START = 1_794_441_600
LATER = START + 9 * DAY
GRAIN = Grain(SCOPE, "embeddings", "1d", ("model",))
OTHER = Grain(SCOPE, "embeddings", "1d", ("model",), (("project_id", ("p", "\ud800")),))


def outdated(book: Book, fetched_at: int, *, day: int = 0, grain: Grain = GRAIN) -> bool:
    """Whether a unit of that day is."""
    start = START + day * DAY
    return book.sieve(grain)(start, start + DAY, fetched_at)


def test_what_was_fetched_before_a_change_is_outdated() -> None:
    """Only over the span that changed; in the second of the change all but those that saw it."""
    book = Book().with_mark(Mark(START, START + DAY, LATER, frozenset({OTHER.mark})))
    assert outdated(book, LATER - 1)
    assert outdated(book, LATER)
    assert not outdated(book, LATER, grain=OTHER)
    assert not outdated(book, LATER + 1)
    assert not outdated(book, LATER - 1, day=1)
    assert not outdated(book.agreeing(GRAIN, START, START + DAY, LATER), LATER)
    assert outdated(book.agreeing(GRAIN, START + DAY, START + 2 * DAY, LATER), LATER)
    assert outdated(book.agreeing(GRAIN, START, START + DAY, LATER - 1), LATER)


def test_spans_of_other_widths_outdate_what_they_touch() -> None:
    """An hour outdates its day and itself; a day all of its hours."""
    hour = Book().with_mark(Mark(START + HOUR, START + 2 * HOUR, LATER))
    day = Book().with_mark(Mark(START, START + DAY, LATER))
    sieve = hour.sieve(GRAIN)
    assert sieve(START, START + DAY, LATER - 1)
    assert sieve(START + HOUR, START + 2 * HOUR, LATER - 1)
    assert not sieve(START + 2 * HOUR, START + 3 * HOUR, LATER - 1)
    assert day.sieve(GRAIN)(START + 2 * HOUR, START + 3 * HOUR, LATER - 1)


def test_of_one_span_the_later_change_holds() -> None:
    """Whichever is written last; of the same second the one that came last."""
    early, late = (Mark(START, START + DAY, LATER + n) for n in (0, 60))
    assert Book().with_mark(early).with_mark(late).marks == (late,)
    assert Book().with_mark(late).with_mark(early).marks == (late,)
    seen = late._replace(seen_by=frozenset({GRAIN.mark}))
    assert Book().with_mark(late).with_mark(seen).marks == (seen,)


def test_what_lies_within_a_later_change_needs_no_mark_of_its_own() -> None:
    """The hours of a day that changed as a whole; an hour that changed after the day has its own."""
    hours = [Mark(START + n * HOUR, START + (n + 1) * HOUR, LATER + n) for n in range(24)]
    book = Book()
    for hour in hours:
        book = book.with_mark(hour)
    assert len(book.marks) == 24
    day = Mark(START, START + DAY, LATER + 20)
    assert set(book.with_mark(day).marks) == {day, *hours[21:]}
    assert Book().with_mark(day).with_mark(hours[3]).marks == (day,)


def test_a_change_in_the_future_is_one_of_now() -> None:
    """A clock that was ahead must not outdate everything until then."""
    book = Book().with_mark(Mark(START, START + DAY, LATER + 365 * DAY, frozenset({GRAIN.mark})))
    assert outdated(book, LATER)
    now = book.not_after(LATER + 60)
    assert outdated(now, LATER + 60)
    assert not outdated(now, LATER + 61)
    assert now.not_after(LATER + 61) is now


marks = st.builds(
    lambda day, hours, at: Mark(START + day * DAY, START + day * DAY + hours * HOUR, LATER + at),
    st.integers(0, 2_000),
    st.sampled_from([1, 24]),
    st.integers(0, 500),
)


@given(st.lists(marks, min_size=1, max_size=40), st.integers(0, 2_000), st.integers(-1, 501))
def test_a_book_comes_back(made: list[Mark], day: int, at: int) -> None:
    """With every grain and change."""
    book = Book().with_grain(GRAIN).with_grain(OTHER)
    for mark in made:
        book = book.with_mark(mark)
    again = Book.load(SCOPE, "embeddings", book.dump())
    assert again == book
    assert outdated(book, LATER + at, day=day) == any(
        mark.outdates(GRAIN, START + day * DAY, START + day * DAY + DAY, LATER + at) for mark in made
    )


@pytest.mark.parametrize("text", [None, b"", b"?", b"[]", b"{}", b'{"grains": [1], "marks": []}'])
def test_what_is_no_book_is_none(text: bytes | None) -> None:
    """Then nobody knows what has changed."""
    assert Book.load(SCOPE, "embeddings", text) is None


def test_a_book_is_bounded_and_forgets_no_change() -> None:
    """The oldest marks become one, which outdates more than they did, never less."""
    book = Book()
    every = [Mark(START + n * DAY, START + n * DAY + DAY, LATER + n) for n in range(2 * MOST_MARKS)]
    for mark in every:
        book = book.with_mark(mark)
    assert len(book.marks) <= MOST_MARKS
    sieve = book.sieve(GRAIN)
    assert all(sieve(mark.start, mark.end, mark.at - 1) for mark in every)
    assert not sieve(every[-1].start, every[-1].end, every[-1].at + 1)
    assert len(book.dump()) < 100_000


def test_the_grains_stored_last_are_remembered() -> None:
    """Each once, the latest last."""
    book = Book()
    grains = [OTHER._replace(filters=(("project_id", (str(n),)),)) for n in range(MOST_GRAINS + 10)]
    for grain in (*grains, grains[50]):
        book = book.with_grain(grain)
    assert len(book.grains) == MOST_GRAINS
    assert book.grains[-2:] == (grains[-1], grains[50])
    assert grains[0] not in book.grains
