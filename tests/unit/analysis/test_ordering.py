"""Sorting many rows in pieces: the same order as in one go, and no piece is long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from usagetop.analysis import ordering
from usagetop.analysis.ordering import Ordering, sorted_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest


@given(st.lists(st.integers(0, 30), max_size=200), st.booleans(), st.integers(1, 9))
def test_pieces_give_the_order_of_one_go(values: list[int], descending: bool, piece: int) -> None:  # noqa: FBT001
    """Ties keep their order, either way; whatever the numbers are."""
    rows = range(len(values))
    whole = sorted(rows, key=values.__getitem__, reverse=descending)
    assert sorted_rows(rows, values.__getitem__, descending=descending, piece=piece) == whole


def test_no_piece_holds_up_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is sorted by a call of its own, and none of them takes many rows."""
    values = [(row * 7919) % 100_003 for row in range(100_003)]
    sizes = []

    def watched(rows: Iterable[int], **more: Any) -> list[int]:
        taken = list(rows)
        sizes.append(len(taken))
        return sorted(taken, **more)

    monkeypatch.setattr(ordering, "sorted", watched, raising=False)
    rows = sorted_rows(range(len(values)), values.__getitem__)
    assert [values[row] for row in rows] == sorted(values)
    assert max(sizes) < 30_000
    assert len(sizes) > 5


def test_an_order_is_kept_and_the_oldest_is_forgotten() -> None:
    """Sorting there and back again sorts nothing."""
    keys = [(name,) for name in "abc"]
    columns = {name: [2, 3, 1] for name in ("one", "two", "three", "four")}
    orders = Ordering(("model",), keys, columns, apart=False)
    first = orders.rows("one", descending=True)
    assert first == [1, 0, 2]
    assert orders.rows("one", descending=True) is first
    for name in ("two", "three", "four"):
        orders.rows(name, descending=True)
    again = orders.rows("one", descending=True)
    assert again == first
    assert again is not first
