"""Pages become packed buckets: what is readable exactly, what is not with a word about it."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.client.support import (
    DAY,
    FIRST,
    FIXTURES,
    bucket,
    completion,
    cost,
    extra,
    page,
    problems,
    read,
)
from usagetop.client.wire import NO_END, Page
from usagetop.model import money
from usagetop.model.categories import CATEGORIES


def raw(name: str) -> bytes:
    """A fixture's bytes."""
    return (FIXTURES / name).read_bytes()


def literals(body: bytes, field: str) -> list[Decimal]:
    """The numbers of a field, by nothing but a regular expression over the text."""
    found = re.findall(rf'"{field}"\s*:\s*"?(-?[0-9][0-9.eE+-]*)', body.decode())
    return [Decimal(text) for text in found]


def counts(read_page: Page, name: str) -> list[int | None]:
    """A metric over all rows of a page."""
    return [number for each in read_page.buckets if each.rows for number in each.counts(name)]


def amounts(read_page: Page, name: str = "amount") -> list[Decimal | None]:
    """Amounts over all rows of a page."""
    return [number for each in read_page.buckets if each.rows for number in each.amounts(name)]


@pytest.mark.parametrize("name", ["completions_ungrouped_30d.json", "completions_by_model_paged.json"])
@pytest.mark.parametrize(
    "metric", ["input_tokens", "output_tokens", "num_model_requests", "input_cached_tokens"]
)
def test_recorded_completions_have_the_sums_of_their_text(name: str, metric: str) -> None:
    """The recordings are read to the last token."""
    assert sum(counts(read(raw(name)), metric)) == sum(literals(raw(name), metric)) > 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "rows"),
    [("costs_by_line_item_string_amounts.json", 14), ("costs_number_amounts_34_digits.raw.json", 3)],
)
def test_recorded_costs_are_exact(name: str, rows: int) -> None:
    """34 digits, as strings or as number literals, and ``0E-6176``."""
    read_page = read(raw(name), "costs", ("line_item",))
    expected = money.total(number or Decimal(0) for number in literals(raw(name), "value"))
    assert money.total(amount for amount in amounts(read_page) if amount is not None) == expected > 0
    assert len(amounts(read_page)) == rows
    assert not problems(read_page)
    assert {value for each in read_page.buckets for value in each.dimension("currency")[1]} == {"usd"}


def test_recorded_quantities_are_exact_and_names_are_kept() -> None:
    """``51584.0`` is a quantity; undocumented names come along without a word."""
    name = "costs_by_line_item_string_amounts.json"
    read_page = read(raw(name), "costs", ("line_item",))
    expected = money.total(literals(raw(name), "quantity"))
    assert money.total(number for number in amounts(read_page, "quantity") if number is not None) == expected
    assert "project_name" in read_page.buckets[0].extras
    # Only line_item was asked for: that the rows name their project must not split the groups.
    assert not read_page.buckets[0].has("project_id")


# The document of that day does not know decisions yet.
@pytest.mark.parametrize("name", [about.name for about in CATEGORIES if about.name != "decisions"])
def test_the_official_example_of_every_category(name: str) -> None:
    """The document's own examples, one row each, without a problem."""
    about = next(each for each in CATEGORIES if each.name == name)
    examples = json.loads(raw("official_examples_usage_costs.json"), parse_float=str)
    example = examples[about.path]
    read_page = read(example, name, ())
    assert [each.rows for each in read_page.buckets] == [1]
    assert not problems(read_page)
    row = example["data"][0]["results"][0]
    for metric in about.main_metrics:
        if about.is_costs:
            assert amounts(read_page) == [Decimal(row["amount"]["value"])]
        else:
            assert counts(read_page, metric.name) == [row[metric.name]]


