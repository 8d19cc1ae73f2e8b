"""``--compare``: two periods of closed buckets, every difference exact, nothing that only one side has is lost."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from usagetop.model.categories import CATEGORIES
from usagetop.model.money import total

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.cli.conftest import Ran


def asked(run: Callable[..., Ran], *words: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """The document of ``show`` on the demo organization."""
    return run("show", *words, "--demo", "--no-names", "--format", "json").document


def days(period: dict[str, str]) -> str:
    """The range that asks for the days of a period again."""
    last = datetime.fromisoformat(period["end"]) - timedelta(days=1)
    return f"{period['start'][:10]}..{last:%Y-%m-%d}"


def numbers(metrics: dict[str, Any]) -> dict[str, Decimal]:
    """Every number of a metrics object by its name: amounts by currency, counts as they are."""
    found: dict[str, Decimal] = {}
    for name, value in metrics.items():
        if name == "amount":
            found |= {f"amount {currency}": Decimal(amount) for currency, amount in value.items()}
        elif isinstance(value, int):
            found[name] = Decimal(value)
    return found


@pytest.mark.parametrize("name", [one.name for one in CATEGORIES if one.metrics[0].kind == "additive"])
def test_the_earlier_side_is_what_asking_for_that_period_says(name: str, run: Callable[..., Ran]) -> None:
    """Totals, rows and differences, recomputed from three documents."""
    both = asked(run, name, "--range", "10d", "--compare", "previous")
    earlier = asked(run, name, "--range", days(both["compare"]["range"]))
    now = asked(run, name, "--range", days(both["range"]))
    assert both["compare"]["totals"] == earlier["totals"]
    assert both["totals"] == now["totals"]
    assert both["compare"]["current"] == both["range"] == now["range"]
    before, after = numbers(earlier["totals"]), numbers(now["totals"])
    delta = numbers(both["compare"]["delta"])
    for metric in {*before, *after}:
        assert delta[metric] == after.get(metric, Decimal(0)) - before.get(metric, Decimal(0))
        # Every row tells its part of it, also those that only one side has.
        assert total(numbers(row["delta"]).get(metric, Decimal(0)) for row in both["rows"]) == delta[metric]
    by = both["group_by"]
    keys = [tuple(row[one] for one in by) for row in both["rows"]]
    assert len(set(keys)) == len(keys)
    then = {tuple(row[one] for one in by): row for row in earlier["rows"]}
    here = {tuple(row[one] for one in by): row for row in now["rows"]}
    assert set(keys) == {*then, *here}
    for key, row in zip(keys, both["rows"], strict=True):
        status = "both" if key in then and key in here else "new" if key in here else "gone"
        assert row["status"] == status, key
        main = numbers(row["previous"])
        expected = numbers(then.get(key, {}))
        assert {metric: main[metric] for metric in expected} == expected


def test_periods_hold_closed_buckets_only_and_are_equally_long(run: Callable[..., Ran]) -> None:
    """The open day is on neither side, and that is said."""
    document = asked(run, "costs", "--range", "7d", "--compare", "previous")
    today = datetime.now(UTC).strftime("%Y-%m-%dT00:00:00Z")
    assert document["range"]["end"] == today
    assert document["compare"]["range"]["end"] == document["range"]["start"]
    assert len(document["series"]) == 6
    assert not any(entry.get("partial") for entry in document["series"])
    assert "left out" in " ".join(notice["message"] for notice in document["notices"])


def test_month_takes_the_same_days_one_month_earlier(run: Callable[..., Ran]) -> None:
    """And a day that the earlier month lacks becomes its last."""
    document = asked(run, "costs", "--range", "2026-03-05..2026-03-31", "--compare", "month")
    assert document["compare"]["range"]["start"] == "2026-02-05T00:00:00Z"
    assert document["compare"]["range"]["end"] == "2026-03-01T00:00:00Z"


def test_the_rest_beyond_top_is_compared_as_one(run: Callable[..., Ran]) -> None:
    """Its parts add up as those of the rows do."""
    document = asked(run, "costs", "--range", "10d", "--compare", "previous", "--top", "2", "--sort", "delta")
    assert [row.get("row") for row in document["rows"]] == [None, None, "other"]
    first, second, rest = (Decimal(row["delta"]["amount"]["usd"]) for row in document["rows"])
    assert first >= second
    assert first + second + rest == Decimal(document["compare"]["delta"]["amount"]["usd"])
    assert rest == Decimal(document["rows"][2]["amount"]["usd"]) - Decimal(
        document["rows"][2]["previous"]["amount"]["usd"]
    )


def test_a_delimited_line_has_both_sides(run: Callable[..., Ran]) -> None:
    """And what became of the row; empty where a side has nothing."""
    ran = run("show", "costs", "--demo", "--range", "30d", "--compare", "previous", "--format", "csv")
    lines = list(csv.DictReader(io.StringIO(ran.out)))
    assert {line["status"] for line in lines} >= {"both", "new"}
    for line in lines:
        now, before = Decimal(line["amount"] or 0), Decimal(line["previous_amount"] or 0)
        assert Decimal(line["delta_amount"]) == now - before
        assert (line["previous_amount"] == "") == (line["status"] == "new")


def test_the_table_names_both_periods_and_signs_differences(run: Callable[..., Ran]) -> None:
    """A reader sees what is held against what."""
    out = run("show", "costs", "--demo", "--range", "7d", "--compare", "previous", "--top", "1").out
    title, heads, *_ = out.splitlines()
    assert "against" in title
    assert "Δ%" in heads
    assert "+$" in out or "-$" in out


def test_nothing_closed_cannot_be_compared(run: Callable[..., Ran]) -> None:
    """Today alone has no closed day: exit 2 and a sentence."""
    ran = run("show", "costs", "--demo", "--range", "today", "--compare", "previous")
    assert (ran.code, ran.out) == (2, "")
    assert "closed" in ran.err
