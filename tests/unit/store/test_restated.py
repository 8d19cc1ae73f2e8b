"""Restatements: what is told when a bucket has other totals than before, and what is growth."""

from __future__ import annotations

from decimal import Decimal

import pytest

from usagetop.client.units import Unit
from usagetop.model.categories import LAG_COSTS, LAG_USAGE, category
from usagetop.model.columns import Bucket, pack
from usagetop.store.restated import Change, changes, notice

COSTS, USAGE = category("costs"), category("embeddings")
DAY, HOUR = 86_400, 3_600
# 2026-11-12T00:00:00Z
START = 1_794_441_600


def costs(*amounts: tuple[str | None, str | None], start: int = START) -> Bucket:
    """A day with rows of (amount, currency)."""
    return pack(
        start,
        start + DAY,
        len(amounts),
        dims={"line_item": [None] * len(amounts), "currency": [currency for _, currency in amounts]},
        counts={},
        amounts={"amount": [None if text is None else Decimal(text) for text, _ in amounts]},
    )


def usage(*tokens: int | None, start: int = START, seconds: int = DAY) -> Bucket:
    """A bucket with rows of so many tokens in one request each."""
    return pack(
        start,
        start + seconds,
        len(tokens),
        dims={"model": [str(n) for n in range(len(tokens))]},
        counts={"input_tokens": tokens, "num_model_requests": [1] * len(tokens)},
        amounts={},
    )


def unit(*buckets: Bucket, age: int) -> Unit:
    """A day's unit that was fetched ``age`` seconds after its end."""
    return Unit(START, START + DAY + age, START + DAY, buckets)


def told(about: str, *found: Change, width: str = "1d") -> str:
    """The sentence."""
    made = notice(category(about), width, found)
    assert made is not None
    assert made.code == "restated"
    return made.message


@pytest.mark.parametrize(("age", "count"), [(LAG_COSTS - 1, 0), (LAG_COSTS, 1)])
def test_costs_may_grow_for_two_days(age: int, count: int) -> None:
    """The first copy's age decides."""
    old, new = unit(costs(("10", "usd")), age=age), unit(costs(("13.10", "usd")), age=9 * DAY)
    assert len(changes(COSTS, old, new)) == count


@pytest.mark.parametrize(("age", "count"), [(LAG_USAGE - 1, 0), (LAG_USAGE, 2)])
def test_usage_may_grow_for_a_quarter_of_an_hour(age: int, count: int) -> None:
    """Both main metrics changed."""
    assert len(changes(USAGE, unit(usage(5), age=age), unit(usage(5, 5), age=9 * DAY))) == count


def test_each_bucket_has_its_own_end() -> None:
    """Of a day that is open, the first hours are final."""
    hours = [usage(5, start=START + n * HOUR, seconds=HOUR) for n in range(3)]
    later = [usage(6, start=START + n * HOUR, seconds=HOUR) for n in range(3)]
    old = Unit(START, START + 2 * HOUR + LAG_USAGE, START + 2 * HOUR + LAG_USAGE, tuple(hours))
    new = Unit(START, START + DAY, START + DAY, tuple(later))
    assert [change.start for change in changes(USAGE, old, new)] == [START, START + HOUR]


@pytest.mark.parametrize("empty", [costs(), costs(("0", "usd")), costs((None, None))])
def test_an_empty_answer_never_erases_in_silence(empty: Bucket) -> None:
    """However young the first copy was."""
    (change,) = changes(COSTS, unit(costs(("10", "usd")), age=-HOUR), unit(empty, age=HOUR))
    assert (change.old, change.new) == (Decimal(10), 0)


def test_the_same_total_in_other_rows_is_no_change() -> None:
    """Rows may be ordered and split anew."""
    old = unit(costs(("1", "usd"), ("2.5", "usd")), age=3 * DAY)
    new = unit(costs(("2.50", "usd"), ("0.5", "usd"), ("0.5", "usd")), age=9 * DAY)
    assert changes(COSTS, old, new) == []


def test_currencies_are_told_apart() -> None:
    """They are never added; exact to the last digit."""
    old = unit(costs(("1", "usd"), ("1", "eur")), age=3 * DAY)
    new = unit(costs(("1.0000000000000000000000000000000001", "usd"), ("2", "eur")), age=9 * DAY)
    found = changes(COSTS, old, new)
    assert [(change.currency, change.new) for change in found] == [
        ("eur", Decimal(2)),
        ("usd", Decimal("1.0000000000000000000000000000000001")),
    ]


def test_a_bucket_that_is_gone_is_somebody_elses_to_tell() -> None:
    """It is missing, not restated."""
    assert changes(COSTS, unit(costs(("1", "usd")), age=3 * DAY), unit(age=9 * DAY)) == []


def test_the_sentence() -> None:
    """Which bucket, and by how much."""
    up = Change(START, "amount", "usd", Decimal(10), Decimal("13.10"))
    down = Change(START, "amount", "usd", Decimal(10), Decimal(9))
    assert told("costs", up) == "12 Nov changed by +$3.10, since it was last read"
    assert "-$1.00" in told("costs", down)
    tokens = Change(START + 8 * HOUR, "input_tokens", "", 5, 12)
    assert told("embeddings", tokens, width="1h").startswith("12 Nov 08:00 changed by +7 input tokens")


def test_a_few_are_told_the_latest_first() -> None:
    """The sentence stays one line."""
    found = [Change(START + n * DAY, "amount", "usd", Decimal(1), Decimal(2)) for n in range(6)]
    sentence = told("costs", *found)
    assert sentence.startswith("17 Nov changed by +$1.00, 16 Nov")
    assert "12 Nov" not in sentence
    assert "3 more" in sentence
    assert notice(COSTS, "1d", []) is None
