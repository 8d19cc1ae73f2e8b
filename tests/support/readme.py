"""The parts of README.md that are made from the code: ``--write`` makes them anew, ``--check`` names stale ones.

A part stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``. What stands around it is written by hand;
``tests/unit/test_docs.py`` holds that against the code.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from tests.support import documents

if TYPE_CHECKING:
    from usagetop.cli.options import Option
    from usagetop.commands import Command
    from usagetop.exports.report import Report

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
# Tuesday 2026-11-24 08:26:05 UTC, the clock of the pictures: the samples are the same on every day.
NOW = 1_795_508_765
_PART = re.compile(r"(<!-- generated: (?P<name>[a-z-]+) -->\n)(?P<text>.*?)(<!-- end -->)", re.DOTALL)


def _code(*words: str) -> str:
    """Words as Markdown code, in a table's cell too."""
    return " ".join(f"`{word}`".replace("|", "\\|") for word in words)


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def keys() -> str:
    """The explorer's keys by group; the twelve categories share a row."""
    from usagetop.commands import BY_ID, COMMANDS
    from usagetop.model.categories import CATEGORIES

    tabs = [BY_ID[f"category-{category.name}"] for category in CATEGORIES]
    groups: dict[str, list[tuple[str, ...]]] = {}
    for command in COMMANDS:
        rows = groups.setdefault(command.group, [])
        if command not in tabs:
            rows.append((_keys_of(command), command.help, _code(command.id)))
        elif command is tabs[0]:
            digits = _code(*(key for tab in tabs for key in tab.keys))
            rows.append((digits, _tab_help(tabs), _code("category-NAME")))
    heads = ("Keys", "What they do", "Name")
    return "\n".join(f"**{group}**\n\n{_table(heads, rows)}" for group, rows in groups.items())


def _tab_help(tabs: list[Command]) -> str:
    """``Show costs, completions, …``, and which have no digit."""
    names = [tab.id.removeprefix("category-") for tab in tabs]
    digits = sum(bool(tab.keys) for tab in tabs)
    return f"Show {', '.join(names[:digits])}; {', '.join(names[digits:])} follow without a digit."


def _keys_of(command: Command) -> str:
    from usagetop.commands import shown

    return _code(*(shown(key) for key in command.keys)) or "in the palette"


def words() -> str:
    """The words of the status line."""
    from usagetop.screens.dialogs.reading import WORDS

    return _table(("Word", "Meaning"), [(_code(word), meaning) for word, meaning in WORDS])


def categories() -> str:
    """What each category measures, groups and filters by, and its buckets with the largest page."""
    from usagetop.model.categories import CATEGORIES

    rows = []
    for about in CATEGORIES:
        own = [dimension.name for dimension in about.dimensions]
        derived = [f"{_code(dimension.name)} (derived)" for dimension in about.derived]
        rows.append(
            (
                _code(about.name),
                _code(*(metric.name for metric in about.main_metrics)),
                " ".join([_code(*own), *derived]),
                _code(*(name for name in own if name in about.filters)),
                ", ".join(f"{_code(width)} {limit:,}" for width, limit in about.limits.items()),
            )
        )
    heads = ("Category", "Metrics", "Dimensions", "Filtered by the server", "Buckets, and the most a page")
    return f"{_table(heads, rows)}\n{_breakdowns()}"


def _breakdowns() -> str:
    """The metrics that a row has only where the API gave them, by the categories that have them."""
    from usagetop.model.categories import CATEGORIES

    found: dict[tuple[str, ...], list[str]] = {}
    for about in CATEGORIES:
        rest = tuple(metric.name for metric in about.metrics if not metric.main)
        if rest:
            found.setdefault(rest, []).append(about.name)
    lines = [f"- {_code(*names)}: {_code(*rest)}\n" for rest, names in found.items()]
    return "Where the API gives them, also:\n\n" + "".join(lines)


def options() -> str:
    """Every option with the commands that take it, in the order of the parsers."""
    from usagetop.cli.completion import OPTIONS

    takers: dict[tuple[str, str], tuple[Option, list[str]]] = {}
    for command, taken in OPTIONS.items():
        for option in taken:
            place = takers.setdefault((option.flag, _about(command, option)), (option, []))
            place[1].append(command or "usagetop")
    rows = [
        (_code(f"{option.flag} {option.metavar}".strip()), about, ", ".join(commands))
        for (_, about), (option, commands) in takers.items()
    ]
    return _table(("Option", "What it does", "Taken by"), rows)


def _about(command: str, option: Option) -> str:
    """An option's help with its default and its only values; ``see below`` is for the terminal."""
    from importlib import import_module

    parser = import_module(f"usagetop.cli.{command or 'explore'}").parser()
    default = str(parser.get_default(option.dest))
    text = option.help.replace("%(default)s", _code(default)).replace(", see below", "")
    return f"{text}: {_code(*option.values)}" if option.strict else text


def commands() -> str:
    """The commands of the program."""
    from usagetop.cli import COMMANDS

    first = ("`usagetop [CATEGORY]`", "open the explorer; without a category at `costs`")
    return _table(
        ("Command", "What it does"), [first, *((_code(f"usagetop {n}"), a) for n, a in COMMANDS.items())]
    )


def _sample(*line: str) -> Report:
    """What ``usagetop show`` with these words prints, at the clock that stands."""
    from usagetop.cli.asking import Asking
    from usagetop.cli.options import source_of, view_of
    from usagetop.cli.show import parser

    given = parser().parse_args(line)
    return Asking(view_of(given), source_of(given), clock=lambda: float(NOW)).report()


TABLE_SAMPLE = ("costs", "--demo", "--range", "7d", "--by", "project_id", "--top", "4")
JSON_SAMPLE = ("costs", "--demo", "--range", "2026-11-21..2026-11-22", "--by", "project_id", "--top", "2")


def table_sample() -> str:
    """A view as text."""
    from usagetop.exports import FORMATS

    text = FORMATS["table"].render(_sample(*TABLE_SAMPLE))
    return f"```console\n$ usagetop show {' '.join(TABLE_SAMPLE)}\n{text}```\n"


def json_sample() -> str:
    """A view as JSON."""
    from usagetop.exports import FORMATS

    return f"```json\n{FORMATS['json'].render(_sample(*JSON_SAMPLE))}```\n"


PARTS: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "keys": keys,
        "words": words,
        "categories": categories,
        "commands": commands,
        "options": options,
        "table-sample": table_sample,
        "json-sample": json_sample,
    }
)


def parts(text: str) -> dict[str, str]:
    """The generated parts of a document as they stand, by name."""
    return {match["name"]: match["text"] for match in _PART.finditer(text)}


def fresh(text: str) -> str:
    """The document with every generated part made anew; raises KeyError for a part that nothing makes."""
    return _PART.sub(lambda match: f"{match[1]}\n{PARTS[match['name']]().strip()}\n\n{match[4]}", text)


def stale(text: str) -> list[str]:
    """The names of the parts that differ from what the code makes of them now, or that are not there."""
    now, then = parts(fresh(text)), parts(text)
    return [name for name in PARTS if name not in then or then[name] != now[name]]


def main(arguments: list[str] | None = None) -> int:
    """Write or check; returns 1 when a part is stale."""
    sys.path.insert(0, str(ROOT / "tui"))
    text = README.read_text(encoding="utf-8")

    def missing() -> str:
        names = stale(text)
        return f"README.md is stale: {', '.join(names)}" if names else ""

    return documents.run(
        "The parts of README.md", lambda: README.write_text(fresh(text), encoding="utf-8"), missing, arguments
    )


if __name__ == "__main__":
    sys.exit(main())
