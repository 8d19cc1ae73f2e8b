"""``usagetop show`` on the demo organization: sums, orders, formats, files, words."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from usagetop.model.categories import CATEGORIES
from usagetop.model.money import total

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Ran

NAMES = [one.name for one in CATEGORIES]


def sums(entries: list[Any], metric: str) -> object:
    """The sum of a metric over rows or series: counts, or exact amounts by currency."""
    if metric != "amount":
        return sum(entry[metric] for entry in entries)
    currencies = {name for entry in entries for name in entry["amount"]}
    return {
        name: total(Decimal(entry["amount"][name]) for entry in entries if name in entry["amount"])
        for name in currencies
    }


def exact(amounts: dict[str, str]) -> dict[str, Decimal]:
    """Amounts as decimals."""
    return {name: Decimal(text) for name, text in amounts.items()}


@pytest.mark.parametrize("name", NAMES)
def test_total_is_rows_is_series(name: str, run: Callable[..., Ran]) -> None:
    """For every category and every additive main metric; a level as INTERFACE.md says."""
    document = run("show", name, "--demo", "--range", "7d", "--no-names", "--format", "json").document
    about = next(one for one in CATEGORIES if one.name == name)
    rows, series = document["rows"], [entry["totals"] for entry in document["series"]]
    assert rows
    for metric in about.main_metrics:
        if metric.kind == "level":
            last = [entry for entry in document["series"] if entry["totals"][metric.name]][-1]
            assert document["totals"][metric.name] == last["totals"][metric.name]
            current = [row for row in rows if row["as_of"] == last["start"]]
            assert document["totals"][metric.name] == sum(row[metric.name] for row in current)
            continue
        whole = document["totals"][metric.name]
        expected = exact(whole) if metric.name == "amount" else whole
        assert sums(rows, metric.name) == expected
        assert sums(series, metric.name) == expected
    assert document["series"][-1]["partial"] is True
    assert document["source"]["base_url"] == "demo:spike"


@pytest.mark.parametrize("name", NAMES)
def test_top_leaves_the_totals_alone(name: str, run: Callable[..., Ran]) -> None:
    """The rest becomes one row whose sums are what is missing."""
    words = ("show", name, "--demo", "--range", "7d", "--by", "project_id", "--no-names", "--format", "json")
    whole, top = run(*words).document, run(*words, "--top", "1").document
    assert top["totals"] == whole["totals"]
    assert top["rows"][0] == whole["rows"][0]
    if len(whole["rows"]) == 1:
        assert top["rows"] == whole["rows"]
        return
    rest = top["rows"][-1]
    assert list(rest)[:3] == ["row", "groups", "project_id"]
    assert (rest["row"], rest["groups"], rest["project_id"]) == ("other", len(whole["rows"]) - 1, None)
    metric = CATEGORIES[NAMES.index(name)].metrics[0]
    if metric.name == "amount":
        assert exact(rest["amount"]) == sums(whole["rows"][1:], "amount")
    else:
        assert rest[metric.name] == sums(whole["rows"][1:], metric.name)


def test_the_json_has_the_keys_of_the_interface_in_their_order(run: Callable[..., Ran]) -> None:
    """As in the example of INTERFACE.md."""
    document = run("show", "costs", "--demo", "--range", "mtd", "--format", "json").document
    assert list(document) == [
        "schema_version",
        "category",
        "range",
        "group_by",
        "filters",
        "excluded",
        "complete",
        "source",
        "notices",
        "totals",
        "rows",
        "series",
    ]
    assert list(document["range"]) == ["start", "end", "width"]
    assert list(document["source"]) == (
        ["base_url", "requests", "name_requests", "cached_buckets", "fetched_buckets", "fetched_at"]
    )


def test_default_order_is_the_metric_descending(run: Callable[..., Ran]) -> None:
    """And --sort reverses it, or sorts by a dimension, null last either way."""
    words = ("show", "completions", "--demo", "--range", "7d", "--by", "user_id", "--format", "json")
    counts = [row["input_tokens"] for row in run(*words).document["rows"]]
    assert counts == sorted(counts, reverse=True)
    rising = [row["input_tokens"] for row in run(*words, "--sort", "input_tokens:asc").document["rows"]]
    assert rising == sorted(counts)
    users = [row["user_id"] for row in run(*words, "--sort", "user_id").document["rows"]]
    assert [user for user in users if user] == sorted(user for user in users if user)


def test_buckets_are_rows(run: Callable[..., Ran]) -> None:
    """``bucket`` gives start and end in JSON and csv, one row per bucket and group."""
    words = ("show", "costs", "--demo", "--range", "3d", "--by", "bucket,project_id")
    rows = run(*words, "--format", "json").document["rows"]
    assert list(rows[0])[:3] == ["start", "end", "project_id"]
    assert len({row["start"] for row in rows}) == 3
    table = list(csv.DictReader(io.StringIO(run(*words, "--format", "csv").out)))
    assert list(table[0]) == ["start", "end", "project_id", "project_name", "amount", "currency"]
    assert total(Decimal(line["amount"]) for line in table) == total(
        Decimal(row["amount"]["usd"]) for row in rows
    )


def test_batch_is_a_boolean(run: Callable[..., Ran]) -> None:
    """In rows and in filters."""
    words = ("show", "completions", "--demo", "--by", "batch", "--filter", "batch=true", "--format", "json")
    document = run(*words).document
    assert document["filters"] == {"batch": [True]}
    assert {row["batch"] for row in document["rows"]} == {True}


def test_a_filter_on_what_the_server_cannot_filter(run: Callable[..., Ran]) -> None:
    """Null, exclusion and unfiltered dimensions are grouped and kept here; both sides make the whole."""
    words = ("show", "completions", "--demo", "--range", "7d", "--by", "none", "--format", "json")
    whole = run(*words).document["totals"]["input_tokens"]
    for kept, dropped in [
        ("service_tier=default", "service_tier!=default"),
        ("model=gpt-5.5-2026-04-23", "model!=gpt-5.5-2026-04-23"),
    ]:
        parts = [run(*words, "--filter", text).document["totals"]["input_tokens"] for text in (kept, dropped)]
        assert sum(parts) == whole
        assert all(parts)


def test_names_stand_for_ids(run: Callable[..., Ran]) -> None:
    """A project's name in a filter is the same as its id; an unknown one is exit 2."""
    words = ("show", "costs", "--demo", "--range", "7d", "--by", "project_id", "--format", "json")
    row = run(*words).document["rows"][0]
    named = run(*words, "--filter", f"project_id={row['project_name']}").document
    assert named["filters"] == {"project_id": [row["project_id"]]}
    assert named["totals"]["amount"] == row["amount"]
    assert named["source"]["name_requests"] > 0
    ran = run(*words, "--filter", "project_id=no such project")
    assert (ran.code, ran.out) == (2, "")
    assert "no such project" in ran.err


