"""The argument parser: argparse whose mistakes are errors of ours, one or two lines long."""

from __future__ import annotations

import argparse
from typing import NoReturn

from usagetop import __version__
from usagetop.errors import UsageError
from usagetop.model.text import label

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


class Parser(argparse.ArgumentParser):
    """A parser that raises UsageError where argparse would print its usage and end the program."""

    def __init__(self, prog: str, description: str, epilog: str) -> None:
        """``epilog`` is printed as it is; every parser has -h and --version, and takes no abbreviations."""
        super().__init__(
            prog=prog,
            description=description,
            epilog=epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        self.add_argument("--version", action="version", version=f"usagetop {__version__}")

    def error(self, message: str) -> NoReturn:
        """The mistake as one sentence; words of the command line are made drawable."""
        raise UsageError(label(message, most=300), mend=f"Try {self.prog} --help")


def examples(*lines: str) -> str:
    """The part of an epilog with examples."""
    return "examples:\n" + "\n".join(f"  {line}" for line in lines)
