"""Help, and what is wrong with words: argparse, whose mistakes are errors of ours, one or two lines long."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NoReturn

from usagetop import __version__
from usagetop.errors import UsageError
from usagetop.model.text import label

if TYPE_CHECKING:
    from usagetop.cli.grammar import Grammar
    from usagetop.cli.options import Option

RANGES = """\
ranges (UTC days; weeks begin on Monday):
  today yesterday 24h 7d 30d 90d wtd last-week mtd last-month qtd ytd
  any Nd Nh Nm, 2026-10 (month), 2026-10-31 (day),
  2026-10-01..2026-10-31 (both days included), 2026-10-01.. (to now)"""
EXITS = """\
exit codes:
  0 good   1 a fault of usagetop   2 wrong usage, configuration or request
  3 key missing, refused or without the scope   4 network or server failure
  5 incomplete data (printed and marked)   6 above the limit (check)
  130 interrupted   143 SIGTERM   129 SIGHUP"""
ENVIRONMENT = """\
environment:
  OPENAI_ADMIN_KEY or OPENAI_ADMIN_KEY_FILE   the admin key (no option takes one)
  OPENAI_BASE_URL   default https://api.openai.com/v1
  NO_COLOR, HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE, XDG_CONFIG_HOME, XDG_CACHE_HOME, XDG_STATE_HOME"""
_WIDTH = 76


class Parser(argparse.ArgumentParser):
    """A parser that raises UsageError where argparse would print its usage and end the program."""

    def __init__(self, grammar: Grammar, epilog: str) -> None:
        """``epilog`` is printed as it is; every parser has -h and --version, and takes no abbreviations."""
        super().__init__(
            prog=grammar.prog,
            description=grammar.about,
            epilog=epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        self.add_argument("--version", action="version", version=f"usagetop {__version__}")
        if grammar.place:
            self.add_argument(
                grammar.place,
                nargs=None if grammar.needed else "?",
                metavar=None if grammar.choices else grammar.place.upper(),
                choices=grammar.choices or None,
                help=grammar.place_help,
            )
        for title, options in grammar.groups.items():
            group = self.add_argument_group(title)
            for option in options:
                _add(group, grammar, option)

    def error(self, message: str) -> NoReturn:
        """The mistake as one sentence; words of the command line are made drawable."""
        raise UsageError(label(message, most=300), mend=f"Try {self.prog} --help")


def _add(group: argparse._ArgumentGroup, grammar: Grammar, option: Option) -> None:
    if not option.metavar:
        group.add_argument(option.flag, action="store_true", help=option.help)
        return
    group.add_argument(
        option.flag,
        metavar="{" + ",".join(option.values) + "}" if option.strict else option.metavar,
        choices=option.values if option.strict else None,
        action="append" if option.repeat else "store",
        default=grammar.default(option),
        help=option.help,
    )


def examples(*lines: str) -> str:
    """The part of an epilog with examples."""
    return "examples:\n" + "\n".join(f"  {line}" for line in lines)


def listed(title: str, names: list[str]) -> str:
    """A title and names below it, in lines that fit a narrow terminal."""
    lines = [""]
    for name in names:
        if len(lines[-1]) + len(name) >= _WIDTH:
            lines.append("")
        lines[-1] += f" {name}" if lines[-1] else name
    return f"{title}:\n" + "\n".join(f"  {line}" for line in lines)


def epilog(*parts: str) -> str:
    """The parts with a blank line between them."""
    return "\n\n".join(parts)
