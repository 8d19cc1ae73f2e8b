"""Restatements: what must be told when a group has another number than before, and what is growth."""

from __future__ import annotations

from decimal import Decimal

import pytest

from usagetop.client.sums import Filters
from usagetop.client.units import Grain, Scope, Unit
from usagetop.model.categories import LAG_COSTS, LAG_USAGE, category
from usagetop.model.columns import Bucket, pack
from usagetop.store.restated import MOST_OF_A_BUCKET, Comparison, Number, compare

DAY, HOUR = 86_400, 3_600
# 2026-11-12T00:00:00Z
START = 1_794_441_600
Cost = tuple[str | None, str | None, str | None]


def costs(*rows: Cost, start: int = START) -> Bucket:
    """A day with rows of (line item, amount, currency)."""
    return pack(
        start,
        start + DAY,
        len(rows),
        dims={"line_item": [item for item, _, _ in rows], "currency": [currency for _, _, currency in rows]},
        counts={},
        amounts={"amount": [None if text is None else Decimal(text) for _, text, _ in rows]},
    )


def usage(*tokens: int | None, start: int = START, seconds: int = DAY) -> Bucket:
    """A bucket with models 0, 1, … that took so many tokens in one request each."""
    return pack(
        start,
        start + seconds,
        len(tokens),
        dims={"model": [str(n) for n in range(len(tokens))], "project_id": ["p", "q", "q"][: len(tokens)]},
        counts={"input_tokens": tokens, "num_model_requests": [1] * len(tokens)},
        amounts={},
    )


def unit(*buckets: Bucket, age: int = 9 * DAY) -> Unit:
    """A day's unit that was fetched ``age`` seconds after its end."""
    return Unit(START, START + DAY + age, START + DAY, buckets)


def compared(old: Unit, new: Unit, *by: str, filters: Filters = ()) -> Comparison:
    """The comparison of two copies of costs by line item, or of embeddings by ``by``."""
    name = "costs" if "currency" in (*old.buckets, *new.buckets)[0].dims else "embeddings"
    grain = Grain(Scope("x"), name, "1d", by or ("line_item" if name == "costs" else "model",), filters)
    return compare(category(name), grain, old, new, filters=filters)


def moves(comparison: Comparison) -> list[tuple[tuple[str | None, ...], str, Number | None, Number | None]]:
    """Group, metric or currency, old and new of what must be told."""
    return [(one.group, one.currency or one.metric, one.old, one.new) for one in comparison.told]


@pytest.mark.parametrize(("age", "count"), [(LAG_COSTS - 1, 0), (LAG_COSTS, 1)])
def test_costs_may_grow_for_two_days(age: int, count: int) -> None:
    """The first copy's age decides. That it changed is known either way."""
    found = compared(unit(costs(("m", "10", "usd")), age=age), unit(costs(("m", "13.10", "usd"))))
    assert len(found.told) == count
    assert found.starts == {START}


@pytest.mark.parametrize(("age", "count"), [(LAG_USAGE - 1, 0), (LAG_USAGE, 1)])
def test_usage_may_grow_for_a_quarter_of_an_hour(age: int, count: int) -> None:
    """After that nothing is expected any more."""
    assert len(compared(unit(usage(5), age=age), unit(usage(6))).told) == count


def test_a_clock_that_was_ahead_proves_no_lag() -> None:
    """A copy from the future may be as young as any."""
    later = unit(usage(6), age=DAY)
    assert not compared(unit(usage(5), age=300 * DAY), later).told


def test_each_bucket_has_its_own_end() -> None:
    """Of a day that is open, the first hours are final; an hour that is new has changed, and is no news."""
    hours = [usage(5, start=START + n * HOUR, seconds=HOUR) for n in range(3)]
    later = [usage(6, start=START + n * HOUR, seconds=HOUR) for n in range(4)]
    old = Unit(START, START + 2 * HOUR + LAG_USAGE, START + 2 * HOUR + LAG_USAGE, tuple(hours))
    found = compared(old, Unit(START, START + DAY, START + DAY, tuple(later)))
    assert [one.start for one in found.told] == [START, START + HOUR]
    assert found.starts == {START + n * HOUR for n in range(4)}


def test_groups_are_compared_not_totals() -> None:
    """What moved from one model to another is two restatements; both times and both numbers are kept."""
    old, new = unit(usage(5, 9), age=DAY), unit(usage(7, 7))
    found = compared(old, new)
    assert moves(found) == [(("0",), "input_tokens", 5, 7), (("1",), "input_tokens", 9, 7)]
    assert {(one.old_at, one.new_at) for one in found.told} == {(old.fetched_at, new.fetched_at)}
    assert len(compared(old, new, "project_id", "model").told) == 2


