"""Formats: how a view is written for other programs, for spreadsheets and for people.

A format is one file with ``render(report, colour=…)``, which yields pieces of text, and one line here.
"""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from usagetop.exports.report import Report
    from usagetop.exports.sheets import SheetReport

    Printable: TypeAlias = "Report | SheetReport"


class Format(NamedTuple):
    """One format.

    ``suffix`` is that of its files, without the dot. ``tells`` says whether the text itself holds the notices
    and whether the answer is complete; where it does not, that is told beside it.
    """

    name: str
    label: str
    suffix: str
    tells: bool

    def render(self, report: Printable, *, colour: bool = False) -> str:
        """The whole text of a report, every line ended by LF; ``colour`` is for terminals."""
        module = import_module(f"usagetop.exports.to_{self.name}")  # only the one that is needed
        return "".join(module.render(report, colour=colour))


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        one.name: one
        for one in (
            Format("table", "aligned text", "txt", tells=True),
            Format("csv", "comma-separated values", "csv", tells=False),
            Format("tsv", "tab-separated values", "tsv", tells=False),
            Format("json", "JSON document", "json", tells=True),
            Format("jsonl", "JSON, one row a line", "jsonl", tells=False),
            Format("markdown", "Markdown table", "md", tells=True),
        )
    }
)
