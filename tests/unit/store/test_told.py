"""The log of restatements: what is told, to whom, how often, and in which words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usagetop.model.answer import Notice
from usagetop.model.categories import category
from usagetop.model.query import Query, make_query
from usagetop.store.restated import Restatement
from usagetop.store.told import MOST_LOGGED, MOST_TOLD, dump, joined, load, notices

DAY, HOUR = 86_400, 3_600
# 2026-11-12T00:00:00Z, and the 24th at noon
START = 1_794_441_600
NOW = START + 12 * DAY + 12 * HOUR


def cost(**changes: Any) -> Restatement:
    """12 November, gpt-5.5 input: from $10.00, read on the 20th, to $13.10."""
    base = Restatement(
        *(START, START + DAY, ("line_item",), (), ("gpt-5.5, input",), "amount", "usd"),
        *(Decimal(10), Decimal("13.10"), START + 8 * DAY, NOW),
    )
    return base._replace(**changes)


def tokens(**changes: Any) -> Restatement:
    """12 November at eight, gpt-5.5: from 5 to 12 input tokens."""
    base = Restatement(
        *(START + 8 * HOUR, START + 9 * HOUR, ("model",), (), ("gpt-5.5",), "input_tokens", ""),
        *(5, 12, START + 8 * DAY, NOW),
    )
    return base._replace(**changes)


def costs_by(by: str = "line_item", text: str = "30d", *filters: str) -> Query:
    """A view of costs."""
    return make_query("costs", text, now=NOW, by=by, filters=filters)[0]


def told(query: Query, *entries: Restatement) -> list[str]:
    """The sentences."""
    made = notices(query, entries)
    assert all(notice.code == "restated" for notice in made)
    return [notice.message for notice in made]


# -- words


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        (cost(), "12 Nov gpt-5.5, input +$3.10 (was $10.00, read 20 Nov)"),
        (cost(new=Decimal(9)), "12 Nov gpt-5.5, input -$1.00 (was $10.00, read 20 Nov)"),
        (cost(new=None), "12 Nov gpt-5.5, input -$10.00 (gone, was $10.00, read 20 Nov)"),
        (cost(old=None), "12 Nov gpt-5.5, input +$13.10 (new since 20 Nov)"),
        (cost(currency="eur"), "12 Nov gpt-5.5, input EUR +3.10 (was EUR 10.00, read 20 Nov)"),
        (cost(dims=(), group=()), "12 Nov in total +$3.10 (was $10.00, read 20 Nov)"),
        (
            cost(dims=("line_item", "project_id"), group=("gpt-5.5, input", None)),
            "12 Nov gpt-5.5, input · (no project) +$3.10 (was $10.00, read 20 Nov)",
        ),
        (
            cost(new_at=NOW + 60 * DAY),
            "12 Nov 2026 gpt-5.5, input +$3.10 (was $10.00, read 20 Nov 2026)",
        ),
    ],
)
def test_the_sentence_says_which_bucket_which_group_and_by_how_much(
    entry: Restatement, sentence: str
) -> None:
    """And what it was, and when that was read."""
    assert told(costs_by("line_item,project_id"), entry) == [sentence]


def test_counts_are_told_with_their_metric_and_hours_with_their_time() -> None:
    """Of a view by the hour or by the day."""
    for width in ("1h", "1d"):
        query = make_query("embeddings", "30d", now=NOW, width=width)[0]
        assert told(query, tokens()) == ["12 Nov 08:00 gpt-5.5 +7 input tokens (was 5, read 20 Nov)"]


def test_names_are_labels_never_raw_text() -> None:
    """What a terminal would obey is made visible, what is too long is cut."""
    (sentence,) = told(costs_by(), cost(group=("\x1b[2Jevil\u202e" + "x" * 500,)))
    assert sentence.isprintable()
    assert len(sentence) < 200


def test_programs_get_the_raw_values_and_exact_numbers() -> None:
    """Beside the sentence."""
    exact = Decimal("13.1000000000000000000000000000000001")
    (notice,) = notices(costs_by(), [cost(new=exact)])
    assert dict(notice.exactly) == {
        "start": "2026-11-12T00:00:00Z",
        "end": "2026-11-13T00:00:00Z",
        "group": (("line_item", "gpt-5.5, input"),),
        "metric": "amount",
        "currency": "usd",
        "old": "10.00",
        "new": "13.1000000000000000000000000000000001",
        "old_fetched_at": "2026-11-20T00:00:00Z",
        "new_fetched_at": "2026-11-24T12:00:00Z",
    }


# -- which are told


def test_the_latest_come_first_and_the_others_are_counted() -> None:
    """Of what was seen at once, the latest buckets."""
    many = [cost(start=START - n * DAY, end=START - n * DAY + DAY, new_at=NOW - n // 4) for n in range(12)]
    sentences = told(costs_by(), *many)
    assert len(sentences) == MOST_TOLD + 1
    assert [text[:6] for text in sentences[:5]] == ["12 Nov", "11 Nov", "10 Nov", "9 Nov ", "8 Nov "]
    assert sentences[-1] == "and 4 more numbers restated"


def test_only_buckets_in_view_are_told() -> None:
    """Whole ones: a day is no part of an hour's view."""
    assert told(costs_by("line_item", "2026-11-12"), cost())
    assert not told(costs_by("line_item", "2026-11-13"), cost())
    hours = make_query("embeddings", "2026-11-12", now=NOW, width="1h")[0]
    assert not told(hours, tokens(start=START, end=START + DAY))


