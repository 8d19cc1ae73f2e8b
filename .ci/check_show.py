"""Check that one JSON answer of ``usagetop show`` adds up: ``python check_show.py FILE``.

The total must equal the sum of the rows and the sum of the series, to the last digit. Uses the standard
library only, and nothing of usagetop: it stands outside, like any script that reads these answers.
"""

from __future__ import annotations

import json
import sys
from decimal import Context, Decimal, Inexact
from pathlib import Path
from typing import Any

# Traps what would round: a sum that needs more digits than this is an error, never an approximation.
EXACT = Context(prec=200, traps=[Inexact])


def metrics(entry: dict[str, Any]) -> dict[str, Decimal]:
    """The metrics of a row, or of totals: counts by name, money by name and currency (``amount.usd``)."""
    found = {}
    for name, value in entry.items():
        if isinstance(value, int) and not isinstance(value, bool):
            found[name] = Decimal(value)
        elif isinstance(value, dict):
            found |= {f"{name}.{currency}": Decimal(text) for currency, text in value.items()}
    return found


def added(entries: list[dict[str, Any]]) -> dict[str, Decimal]:
    """The exact sum of each metric over the entries."""
    sums: dict[str, Decimal] = {}
    for entry in entries:
        for name, value in metrics(entry).items():
            sums[name] = EXACT.add(sums.get(name, Decimal()), value)
    return sums


def main(path: str) -> str:
    """The sentence that says what was checked; ends the program with another one where it does not hold."""
    answer = json.loads(Path(path).read_text(encoding="utf-8"))
    if answer["schema_version"] != 1:
        sys.exit(f"schema_version is {answer['schema_version']}, not 1")
    totals = metrics(answer["totals"])
    if not answer["rows"] or not any(totals.values()):
        sys.exit("the answer is empty")
    for name, entries in {
        "rows": answer["rows"],
        "series": [bucket["totals"] for bucket in answer["series"]],
    }.items():
        sums = added(entries)
        for metric, total in totals.items():
            if sums.get(metric, Decimal()) != total:
                sys.exit(f"{metric}: the {name} add up to {sums.get(metric)}, the total is {total}")
    return f"{answer['category']}: {len(answer['rows'])} rows and {len(answer['series'])} buckets add up"


if __name__ == "__main__":
    sys.stdout.write(main(*sys.argv[1:]) + "\n")