def test_the_unaligned_edges_of_a_recording_become_aligned() -> None:
    """The first and last bucket were clipped to the range; their identity is the day."""
    read_page = read(raw("completions_ungrouped_30d.json"), grain=())
    assert len(read_page.buckets) == 31
    assert read_page.edges[0][0] % DAY != 0
    assert all(each.start % DAY == 0 and each.end == each.start + DAY for each in read_page.buckets)


def test_dimensions_not_asked_for_are_dropped_and_empty_is_null() -> None:
    """Re-aggregation is by what was asked; ``""`` is what old rows write for null."""
    rows = [completion(model="", project_id="p"), completion(model=None), completion()]
    read_page = read(page(bucket(0, *rows)))
    codes, values = read_page.buckets[0].dimension("model")
    assert [values[code] for code in codes] == [None, None, "gpt-5.5"]
    assert read_page.buckets[0].dims == ("model",)


@pytest.mark.parametrize("odd", [{}, {"input_text_tokens": 1.0}], ids=["fast", "exact"])
def test_batch_is_a_word(odd: dict[str, Any]) -> None:
    """Booleans become the words that filters use, whichever reader reads them."""
    rows = [completion(batch=True, **odd), completion(batch=False), completion(batch=None)]
    codes, values = read(page(bucket(0, *rows)), grain=("batch",)).buckets[0].dimension("batch")
    assert [values[code] for code in codes] == ["true", "false", None]


def test_keys_that_are_left_out_are_null() -> None:
    """Gateways leave out the dimensions that were not grouped, and sometimes those that were."""
    row = completion()
    del row["model"]
    codes, values = read(page(bucket(0, row, completion()))).buckets[0].dimension("model")
    assert [values[code] for code in codes] == [None, "gpt-5.5"]


@pytest.mark.fault(
    "shape", "booleans, texts, fractions, NaN or 5,000 digits for counts", "told, in no total, INCOMPLETE"
)
@pytest.mark.parametrize(
    "value", [True, "10", 10.5, -0.5, [10], {"a": 1}, float("nan"), float("inf"), 10**4000, "", False]
)
def test_what_is_not_a_count_is_told_and_not_added(value: object) -> None:
    """The row stays, the number does not, and what came is kept for its details."""
    read_page = read(page(bucket(0, completion(), completion(input_tokens=value))))
    assert counts(read_page, "input_tokens") == [10, None]
    assert counts(read_page, "output_tokens") == [5, 5]
    assert problems(read_page) == {("unreadable_values", "input_tokens", 1)}
    assert extra(read_page.buckets[0], "input_tokens") == [None, json.dumps(value)]


@pytest.mark.parametrize("value", [True, "10", 10.5, [10]])
def test_a_breakdown_that_is_not_a_count_is_told(value: object) -> None:
    """A part of the input may be left out, but not be anything else."""
    rows = [completion(input_cached_tokens=4), completion(input_cached_tokens=value), completion()]
    read_page = read(page(bucket(0, *rows)))
    assert counts(read_page, "input_cached_tokens") == [4, None, None]
    assert problems(read_page) == {("unreadable_values", "input_cached_tokens", 1)}


@pytest.mark.fault(
    "shape", "booleans, texts, fractions, NaN or 5,000 digits for counts", "told, in no total, INCOMPLETE"
)
def test_five_thousand_digits_are_told() -> None:
    """Python refuses to read such an integer; the page does not fail for it."""
    body = json.dumps(page(bucket(0, completion(input_tokens=271828)))).replace("271828", "7" * 5000).encode()
    assert problems(read(body)) == {("unreadable_values", "input_tokens", 1)}


@pytest.mark.fault("shape", "whole numbers written as floats, huge or negative", "exact")
@pytest.mark.parametrize(
    ("literal", "number"),
    [
        ("51584.0", 51584),
        ("5e3", 5000),
        ("1E2", 100),
        ("0.0", 0),
        ("-3", -3),
        (str(2**70), 2**70),
        ("9" * 300,) * 2,
    ],
)
def test_integers_in_any_dress_are_counts(literal: str, number: int | str) -> None:
    """Whole numbers written as floats, beyond 64 bits, or negative are exact."""
    body = json.dumps(page(bucket(0, completion(input_tokens=271828)))).replace("271828", literal).encode()
    assert counts(read(body), "input_tokens") == [int(number)]
    assert not problems(read(body))