@pytest.mark.parametrize("age", [-HOUR, DAY, 9 * DAY])
@pytest.mark.parametrize("empty", [costs(), costs(("m", "0", "usd")), costs(("m", None, "usd"))])
def test_an_empty_answer_never_erases_in_silence(empty: Bucket, age: int) -> None:
    """However young the first copy was."""
    (one,) = compared(unit(costs(("m", "10", "usd")), age=age), unit(empty)).told
    assert (one.old, one.new or 0) == (Decimal(10), 0)
    assert one.moved == -10


def test_what_got_less_or_vanished_while_it_should_grow_is_told() -> None:
    """What grew beside it is not."""
    old = unit(costs(("a", "10", "usd"), ("b", "3", "usd"), ("c", "1", "usd"), ("d", "-1", "usd")), age=0)
    new = unit(costs(("a", "9.50", "usd"), ("c", "2", "usd"), ("d", "-4", "usd")))
    assert moves(compared(old, new)) == [
        (("b",), "usd", Decimal(3), None),
        (("a",), "usd", Decimal(10), Decimal("9.5")),
    ]


def test_a_level_goes_up_and_down_while_its_day_is_open() -> None:
    """Only an answer that is empty is told before the lag."""

    def stored(*numbers: int) -> Bucket:
        return pack(
            START,
            START + DAY,
            len(numbers),
            dims={"project_id": [str(n) for n in range(len(numbers))]},
            counts={"usage_bytes": numbers},
            amounts={},
        )

    grain = Grain(Scope("x"), "vector_stores", "1d", ("project_id",))
    about = category("vector_stores")
    assert not compare(about, grain, unit(stored(9, 9), age=-HOUR), unit(stored(5))).told
    assert len(compare(about, grain, unit(stored(9, 9), age=-HOUR), unit(stored())).told) == 2
    assert len(compare(about, grain, unit(stored(9), age=DAY), unit(stored(5))).told) == 1


def test_the_same_numbers_in_other_rows_are_no_change() -> None:
    """Rows may be ordered and split anew; a group of nothing is nothing."""
    old = unit(costs(("a", "1", "usd"), ("b", "2.5", "usd")), age=3 * DAY)
    new = unit(costs(("b", "2.50", "usd"), ("a", "0.5", "usd"), ("a", "0.5", "usd"), ("c", "0", "usd")))
    assert compared(old, new) == Comparison(frozenset(), ())


def test_currencies_are_told_apart() -> None:
    """They are never added; exact to the last digit."""
    digits = "1.0000000000000000000000000000000001"
    old = unit(costs(("m", "1", "usd"), ("m", "1", "eur")), age=3 * DAY)
    new = unit(costs(("m", digits, "usd"), ("m", "2", "eur")))
    assert moves(compared(old, new)) == [
        (("m",), "eur", Decimal(1), Decimal(2)),
        (("m",), "usd", Decimal(1), Decimal(digits)),
    ]
    assert compared(old, new).told[1].moved == Decimal(digits) - 1


def test_a_bucket_that_is_gone_is_somebody_elses_to_tell() -> None:
    """It is missing, not restated."""
    assert not compared(unit(costs(("m", "1", "usd")), age=3 * DAY), unit()).starts


def test_copies_of_different_dimensions_are_compared_at_the_grain_of_the_question() -> None:
    """Either may hold more; and rows that the other server filtered are left out here."""
    old, new = unit(usage(5, 9, 2), age=DAY), unit(usage(5, 10, 2))
    assert moves(compared(old, new, "project_id")) == [(("q",), "input_tokens", 11, 12)]
    kept = (("project_id", ("p",)),)
    assert not compared(old, new, "model", filters=kept).starts
    assert moves(compared(old, new, "model", filters=(("project_id", ("q",)),))) == [
        (("1",), "input_tokens", 9, 10)
    ]


def test_of_thousands_of_groups_the_largest_are_kept() -> None:
    """The log is bounded, and so is what one bucket puts into it."""
    many = [(str(n), str(n), "usd") for n in range(1, 1_000)]
    found = compared(unit(costs(*many), age=3 * DAY), unit(costs()))
    assert len(found.told) == MOST_OF_A_BUCKET
    assert found.told[0].old == 999
