"""The fast reader takes every usual page, and gives what the exact one gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.unit.client.support import bucket, completion, page, read
from usagetop.client import wire

if TYPE_CHECKING:
    import pytest


def test_every_number_of_a_usual_page_is_read_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers up to 31 bits, null and absent breakdowns, 64 bits and more: the exact reader is not needed."""
    monkeypatch.setattr(wire, "_exact", None)
    largest = [0, 255, 2**31 - 1, 2**31, 2**64 - 1, 2**64, -1]
    for number in largest:
        rows = [completion(input_tokens=number, input_cached_tokens=7), completion(input_cached_tokens=7)]
        first, empty, last = read(page(bucket(0, *rows), bucket(1), bucket(2, *rows))).buckets
        assert list(first.counts("input_tokens")) == list(last.counts("input_tokens")) == [number, 10]
        assert empty.rows == 0
    rows = [completion(input_cached_tokens=7), completion(input_cached_tokens=None), completion()]
    for some in (rows, rows[:2], rows[::2]):
        read_page = read(page(bucket(0, *some), bucket(1, completion())))
        assert read_page.buckets[0].counts("input_cached_tokens") == [7, None, None][: len(some)]
        assert read_page.buckets[1].metrics == ("input_tokens", "output_tokens", "num_model_requests")


def test_another_form_of_marshalled_numbers_is_read_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """A later Python may write its integers in other letters: the same buckets, only slower."""
    body = page(*(bucket(day, completion(input_tokens=day), completion()) for day in range(3)))
    usual = read(body)
    for other in (b"", b"\0" * 15, b"i" * 30):
        monkeypatch.setattr("marshal.dumps", lambda _values, _version, other=other: other)
        assert read(body) == usual
