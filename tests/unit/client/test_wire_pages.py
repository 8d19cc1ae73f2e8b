"""The page itself: what is no page, whose list of buckets or cursor cannot be read, or is nested too deeply."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.client.support import bucket, completion, page, problems, read
from usagetop.client.faults import BrokenBody
from usagetop.errors import ServerFailed


@pytest.mark.fault("network", "answers that are no JSON, or absurdly deep", "a sentence, exit 4")
@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"data": [', b"\xff\xfe\x00", b"null and void", b"[" * 100_000]
)
def test_what_is_not_whole_json_is_a_fault_of_the_transport(body: bytes) -> None:
    """Cut, garbled or absurdly deep."""
    with pytest.raises(BrokenBody):
        read(body)
    with pytest.raises(BrokenBody):
        read(body, "costs")


def test_deep_values_inside_a_page() -> None:
    """Depth inside a row ends no program either."""
    deep = json.dumps(page(bucket(0, completion(dreams=271828)))).replace(
        "271828", "[" * 50_000 + "]" * 50_000
    )
    with pytest.raises(BrokenBody):
        read(deep.encode())


@pytest.mark.fault("network", "JSON of another API", "not an answer of this API, exit 4")
@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({}, "no data"),
        ([], "not an object"),
        (None, "not an object"),
        ({"error": {"message": "no\x1b[31m quota sk-admin-secret123"}}, "no␛[31m quota sk-admin-****"),
        ({"error": "down"}, "down"),
    ],
)
def test_json_that_is_not_a_page(body: object, why: str) -> None:
    """Another API's answer is said to be one."""
    with pytest.raises(ServerFailed, match="not an answer of this API") as caught:
        read(body)
    assert why in caught.value.why


@pytest.mark.parametrize("data", [None, {}, "x", 5])
def test_a_page_whose_data_is_no_list(data: object) -> None:
    """Nothing is read, and it is told."""
    read_page = read(page() | {"data": data})
    assert read_page.buckets == ()
    assert ("unreadable_values", "data", 1) in problems(read_page)


@pytest.mark.fault(
    "shape", "more is said to be there, without a cursor (missing, empty, no text)", "INCOMPLETE"
)
@pytest.mark.parametrize(
    ("fields", "more", "cursor", "field"),
    [
        ({"has_more": "yes"}, None, None, "has_more"),
        ({"has_more": True, "next_page": 5}, True, None, "next_page"),
        ({"has_more": True, "next_page": "\ud800"}, True, None, "next_page"),
        ({"has_more": True, "next_page": "x" * 5000}, True, None, "next_page"),
        ({"has_more": True, "next_page": ""}, True, None, ""),
        ({"has_more": True, "next_page": "page_A="}, True, "page_A=", ""),
    ],
)
def test_cursors(fields: dict[str, Any], more: bool | None, cursor: str | None, field: str) -> None:  # noqa: FBT001
    """A cursor is text that can be sent back."""
    read_page = read(page() | fields)
    assert (read_page.has_more, read_page.next_page) == (more, cursor)
    assert problems(read_page) == ({("unreadable_values", field, 1)} if field else set())
