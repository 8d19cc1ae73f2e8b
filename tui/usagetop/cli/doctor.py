"""``usagetop doctor``: whether key, scopes, network, clock, cache and terminal are fit, one line each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from usagetop.cli.grammar import Grammar
from usagetop.cli.options import DOCTOR, source_of
from usagetop.cli.output import print_text
from usagetop.errors import EXIT_GOOD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from usagetop.cli.parsing import Parser
    from usagetop.client.check import Finding

_WORDS = {"good": "ok", "unclear": "?", "warning": "warn", "bad": "FAIL"}
GRAMMAR = Grammar(
    "usagetop doctor",
    "Check key, scopes, network, clock, cache and terminal; exit 0, or the code of the first that failed.",
    {"options": DOCTOR},
    defaults={"format": "text"},
)


def parser() -> Parser:
    """The parser of the command."""
    from usagetop.cli.parsing import ENVIRONMENT, EXITS, epilog, examples

    return GRAMMAR.parser(
        epilog(examples("usagetop doctor", "usagetop doctor --format json"), EXITS, ENVIRONMENT)
    )


def run(words: Sequence[str]) -> int:
    """Print one line a check; returns 0, or the code of the first check that failed."""
    given = GRAMMAR.read(words, parser)
    from usagetop.cli.findings import examined

    findings = examined(source_of(given))
    code = next((finding.exit_code for finding in findings if finding.verdict == "bad"), EXIT_GOOD)
    print_text(_document(findings, code) if given.format == "json" else "".join(map(_line, findings)))
    return code


def _line(finding: Finding) -> str:
    mend = f" — {finding.mend}" if finding.mend and finding.verdict != "good" else ""
    return f"{_WORDS[finding.verdict]:<5} {finding.name:<9} {finding.sentence}{mend}\n"


def _document(findings: Iterable[Finding], code: int) -> str:
    """The findings as JSON."""
    checks = [
        {
            "name": finding.name,
            "verdict": finding.verdict,
            "message": finding.sentence,
            "mend": finding.mend,
            "exit_code": finding.exit_code,
        }
        for finding in findings
    ]
    return json.dumps({"schema_version": 1, "exit_code": code, "checks": checks}, indent=1) + "\n"
