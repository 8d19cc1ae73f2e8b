"""``python -m tests.bench``: measure, print the table, and end.

``--json FILE`` writes the rows as well; ``--compare FILE`` holds them against those of an earlier run.
"""

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

from tests.bench.report import HEAD, compared, document, line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.bench.timing import Row

# Each is a module here with a function ``rows``.
GROUPS = ("start", "keys", "views", "data", "network")
_STRAY = ("OPENAI_", "USAGETOP_", "TEXTUAL", "XDG_")


def main() -> int:
    """Run the groups that are asked for; the exit code says nothing of the verdicts."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"only these: {' '.join(GROUPS)}")
    return run(parser, GROUPS)


def run(parser: argparse.ArgumentParser, groups: tuple[str, ...]) -> int:
    """Measure what the command line asks for, and say it."""
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows as JSON too")
    parser.add_argument(
        "--compare", type=Path, metavar="FILE", help="hold the rows against those of a --json"
    )
    given = parser.parse_args()
    chosen = getattr(given, "groups", None) or groups
    if unknown := [group for group in chosen if group not in groups]:
        parser.error(f"there is no group {unknown[0]}; groups: {' '.join(groups)}")
    before = json.loads(given.compare.read_text()) if given.compare is not None else None
    forget_surroundings()
    started = time.monotonic()
    say(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors")
    say(HEAD)
    rows = []
    for group in chosen:
        for row in _measured(group):
            if isinstance(row, str):  # what could not be measured, and why
                say(row)
                continue
            say(line(row))
            rows.append(row)
    judged = [row for row in rows if row.budget is not None]
    met = sum(row.is_met for row in judged)
    say(f"{f'{met} of {len(judged)} met, ' if judged else ''}in {time.monotonic() - started:.0f} s")
    if before is not None:
        say("")
        for text in compared(before, rows):
            say(text)
    if given.json is not None:
        given.json.write_text(document(rows))
    return 0


def forget_surroundings() -> None:
    """Nothing of the surrounding shell decides what is measured."""
    for name in [name for name in os.environ if name.startswith(_STRAY)]:
        del os.environ[name]


def say(text: str) -> None:
    """A line on stdout, at once: the whole takes minutes."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _measured(group: str) -> Iterable[Row | str]:
    rows: Iterable[Row | str] = import_module(f"tests.bench.{group}").rows()
    return rows


if __name__ == "__main__":
    sys.exit(main())
