"""The courses in the cells of a table: what the buckets say of each row, in few bins."""

from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st

from usagetop.analysis.totals import Part
from usagetop.analysis.trends import _MOST_GROUPS, trends


def part(start: int, values: dict[int, float]) -> Part:
    """A bucket with these groups."""
    return Part(start, array("Q", values), array("d", values.values()))


@given(
    st.lists(
        st.none() | st.dictionaries(st.integers(0, 4), st.floats(-9, 9)),
        min_size=2,
        max_size=40,
    ),
    st.integers(1, 15),
)
def test_every_bin_is_the_sum_of_its_buckets(days: list[dict[int, float] | None], most: int) -> None:
    """Equal bins, the last whole; a bin is a gap where all its buckets are missing."""
    parts = [part(at, values) for at, values in enumerate(days) if values is not None]
    made = trends(parts, range(len(days)), 5, "additive", most)
    assert made is not None
    size = -(-len(days) // most)
    for group in range(5):
        bins = made.of(group)
        assert len(bins) == -(-len(days) // size) <= most
        for place, value in enumerate(reversed(bins)):
            end = len(days) - place * size
            held = [day for day in days[max(0, end - size) : end] if day is not None]
            if not held:
                assert value is None
            else:
                assert value is not None
                assert abs(value - sum(day.get(group, 0.0) for day in held)) < 1e-9


def test_of_a_level_a_bin_holds_the_last_value() -> None:
    """What was stored on two days is not twice as much; a day without the group leaves what was known."""
    days = [{0: 1.0, 1: 5.0}, {0: 3.0}, {0: 2.0}, {0: 4.0, 1: 6.0}]
    parts = [part(at, values) for at, values in enumerate(days)]
    made = trends(parts, range(4), 2, "level", 2)
    assert made is not None
    assert (made.of(0), made.of(1)) == ((3.0, 4.0), (5.0, 6.0))


def test_there_is_none_of_one_bucket_or_of_too_many_groups() -> None:
    """A table does without rather than be slow."""
    assert trends([part(0, {0: 1.0})], range(1), 1, "additive", 12) is None
    assert trends([part(0, {0: 1.0})], range(2), _MOST_GROUPS + 1, "additive", 12) is None
