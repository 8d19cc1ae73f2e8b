"""Everything that the API gave for one row: exact numbers, unknown fields, and nothing that acts."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from tests.unit.analysis.rows import TODAY, bucket_of, query
from tests.unit.model.moments import DAY
from usagetop.analysis.details import details
from usagetop.analysis.frame import rollup
from usagetop.model.columns import Bucket, pack


def with_extras(days_ago: int, extras: dict[str, list[str | None]], models: list[str | None]) -> Bucket:
    """A day of completions with undocumented fields, as JSON texts."""
    start = TODAY - days_ago * DAY
    return pack(
        start,
        start + DAY,
        len(models),
        dims={"model": models},
        counts={"input_tokens": [7] * len(models)},
        amounts={},
        extras=extras,
    )


def test_numbers_are_exact_and_dimensions_come_first() -> None:
    """All 34 digits of an amount, in the order of the frame."""
    amount = Decimal("1.234567890123456789012345678901234")
    rows = [{"line_item": "gpt, input", "currency": "usd", "amount": amount, "quantity": Decimal("2E+3"),
             "quantity_unit": "tokens"}]  # fmt: skip
    dims = ("line_item", "currency", "quantity_unit")
    buckets = [bucket_of(ago, rows, dims, ("amount", "quantity")) for ago in (2, 1)]
    asked = query("costs", "line_item")
    frame = rollup(asked, buckets)
    pairs = details(asked, buckets, frame, ("gpt, input", "usd"))
    assert pairs[:2] == [("line_item", "gpt, input"), ("currency", "usd")]
    found = dict(pairs)
    assert found["amount"] == "2.469135780246913578024691357802468"
    assert found["quantity"] == "4000"
    assert found["quantity_unit"] == "tokens"
    assert found["rows"] == "2 in 2 buckets"


def test_unknown_fields_of_the_row_alone_are_listed_once_each() -> None:
    """Strings without quotes, null not at all; those of other rows are theirs."""
    extras: dict[str, list[str | None]] = {
        "new_field": ['"seen"', '"other"', '"seen"', "null"],
        "deep": ['{"a": [1]}', None, '{"a": [1]}', None],
    }
    buckets = [with_extras(1, extras, ["m", "n", "m", "m"])]
    asked = query("completions", "model")
    pairs = dict(details(asked, buckets, rollup(asked, buckets), ("m",)))
    assert pairs["new_field"] == "seen"
    assert json.loads(pairs["deep"]) == {"a": [1]}
    assert pairs["rows"] == "3 in 1 bucket"
    assert "other" not in str(pairs)


def test_many_values_are_counted_after_the_first_five() -> None:
    """A dialog is no file."""
    texts: list[str | None] = [f'"v{number}"' for number in range(8)]
    buckets = [with_extras(1, {"tag": texts}, ["m"] * 8)]
    asked = query("completions", "model")
    pairs = dict(details(asked, buckets, rollup(asked, buckets), ("m",)))
    assert pairs["tag"] == "v0, v1, v2, v3, v4 … and 3 more"


@pytest.mark.parametrize("hostile", ["\x1b]52;c;aGk=\x07", "\u202edcba", "x" * 5_000, "a\nb"])
def test_fields_and_their_names_are_drawable(hostile: str) -> None:
    """They come from outside as everything else does."""
    buckets = [with_extras(1, {hostile: [json.dumps(hostile)]}, [hostile])]
    asked = query("completions", "model")
    pairs = details(asked, buckets, rollup(asked, buckets), (hostile,))
    for pair in pairs:
        for text in pair:
            assert text.isprintable() or text == ""
            assert len(text) <= 1_000


def test_a_null_value_reads_null() -> None:
    """As in the JSON."""
    buckets = [with_extras(1, {}, [None])]
    asked = query("completions", "model")
    assert details(asked, buckets, rollup(asked, buckets), (None,))[0] == ("model", "null")


def test_filters_and_buckets_narrow_what_stands_behind_the_row() -> None:
    """A row of one bucket tells of that bucket."""
    buckets = [with_extras(ago, {"day": [f'"{ago}"', f'"{ago}x"']}, ["m", "n"]) for ago in (2, 1)]
    asked = query("completions", "bucket", "model=m")
    pairs = dict(details(asked, buckets, rollup(asked, buckets), (TODAY - DAY,)))
    assert pairs["day"] == "1"
    assert pairs["rows"] == "1 in 1 bucket"
