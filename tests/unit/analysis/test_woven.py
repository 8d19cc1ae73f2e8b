"""Sums of woven columns, against plain sums."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usagetop.analysis import woven
from usagetop.analysis.grouping import Placed
from usagetop.analysis.woven import WovenSums
from usagetop.model.columns import pack

NAMES = ("a", "b", "c")
number = st.integers(0, 3) | st.integers(0, 2**24) | st.integers(2**63, 2**64 - 1)
row = st.tuples(st.integers(0, 4), st.booleans(), st.lists(number, min_size=3, max_size=3))
Row = tuple[int, bool, list[int]]


def add(sums: WovenSums, rows: Sequence[Row], names: Sequence[str]) -> list[int]:
    """Add a bucket of rows (group, kept, numbers); returns the woven sums of its groups."""
    counts = {name: [numbers[NAMES.index(name)] for _, _, numbers in rows] for name in names}
    bucket = pack(0, 60, len(rows), dims={}, counts=counts, amounts={})
    planes = {name: column for name in names if (column := bucket.planes(name)) is not None}
    groups = list(dict.fromkeys(group for group, kept, _ in rows if kept))
    codes = [groups.index(group) for group, kept, _ in rows if kept]
    flags = bytes(kept for _, kept, _ in rows)
    return sums.add(planes, len(rows), Placed(codes, groups, flags if 0 in flags else None))


@given(st.lists(st.tuples(st.lists(row, min_size=1, max_size=90), st.sets(st.sampled_from(NAMES)))))
def test_sums_are_those_of_the_numbers(buckets: list[tuple[list[Row], set[str]]]) -> None:
    """Of every column and group, whatever the widths of the columns, also when a column comes late."""
    sums = WovenSums()
    expected = {name: [0] * 5 for name in NAMES}
    for rows, names in buckets:
        own = add(sums, rows, sorted(names))
        for at, name in enumerate(NAMES):
            total = 0
            for group, kept, numbers in rows:
                if kept and name in names:
                    expected[name][group] += numbers[at]
                    total += numbers[at]
            if name in names:
                assert sum(sums.column(name, each) for each in own) == sums.column(name, sum(own)) == total
    for name in NAMES:
        assert sums.sums(name, 5) == expected[name]
        assert sums.sums(name, 7) == [*expected[name], 0, 0]


@pytest.mark.parametrize("rows", [1, 63, 64, 65])
def test_room_runs_out(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    """Sums are taken apart before more rows were added than a slot has room for."""
    monkeypatch.setattr(woven, "MOST_ROWS", 256)
    monkeypatch.setattr(woven, "_ROOM", 1)
    sums = WovenSums()
    largest: list[Row] = [(0, True, [255, 65535, 2**64 - 1])] * rows
    for _ in range(20):
        add(sums, largest, NAMES)
    assert [sums.sums(name, 1) for name in NAMES] == [[each * rows * 20] for each in largest[0][2]]
