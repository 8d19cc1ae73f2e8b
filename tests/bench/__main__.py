"""``python -m tests.bench``: measure, print the table, and end; ``--json FILE`` writes the rows as well."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.bench.timing import Row

GROUPS = ("start", "keys", "views", "data", "network")
_STRAY = ("OPENAI_", "USAGETOP_", "TEXTUAL", "XDG_")
_HEAD = f"{'what':<46}{'measured':>12}{'baseline':>12}{'ratio':>8}{'budget':>12}  verdict"


def main() -> int:
    """Run the groups that are asked for; the exit code says nothing of the verdicts."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("groups", nargs="*", choices=[[], *GROUPS], help="only these groups of rows")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows as JSON too")
    given = parser.parse_args()
    for name in [name for name in os.environ if name.startswith(_STRAY)]:
        del os.environ[name]
    started = time.monotonic()
    _say(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors")
    _say(_HEAD)
    rows = []
    for group in given.groups or GROUPS:
        for row in _measured(group):
            _say(line(row))
            rows.append(row)
    met = sum(row.is_met for row in rows)
    _say(f"{met} of {len(rows)} met, in {time.monotonic() - started:.0f} s")
    if given.json is not None:
        given.json.write_text(json.dumps([row.as_json() for row in rows], indent=1) + "\n")
    return 0


def _say(text: str) -> None:
    """A line on stdout, at once: the whole takes minutes."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _measured(group: str) -> Iterable[Row]:
    rows: Iterable[Row] = import_module(f"tests.bench.{group}").rows()
    return rows


def line(row: Row) -> str:
    """One line of the table, with its note and baseline at the end."""
    ratio = row.ratio
    budget = f"≤ {row.budget:,g}" + ("" if ratio is not None else f" {row.unit}")
    told = "; ".join(filter(None, (f"vs {row.against}" if row.against else "", row.note)))
    return (
        f"{row.what:<46}{_amount(row.measured, row.unit):>12}"
        f"{'' if row.baseline is None else _amount(row.baseline, row.unit):>12}"
        f"{'' if ratio is None else f'{ratio:.2f}':>8}{budget:>12}  {row.verdict:<7} {told}".rstrip()
    )


def _amount(value: float, unit: str) -> str:
    return f"{value:,.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.2f} {unit}"


if __name__ == "__main__":
    sys.exit(main())
