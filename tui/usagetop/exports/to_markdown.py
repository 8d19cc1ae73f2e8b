"""A Markdown table with its title, totals and what must be known about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagetop.exports.pages import page_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from usagetop.exports import Printable

# What Markdown or the HTML inside it would take for more than text.
_SPECIAL = str.maketrans({character: "\\" + character for character in "\\`*[]<>|~#"})


def render(report: Printable, *, colour: bool = False) -> Iterator[str]:  # noqa: ARG001 - every format takes it
    """Title, table with totals in bold, status and notices."""
    page = page_of(report)
    shown = page.grid
    yield f"**{_escaped(page.title)}**\n\n"
    yield _line([_escaped(column.heading) for column in shown.columns])
    yield _line(["---:" if column.number else "---" for column in shown.columns])
    for line in shown.lines:
        yield _line([_escaped(cell) for cell in line])
    for line in shown.totals:
        yield _line([f"**{_escaped(cell)}**" if cell else "" for cell in line])
    for sentence in page.said:
        yield f"\n**{_escaped(sentence)}**\n"
    holding = " ".join(page.words)
    yield "\n" + (f"**{holding}** · " if holding else "") + page.status + "\n"
    for notice in page.notices:
        yield f"\n> {_escaped(notice.message)}\n"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |\n"


def _escaped(text: str) -> str:
    """The text as text: no pipe ends its cell, nothing in it becomes a link or a tag."""
    return text.translate(_SPECIAL)
