"""JSON Lines: one row object a line, the same objects as in the JSON document's ``rows``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagetop.exports.report import Report
from usagetop.exports.to_json import dumps, row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from usagetop.exports import Printable


def render(report: Printable, *, colour: bool = False) -> Iterator[str]:  # noqa: ARG001 - every format takes it
    """One line a row; nothing for a view without rows."""
    if isinstance(report, Report):
        entries: Iterable[object] = (row(report, entry) for entry in report.rows)
    else:
        from usagetop.exports.sheets import objects

        entries = objects(report)
    for entry in entries:
        yield dumps(entry) + "\n"
