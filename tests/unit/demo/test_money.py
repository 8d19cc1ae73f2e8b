"""Costs: usage × prices to the last digit, in the forms in which the API writes them."""

from __future__ import annotations

import json
import re
from collections import Counter
from decimal import Decimal

import pytest

from tests.unit.demo.asking import (
    COSTS,
    DAY,
    HOUR,
    TODAY,
    USAGE,
    amount,
    ask,
    data,
    refusal,
    rows_of,
)
from usagetop.demo.rows_costs import amount_text
from usagetop.model import money
from usagetop.model.categories import CATEGORIES

START, END = TODAY - 25 * DAY, TODAY - DAY
# Dollars a million tokens, from the price list: not from the code under test.
LIST = {
    "gpt-5.5-2026-04-23": ("5", "0.5", "30"),
    "gpt-5.6-sol": ("6", "0.6", "36"),
    "gpt-5.4-mini-2026-03-17": ("0.5", "0.05", "4"),
    "gpt-5-2025-08-07": ("1.25", "0.125", "10"),
    "gpt-5-mini-2025-08-07": ("0.25", "0.025", "2"),
    "gpt-5-nano-2025-08-07": ("0.05", "0.005", "0.4"),
    "gpt-4.1-2025-04-14": ("2", "0.5", "8"),
    "gpt-4o-mini": ("0.15", "0.075", "0.6"),
    "ft-gpt-4o-2024-08-06": ("3.75", "1.875", "15"),
    "o4-mini-2025-04-16": ("1.1", "0.275", "4.4"),
}
KINDS = ("input", "cached input", "output")
TOKENS = ("input_text_tokens", "input_cached_text_tokens", "output_text_tokens")
BILLED = {
    "gpt-4o-mini-2024-07-18": "gpt-4o-mini",
    "ft:gpt-4o-2024-08-06:halcyon-labs:support-tone:B7xK2qLm": "ft-gpt-4o-2024-08-06",
}


def split(line_item: str) -> tuple[str, str, Decimal]:
    """Model, kind and how many times the list price of a line item."""
    prefix, bar, rest = line_item.rpartition(" | ")
    factor = {"": Decimal(1), "batch": Decimal("0.5"), "flex": Decimal("0.5"), "priority": Decimal(2)}
    model, _, kind = rest.partition(", ")
    if kind.endswith(", long context"):
        return model, kind.removesuffix(", long context"), factor[prefix] * 2
    return model, kind, factor.get(prefix, Decimal(0)) if bar else Decimal(1)


def test_quantities_are_the_tokens_of_usage() -> None:
    """Tokens billed, over batch, tiers and long context, are the tokens that usage counted."""
    used: Counter[tuple[str, str]] = Counter()
    for row in rows_of(data(USAGE + "completions", start=START, end=END, by=["model"], limit=31)):
        billed = BILLED.get(row["model"], row["model"])
        for kind, metric in zip(KINDS, TOKENS, strict=True):
            used[billed, kind] += row[metric]
    billed_tokens: Counter[tuple[str, str]] = Counter()
    for row in rows_of(data(COSTS, start=START, end=END, by=["line_item"], limit=180)):
        model, kind, factor = split(row["line_item"])
        if model in LIST and kind in KINDS and factor:
            billed_tokens[model, kind] += row["quantity"]
    assert billed_tokens
    for key, quantity in billed_tokens.items():
        assert quantity == used[key], key


def test_amounts_are_quantities_at_list_prices() -> None:
    """Every amount is its quantity times a list price, to the last digit."""
    checked = 0
    for row in rows_of(data(COSTS, start=START, end=END, by=["line_item"], limit=180)):
        model, kind, factor = split(row["line_item"])
        if model in LIST and kind in KINDS and factor:
            price = Decimal(LIST[model][KINDS.index(kind)]) * factor / 1_000_000
            assert amount(row) == row["quantity"] * price, row["line_item"]
            checked += 1
    assert checked > 500