def test_no_names_asks_for_none(run: Callable[..., Ran]) -> None:
    """--no-names: no requests, and ids alone."""
    words = ("show", "completions", "--demo", "--range", "7d", "--by", "user_id", "--format", "json")
    document = run(*words, "--no-names").document
    assert document["source"]["name_requests"] == 0
    assert all("user_name" not in row for row in document["rows"])
    named = run(*words).document
    assert 0 < named["source"]["name_requests"] <= 20
    assert any("user_name" in row for row in named["rows"])


def test_an_hour_range_widens_for_costs(run: Callable[..., Ran]) -> None:
    """Costs have days only, and it is said."""
    document = run("show", "costs", "--demo", "--range", "5h", "--format", "json").document
    assert "range_widened" in {notice["code"] for notice in document["notices"]}
    assert document["range"]["start"].endswith("T00:00:00Z")


def test_the_derived_model_of_costs(run: Callable[..., Ran]) -> None:
    """Read from the line item, and told."""
    document = run("show", "costs", "--demo", "--by", "model", "--format", "json").document
    assert "derived_dimension" in {notice["code"] for notice in document["notices"]}
    assert all("model" in row for row in document["rows"])


def test_jsonl_are_the_rows(run: Callable[..., Ran]) -> None:
    """One object a line, the same as in the document."""
    words = ("show", "embeddings", "--demo", "--range", "7d", "--format")
    lines = [json.loads(line) for line in run(*words, "jsonl").out.splitlines()]
    assert lines == run(*words, "json").document["rows"]


def test_the_words_stand_in_the_table(run: Callable[..., Ran]) -> None:
    """DEMO and PARTIAL, no colour where there is no terminal, and an empty organization."""
    out = run("show", "costs", "--demo", "--range", "mtd").out
    assert "DEMO PARTIAL" in out
    assert "\x1b" not in out
    assert "total" in out
    ran = run("show", "costs", "--scenario", "empty")
    assert (ran.code, ran.err) == (0, "")


def test_a_file_holds_what_stdout_would(run: Callable[..., Ran], tmp_path: Path) -> None:
    """--output writes the same bytes, 0600; a second time only with --force."""
    words = ("show", "embeddings", "--demo", "--range", "2026-01-05..2026-01-09", "--format", "csv")
    target = tmp_path / "embeddings.csv"
    printed = run(*words)
    ran = run(*words, "--output", str(target))
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert target.read_text() == printed.out
    assert target.stat().st_mode & 0o777 == 0o600
    again = run(*words, "--output", str(target))
    assert (again.code, again.out) == (2, "")
    assert "--force" in again.err
    assert run(*words, "--output", str(target), "--force").code == 0


@pytest.mark.parametrize("form", ["table", "csv", "tsv", "json", "jsonl", "markdown"])
def test_every_format_prints(form: str, run: Callable[..., Ran]) -> None:
    """And ends with a line feed."""
    ran = run("show", "costs", "--demo", "--range", "3d", "--format", form)
    assert ran.code == 0
    assert ran.out.endswith("\n")
