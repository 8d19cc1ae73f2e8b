"""The one command line of whatever writes a document from the code: ``--write`` or ``--check``."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def run(
    about: str, write: Callable[[], object], stale: Callable[[], str], arguments: list[str] | None
) -> int:
    """Write the document, or tell on stderr what of it is ``stale`` (empty: nothing) and return 1."""
    parser = argparse.ArgumentParser(description=about)
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--write", action="store_true", help="write it anew")
    choice.add_argument("--check", action="store_true", help="exit 1 and say what is stale")
    if parser.parse_args(arguments).write:
        write()
        return 0
    found = stale()
    if found:
        sys.stderr.write(f"{found}. make docs writes it anew.\n")
    return 1 if found else 0