@pytest.mark.parametrize(
    ("filters", "entry", "seen"),
    [
        (("project_id=p",), cost(), False),  # perhaps of another project
        (("project_id=p",), cost(filters=(("project_id", ("p",)),)), True),
        ((), cost(filters=(("project_id", ("p",)),)), False),  # the whole may be as it was
        (("line_item=gpt-5.5, input",), cost(), True),
        (("line_item!=gpt-5.5, input",), cost(), False),
        (("model=gpt-5.5",), cost(), True),
        (("model!=gpt-5.5",), cost(), False),
    ],
)
def test_a_filtered_view_tells_what_certainly_lies_in_it(
    filters: tuple[str, ...], entry: Restatement, *, seen: bool
) -> None:
    """And nothing that may be outside."""
    assert bool(told(costs_by("line_item", "30d", *filters), entry)) is seen


def test_a_change_that_several_grains_saw_is_told_once() -> None:
    """In the view's own words where it has some; of what it has not seen, by who saw it last."""
    finer = cost(dims=("line_item", "project_id"), group=("gpt-5.5, input", "p"), new_at=NOW - 60)
    other = cost(dims=("project_id",), group=("p",), new_at=NOW - 30)
    assert len(told(costs_by(), cost(), finer, other)) == 1
    assert told(costs_by(), finer, other)[0].startswith("12 Nov p +")
    assert len(told(costs_by(), cost(new_at=NOW - 90), finer, other)) == 1
    later = other._replace(old_at=NOW - 80)
    assert len(told(costs_by(), cost(new_at=NOW - 90), finer, later)) == 2


# -- the log


def entries() -> st.SearchStrategy[Restatement]:
    """Restatements of costs with any text."""
    amounts = st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=6)
    return st.builds(
        cost,
        group=st.tuples(st.none() | st.text(st.characters(exclude_categories=()))),
        old=amounts,
        new=amounts,
        filters=st.lists(st.tuples(st.just("project_id"), st.tuples(st.text())), max_size=1).map(tuple),
        new_at=st.integers(NOW, NOW + DAY),
    )


@given(st.lists(entries()))
def test_the_log_comes_back(logged: list[Restatement]) -> None:
    """Exactly, whatever the names are made of."""
    assert load(category("costs"), dump(logged)) == tuple(logged)
    assert load(category("embeddings"), dump([tokens()])) == (tokens(),)


@pytest.mark.parametrize(
    "text", [None, b"", b"?", b"{}", b"[1]", b"[[]]", b'[[0,1,["hue"],[],["x"],"amount","usd","1","2",0,0]]']
)
def test_what_is_no_log_is_an_empty_one(text: bytes | None) -> None:
    """Of an older program, say."""
    assert load(category("costs"), text) == ()


def test_the_log_is_bounded() -> None:
    """The oldest go; long names make it no larger."""
    many = [cost(new_at=NOW + n) for n in range(2 * MOST_LOGGED)]
    assert load(category("costs"), dump(many)) == tuple(many[-MOST_LOGGED:])
    long = [cost(group=(str(n) + "x" * 50_000,), new_at=NOW + n) for n in range(20)]
    assert len(dump(long)) < 250_000
    assert load(category("costs"), dump(long))[-1] == long[-1]


def test_two_programs_that_saw_the_same_log_it_once() -> None:
    """Other numbers are another restatement."""
    log = joined([cost()], [cost(new_at=NOW + 5), cost(new=Decimal(14), new_at=NOW + 9)])
    assert [entry.new for entry in log] == [Decimal("13.10"), Decimal(14)]


def test_notices_stay_plain_values() -> None:
    """They are compared and kept in sets."""
    (made,) = notices(costs_by(), [cost()])
    assert {made, *notices(costs_by(), [cost()])} == {made}
    assert isinstance(made, Notice)
