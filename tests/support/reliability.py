"""docs/RELIABILITY.md from the tests' own markers: ``--write`` makes it anew, ``--check`` fails where it is stale.

A test that shows how a fault is survived bears ``@pytest.mark.fault(AREA, FAULT, PROMISE)``, three plain strings: where
the fault comes from (a key of AREAS), what happens, and what the program promises then. The markers are read from the
source, not from a run, so that the document can be checked without running anything.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from tests.support import documents

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "RELIABILITY.md"

AREAS: Mapping[str, str] = MappingProxyType(
    {
        "network": "The network and the server's behaviour",
        "shape": "Pages, buckets and values",
        "cache": "The cache and the disk",
        "time": "Time and clocks",
        "terminal": "The terminal and signals",
        "text": "Text that strangers chose",
        "key": "The key",
    }
)
_HEAD = """# What goes wrong, and what is promised then

<!-- Written by `make docs` from the markers of the tests. Mark a test with
     @pytest.mark.fault(AREA, FAULT, PROMISE) and it stands here. -->

Every line is a fault, what usagetop promises when it happens, and the tests that hold it to that. `make test` runs
them all but the ones in brackets, which take longer and belong to `make test-all`.
"""


class Fault(NamedTuple):
    """One marker: the fault's area, what happens, what is promised, and the test that bears it.

    `slow` is whether the test is left to ``make test-all``.
    """

    area: str
    fault: str
    promise: str
    test: str
    slow: bool


def faults(root: Path = ROOT) -> list[Fault]:
    """Every marker of the tests below `root`, in the order of files and lines; raises ValueError for a wrong one."""
    found: list[Fault] = []
    for path in sorted((root / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found += _of(tree, path.relative_to(root).as_posix())
    return found


def _of(tree: ast.Module, path: str) -> Iterator[Fault]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            marks = [_mark(decorator) for decorator in node.decorator_list]
            slow = any(name == "slow" for name, _ in marks)
            for name, call in marks:
                if name == "fault":
                    yield Fault(*_words(call, f"{path}::{node.name}"), f"{path}::{node.name}", slow)


def _mark(node: ast.expr) -> tuple[str, ast.expr]:
    """The marker's name of a decorator, or an empty one."""
    base = node.func if isinstance(node, ast.Call) else node
    is_mark = isinstance(base, ast.Attribute) and ast.unparse(base.value) == "pytest.mark"
    return (base.attr if isinstance(base, ast.Attribute) and is_mark else "", node)


def _words(node: ast.expr, test: str) -> tuple[str, str, str]:
    """Area, fault and promise of a marker."""
    given = node.args if isinstance(node, ast.Call) and not node.keywords else []
    words = [word.value for word in given if isinstance(word, ast.Constant) and isinstance(word.value, str)]
    if len(words) != len(given) or len(words) != len(("area", "fault", "promise")) or words[0] not in AREAS:
        message = (
            f"{test}: fault(AREA, FAULT, PROMISE) takes three plain strings, the first of {', '.join(AREAS)}"
        )
        raise ValueError(message)
    return words[0], words[1], words[2]


def document(found: Sequence[Fault]) -> str:
    """The whole document: a table an area, a row a fault and promise, with all the tests that show it."""
    text = _HEAD
    for area, title in AREAS.items():
        rows: dict[tuple[str, str], list[str]] = {}
        for fault in found:
            if fault.area == area:
                place = f"`{fault.test.removeprefix('tests/')}`"
                rows.setdefault((fault.fault, fault.promise), []).append(
                    f"[{place}]" if fault.slow else place
                )
        if rows:
            text += f"\n## {title}\n\n| Fault | Promise | Tests |\n| --- | --- | --- |\n"
            for (fault_, promise), tests in rows.items():
                cells = (fault_, promise, "<br>".join(tests))
                text += f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |\n"
    return text


def main(arguments: list[str] | None = None) -> int:
    """Write or check; returns 1 when the document is stale."""
    text = document(faults())

    def stale() -> str:
        fresh = DOCUMENT.is_file() and DOCUMENT.read_text(encoding="utf-8") == text
        return "" if fresh else "docs/RELIABILITY.md is stale"

    return documents.run(
        "docs/RELIABILITY.md", lambda: DOCUMENT.write_text(text, encoding="utf-8"), stale, arguments
    )


if __name__ == "__main__":
    sys.exit(main())
