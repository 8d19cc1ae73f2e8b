"""JSON Lines: one row object a line, the same objects as in the JSON document's ``rows``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagetop.exports.to_json import dumps, row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from usagetop.exports.report import Report


def render(report: Report, *, colour: bool = False) -> Iterator[str]:  # noqa: ARG001 - every format takes it
    """One line a row; nothing for a view without rows."""
    for entry in report.rows:
        yield dumps(row(report, entry)) + "\n"
