"""Recorded answers, played by a server of the test's own, are printed to the last digit."""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.house import TESTS
from tests.unit.cli.server import Answer, Asked, Server
from usagetop.model.categories import CATEGORIES
from usagetop.model.money import total

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.cli.conftest import Ran

FIXTURES = TESTS / "fixtures"
EXAMPLES: dict[str, Any] = json.loads(
    (FIXTURES / "official_examples_usage_costs.json").read_bytes(), parse_float=Decimal
)


def page(name: str) -> Any:  # noqa: ANN401 - a document
    """A fixture, its numbers exact."""
    return json.loads((FIXTURES / name).read_bytes(), parse_float=Decimal)


def results(*pages: Any) -> list[Any]:
    """All result rows of pages."""
    return [row for one in pages for bucket in one["data"] for row in bucket["results"]]


def amounts_by(rows: list[Any], dimension: str) -> dict[Any, Decimal]:
    """The exact sum of the amounts, by a dimension."""
    sums: dict[Any, list[Decimal]] = defaultdict(list)
    for row in rows:
        sums[row[dimension]].append(Decimal(row["amount"]["value"]))
    return {key: total(values) for key, values in sums.items()}


def test_costs_as_strings_of_34_digits(server: Server, run: Callable[..., Ran]) -> None:
    """Amounts, quantities and totals equal the decimal sums in the file, and the free names are used."""
    name = "costs_by_line_item_string_amounts.json"
    server.answer = Answer((FIXTURES / name).read_bytes())
    ran = run("show", "costs", "--range", "2026-05-15..2026-05-16", "--by", "line_item", "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    expected = amounts_by(results(page(name)), "line_item")
    rows = {row["line_item"]: row for row in ran.document["rows"]}
    assert {key: Decimal(row["amount"]["usd"]) for key, row in rows.items()} == expected
    assert Decimal(ran.document["totals"]["amount"]["usd"]) == total(expected.values())
    quantities: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in results(page(name)):
        quantities[row["line_item"]] += Decimal(row["quantity"] or 0)
    assert {key: Decimal(row["quantity"]) for key, row in rows.items() if "quantity" in row} == {
        key: value for key, value in quantities.items() if "quantity" in rows[key]
    }
    assert ran.document["complete"] is True
    assert len(server.data_requests) == ran.document["source"]["requests"] == 1


def test_costs_by_project_use_the_names_in_the_rows(server: Server, run: Callable[..., Ran]) -> None:
    """Undocumented name fields name the projects without a request."""
    server.answer = Answer((FIXTURES / "costs_by_line_item_string_amounts.json").read_bytes())
    ran = run("show", "costs", "--range", "2026-05-15..2026-05-16", "--by", "project_id", "--format", "json")
    assert {row.get("project_name") for row in ran.document["rows"]} == {"search-lab"}
    assert ran.document["source"]["name_requests"] == 0


def test_costs_as_number_literals(server: Server, run: Callable[..., Ran]) -> None:
    """Numbers of 34 digits and the zero 0E-6176 are read from the text, not through a float."""
    body = (FIXTURES / "costs_number_amounts_34_digits.raw.json").read_bytes()
    server.answer = Answer(body)
    ran = run("show", "costs", "--range", "2026-08-01", "--by", "line_item", "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    assert {row["line_item"]: row["amount"]["usd"] for row in ran.document["rows"]} == {
        "gpt-4o-mini-2024-07-18, output": "0.007605",
        "gpt-4o-mini-2024-07-18, input": "0.0036275",
        "gpt-4o-mini-2024-07-18, cached input": "0.00",
    }
    assert ran.document["totals"]["amount"]["usd"] == "0.0112325"


def test_completions_over_an_unaligned_month(server: Server, run: Callable[..., Ran]) -> None:
    """The clipped first and last bucket are put on their days; empty days are there, and empty."""
    name = "completions_ungrouped_30d.json"
    server.answer = Answer((FIXTURES / name).read_bytes())
    ran = run("show", "completions", "--range", "2025-01-11..2025-02-10", "--by", "none", "--format", "json")
    assert ran.code == 0, ran.err
    sums = {
        metric: sum(row[metric] for row in results(page(name)))
        for metric in ("input_tokens", "output_tokens", "num_model_requests", "input_cached_tokens")
    }
    document = ran.document
    assert {metric: document["totals"][metric] for metric in sums} == sums
    assert len(document["series"]) == 31
    assert sum(entry["totals"]["input_tokens"] == 0 for entry in document["series"]) == 5
    assert len(document["rows"]) == 1


def test_completions_over_two_pages(server: Server, run: Callable[..., Ran]) -> None:
    """The cursor is followed, and sent back with the very same question."""
    first = page("completions_by_model_paged.json")
    last = {"object": "page", "data": [], "has_more": False, "next_page": None}

    def answer(asked: Asked) -> Answer:
        return Answer(json.dumps(last if ("page", first["next_page"]) in asked.params else first).encode())

    server.answer = answer
    ran = run(
        "show",
        "completions",
        "--range",
        "2025-08-12..2025-08-14",
        "--width",
        "1d",
        "--by",
        "model",
        "--format",
        "json",
    )
    assert ran.code == 0, ran.err
    expected: dict[str, int] = defaultdict(int)
    for row in results(first):
        expected[row["model"]] += row["input_tokens"]
    assert {row["model"]: row["input_tokens"] for row in ran.document["rows"]} == expected
    questions = [sorted(set(one.params) - {("page", first["next_page"])}) for one in server.data_requests]
    assert len(questions) == 2
    assert questions[0] == questions[1]


@pytest.mark.parametrize("category", [one.name for one in CATEGORIES])
def test_the_official_examples(category: str, server: Server, run: Callable[..., Ran]) -> None:
    """Every category reads its example of the official document to its totals."""
    example = next((one for path, one in EXAMPLES.items() if path.endswith(f"/{category}")), None)
    if example is None:
        assert category == "decisions"  # younger than the document
        return
    start = example["data"][0]["start_time"]
    assert start == 1_730_419_200
    # Some examples name a next page that does not exist.
    server.answer = Answer(
        json.dumps({**example, "has_more": False, "next_page": None}, default=float).encode()
    )
    ran = run("show", category, "--range", "2024-11-01", "--width", "1d", "--by", "none", "--format", "json")
    assert ran.code == 0, ran.err
    rows = results(example)
    if category == "costs":
        assert ran.document["totals"] == {"amount": {"usd": "0.06"}}
        return
    about = next(one for one in CATEGORIES if one.name == category)
    for metric in about.main_metrics:
        assert ran.document["totals"][metric.name] == sum(row.get(metric.name) or 0 for row in rows)
