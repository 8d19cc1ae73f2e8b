"""Other people's programs, each in a virtual environment of its own; they are measured, nothing here needs them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

from tests.support.house import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLACE = ROOT / ".venv-peers"  # not in git; ``make clean`` removes it
_PYTHONS = ("python3.13", "python3.12")
_MOST_SECONDS = 600


class Installed(NamedTuple):
    """A package that stands in an environment of its own; ``name`` tells its version."""

    name: str
    python: str

    def script(self, command: str, *words: str) -> tuple[str, ...]:
        """The command line of one of its programs."""
        return (self.python.rpartition("/")[0] + "/" + command, *words)


def install(package: str, *also: str) -> Installed | str:
    """The package, installed before or now; else why not.

    This Python is tried first, then newer ones that are at hand. Only what is built already is taken.
    """
    why = ""
    for number, python in enumerate(_pythons()):
        place = PLACE / f"{package}-{number}"
        try:
            if not (place / "installed").exists():
                shutil.rmtree(place, ignore_errors=True)
                _run(python, "-m", "venv", str(place))
                _run(
                    str(place / "bin/python"),
                    "-m",
                    "pip",
                    "install",
                    "--only-binary",
                    ":all:",
                    package,
                    *also,
                )
                (place / "installed").touch()
        except subprocess.CalledProcessError as error:
            why = why or _reason(error.stderr)
            continue
        return Installed(_named(place, package), str(place / "bin/python"))
    return f"it cannot be installed: {why}"


def _pythons() -> Iterator[str]:
    yield sys.executable
    for name in _PYTHONS:
        found = shutil.which(name)
        if (
            found is not None
            and subprocess.run([found, "-V"], check=False, capture_output=True).returncode == 0
        ):
            yield found


def _run(*command: str) -> str:
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=_MOST_SECONDS)
    return done.stdout


def _named(place: Path, package: str) -> str:
    """``visidata 3.4``."""
    code = f"from importlib.metadata import version; print(version({package!r}))"
    return f"{package} {_run(str(place / 'bin/python'), '-c', code).strip()}"


def _reason(told: str) -> str:
    """The first error that pip tells, in one line."""
    errors = [line.removeprefix("ERROR: ") for line in told.splitlines() if line.startswith("ERROR: ")]
    return errors[0] if errors else told.strip().splitlines()[-1] if told.strip() else "no reason given"
