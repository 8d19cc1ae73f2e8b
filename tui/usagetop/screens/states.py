"""What stands in the place of chart and table while there is nothing to draw, and which key to press then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from usagetop.commands import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from usagetop.errors import UsagetopError
    from usagetop.store.outcome import Outcome
    from usagetop.store.session import View

# What to do where there is nothing to see: commands, and the words beside their keys.
_AGAIN = (("refresh", "try again"), ("range", "range"), ("group-by", "group by"), ("messages", "messages"))
_ELSEWHERE = (("range", "another range"), ("filters", "filters"), ("refresh", "refresh"))


def instead(
    view: View,
    outcome: Outcome | None,
    error: UsagetopError | None,
    *,
    is_awaited: bool,
    keys: Mapping[str, str],
) -> Content | None:
    """The first load, an error without older numbers, or emptiness; None where there are numbers.

    ``keys`` maps command ids to the keys that they have.
    """
    if outcome is not None:
        if len(outcome.frame):
            return None
        word = (
            "Every bucket came and is empty.\n\n"
            if outcome.answer.complete
            else "And not every bucket came: see the messages.\n\n"
        )
        title = f"Nothing in {view.category} for this range.\n\n"
        return Content.assemble((title, "bold"), word, *_hints(keys, *_ELSEWHERE))
    if is_awaited:
        return Content.styled("asking…", "$quiet")
    if error is None:
        return Content.assemble(("The load was cancelled.\n\n", "bold"), *_hints(keys, *_AGAIN))
    mend = f"{error.mend}\n\n" if error.mend else ""
    return Content.assemble((f"{error}\n\n", "bold $error"), mend, *_hints(keys, *_AGAIN))


def _hints(keys: Mapping[str, str], *commands: tuple[str, str]) -> list[tuple[str, str] | str]:
    """Commands by the keys that they have, each with a word."""
    parts: list[tuple[str, str] | str] = []
    for name, word in commands:
        gap = "   " if parts else ""
        parts += [gap, (shown(keys[name]), "bold $primary"), f" {word}"]
    return parts