@pytest.mark.parametrize(
    ("category", "metric", "line_item", "price"),
    [
        ("web_search_calls", "num_requests", "web search tool calls", "0.01"),
        ("file_search_calls", "num_requests", "assistants api | file search", "0.0025"),
        ("code_interpreter_sessions", "num_sessions", "assistants api | code interpreter", "0.03"),
        ("audio_transcriptions", "seconds", "whisper-1, audio", "0.0001"),
        ("audio_transcriptions", "seconds", "gpt-4o-transcribe, audio", "0.0001"),
        ("audio_speeches", "characters", "tts-1, characters", "0.000015"),
        ("embeddings", "input_tokens", "text-embedding-3-large, input", "0.00000013"),
        ("images", "images", "dall-e 2, 1024x1024", "0.02"),
    ],
)
def test_other_categories_are_paid_at_list_prices(
    category: str, metric: str, line_item: str, price: str
) -> None:
    """Calls, images, characters and seconds of usage, times their price, are what costs say."""
    model = line_item.split(",", maxsplit=1)[0].replace("dall-e ", "dall-e-")
    by = ["model"] if category not in {"file_search_calls", "code_interpreter_sessions"} else []
    rows = rows_of(data(USAGE + category, start=START, end=END, by=by, limit=31))
    asked = [
        row for row in rows if not by or " " in line_item.split(",", maxsplit=1)[0] or row["model"] == model
    ]
    if category == "images":
        asked = [row for row in rows if row["model"] == model]
    used = sum(row[metric] for row in asked)
    paid = data(COSTS, start=START, end=END, by=["line_item"], limit=180, more=[("line_items[]", line_item)])
    assert used
    assert sum(map(amount, rows_of(paid))) == used * Decimal(price)


def test_storage_is_paid_by_the_hour() -> None:
    """A day of storage is its bytes times 24 hours."""
    levels = data(USAGE + "vector_stores", start=START, end=END, by=["project_id"], limit=31)
    paid = data(
        COSTS, start=START, end=END, by=["line_item"], limit=180, more=[("line_items", "vector storage")]
    )
    for level, costs in zip(levels, paid, strict=True):
        stored = {row["project_id"]: row["usage_bytes"] for row in level["results"]}
        hours = {row["project_id"]: row["quantity"] for row in costs["results"]}
        assert hours == {project: Decimal(size) * 24 / 2**30 for project, size in stored.items()}
        assert {row["quantity_unit"] for row in costs["results"]} == {"gibibyte_hours"}
        assert all(amount(row) == row["quantity"] * Decimal("0.004") for row in costs["results"])


def test_every_grouping_has_the_same_total() -> None:
    """However costs are grouped, they are the same money."""
    whole = sum(map(amount, rows_of(data(COSTS, start=START, end=END, limit=180))))
    groupings = (["line_item"], ["project_id"], ["user_id"], ["api_key_id"], ["api_source"])
    for by in (*groupings, ["line_item", "project_id", "api_key_id"], ["line_item", "user_id"]):
        assert sum(map(amount, rows_of(data(COSTS, start=START, end=END, by=by, limit=180)))) == whole


def test_by_line_item_alone_rows_are_split_by_project() -> None:
    """As recorded: project_id is given when only line_item was asked for, and free names with it."""
    rows = data(COSTS, start=START, end=START + DAY, by=["line_item"])[0]["results"]
    keys = [(row["line_item"], row["project_id"]) for row in rows]
    assert len(set(keys)) == len(keys) > len({line_item for line_item, _ in keys})
    assert {row["project_name"] for row in rows} > {"search-api", "[internal] tools"}
    both = data(COSTS, start=START, end=START + DAY, by=["line_item", "user_id"])[0]["results"]
    assert {row["project_id"] for row in both} == {None}
    assert any(row["user_email"] for row in both)


def test_quantity_comes_only_with_line_items() -> None:
    """Without line_item no row has a quantity; with it, units are those of the open set."""
    for by in ([], ["project_id"], ["api_source"]):
        rows = rows_of(data(COSTS, by=by))
        assert {(row["quantity"], row["quantity_unit"]) for row in rows} == {(None, None)}
    units = {row["quantity_unit"] for row in rows_of(data(COSTS, start=START, by=["line_item"], limit=180))}
    assert units == {
        *("tokens", "1000_tokens", "gibibyte_hours", "images", "characters", None),
        *("duration_seconds", "duration_minutes"),
    }


