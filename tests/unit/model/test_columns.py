"""Packed buckets: nothing is lost on the way in and out, and damaged bytes are one kind of error."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usagetop.model.columns import MOST_ROWS, Bucket, Problem, decode, pack

dim_values = st.none() | st.text(st.characters(), max_size=8)
count_values = st.none() | st.integers(0, 300) | st.integers(-(2**70), 2**70) | st.integers(0, 2**64)
money_values = st.none() | st.builds(
    lambda digits, exponent: Decimal((0 if digits >= 0 else 1, tuple(map(int, str(abs(digits)))), exponent)),
    st.integers(-(10**34), 10**34),
    st.integers(-60, 0),
)


def columns_of(size: int, values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, list[Any]]]:
    """A few columns of that many values."""
    return st.dictionaries(
        st.text(st.characters(), max_size=6), st.lists(values, min_size=size, max_size=size), max_size=3
    )


@st.composite
def packed(draw: st.DrawFn) -> tuple[dict[str, Any], Bucket]:
    """What was packed, and the bucket."""
    rows = draw(st.integers(0, 12))
    counts = draw(columns_of(rows, count_values))
    parts: dict[str, Any] = {
        "dims": draw(columns_of(rows, dim_values)),
        "counts": {f"n{name}": numbers for name, numbers in counts.items()},
        "amounts": draw(
            st.fixed_dictionaries({"amount": st.lists(money_values, min_size=rows, max_size=rows)})
        ),
        "extras": draw(columns_of(rows, dim_values)),
        "problems": draw(
            st.lists(
                st.builds(Problem, st.text(max_size=5), st.text(max_size=5), st.integers(0, 9)), max_size=2
            )
        ),
        "strays": draw(st.lists(st.text(st.characters(), max_size=5), max_size=2)),
    }
    start = draw(st.integers(0, 2**33))
    return {"start": start, "rows": rows, **parts}, pack(start, start + 86400, rows, **parts)


@given(packed())
def test_everything_comes_back(case: tuple[dict[str, Any], Bucket]) -> None:
    """Values of every size and kind, from the bucket itself and from its bytes."""
    given_, bucket = case
    again = decode(bucket.encode())
    assert again == bucket
    assert again.encode() == bucket.encode()
    for found in (bucket, again):
        assert (found.start, found.end, found.rows) == (
            given_["start"],
            given_["start"] + 86400,
            given_["rows"],
        )
        assert set(found.dims) == set(given_["dims"])
        assert set(found.extras) == set(given_["extras"])
        assert found.problems == tuple(given_["problems"])
        assert found.strays == tuple(given_["strays"])
        for name, values in given_["dims"].items():
            assert found.has(name)
            codes, known = found.dimension(name)
            assert [known[code] for code in codes] == values
        for name, values in given_["extras"].items():
            codes, known = found.extra(name)  # noqa: S610 - not Django
            assert [known[code] for code in codes] == values
        for name, values in {**given_["counts"], **given_["amounts"]}.items():
            if found.rows and all(value is None for value in values):
                assert name not in found.metrics
            elif name == "amount":
                assert [str(value) for value in found.amounts(name)] == [str(value) for value in values]
            else:
                assert list(found.counts(name)) == values


@pytest.mark.parametrize(
    ("numbers", "size"),
    [
        ([0, 0], 0),
        ([0, 255], 1),
        ([0, 256], 2),
        ([65535], 2),
        ([65536], 3),
        ([2**32 - 1], 4),
        ([2**32], 5),
        ([2**64 - 1], 8),
    ],
)
def test_counts_are_as_narrow_as_they_can_be(numbers: list[int], size: int) -> None:
    """The largest number decides on the width of the column; a missing one takes a flag, not a place."""
    for given_, flags in ((numbers, 0), ([*numbers, None], 1)):
        bucket = pack(0, 60, len(given_), dims={}, counts={"n": given_}, amounts={})
        assert len(bucket.columns["n"][2]) == len(given_) * (size + flags)
        assert list(bucket.counts("n")) == given_


@pytest.mark.parametrize("numbers", [[2**64], [-1], [-1, None], [None, 2**64], [1, None, -1]])
def test_other_counts_are_lists(numbers: list[int | None]) -> None:
    """A negative or a very large number takes the general form."""
    bucket = pack(0, 60, len(numbers), dims={}, counts={"n": numbers}, amounts={})
    assert bucket.counts("n") == numbers
    assert bucket.planes("n") is None


def test_many_values_take_wider_codes() -> None:
    """One value needs no code, 256 fit a byte, 257 do not."""
    for many, size in ((1, 0), (2, 1), (256, 1), (257, 2), (65537, 3)):
        names = [str(number) for number in range(many)]
        bucket = decode(pack(0, 60, many, dims={"model": names}, counts={}, amounts={}).encode())
        codes, values = bucket.dimension("model")
        assert len(bucket.columns["c:d:model"][2]) == many * size
        assert [values[code] for code in codes] == names


def test_names_of_dimensions_and_extras_stay_apart() -> None:
    """A field that the API adds may have the name of a dimension or of a metric."""
    bucket = pack(
        0, 60, 1, dims={"a": ["dim"]}, counts={"a": [1]}, amounts={}, extras={"a": ["kept"], "b": [None]}
    )
    assert (bucket.dims, bucket.extras, bucket.metrics) == (("a",), ("a", "b"), ("a",))
    assert bucket.dimension("a")[1] == ("dim",)
    assert bucket.extra("a")[1] == ("kept",)  # noqa: S610 - not Django
    assert list(bucket.counts("a")) == [1]
    assert not bucket.has("b")


@pytest.mark.parametrize("part", ["dims", "counts", "amounts", "extras"])
def test_a_column_of_another_length_is_refused(part: str) -> None:
    """Rows that do not line up would put numbers under the wrong names."""
    parts: dict[str, Any] = {"dims": {}, "counts": {}, "amounts": {}, part: {"x": [None]}}
    with pytest.raises(ValueError, match="2 rows"):
        pack(0, 60, 2, **parts)


@pytest.mark.parametrize("rows", [MOST_ROWS + 1, 10**9])
def test_more_rows_than_any_page_holds_are_refused(rows: int) -> None:
    """Nothing but a number in the header would say that they are there: every count of them is 0."""
    with pytest.raises(ValueError, match="rows"):
        pack(0, 60, rows, dims={}, counts={}, amounts={})
    header, rest = header_of(pack(0, 60, 1, dims={}, counts={"n": [0]}, amounts={}).encode())
    assert not rest
    with pytest.raises(ValueError, match="packed"):
        decode(with_header({**header, "r": rows}, rest))


def test_a_summary_answers_what_it_can() -> None:
    """By its own dimensions or fewer; any other question is for the rows."""
    summary = pack(0, 60, 1, dims={"model": ["a"]}, counts={"n": [3]}, amounts={})
    rows = pack(0, 60, 2, dims={"model": ["a", "a"], "user_id": ["u", "v"]}, counts={"n": [1, 2]}, amounts={})
    assert rows.coarser(()) is rows
    both = decode(rows._replace(summary=summary.encode()).encode())
    assert both.coarser(()) == both.coarser({"model"}) == summary
    assert both.coarser({"model", "user_id"}) is both
    with pytest.raises(ValueError, match="packed"):
        both._replace(summary=both.summary[:-1]).coarser(())


def unpack_all(bucket: Bucket) -> None:
    """Look at everything that a bucket holds."""
    for name in bucket.dims:
        codes, values = bucket.dimension(name)
        assert all(values[code] is None or isinstance(values[code], str) for code in codes)
    for name in bucket.extras:
        bucket.extra(name)  # noqa: S610 - not Django
    for name in bucket.metrics:
        kind = bucket.columns[name][0]
        found = bucket.amounts(name) if kind == "m" else bucket.counts(name)
        assert len(found) == bucket.rows


SAMPLE = pack(
    86400,
    172800,
    3,
    dims={"model": ["a", None, "a"], "currency": ["usd", "usd", "eur"]},
    counts={"n": [1, 2, 3], "some": [None, 2, 300], "big": [None, 2**80, -1]},
    amounts={"amount": [Decimal("1.5"), None, Decimal("1E-40")]},
    extras={"project_name": ['"x"', None, None]},
    problems=[Problem("missing_values", "amount", 1)],
    strays=['{"object": "new"}'],
).encode()


@given(st.data())
def test_damaged_bytes_are_a_value_error_and_nothing_else(data: st.DataObject) -> None:
    """Bytes changed, cut out or put in anywhere: refused, or a bucket that can be looked at."""
    damaged = bytearray(SAMPLE)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(damaged)))
        damaged[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    try:
        unpack_all(decode(bytes(damaged)))
    except ValueError:
        return


@given(st.binary(max_size=200))
def test_other_bytes_are_a_value_error(data: bytes) -> None:
    """No file of somebody else's is a bucket."""
    with pytest.raises(ValueError, match="packed bucket"):
        decode(data)


