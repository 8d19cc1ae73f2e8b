"""Where things stand in the checkout, and how to run the program from it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "tui"
PACKAGE = SOURCE / "usagetop"
TESTS = ROOT / "tests"


def modules(*places: Path) -> list[Path]:
    """The Python files below the places, sorted; what hidden directories hold is not ours."""
    found = (path for place in places for path in place.rglob("*.py"))
    return sorted(
        path for path in found if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
    )


def run_python(
    *arguments: str, input_text: str = "", timeout: float = 60, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run this Python with the arguments and the source root on its path.

    Environment variables given by name are added to those of the test; ``timeout`` is in seconds. The exit
    code is the caller's to judge.
    """
    return subprocess.run(
        [sys.executable, *arguments],
        input=input_text,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(SOURCE), **environment},
        timeout=timeout,
        check=False,
    )


def run_usagetop(
    *arguments: str, input_text: str = "", timeout: float = 60, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run ``usagetop`` with the arguments in a process of its own, as a shell would; see ``run_python``."""
    return run_python("-m", "usagetop", *arguments, input_text=input_text, timeout=timeout, **environment)
