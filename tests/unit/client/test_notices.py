"""What a reader is told of values that could not be read."""

from __future__ import annotations

from usagetop.client.notices import problem_notices
from usagetop.model.columns import Problem


def test_a_metric_that_cannot_be_read_stands_in_no_total() -> None:
    """Alone or beside a dimension, the graver sentence is told."""
    for problems in (
        [Problem("unreadable_values", "input_tokens", 2)],
        [Problem("unreadable_values", "input_tokens", 1), Problem("unreadable_values", "batch", 1)],
    ):
        (notice,) = problem_notices(problems)
        assert "stand in no total" in notice.message
        assert "input_tokens" in notice.message


def test_a_dimension_that_cannot_be_read_still_counts() -> None:
    """Its row stands in the totals, so the sentence must not say otherwise."""
    (notice,) = problem_notices([Problem("unreadable_values", "batch", 1)])
    assert notice.code == "unreadable_values"
    assert "total" not in notice.message
    assert "batch" in notice.message
