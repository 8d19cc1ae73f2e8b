"""The rows in words: the table, the JSON of a run, and what has changed since an earlier one."""

from __future__ import annotations

import json
import platform
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.bench.timing import Row

HEAD = f"{'what':<46}{'measured':>12}{'baseline':>12}{'ratio':>8}{'budget':>12}  verdict"
# Ratios move by about a tenth from run to run.
_NOISE = 0.1


def line(row: Row) -> str:
    """One line of the table, with its note and baseline at the end."""
    ratio = row.ratio
    budget = (
        "" if row.budget is None else f"≤ {row.budget:,g}" + ("" if ratio is not None else f" {row.unit}")
    )
    told = "; ".join(filter(None, (f"vs {row.against}" if row.against else "", row.note)))
    return (
        f"{row.what:<46}{amount(row.measured, row.unit):>12}"
        f"{'' if row.baseline is None else amount(row.baseline, row.unit):>12}"
        f"{'' if ratio is None else f'{ratio:.2f}':>8}{budget:>12}  {row.verdict:<7} {told}".rstrip()
    )


def amount(value: float, unit: str) -> str:
    """``1,448 B``, ``3.62 ms``."""
    return f"{value:,.0f} {unit}" if unit == "B" or abs(value) >= 100 else f"{value:.2f} {unit}"


def document(rows: Sequence[Row]) -> str:
    """The JSON of a run: which Python on which machine, and its rows."""
    run = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "rows": [row.as_json() for row in rows],
    }
    return json.dumps(run, indent=1) + "\n"


def compared(before: Mapping[str, Any], rows: Sequence[Row]) -> Iterator[str]:
    """One line a row that either run has: the figures that are judged (ratio, else measured) and their change."""
    older = {row["what"]: row for row in before["rows"]}
    yield f"{'against the run before':<46}{'before':>14}{'now':>14}{'change':>9}"
    for row in rows:
        old = older.pop(row.what, None)
        now = _judged(row.as_json())
        if old is None:
            yield f"{row.what:<46}{'-':>14}{now[1]:>14}{'new':>9}"
            continue
        was = _judged(old)
        yield f"{row.what:<46}{was[1]:>14}{now[1]:>14}{_change(was[0], now[0]):>9}"
    for what, old in older.items():
        yield f"{what:<46}{_judged(old)[1]:>14}{'-':>14}{'gone':>9}"


def _judged(row: Mapping[str, Any]) -> tuple[float, str]:
    """The figure that is held against the budget, and its text."""
    if row["ratio"] is not None:
        return row["ratio"], f"{row['ratio']:.2f}"
    return row["measured"], amount(row["measured"], row["unit"])


def _change(before: float, now: float) -> str:
    """``-34 %``; what lies within the noise says so."""
    if before == now:
        return "same"
    if not before:
        return "more"
    part = now / before - 1
    return f"{part:+.0%}" + (" ~" if abs(part) < _NOISE else "")
