"""What starting the program loads, and what it must not: this is what a fast start is made of."""

from __future__ import annotations

import json

import pytest

from tests.support.house import run_python

HEAVY = {"diskcache", "httpx", "openai", "plotext", "pydantic", "rich", "textual"}
"""Third-party packages that cost a command time, by their top-level name."""

# Runs the program as its script does, then tells on the last line of stderr what it loaded. click, which only
# the checks bring along, is hidden: httpx would load its own command line with it, and rich with that.
PROBE = """
import json, sys
sys.modules["click"] = None
from usagetop.cli import main
code = 0
try:
    code = main()
except SystemExit as end:
    code = end.code
loaded = sorted({name.partition(".")[0] for name in sys.modules})
print(json.dumps([code, loaded]), file=sys.stderr)
"""


def loaded_by(*arguments: str) -> set[str]:
    """The heavy packages that ``usagetop`` with these arguments loads, once it has ended well."""
    result = run_python("-c", PROBE, *arguments)
    last = result.stderr.splitlines()[-1]
    assert last.startswith("["), result.stderr
    code, names = json.loads(last)
    assert not code, result.stderr
    assert result.stdout
    return HEAVY & set(names)


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["show", "--help"]], ids=" ".join)
def test_a_question_about_the_program_loads_nothing(arguments: list[str]) -> None:
    """Version and help come from the standard library alone."""
    assert loaded_by(*arguments) == set()


@pytest.mark.parametrize("form", ["json", "table", "csv"])
def test_show_never_loads_the_explorer(form: str) -> None:
    """A printed view needs neither Textual nor a chart."""
    assert loaded_by("show", "costs", "--demo", "--format", form).isdisjoint(
        {"openai", "plotext", "rich", "textual"}
    )
