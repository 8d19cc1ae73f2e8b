"""The page of whatever is to be written, for the formats that people read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagetop.exports.report import Report

if TYPE_CHECKING:
    from usagetop.exports import Printable
    from usagetop.exports.wording import Page


def page_of(report: Printable) -> Page:
    """The page of a view's rows, or of a view beyond the table."""
    if isinstance(report, Report):
        from usagetop.exports import grid

        return grid.page(report)
    from usagetop.exports import sheet_pages

    return sheet_pages.page(report)
