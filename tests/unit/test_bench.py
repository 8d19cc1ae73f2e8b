"""The benchmark's report: verdicts, and what has changed since an earlier run."""

from __future__ import annotations

import json

from tests.bench.report import compared, document, line
from tests.bench.timing import Row


def test_a_row_with_a_baseline_is_judged_by_its_ratio() -> None:
    """Exactly, whatever is rounded for the eye."""
    row = Row("start", 130.2, "ms", 1.3, 100.0, "minimal app")
    assert row.verdict == "missed"
    assert "1.30" in line(row)
    assert Row("start", 130.0, "ms", 1.3, 100.0).verdict == "met"


def test_a_row_without_a_budget_is_not_judged() -> None:
    """Other programs have none."""
    row = Row("visidata", 300.0, "ms", None, 10.0)
    assert row.verdict == ""
    assert "≤" not in line(row)


def test_two_runs_are_held_against_each_other() -> None:
    """By what is judged; rows that only one of them has are told."""
    before = json.loads(
        document(
            [Row("start", 200.0, "ms", 1.3, 100.0), Row("bytes", 90.0, "B", 100.0), Row("old", 1.0, "ms", 1)]
        )
    )
    lines = list(
        compared(
            before,
            [Row("start", 130.0, "ms", 1.3, 100.0), Row("bytes", 95.0, "B", 100), Row("new", 0, "B", 0)],
        )
    )
    assert [text.split() for text in lines[1:]] == [
        ["start", "2.00", "1.30", "-35%"],
        ["bytes", "90", "B", "95", "B", "+6%", "~"],
        ["new", "-", "0", "B", "new"],
        ["old", "1.00", "ms", "-", "gone"],
    ]
