"""What an answer says twice, in two ways: nobody can know which is meant, so it is told and not added."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.client.support import bucket, completion, cost, page, problems, read
from usagetop.client import wire, wire_fast
from usagetop.client.wire_values import Oddity, load, text_of
from usagetop.model.categories import category

USAGE = json.dumps(page(bucket(0, completion()), bucket(1, completion())))
COSTS = json.dumps(page(bucket(0, cost("1.50")), bucket(1, cost("2"))))


def with_two(text: str, field: str, other: str) -> bytes:
    """The text with the first field of this name given once more before it, with another value."""
    assert f'"{field}": ' in text
    return text.replace(f'"{field}": ', f'"{field}": {other}, "{field}": ', 1).encode()


@pytest.mark.fault(
    "shape", "a JSON object names a field twice", "the value is told as unreadable; two that agree are one"
)
@pytest.mark.parametrize(
    ("text", "field", "other", "problem"),
    [
        (USAGE, "input_tokens", "99", ("unreadable_values", "input_tokens")),
        (USAGE, "model", '"gpt-6"', ("unreadable_values", "model")),
        (USAGE, "results", "[]", ("unreadable_values", "results")),
        (USAGE, "start_time", "0", ("unreadable_values", "start_time")),
        (USAGE, "data", "[]", ("unreadable_values", "data")),
        (USAGE, "has_more", "true", ("unreadable_values", "has_more")),
        (USAGE, "next_page", '"a"', ("unreadable_values", "next_page")),
        (COSTS, "value", "99", ("unreadable_values", "amount")),
        (COSTS, "currency", '"eur"', ("unreadable_values", "amount")),
        (COSTS, "amount", '{"value": 1, "currency": "usd"}', ("unreadable_values", "amount")),
        (COSTS, "line_item", '"x"', ("unreadable_values", "line_item")),
    ],
)
def test_a_field_given_twice_is_unreadable(
    text: str, field: str, other: str, problem: tuple[str, str]
) -> None:
    """Parsers keep the first or the last of them: whichever it were, the total would look right."""
    name, grain = ("costs", ("line_item",)) if text is COSTS else ("completions", ("model",))
    assert (*problem, 1) in problems(read(with_two(text, field, other), name, grain))


@pytest.mark.fault(
    "shape", "a JSON object names a field twice", "the value is told as unreadable; two that agree are one"
)
def test_twice_the_same_is_the_same() -> None:
    """Nothing is in doubt then."""
    twice = read(with_two(USAGE, "input_tokens", "10"))
    assert twice == read(USAGE.encode())


@pytest.mark.parametrize("space", ["", " ", "\n", "\t \r"])
def test_the_fast_reader_sees_two_of_a_name_however_they_are_spaced(space: str) -> None:
    """Also where the texts of the page hold colons and quotes, which must not make up for it."""
    for model in ("gpt-5.5", "ft:gpt-4o:org:name:id", 'a":b', ":", '\\":'):
        text = json.dumps(page(bucket(0, completion(model=model))))
        body = text.replace('"input_tokens": 10', f'"input_tokens"{space}: 99, "input_tokens"{space}: 10')
        with pytest.raises(wire_fast.Doubt):
            wire_fast.read(body.encode(), category("completions"), ("model",), 86_400)
        assert ("unreadable_values", "input_tokens", 1) in problems(read(body.encode()))


def test_names_with_colons_are_read_fast() -> None:
    """A fine-tuned model is nothing to be in doubt about."""
    body = json.dumps(page(bucket(0, completion(model="ft:gpt-4o:org:name:id")))).encode()
    _, buckets = wire_fast.read(body, category("completions"), ("model",), 86_400)
    assert buckets[0].dimension("model")[1] == ("ft:gpt-4o:org:name:id",)


@pytest.mark.fault(
    "shape", "rows under the new and the old name of the field at once", "INCOMPLETE, unless they agree"
)
def test_rows_under_both_names_are_one_or_unknown() -> None:
    """``result`` is the old name of ``results``."""
    same = bucket(0, completion(), result=[completion()])
    assert [each.rows for each in read(page(same)).buckets] == [1]
    other = bucket(0, completion(), result=[completion(), completion()])
    assert problems(read(page(other))) == {("unreadable_values", "results", 1)}


@pytest.mark.fault("shape", "an error beside the rows of a page", "INCOMPLETE, with the server's words")
@pytest.mark.parametrize(
    ("error", "words"),
    [("down\x1b[31m", "down␛[31m"), ({"message": "half"}, "half"), (5, "it does not say which"), (None, "")],
)
def test_an_error_beside_rows_is_heard(error: Any, words: str) -> None:  # noqa: ANN401 - anything
    """By both readers."""
    assert read(page(bucket(0, completion())) | {"error": error}).complaint == words
    assert read(page(bucket(0, cost())) | {"error": error}, "costs").complaint == words


def test_what_was_said_twice_is_kept_for_the_details() -> None:
    """Both values, as JSON."""
    value = load(b'{"a": 1, "a": 2.50, "a": 1, "b": 3}')
    assert value == {"a": Oddity("[1, 2.50]"), "b": 3}
    assert text_of(value) == '{"a": [1, 2.50], "b": 3}'
    assert (
        wire.read_page(b'{"data": [], "x": 1, "x": true}', category("costs"), (), step=86_400).buckets == ()
    )


def test_an_escaped_colon_hides_no_second_name() -> None:
    """Texts whose colons are written as escapes could make up for the colon of a doubled name."""

    class Texts:
        def colons(self) -> int:
            return 1

    body = rb'{"a":"x","a":"\u003a"}'
    with pytest.raises(wire_fast.Doubt):
        wire_fast._check_names(body, 1, Texts())  # type: ignore[arg-type]
    wire_fast._check_names(b'{"a":"x:y"}', 1, Texts())  # type: ignore[arg-type]
