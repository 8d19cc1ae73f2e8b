"""The totals that were last seen: what is a change, what is a server's own difference, and what is kept."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.unit.client.buckets import DAY, FIRST, bucket, unit
from usagetop.client.sums import (
    MOST_DOUBTS,
    MOST_TOTALS,
    Filters,
    Seen,
    Span,
    Sums,
    hours_of,
    same,
    span_of,
    total_of,
)
from usagetop.client.units import Grain, Scope, Unit
from usagetop.model.categories import category
from usagetop.model.columns import pack

USAGE, COSTS = category("embeddings"), category("costs")
SPAN: Span = (FIRST, FIRST + DAY, "")
NOW = FIRST + 30 * DAY
HOUR = 3_600


PART: Filters = (("project_id", ("p",)),)


def take(sums: Sums, at: int, tokens: int, *, filters: Filters = (), stood: bool = False) -> int | None:
    """Take a total of so many tokens."""
    return sums.take(SPAN, filters, at, {"input_tokens": tokens}, now=NOW, stood=stood)


def test_another_total_is_a_change_since_the_later_fetch() -> None:
    """The first one ever is none; two fetches may arrive in the wrong order."""
    sums = Sums()
    assert take(sums, NOW - 100, 5) is None
    assert take(sums, NOW - 90, 5) is None
    assert take(sums, NOW - 50, 6) == NOW - 50
    assert take(sums, NOW - 95, 5) == NOW - 50
    assert sums.known(SPAN) == Seen(NOW - 50, {"input_tokens": 6})


def test_the_parts_that_were_filtered_have_totals_of_their_own() -> None:
    """Whoever can tell them, by a filter or by a column, is held against them."""
    sums = Sums()
    assert take(sums, NOW - 100, 5) is None
    assert take(sums, NOW - 90, 3, filters=PART) is None
    assert take(sums, NOW - 50, 4, filters=PART) == NOW - 50
    by_project = Grain(Scope("x"), "embeddings", "1d", ("model", "project_id"))
    by_model = by_project._replace(dimensions=("model",))
    assert set(sums.parts(SPAN, by_project)) == {(), PART}
    assert sums.parts(SPAN, by_model) == [()]
    assert sums.parts(SPAN, by_model._replace(filters=PART)) == [PART]
    assert sums.parts((FIRST, FIRST + HOUR, ""), by_project) == []


def test_what_was_seen_in_the_future_is_not_believed() -> None:
    """The clock was wrong then."""
    sums = Sums([(SPAN, (), Seen(NOW + DAY, {"input_tokens": 5}))])
    assert take(sums, NOW, 6) is None
    assert sums.known(SPAN) == Seen(NOW, {"input_tokens": 6})


def test_grains_that_differ_though_none_changed_do_not_outdate_one_another_for_ever() -> None:
    """It is doubted a few times; when they agree once, or one changes, it counts again."""
    sums = Sums()
    found = [take(sums, NOW - 100 + n, 5 + n % 2, stood=n > 1) for n in range(9)]
    assert [at is not None for at in found] == [
        False,
        True,
        *[True] * MOST_DOUBTS,
        *[False] * (7 - MOST_DOUBTS),
    ]
    assert take(sums, NOW - 9, 9) == NOW - 9
    assert take(sums, NOW - 8, 5, stood=True) == NOW - 8


def test_equal_money_is_equal_but_for_a_servers_rounding() -> None:
    """Counts are equal or not."""
    assert same({"usd": Decimal(1)}, {"usd": Decimal("1.0000000000001")})
    assert not same({"usd": Decimal(1)}, {"usd": Decimal("1.0001")})
    assert not same({"usd": Decimal(1)}, {"eur": Decimal(1)})
    assert not same({"input_tokens": 10**30}, {"input_tokens": 10**30 + 1})
    assert same({"input_tokens": 0}, {})


def test_the_total_of_rows() -> None:
    """Every main metric, amounts by currency; what is not given or zero is left out."""
    assert total_of(USAGE, [bucket(FIRST, 5), bucket(FIRST, 0)]) == {
        "input_tokens": 5,
        "num_model_requests": 2,
    }
    gaps = pack(FIRST, FIRST + DAY, 2, dims={}, counts={"input_tokens": [None, 2**70]}, amounts={})
    assert total_of(USAGE, [gaps]) == {"input_tokens": 2**70}
    money = pack(
        FIRST,
        FIRST + DAY,
        3,
        dims={"currency": ["usd", "eur", "usd"]},
        counts={},
        amounts={"amount": [Decimal("0.1"), None, Decimal("0.2")]},
    )
    assert total_of(COSTS, [money]) == {"usd": Decimal("0.3")}


def test_the_total_of_a_part() -> None:
    """By its column; where there is none, the server has left the other rows out."""
    rows = pack(
        FIRST,
        FIRST + DAY,
        3,
        dims={"project_id": ["p", "q", "p"], "currency": ["usd"] * 3},
        counts={"input_tokens": [1, 2, None]},
        amounts={"amount": [Decimal(1), Decimal(2), Decimal(4)]},
    )
    assert total_of(USAGE, [rows], PART) == {"input_tokens": 1}
    assert total_of(COSTS, [rows], PART) == {"usd": 5}
    assert total_of(COSTS, [rows], (("line_item", ("x",)),)) == {"usd": 7}


def test_a_day_of_hours_tells_of_the_day_and_of_each_hour() -> None:
    """So that minutes and days know of it; levels are kept apart by width."""
    grain = Grain(Scope("x"), "embeddings", "1h", ())
    hours = Unit(FIRST, NOW, FIRST + 2 * HOUR, tuple(bucket(FIRST + n * HOUR, n + 1, HOUR) for n in range(2)))
    assert span_of(USAGE, grain, hours) == SPAN
    assert [span for span, _ in hours_of(USAGE, grain, hours)] == [
        (FIRST + n * HOUR, FIRST + n * HOUR + HOUR, "") for n in range(2)
    ]
    day = Grain(Scope("x"), "embeddings", "1d", ("model",))
    assert span_of(USAGE, day, unit(FIRST, 1)) == SPAN
    assert list(hours_of(USAGE, day, unit(FIRST, 1))) == []
    stored = pack(FIRST, FIRST + HOUR, 1, dims={}, counts={"usage_bytes": [7]}, amounts={})
    level, about = Unit(FIRST, NOW, FIRST + HOUR, (stored,)), category("vector_stores")
    assert span_of(about, grain, level) == (FIRST, FIRST + DAY, "1h")
    assert list(hours_of(about, grain, level)) == []


def test_totals_come_back_and_are_bounded() -> None:
    """Those of all rows before those of a part, and of these those seen last."""
    sums = Sums()
    spans: list[Span] = [(FIRST + n * DAY, FIRST + n * DAY + DAY, "") for n in range(MOST_TOTALS)]
    for n, span in enumerate(spans):
        sums.take(span, (), FIRST + n, {"usd": Decimal("0.10")}, now=NOW, stood=False)
    loaded = Sums.load(COSTS, sums.dump())
    assert [loaded.known(span) for span in spans] == [
        Seen(FIRST + n, {"usd": Decimal("0.10")}) for n in range(len(spans))
    ]
    sums.take((0, DAY, ""), (), FIRST + 9_999, {}, now=NOW, stood=False)
    for span in spans[:5]:
        sums.take(span, PART, NOW, {}, now=NOW, stood=False)
    again = Sums.load(COSTS, sums.dump())
    assert again.known((0, DAY, "")) is not None
    assert [again.known(spans[0]), again.known(spans[0], PART)] == [None, None]
    assert again.known(spans[1]) is not None


@pytest.mark.parametrize(
    "text", [None, b"", b"{}", b"[1]", b'[[1,2,"",[],3,0,{"usd":"x"}]]', b'[[1,2,"",[],3,0,5]]']
)
def test_what_are_no_totals_are_none(text: bytes | None) -> None:
    """Nothing can be compared then."""
    assert Sums.load(COSTS, text).dump() == b"[]"
