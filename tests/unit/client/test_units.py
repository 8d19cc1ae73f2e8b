"""Sealed units: what comes back is what was stored, or nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.client.buckets import DAY, FIRST, bucket, unit
from usagetop.client.units import (
    Grain,
    Scope,
    Unit,
    decode_note,
    decode_unit,
    digest,
    encode_note,
    encode_unit,
)
from usagetop.model.columns import pack
from usagetop.model.secret import Secret
from usagetop.settings import key_fingerprint

URL = "https://api.openai.com/v1"
SCOPE = Scope.of(URL, Secret("sk-admin-one"))
GRAIN = Grain(SCOPE, "embeddings", "1d", ("model", "project_id"), (("model", ("a", "b")),))


def others() -> Iterator[Grain]:
    """Grains that differ from GRAIN in one thing each."""
    yield GRAIN._replace(scope=Scope("https://proxy.example/v1", SCOPE.fingerprint))
    yield GRAIN._replace(scope=Scope.of(URL, Secret("sk-admin-two")))
    yield GRAIN._replace(category="moderations")
    yield GRAIN._replace(width="1h")
    yield GRAIN._replace(dimensions=("model",))
    yield GRAIN._replace(filters=())
    yield GRAIN._replace(filters=(("model", ("a,b",)),))
    yield GRAIN._replace(filters=(("model", ("a",)), ("project_id", ("b",))))


def test_a_unit_comes_back_as_it_was() -> None:
    """With every bucket, and when it was fetched."""
    assert decode_unit(GRAIN, FIRST, encode_unit(GRAIN, unit(FIRST, 7))) == unit(FIRST, 7)


def test_an_open_unit_comes_back() -> None:
    """A day of hours that was asked at noon holds twelve."""
    hours = GRAIN._replace(width="1h")
    stored = Unit(
        FIRST, FIRST + 43_230, FIRST + 43_200, tuple(bucket(FIRST + n * 3600, 1, 3600) for n in range(12))
    )
    assert decode_unit(hours, FIRST, encode_unit(hours, stored)) == stored
    assert stored.holds([FIRST + 39_600])
    assert not stored.holds([FIRST + 43_200])


def test_a_large_bucket_is_stored_with_its_summary() -> None:
    """Nothing else about it changes: it is the same as one that comes from the network."""
    users = [f"u{at}" for at in range(300)]
    day = pack(
        FIRST,
        FIRST + DAY,
        300,
        dims={"model": ["m"] * 300, "user_id": users},
        counts={"input_tokens": range(300)},
        amounts={},
    )
    grain = GRAIN._replace(dimensions=("model", "user_id"))
    (stored,) = decode_unit(grain, FIRST, encode_unit(grain, Unit(FIRST, FIRST, FIRST + DAY, (day,)))).buckets
    assert stored._replace(summary=b"") == day
    assert list(stored.coarser({"model"}).counts("input_tokens")) == [sum(range(300))]


@pytest.mark.parametrize("other", tuple(others()))
def test_every_part_of_the_question_is_in_the_key(other: Grain) -> None:
    """Another host, key, category, width, grain or filter is another row."""
    assert other.key(FIRST) != GRAIN.key(FIRST)
    assert GRAIN.key(FIRST + DAY) != GRAIN.key(FIRST)


@pytest.mark.parametrize("other", tuple(others()))
def test_a_row_under_another_key_is_refused(other: Grain) -> None:
    """Rows that were exchanged in the file are not taken for one another."""
    with pytest.raises(ValueError, match="digest"):
        decode_unit(other, FIRST, encode_unit(GRAIN, unit(FIRST, 7)))


def test_a_row_of_another_day_is_refused() -> None:
    """Also within the same grain."""
    with pytest.raises(ValueError, match="digest"):
        decode_unit(GRAIN, FIRST + DAY, encode_unit(GRAIN, unit(FIRST, 7)))


@given(st.data())
@pytest.mark.fault(
    "cache",
    "a byte of a stored unit is changed",
    "the unit is refused",
)
def test_no_changed_byte_goes_unnoticed(data: st.DataObject) -> None:
    """Bits flipped, bytes cut or added anywhere."""
    sealed = encode_unit(GRAIN, unit(FIRST, 7))
    at = data.draw(st.integers(0, len(sealed) - 1))
    flipped = bytearray(sealed)
    flipped[at] ^= 1 << data.draw(st.integers(0, 7))
    for damaged in (bytes(flipped), sealed[:at], sealed + sealed[: at + 1]):
        with pytest.raises(ValueError, match="digest"):
            decode_unit(GRAIN, FIRST, damaged)


@given(st.binary(max_size=200))
def test_anything_else_is_refused(data: bytes) -> None:
    """Rows of an earlier program, of another, or of an attacker."""
    with pytest.raises(ValueError, match="digest"):
        decode_unit(GRAIN, FIRST, data)


def test_a_unit_that_lacks_a_bucket_is_refused() -> None:
    """Rightly sealed, but incomplete: it is never taken for complete."""
    hours = GRAIN._replace(width="1h")
    gap = Unit(FIRST, FIRST + DAY, FIRST + 7200, (bucket(FIRST + 3600, 1, 3600),))
    with pytest.raises(ValueError, match="something else"):
        decode_unit(hours, FIRST, encode_unit(hours, gap))


def test_notes_come_back_and_are_bound_to_their_name() -> None:
    """Names are stored as text, under a name of their own."""
    key, other = digest("note", SCOPE, "names"), digest("note", SCOPE, "others")
    assert decode_note(SCOPE, key, encode_note(SCOPE, key, FIRST, b"{}")) == (FIRST, b"{}")
    with pytest.raises(ValueError, match="digest"):
        decode_note(SCOPE, other, encode_note(SCOPE, key, FIRST, b"{}"))


def test_a_fingerprint_is_not_the_key() -> None:
    """Equal for equal keys, and nothing of the key in it; no key has none. It is what settings remember."""
    key = "sk-admin-canary-0123456789"
    mark = Scope.of(URL, Secret(key)).fingerprint
    assert mark == Scope.of(URL, Secret(key)).fingerprint == key_fingerprint(Secret(key), URL)
    assert not any(part in mark for part in ("sk-", "admin", "canary", "0123456789"))
    assert Scope.of(URL, None) == Scope(URL, "")


def test_raw_values_of_any_kind_make_a_key() -> None:
    """A filter value with a lone surrogate is still a value."""
    assert GRAIN._replace(filters=(("model", ("\ud800",)),)).key(FIRST) != GRAIN.key(FIRST)