def test_amounts_are_written_as_recorded() -> None:
    """34 significant digits, as strings and as number literals, zero as 0E-6176; all readable."""
    body = ask(COSTS, start=START, by=["line_item"], limit=180).body.decode()
    values = re.findall(r'"value":("?)(-?[0-9.]+|0E-6176)("?),', body)
    assert {quote for quote, _, _ in values} == {'"', ""}
    assert "0E-6176" in {text for _, text, _ in values}
    for _, text, _ in values:
        assert text == "0E-6176" or len(text.lstrip("-").replace(".", "").lstrip("0")) == 34
        assert money.read(text) is not None


def test_amount_text_keeps_every_digit() -> None:
    """The text of an amount is its exact value, in the recorded form."""
    for pico in (1, -1, 25_792_000_000, 10**12, 123_456_789_012_345_678, -5 * 10**12):
        assert Decimal(amount_text(pico)) == Decimal(pico).scaleb(-12)
    assert amount_text(25_792_000_000) == "0.02579200000000000000000000000000000"
    assert amount_text(2_193_950_000_000) == "2.193950000000000000000000000000000"


def test_credits_are_negative() -> None:
    """Two refunds in ninety days, without a quantity."""
    rows = rows_of(data(COSTS, start=TODAY - 90 * DAY, by=["line_item"], limit=180))
    negative = [row for row in rows if amount(row) < 0]
    assert {row["line_item"] for row in negative} == {"credit, service disruption"}
    assert len(negative) == 2
    assert {row["quantity"] for row in negative} == {None}


def test_costs_lie_behind_usage() -> None:
    """The newest day of costs is partial or still empty, and fills as the clock goes on."""
    buckets = data(COSTS, start=TODAY - DAY, now=TODAY + 3 * HOUR)
    assert [bucket["end_time"] - bucket["start_time"] for bucket in buckets] == [DAY, DAY]
    yesterday, today = buckets
    assert today["results"] == []
    later = data(COSTS, start=TODAY - DAY, now=TODAY + 12 * HOUR)
    assert amount(yesterday["results"][0]) < amount(later[0]["results"][0])
    assert 0 < amount(later[1]["results"][0]) < amount(later[0]["results"][0])


def test_costs_widen_to_whole_days() -> None:
    """Unaligned bounds give whole UTC days."""
    clipped = data(COSTS, start=START + 5 * HOUR, end=START + DAY + HOUR)
    assert clipped == data(COSTS, start=START, end=START + 2 * DAY)


def test_a_price_was_cut() -> None:
    """The same line item was a quarter dearer before its cut."""
    more = [("line_items[]", "gpt-5-mini-2025-08-07, output")]
    buckets = data(COSTS, start=TODAY - 60 * DAY, end=TODAY - DAY, by=["line_item"], limit=180, more=more)
    prices = [
        amount(row) / row["quantity"] * 1_000_000 for bucket in buckets for row in bucket["results"][:1]
    ]
    assert prices == sorted(prices, reverse=True)
    assert set(prices) == {Decimal("2.5"), Decimal(2)}


def test_some_costs_have_no_usage() -> None:
    """Evaluations and training stand in costs alone."""
    lines = {
        row["line_item"] for row in rows_of(data(COSTS, start=START - 9 * DAY, by=["line_item"], limit=180))
    }
    assert {"evals | gpt-4o-mini-2024-07-18, input", "ft-gpt-4o-2024-08-06, training"} <= lines


def test_filters_of_costs() -> None:
    """A project filter keeps its rows; costs have no filter by model."""
    rows = rows_of(data(COSTS, by=["project_id"]))
    project = rows[0]["project_id"]
    kept = rows_of(data(COSTS, by=["project_id"], more=[("project_ids[]", project)]))
    assert kept == [row for row in rows if row["project_id"] == project]
    assert refusal(ask(COSTS, more=[("models[]", "gpt-5.6-sol")]))[1] == "models[]"


def test_usage_rows_are_complete_json() -> None:
    """Rows are written from templates: every one has the registry's fields, whatever was asked."""
    for category in CATEGORIES:
        body = json.loads(ask(category.path, by=[category.default_by]).body)
        names = {metric.name for metric in category.metrics} | {one.name for one in category.dimensions}
        for row in rows_of(body["data"]):
            assert names <= row.keys()
            assert row["object"] == category.object
