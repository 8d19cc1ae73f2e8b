"""What caching and tiers saved, at billed prices; unknown where a price was not billed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.analysis.bills import bill_of, paid, total, usage_of
from tests.unit.analysis.demo import answered, asked, raw
from tests.unit.analysis.rows import Row, bucket_of, query
from usagetop.analysis.bill import bill
from usagetop.analysis.frame import Frame, rollup
from usagetop.analysis.savings import Savings, cache_savings, tier_savings
from usagetop.model.line_items import read

D = Decimal
CLOSED = "2026-10-15..2026-11-20"


def used(
    model: str = "m",
    *,
    tokens: int = 0,
    cached: int | None = 0,
    written: int | None = 0,
    output: int = 0,
    tier: str = "default",
    project: str = "p",
) -> Row:
    """One row of completions."""
    return {
        "model": model,
        "project_id": project,
        "batch": str(tier == "batch").lower(),
        "service_tier": "default" if tier == "batch" else tier,
        "input_tokens": tokens,
        "input_cached_tokens": cached,
        "input_cache_write_tokens": written,
        "output_tokens": output,
        "num_model_requests": 1,
    }


TIERS = ("batch", "service_tier")


def usage(*rows: Row, by: tuple[str, ...] = ("model", *TIERS)) -> list[Frame]:
    """A day of completions by these dimensions."""
    given_dims = {name: row[name] for row in rows for name in ("model", "project_id", *TIERS)}
    kept = [
        {name: value for name, value in row.items() if name in by or name not in given_dims} for row in rows
    ]
    return [usage_of("completions", kept, *by)]


def saved(found: Savings) -> dict[Any, Decimal | None]:
    """What was saved, by key (and tier)."""
    return {(*row.key, row.tier) if row.tier else row.key: row.saved for row in found.rows}


# -- the cache


def test_cached_tokens_save_what_they_would_have_cost() -> None:
    """100 cached at 1 instead of 10, 20 written at 12 instead of 10: 900 − 40, for 50 uncached at 10."""
    costs = [
        paid("m, input", "500", "50"),
        paid("m, cached input", "100", "100"),
        paid("m, cache writes", "240", "20"),
    ]
    found = cache_savings(usage(used(tokens=170, cached=100, written=20)), bill_of(costs))
    (row,) = found.rows
    assert (row.model, row.saved, row.currency) == ("m", D(860), "usd")
    assert (row.tokens.input, row.tokens.cached, row.tokens.written) == (170, 100, 20)
    assert row.tokens.hit_rate == Fraction(100, 170)
    assert (found.totals["usd"].saved, found.totals["usd"].unknown_models) == (D(860), ())


def test_tokens_that_were_written_and_not_read_cost_more_than_they_saved() -> None:
    """A saving can be negative."""
    costs = [paid("m, input", "10", "10"), paid("m, cache writes", "25", "20")]
    assert saved(cache_savings(usage(used(tokens=30, written=20)), bill_of(costs))) == {("m",): D(-5)}


@pytest.mark.parametrize(
    ("costs", "row"),
    [
        ([], used(tokens=10, cached=5)),
        ([paid("m, input", "10", "10")], used(tokens=10, cached=5)),
        ([paid("m, cached input", "10", "10")], used(tokens=10, cached=5)),
        ([paid("m, input", "10", "0"), paid("m, cached input", "1", "5")], used(tokens=10, cached=5)),
        ([paid("m, input", "10"), paid("m, cached input", "1", "5")], used(tokens=10, cached=5)),
        ([paid("m, input", "-10", "5"), paid("m, cached input", "1", "5")], used(tokens=10, cached=5)),
        ([paid("other, input", "10", "5"), paid("other, cached input", "1", "5")], used(tokens=10, cached=5)),
        ([paid("evals | m, input", "9", "5"), paid("m, cached input", "1", "5")], used(tokens=10, cached=5)),
        ([paid("m, input", "10", "5"), paid("m, cached input", "1", "5")], used(tokens=10, cached=None)),
        (
            [paid("m, input", "9", "5"), paid("m, cached input", "1", "5")],
            used(tokens=10, cached=5, written=1),
        ),
    ],
)
def test_without_a_price_nothing_is_known(costs: list[Row], row: Row) -> None:
    """None, not 0, and the model is named; the tokens are told all the same."""
    found = cache_savings(usage(row), bill_of(costs))
    (group,) = found.rows
    assert group.saved is None
    assert group.tokens.input == 10
    assert found.totals[group.currency].unknown_models == ("m",)
    # Nor is the sum known: a zero would say that nothing was saved.
    assert found.totals[group.currency].saved is None


def test_what_needs_no_price_is_nothing_saved() -> None:
    """A model that cached and wrote nothing saved nothing, also when it was not billed."""
    (row,) = cache_savings(usage(used(tokens=10)), bill_of([])).rows
    assert (row.saved, row.tokens.hit_rate, row.currency) == (D(0), Fraction(), "")
    (row,) = cache_savings(usage(used(cached=None)), bill_of([paid("m, input", "1", "1")])).rows
    assert (row.saved, row.tokens.hit_rate, row.currency) == (D(0), None, "usd")


def test_prices_of_variants_are_not_mixed() -> None:
    """Long context and priority cost twice: each is held against its own input price."""
    costs = [
        *(paid("m, input", "10", "10"), paid("m, cached input", "1", "10")),
        *(paid("m, input, long context", "200", "100"), paid("m, cached input, long context", "2", "10")),
        *(paid("priority | m, input", "2", "1"), paid("priority | m, cached input", "6", "30")),
    ]
    rows = [used(tokens=130, cached=20), used(tokens=31, cached=30, tier="priority")]
    # (1 − 0.1) · 10 + (2 − 0.2) · 10 + (2 − 0.2) · 30
    assert saved(cache_savings(usage(*rows), bill_of(costs))) == {("m",): D(81)}
    # Where usage does not tell tiers apart the result is the same: all that was billed is weighed.
    assert saved(cache_savings(usage(*rows, by=("model",)), bill_of(costs))) == {("m",): D(81)}


def test_names_are_matched_by_family() -> None:
    """Costs drop dates and tails."""
    costs = [
        *(paid("ft-m, input", "10", "10"), paid("ft-m, cached input", "1", "2")),
        *(paid("mini, input", "10", "10"), paid("mini, cached input", "1", "2")),
    ]
    rows = [used("ft:m:org:x:1", tokens=9, cached=2), used("mini-2025-01-01", tokens=9, cached=4)]
    assert saved(cache_savings(usage(*rows), bill_of(costs))) == {
        ("mini-2025-01-01",): D(2),
        ("ft:m:org:x:1",): D(1),
    }


def test_projects_have_prices_of_their_own() -> None:
    """Where both sides know the project; the whole bill's where the project's own lines do not say it."""
    costs = [
        *(paid("m, input", "10", "10"), paid("m, cached input", "1", "10")),
        *(paid("m, input", "40", "20", project="q"), paid("m, cached input", "0", "10", project="q")),
        paid("m, cached input", "0", "10", project="r"),
    ]
    rows = [used(tokens=20, cached=10, project=project) for project in ("p", "q", "r")]
    by = ("project_id", "model", *TIERS)
    found = saved(cache_savings(usage(*rows, by=by), bill_of(costs, "project_id")))
    assert found["p", "m"] == D(9)
    assert found["q", "m"] == D(20)
    # 50 dollars for 30 tokens of input, 1 dollar for 30 cached ones.
    assert found["r", "m"] == D("16.3333333333")


def test_each_day_has_its_own_prices() -> None:
    """With buckets on both sides, a price that changed counts on its days."""
    costs = bill_of(
        {
            2: [paid("m, input", "100", "10"), paid("m, cached input", "0", "10")],
            1: [paid("m, input", "90", "90"), paid("m, cached input", "0", "40")],
        },
        "bucket",
    )
    metrics = ("input_tokens", "input_cached_tokens")
    rows = {2: [used(tokens=20, cached=10)], 1: [used(tokens=130, cached=40)]}
    buckets = [bucket_of(ago, rows[ago], ("model",), metrics) for ago in (2, 1)]
    by_day = rollup(query("completions", "bucket,model"), buckets)
    assert saved(cache_savings([by_day], costs)) == {("m",): D(140)}
    whole = rollup(query("completions", "model"), buckets)
    assert saved(cache_savings([whole], costs)) == {("m",): D(95)}


def test_currencies_stay_apart() -> None:
    """Tokens fall to the currencies as they were billed in them."""
    costs = [
        *(paid("m, input", "10", "10"), paid("m, cached input", "0", "30")),
        *(paid("m, input", "20", "10", currency="eur"), paid("m, cached input", "0", "10", currency="eur")),
    ]
    found = cache_savings(usage(used(tokens=60, cached=40)), bill_of(costs))
    assert [(row.currency, row.saved) for row in found.rows] == [("usd", D(30)), ("eur", D(20))]
    assert {name: each.saved for name, each in found.totals.items()} == {"usd": D(30), "eur": D(20)}


def test_the_largest_saving_comes_first() -> None:
    """Ties by name; what cost more than it saved stands before what is unknown."""
    costs = [paid(f"{name}, input", "10", "10") for name in "abcd"]
    costs += [paid(f"{name}, cached input", "1", "10") for name in "bc"]
    costs += [paid("d, cache writes", "11", "10")]
    rows = [used(name, tokens=9, cached=1) for name in "abc"]
    found = cache_savings(
        usage(*rows, used("c", tokens=9, cached=4), used("d", tokens=9, written=5)), bill_of(costs)
    )
    assert [row.model for row in found.rows] == ["c", "b", "d", "a"]


# -- tiers


def test_a_batch_saves_half() -> None:
    """Every kind of token against its own price at the default tier; priority costs more."""
    costs = [
        *(paid("m, input", "10", "10"), paid("m, output", "40", "10"), paid("m, cached input", "1", "10")),
        *(paid("batch | m, input", "10", "20"), paid("batch | m, output", "20", "10")),
        *(paid("batch | m, cached input", "2", "40"), paid("priority | m, output", "80", "10")),
    ]
    rows = [
        used(tokens=20, cached=10, output=10),
        used(tokens=60, cached=40, output=10, tier="batch"),
        used(output=10, tier="priority"),
    ]
    found = tier_savings(usage(*rows), bill_of(costs))
    assert saved(found) == {("m", "batch"): D(32), ("m", "default"): D(0), ("m", "priority"): D(-40)}
    assert found.totals["usd"].saved == D(-8)
    assert sum(row.tokens.requests for row in found.rows) == 3


def test_a_model_without_a_default_tier_cannot_tell() -> None:
    """Nothing was billed that the batch could be held against."""
    costs = [paid("batch | m, output", "20", "10")]
    assert saved(tier_savings(usage(used(output=10, tier="batch")), bill_of(costs))) == {("m", "batch"): None}


def test_tiers_that_usage_does_not_tell_apart_are_unknown() -> None:
    """Unless nothing but the default tier was billed."""
    costs = [
        paid("m, output", "20", "10"),
        paid("n, output", "20", "10"),
        paid("flex | n, output", "10", "10"),
    ]
    rows = usage(used("m", output=10), used("n", output=20), by=("model",))
    found = tier_savings(rows, bill_of(costs))
    assert [(row.model, row.tier, row.saved) for row in found.rows] == [("m", None, D(0)), ("n", None, None)]
    assert found.totals["usd"].unknown_models == ("n",)


# -- everything ties

any_costs = st.lists(
    st.builds(
        paid,
        st.sampled_from(
            [f"{tier}m, {kind}" for tier in ("", "batch | ") for kind in ("input", "cached input", "output")]
        ),
        st.integers(-2, 10**6).map(str),
        st.integers(0, 10**6).map(str),
        currency=st.sampled_from(["usd", "usd", "eur"]),
    ),
    max_size=10,
)
any_usage = st.lists(
    st.builds(
        used,
        st.sampled_from(["m", "m-2025-01-01", "n"]),
        tokens=st.integers(0, 10**6),
        cached=st.none() | st.integers(0, 10**5),
        output=st.integers(0, 10**6),
        tier=st.sampled_from(["default", "batch"]),
    ),
    max_size=6,
)


@given(any_costs, any_usage, st.booleans())
def test_totals_are_their_rows(costs: list[Row], rows: list[Row], by_tier: bool) -> None:  # noqa: FBT001
    """Per currency; every model that does not know is named; no token is dropped."""
    frames = usage(*rows)
    found = (tier_savings if by_tier else cache_savings)(frames, bill_of(costs))
    for currency, each in found.totals.items():
        mine = [row for row in found.rows if row.currency == currency]
        known = any(row.saved for row in mine) or all(row.saved is not None for row in mine)
        assert each.saved == (total(row.saved for row in mine) if known else None)
        assert set(each.unknown_models) == {row.model for row in mine if row.saved is None}
    assert {row.currency for row in found.rows} == set(found.totals)
    tokens: dict[Any, int] = {}
    for row in found.rows:
        tokens[row.key, row.tier] = row.tokens.input
    assert sum(tokens.values()) == sum(row["input_tokens"] for row in rows)
    assert all(row.saved is None or row.saved == round(row.saved, 10) for row in found.rows)


# -- the demo organization


def demo(by: tuple[str, ...], *scope: str) -> tuple[list[Frame], Frame]:
    """Completions and decisions, and the bill, of some closed weeks."""
    costs = asked("costs", CLOSED, ("line_item", "project_id"))
    frames = []
    for category in ("completions", "decisions"):
        wanted = asked(category, CLOSED, by)
        frames.append(rollup(wanted, answered(wanted)))
    return frames, bill(costs, answered(costs), *scope)


def test_the_demo_cache_from_raw_rows() -> None:
    """Every model without variants: cached · (p_in − p_cached) − written · (p_write − p_in), from JSON alone."""
    money: dict[tuple[str, str], list[Fraction]] = defaultdict(lambda: [Fraction(), Fraction()])
    variants: dict[str, set[Any]] = defaultdict(set)
    for row in raw(asked("costs", CLOSED, ("line_item",))):
        reading = read(row["line_item"])
        if reading is None or reading.tier == "evals" or row["quantity_unit"] != "tokens":
            continue
        money[reading.model, reading.kind][0] += Fraction(Decimal(row["amount"]["value"]))
        money[reading.model, reading.kind][1] += Fraction(row["quantity"])
        variants[reading.model].add((reading.tier, reading.modality, reading.rest))
    tokens: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in raw(asked("completions", CLOSED, ("model",))):
        tokens[row["model"]][0] += row["input_cached_tokens"]
        tokens[row["model"]][1] += row["input_cache_write_tokens"]
    found = {row.model: row for row in cache_savings(*demo(("model",))).rows}
    checked = 0
    for model, (cached, written) in tokens.items():
        if len(variants[model]) != 1 or not cached:
            continue
        price = {kind: a / q for (name, kind), (a, q) in money.items() if name == model and q}
        expected = cached * (price["input"] - price["cached"])
        if written:
            expected -= written * (price["written"] - price["input"])
        saved_ = found[model].saved
        assert saved_ is not None
        assert abs(Fraction(saved_) - expected) <= Fraction(1, 2 * 10**10)
        checked += 1
    assert checked >= 4


def test_the_demo_knows_every_price() -> None:
    """No model of the demo is unknown; the cache saved, priority cost more, batch and flex saved."""
    found = cache_savings(*demo(("model", *TIERS)))
    assert found.totals["usd"].unknown_models == ()
    assert (found.totals["usd"].saved or 0) > 1000
    tiers = tier_savings(*demo(("model", *TIERS)))
    assert tiers.totals["usd"].unknown_models == ()
    by_tier: dict[str | None, list[Decimal]] = defaultdict(list)
    for row in tiers.rows:
        assert row.saved is not None
        by_tier[row.tier].append(row.saved)
    assert set(by_tier) == {"default", "batch", "flex", "priority"}
    assert all(value == 0 for value in by_tier["default"])
    assert all(value > 0 for value in [*by_tier["batch"], *by_tier["flex"]])
    assert all(value < 0 for value in by_tier["priority"])


def test_a_batch_of_the_demo_saves_its_own_amount() -> None:
    """Batch costs half: what it saved is what it cost, project by project."""
    by = ("project_id", "model", *TIERS)
    frames, costs = demo(by, "project_id")
    found = tier_savings(frames, costs)
    batch = [row for row in found.rows if row.tier == "batch" and row.model == "gpt-4.1-2025-04-14"]
    assert batch
    spent: dict[Any, Sequence[Decimal]] = defaultdict(list)
    for key, amount in zip(costs.keys, costs.columns["amount"], strict=True):
        if str(key[1]).startswith("batch | gpt-4.1-2025-04-14"):
            spent[key[0]] = [*spent[key[0]], Decimal(amount or 0)]
    assert {row.key[0]: row.saved for row in batch} == {name: total(values) for name, values in spent.items()}