@pytest.mark.fault("shape", "1e999999 and other exponents", "told, never written out")
@pytest.mark.parametrize(
    "literal", ["1e99999999999999999999", "1e5000", "1e-5", "NaN", "-Infinity", "1e-9999999"]
)
def test_monstrous_numbers_are_told(literal: str) -> None:
    """No exponent is written out, and none ends the program."""
    body = json.dumps(page(bucket(0, completion(input_tokens=271828)))).replace("271828", literal).encode()
    assert problems(read(body)) == {("unreadable_values", "input_tokens", 1)}
    body = json.dumps(page(bucket(0, cost(271828)))).replace("271828", literal).encode()
    unreadable = set() if literal == "1e-5" else {("unreadable_values", "amount", 1)}
    assert problems(read(body, "costs", ("line_item",))) == unreadable


@pytest.mark.fault("shape", "null or missing metrics", "told as missing_values; the answer stays complete")
def test_missing_main_metrics_count_as_nothing() -> None:
    """Null or absent: told, and the answer stays complete; an absent breakdown is normal."""
    row = completion(input_tokens=None, input_cached_tokens=None)
    del row["output_tokens"]
    read_page = read(page(bucket(0, row, completion())))
    assert counts(read_page, "input_tokens") == [None, 10]
    assert counts(read_page, "output_tokens") == [None, 5]
    assert problems(read_page) == {
        ("missing_values", "input_tokens", 1),
        ("missing_values", "output_tokens", 1),
    }


@pytest.mark.fault("shape", "rows of an unknown object", "kept, in no total, INCOMPLETE")
def test_unknown_objects_are_kept_whole_and_not_added() -> None:
    """A new kind of row is never mistaken for the known one."""
    strange = completion(object="organization.usage.dreams.result", input_tokens=999)
    read_page = read(page(bucket(0, completion(), strange, 7)))
    assert counts(read_page, "input_tokens") == [10]
    assert json.loads(read_page.buckets[0].strays[0]) == strange
    assert read_page.buckets[0].strays[1] == "7"
    assert problems(read_page) == {
        ("unknown_objects", "organization.usage.dreams.result", 1),
        ("unknown_objects", "", 1),
    }


def test_a_row_without_a_name_is_taken_by_its_fields() -> None:
    """Gateways leave ``object`` out; a row that fits is one, a row that does not is none."""
    row = completion()
    del row["object"]
    read_page = read(page(bucket(0, row, {"images": 3})))
    assert counts(read_page, "input_tokens") == [10]
    assert [problem[0] for problem in problems(read_page)] == ["unknown_objects"]


@pytest.mark.parametrize("odd", [{}, {"input_text_tokens": 1.0}], ids=["fast", "exact"])
def test_unknown_fields_are_kept_and_told(odd: dict[str, Any]) -> None:
    """They stay visible in the details; seen names do so without a word."""
    rows = [completion(dreams=5, project_name="Demo", **odd), completion(project_name=None)]
    read_page = read(page(bucket(0, *rows)))
    assert problems(read_page) == {("unknown_fields", "dreams", 1)}
    assert extra(read_page.buckets[0], "dreams") == ["5", None]
    assert extra(read_page.buckets[0], "project_name") == ['"Demo"', None]


def test_unknown_numbers_keep_their_digits() -> None:
    """An unknown field is kept as it was written."""
    body = (
        json.dumps(page(bucket(0, completion(dreams=271828))))
        .replace("271828", "0.1234567890123456789012")
        .encode()
    )
    assert extra(read(body).buckets[0], "dreams") == ["0.1234567890123456789012"]


