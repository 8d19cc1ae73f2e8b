"""What the explorer is opened with, and the lines of its messages pane."""

from __future__ import annotations

import os
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from usagetop.charts.picture import Look
from usagetop.commands import COMMANDS
from usagetop.errors import AccessError
from usagetop.model.text import label
from usagetop.store.first import First

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from usagetop.settings import Budget
    from usagetop.store.loader import Loader, Mode
    from usagetop.store.session import Session


class Told(NamedTuple):
    """One line of the messages pane: when (UTC seconds), how grave, and the drawable text."""

    at: int
    grade: str
    text: str


class Desk(NamedTuple):
    """What the explorer is opened with.

    ``mode`` is how views are loaded (normal, offline, no-cache, refresh). ``origin`` is the drawable host or
    ``demo:NAME``. ``keys`` maps command ids to the key that the footer shows. ``first`` is the session's view on
    its way from the cache. ``budgets`` are those of the configuration.
    """

    loader: Loader
    session: Session
    clock: Callable[[], float]
    look: Look
    mode: Mode = "normal"
    origin: str = ""
    auto: bool = True
    ahead: bool = True
    with_names: bool = True
    keys: Mapping[str, str] = MappingProxyType({})
    first: First | None = None
    budgets: tuple[Budget, ...] = ()


def make_desk(
    loader: Loader,
    session: Session,
    *,
    clock: Callable[[], float],
    mode: Mode = "normal",
    auto: bool = True,
    ahead: bool = True,
    with_names: bool = True,
    keymap: Mapping[str, str] | None = None,
    budgets: tuple[Budget, ...] = (),
) -> Desk:
    """A desk with the look that this terminal allows and the keys that the footer shows; the first view begins."""
    keys = {command.id: command.keys[0] for command in COMMANDS if command.keys}
    for name, chosen in (keymap or {}).items():
        keys[name] = chosen.split(",")[0]
    return Desk(
        loader=loader,
        session=session,
        clock=clock,
        look=terminal_look(),
        mode=mode,
        origin=origin_label(loader.base_url),
        auto=auto,
        ahead=ahead,
        with_names=with_names,
        keys=keys,
        budgets=budgets,
        first=First(loader, session.current, int(clock())) if mode == "normal" else None,
    )


def attempt(open_desk: Callable[[str | None], Desk], scenario: str | None) -> Desk | AccessError:
    """The desk, or why there is no key to work with."""
    try:
        return open_desk(scenario)
    except AccessError as error:
        return error


def terminal_look() -> Look:
    """ASCII where the locale is not UTF-8; no colour where NO_COLOR asks for none."""
    return Look(ascii=is_ascii_locale(), colour=not os.environ.get("NO_COLOR"))


def is_ascii_locale() -> bool:
    """Whether the locale names an encoding that is not UTF-8. An unset locale says nothing: UTF-8 is assumed."""
    named = next((value for name in ("LC_ALL", "LC_CTYPE", "LANG") if (value := os.environ.get(name))), "")
    encoding = named.partition(".")[2].partition("@")[0].replace("-", "").lower()
    return bool(named) and encoding != "utf8"


def origin_label(base_url: str) -> str:
    """``demo:NAME`` as it is, else the host (drawable): the official one needs no words."""
    if base_url.startswith("demo:"):
        return label(base_url)
    return label(base_url.partition("://")[2].partition("/")[0])
