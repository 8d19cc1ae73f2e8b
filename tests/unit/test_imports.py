"""What each command loads, and what it must not: this is what a fast start is made of."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.bench.home import VIEW, Home, prepared
from tests.support.house import run_python
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OURS = ("click", "diskcache", "httpx", "keyring", "openai", "plotext", "pydantic", "rich", "textual")
"""Third-party packages: what a command does not need costs its user a tenth of a second and more."""

NEVER = (*OURS, "usagetop.app", "usagetop.screens", "usagetop.widgets", "usagetop.charts")
# No request: no event loop, nothing of the network, and no classes that are compiled when they are made.
UNASKED = (*NEVER, "asyncio", "dataclasses", "inspect", "logging", "ssl", "subprocess", "tempfile", "tomllib")
# Words that are plain need no argparse; digests of our own need no OpenSSL.
WARM = (*UNASKED, "argparse", "_hashlib", "diskcache", "shutil", "usagetop.client.http", "usagetop.demo.api")
WORDS = (*UNASKED, "sqlite3", "usagetop.client", "usagetop.store.loader")
DEMO = ("diskcache", "httpx", "openai", "plotext", "rich", "sqlite3", "textual", "usagetop.screens")
SCREEN = (
    "argparse",
    "diskcache",
    "httpx",
    "openai",
    "plotext",
    "statistics",
    "usagetop.analysis.anomalies",
    "pydantic",
    "tomllib",
    "usagetop.demo.api",
)

COLD: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("--version", (*WORDS, "argparse", "datetime", "decimal", "json", "pathlib", "usagetop.model")),
    ("-h", WORDS),
    ("show -h", WORDS),
    ("check -h", WORDS),
    ("cache -h", WORDS),
    ("doctor -h", WORDS),
    ("completion bash", (*WORDS, "argparse")),
    ("cache path", (*WORDS, "argparse")),
    ("cache info", (*UNASKED, "argparse", "diskcache", "usagetop.client.http")),
    ("show costs --demo", DEMO),
    ("show costs --demo --format json", DEMO),
    ("show completions --demo --by model,bucket --format csv", DEMO),
    ("check --demo --max 999999999", DEMO),
    ("doctor --demo", ("diskcache", "openai", "plotext", "rich", "textual", "usagetop.screens")),
)
"""Command → modules that it must not load, on a machine where it was never used."""

VIEWED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("show costs", WARM),
    ("show costs --format json", WARM),
    ("show costs --format csv", WARM),
    ("show completions --format markdown", WARM),
)
"""The same where the cache holds the answer."""

# Runs the program as its script does, then tells on the last line of stderr how it ended and what it loaded.
# click, which only the checks bring along, is hidden: httpx would load its own command line with it, and rich.
PROBE = """
import sys
sys.modules["click"] = None
from usagetop.cli import main
code = 0
try:
    code = main()
except SystemExit as end:
    code = end.code
loaded = [name for name, module in sys.modules.items() if module is not None]
import json
print(json.dumps([code, loaded]), file=sys.stderr)
"""

# Runs the explorer, and notes in the file of its first argument what is loaded when a total is first sent.
PAINTED = """
import os, sys
from textual.drivers._writer_thread import WriterThread
from usagetop.cli import main
place, write = sys.argv.pop(1), WriterThread.write
def noting(self, text):
    if "total" in text and not os.path.exists(place):
        with open(place + ".new", "w") as file:
            file.write("\\n".join(sys.modules))
        os.rename(place + ".new", place)
    write(self, text)
WriterThread.write = noting
sys.exit(main())
"""


@pytest.fixture(scope="module")
def house() -> Iterator[Home]:
    """A home whose cache holds last month; the server that gave it is gone."""
    with prepared() as home:
        yield home


def loaded_by(words: str, **environment: Any) -> set[str]:
    """The modules that are loaded when ``usagetop`` with these words has ended well."""
    result = run_python("-c", PROBE, *words.split(), **environment)
    last = result.stderr.splitlines()[-1]
    assert last.startswith("["), result.stderr
    code, names = json.loads(last)
    assert not code, result.stderr
    assert result.stdout
    return set(names)


@pytest.mark.parametrize(("words", "forbidden"), COLD, ids=[words for words, _ in COLD])
def test_a_command_loads_no_more_than_it_needs(words: str, forbidden: tuple[str, ...]) -> None:
    """Help, version and completion come from the standard library; what is printed needs no screen."""
    assert loaded_by(words).isdisjoint(forbidden)


@pytest.mark.parametrize(("words", "forbidden"), VIEWED, ids=[words for words, _ in VIEWED])
def test_a_warm_answer_is_read_and_printed_and_nothing_else(
    house: Home, words: str, forbidden: tuple[str, ...]
) -> None:
    """No event loop and no network, and no module whose import costs what reading the answer does."""
    assert loaded_by(" ".join((words, *VIEW)), **house.environ).isdisjoint(forbidden)


def test_a_warm_check_loads_no_more_than_a_warm_show(house: Home) -> None:
    """It runs in scripts, every few minutes."""
    words = "check --max 999999999 --range last-month"
    assert loaded_by(words, **house.environ).isdisjoint(WARM)


@pytest.mark.terminal
def test_nothing_heavy_is_loaded_before_the_first_paint(house: Home, tmp_path: Path) -> None:
    """A warm start shows its total without HTTP, validation or the second chart library."""
    told = tmp_path / "modules"
    command = (sys.executable, "-c", PAINTED, str(told), "costs", *VIEW)
    with Terminal(command=command, before=None, **house.environ) as terminal:
        terminal.shows(house.total)
        terminal.until(told.exists)
    loaded = set(told.read_text().split())
    assert "textual" in loaded
    assert loaded.isdisjoint(SCREEN)