def test_a_dimension_of_the_wrong_type_is_told() -> None:
    """It keeps its JSON text, so that the row stays in a group of its own."""
    read_page = read(page(bucket(0, completion(model=5), completion(model=True))))
    assert read_page.buckets[0].dimension("model")[1] == ("5", "true")
    assert problems(read_page) == {("unreadable_values", "model", 2)}


@pytest.mark.fault("shape", "amounts negative, null, without currency, of wrong types", "exact or told")
@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (cost("-2.5"), (Decimal("-2.5"), "usd", None)),
        (cost(3, "EUR"), (Decimal(3), "eur", None)),
        (cost(None), (None, "usd", "missing_values")),
        (cost(amount=None), (None, None, "missing_values")),
        (cost("1", None), (None, None, "unreadable_values")),
        (cost("1", 5), (None, None, "unreadable_values")),
        (cost("one"), (None, "usd", "unreadable_values")),
        (cost("1e40"), (None, "usd", "unreadable_values")),
        (cost(amount=5), (None, None, "unreadable_values")),
        (cost(True), (None, "usd", "unreadable_values")),
    ],
)
def test_amounts(row: object, expected: tuple[Decimal | None, str | None, str | None]) -> None:
    """An amount needs a readable value and a currency."""
    read_page = read(page(bucket(0, row, cost("1"))), "costs", ("line_item",))
    amount, currency, code = expected
    each = read_page.buckets[0]
    codes, values = each.dimension("currency")
    assert (each.amounts("amount")[0], values[codes[0]]) == (amount, currency)
    assert each.amounts("amount")[1] == 1
    assert problems(read_page) == ({(code, "amount", 1)} if code else set())


def test_quantities_have_their_unit() -> None:
    """The unit is an open set and a dimension."""
    rows = [cost(quantity=1.5, quantity_unit="tokens"), cost(quantity="x", quantity_unit=None)]
    read_page = read(page(bucket(0, *rows)), "costs", ("line_item",))
    assert amounts(read_page, "quantity") == [Decimal("1.5"), None]
    assert read_page.buckets[0].dimension("quantity_unit")[1] == ("tokens", None)
    assert problems(read_page) == {("unreadable_values", "quantity", 1)}


@pytest.mark.fault("shape", "a bucket without a readable start", "left out, INCOMPLETE")
@pytest.mark.parametrize(
    "fields", [{"start_time": None}, {"start_time": "1793491200"}, {"start_time": -5}, {"start_time": 10**30}]
)
def test_a_bucket_without_a_start_is_left_out(fields: dict[str, Any]) -> None:
    """Its rows belong to no day; that it is missing will be told."""
    read_page = read(page(bucket(0, completion(), **fields), bucket(1, completion())))
    assert [each.start for each in read_page.buckets] == [FIRST + DAY]
    assert problems(read_page) == {("unreadable_values", "start_time", 1)}


@pytest.mark.fault("shape", "a bucket without rows to read", "unknown, not empty; INCOMPLETE")
@pytest.mark.parametrize("results", [None, {}, "rows", 5])
def test_a_bucket_without_a_list_of_rows_is_unknown_not_empty(results: object) -> None:
    """Zero would be a wrong total that looks right."""
    read_page = read(page(bucket(0, results=None) | {"results": results}))
    assert read_page.buckets == ()
    assert problems(read_page) == {("unreadable_values", "results", 1)}


def test_old_documents_say_result() -> None:
    """The field's old name is read too."""
    old = bucket(0)
    old["result"] = [completion()]
    del old["results"]
    assert counts(read(page(old)), "input_tokens") == [10]


def test_ends() -> None:
    """An end that was left out is None, one that cannot be read is told apart."""
    assert read(page(bucket(0, end_time=None))).edges == ((FIRST, None),)
    assert read(page(bucket(0, end_time="soon"))).edges == ((FIRST, NO_END),)
