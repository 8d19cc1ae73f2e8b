"""A home of its own for the programs that are measured, with a cache that was filled once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import usagetop
from usagetop.analysis import numbers
from usagetop.demo.server import running

if TYPE_CHECKING:
    from collections.abc import Iterator

# What the installed command runs.
PROGRAM = (sys.executable, "-c", "import sys; from usagetop.cli import main; sys.exit(main())")
NOTHING = (sys.executable, "-c", "pass")
VIEW = ("--no-names", "--range", "last-month")  # a month that is over: settled, never asked for again
_SEEN = 12  # of a label: in a narrow column the rest may be cut
_KEY = "sk-admin-made-up-for-the-bench"


@dataclass(frozen=True)
class Home:
    """Environment and working directory of the programs.

    ``total`` and ``tokens`` are the totals that the explorer shows of costs and of completions, ``top`` is how
    the first row of costs begins.
    """

    place: Path
    environ: dict[str, str]
    total: str = ""
    tokens: str = ""
    top: str = ""

    def show(self, category: str, form: str) -> str:
        """What ``usagetop show`` prints; raises CalledProcessError when it fails."""
        done = subprocess.run(
            [*PROGRAM, "show", category, *VIEW, "--format", form],
            env=self.environ,
            cwd=self.place,
            check=True,
            capture_output=True,
            encoding="utf-8",
        )
        return done.stdout

    def document(self, category: str) -> dict[str, Any]:
        """The same as JSON."""
        answer: dict[str, Any] = json.loads(self.show(category, "json"))
        return answer


@contextmanager
def prepared() -> Iterator[Home]:
    """A home whose cache holds last month of costs and completions; the server that gave them has gone."""
    with TemporaryDirectory(prefix="usagetop-bench-") as name:
        place = Path(name)
        with running() as base_url:
            home = Home(place, environment(place, base_url))
            for category in ("costs", "completions"):
                home.document(category)
        again = home.document("costs")
        assert again["source"]["requests"] == 0, "the cache does not answer the second time"
        usage = home.document("completions")
        assert usage["source"]["requests"] == 0, "the second category is not stored"
        amount = Decimal(again["totals"]["amount"]["usd"])
        total = numbers.short(amount, "usd", currency="usd")
        tokens = numbers.short(usage["totals"]["input_tokens"], "tokens")
        yield Home(place, home.environ, total, tokens, again["rows"][0]["line_item"][:_SEEN])


@contextmanager
def served() -> Iterator[Home]:
    """A home with an empty cache, and the server of the demo organization behind it."""
    with TemporaryDirectory(prefix="usagetop-bench-") as name, running() as base_url:
        yield Home(Path(name), environment(Path(name), base_url))


def environment(place: Path, base_url: str) -> dict[str, str]:
    """A clean environment: nothing of the surrounding shell but the way to programs."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(place),
        "XDG_CONFIG_HOME": str(place / "config"),
        "XDG_CACHE_HOME": str(place / "cache"),
        "XDG_STATE_HOME": str(place / "state"),
        "PYTHONPATH": str(Path(usagetop.__file__).parent.parent),
        "LC_ALL": "C.UTF-8",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "OPENAI_BASE_URL": base_url,
        "OPENAI_ADMIN_KEY": _KEY,
    }