@pytest.mark.parametrize("size", range(0, len(SAMPLE), 7))
def test_cut_bytes_are_a_value_error(size: int) -> None:
    """However much of the file is left."""
    with pytest.raises(ValueError, match="packed bucket"):
        decode(SAMPLE[:size])


def header_of(data: bytes) -> tuple[dict[str, Any], bytes]:
    """The header of a packed bucket, and the columns' bytes."""
    at = 4 + int.from_bytes(data[:4], "big")
    return json.loads(data[4:at]), data[at:]


def with_header(header: object, rest: bytes) -> bytes:
    """A packed bucket of another header."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(4, "big") + text + rest


CHANGES: list[dict[str, object]] = [
    {"s": "x"}, {"s": None}, {"s": []}, {"e": float("inf")}, {"r": 4}, {"r": -1}, {"r": 2**70}, {"u": None},
    {"u": -1}, {"u": 1}, {"u": 10**9}, {"c": None}, {"c": 1}, {"c": [1]}, {"c": ["abcd"]}, {"c": [[[], "v", "", 1]]},
    {"c": []},
    {"c": [["n", "z", "", 0]]}, {"c": [["n", "n", "9", 27]]}, {"c": [["n", "n", "x", 3]]}, {"c": [["n", "n", "", 3]]},
    {"c": [["n", "n", "1", -3]]}, {"c": [["n", "n", "-1", -3]]}, {"c": [["n", "g", "1", 3]]},
    {"c": [["n", "l", "", 10**30]]}, {"c": [["n", "l", "", 1.5]]}, {"p": [["a"]]},
    {"c": [["n", "l", "", "9"]]},
    {"c": [["n", "l", "", -1], ["m", "l", "", 1 + len(header_of(SAMPLE)[1])]]},
    {"c": [["n", [], "", 0]]}, {"p": [[1, 2, "x"]]}, {"p": 5}, {"x": 5}, {"x": None},
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: json.dumps(change)[:30])
def test_a_header_of_another_kind_is_a_value_error(change: dict[str, object]) -> None:
    """Types, lengths and letters that are none of ours."""
    header, rest = header_of(SAMPLE)
    with pytest.raises(ValueError, match="packed"):
        decode(with_header({**header, **change}, rest))


@pytest.mark.parametrize("key", "sercpxu")
def test_a_header_without_a_part_is_a_value_error(key: str) -> None:
    """Every part has to be there."""
    header, rest = header_of(SAMPLE)
    del header[key]
    with pytest.raises(ValueError, match="packed"):
        decode(with_header(header, rest))


@pytest.mark.parametrize("text", [b"[" * 100_000, b"1" * 5000, b"null", b"[]", b'"s"', b"\xff\xfe", b"NaN"])
def test_json_of_another_kind_is_a_value_error(text: bytes) -> None:
    """Also JSON without end, and numbers longer than Python reads."""
    with pytest.raises(ValueError, match="packed"):
        decode(with_header(text, b""))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        *[("model", text) for text in (b"[]", b'["a"]', b'["a",1]', b"{}", b"null", b"[")],
        *[("big", text) for text in (b"[1]", b"[1,2,3.5]", b"[1,2,true]", b"5")],
        *[("amount", text) for text in (b"1\n2", b"1\n2\nx", b"1\n2\n\xff")],
        *[(name, content) for name in ("n", "some") for content in (b"\1\2", b"")],
    ],
)
def test_a_column_of_another_content_is_a_value_error(name: str, content: bytes) -> None:
    """Found when the column is unpacked, at the latest."""
    bucket = decode(SAMPLE)
    place = f"d:{name}" if name == "model" else name
    kind, code, _ = bucket.columns[place]
    columns = {**bucket.columns, place: (kind, code, content)}
    with pytest.raises(ValueError, match=r"packed bucket|decode|Expecting"):
        unpack_all(decode(Bucket(0, 60, 3, columns).encode()))
