"""Comma-separated values: header, dimensions, names, metrics; UTF-8, LF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagetop.exports.delimited import lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from usagetop.exports import Printable


def render(report: Printable, *, colour: bool = False) -> Iterator[str]:  # noqa: ARG001 - every format takes it
    """The header and one line a row (costs: and currency)."""
    yield from lines(report, ",")
