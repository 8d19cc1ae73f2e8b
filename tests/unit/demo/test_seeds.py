"""Seeds: other years of the same organization, as repeatable as the first."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from tests.unit.demo.asking import COSTS, DAY, NOW, TODAY, USAGE, data
from usagetop.demo import server
from usagetop.demo.api import respond
from usagetop.demo.weather import drift, good_day


def body(path: str, *, seed: int | None = None, width: str = "1d", scenario: str = "steady") -> bytes:
    """The answer of a week by project; None asks without a seed."""
    params = [("start_time", str(TODAY - 7 * DAY)), ("end_time", str(TODAY)), ("group_by[]", "project_id")]
    if path != COSTS:
        params += [("bucket_width", width), ("limit", "31" if width == "1d" else "168")]
    if seed is None:
        return respond(scenario, path, params, now=NOW).body
    return respond(scenario, path, params, now=NOW, seed=seed).body


def test_without_a_seed_it_is_the_demo_that_everybody_knows() -> None:
    """Seed 0 changes nothing; any other changes costs and usage, each in its own way."""
    for path in (COSTS, USAGE + "completions"):
        assert body(path) == body(path, seed=0)
        assert len({body(path, seed=seed) for seed in range(6)}) == 6
        assert body(path, seed=5) == body(path, seed=5)


def test_a_seed_holds_for_every_scenario_and_over_http() -> None:
    """The server of a seed answers as the function does."""
    assert body(COSTS, seed=4, scenario="leak") != body(COSTS, seed=4)
    settings = server.Settings("steady", NOW, seed=4)
    target = f"/v1{COSTS}?start_time={TODAY - DAY}"
    expected = respond("steady", COSTS, [("start_time", str(TODAY - DAY))], now=NOW, seed=4)
    assert server.answer(settings, "GET", target, None) == expected


def test_usage_and_costs_of_a_seed_are_the_same_work() -> None:
    """What a model put out is what its line item was paid for, day by day."""
    model = "gpt-5-nano-2025-08-07"
    for seed in (0, 7):
        asked = {"seed": seed, "start": TODAY - 3 * DAY, "end": TODAY}
        usage = data(USAGE + "completions", by=["model"], **asked)
        costs = data(COSTS, by=["line_item"], **asked)
        for counted, billed in zip(usage, costs, strict=True):
            tokens = [row["output_tokens"] for row in counted["results"] if row["model"] == model]
            paid = [row["quantity"] for row in billed["results"] if row["line_item"] == f"{model}, output"]
            assert tokens
            assert sum(tokens) == sum(paid)


def test_a_year_drifts_without_jumps_and_stays_within_bounds() -> None:
    """From day to day a workload moves by a few percent, over a year by a lot."""
    course = [drift(day, 7, 12345) for day in range(20_000, 20_400)]
    assert max(abs(Decimal(b - a)) / a for a, b in pairwise(course)) < Decimal("0.06")
    assert 600 < min(course) < 900
    assert 1100 < max(course) < 1450
    for seed in range(5):
        days = [good_day(day, seed) for day in range(20_000, 20_400)]
        assert 890 < min(days) < 1000 < max(days) < 1110
