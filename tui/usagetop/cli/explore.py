"""``usagetop [CATEGORY]``: read what the explorer is opened with, and open it."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from usagetop.cli import COMMANDS
from usagetop.cli.grammar import Grammar
from usagetop.cli.naming import named_filters, resolved
from usagetop.cli.options import (
    ANSWER,
    CACHE,
    DEMO,
    EXPLORE,
    VIEW,
    ExploreOptions,
    source_of,
    view_of,
)
from usagetop.errors import NoTerminal, UsageError
from usagetop.model.categories import BY_NAME
from usagetop.model.text import label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from usagetop.cli.parsing import Parser
    from usagetop.model.query import Filter
    from usagetop.settings import Settings
    from usagetop.store.session import View

GRAMMAR = Grammar(
    "usagetop",
    "Explore the usage and costs of an OpenAI organization in the terminal.",
    {"view": VIEW, "source": (*DEMO, *CACHE, *ANSWER), "explorer": EXPLORE},
    place="category",
    place_help="where to begin; default costs",
    needed=False,
)


def parser() -> Parser:
    """The parser of the program itself, with the list of its commands."""
    from usagetop.cli.parsing import ENVIRONMENT, EXITS, RANGES, epilog, examples, listed

    commands = "commands (usagetop COMMAND --help):\n" + "\n".join(
        f"  {name:<12}{about}" for name, about in COMMANDS.items()
    )
    shown = examples(
        "usagetop --demo",
        "usagetop costs --range last-month --by project_id",
        "usagetop completions --range 24h --by model --filter project_id=search-api",
    )
    categories = listed("categories", list(BY_NAME))
    return GRAMMAR.parser(epilog(commands, categories, RANGES, shown, EXITS, ENVIRONMENT))


def read_options(words: Sequence[str]) -> ExploreOptions:
    """What the explorer is opened with; raises UsageError."""
    given = GRAMMAR.read(words, parser)
    if given.category in COMMANDS:
        raise UsageError(
            f"{given.category} is a command and comes first",
            mend=f"Write usagetop {given.category} and then the rest",
        )
    if given.category is not None and given.category not in BY_NAME:
        raise UsageError(
            f"there is no category or command '{label(given.category, most=40)}'",
            mend=f"Categories: {' '.join(BY_NAME)}; commands: {' '.join(COMMANDS)}",
        )
    view = view_of(given)
    return ExploreOptions(view, source_of(given), auto=not given.no_auto, plain_driver=given.plain_driver)


def first_view(options: ExploreOptions) -> View:
    """The view that the options ask for, names in filters not yet resolved; raises UsageError."""
    from usagetop.cli.asking import read_sort
    from usagetop.model.query import make_query
    from usagetop.store.session import View

    chosen = options.view
    query, _ = make_query(
        chosen.category,
        chosen.range,
        now=int(time.time()),
        by=chosen.by,
        width=chosen.width,
        filters=chosen.filters,
    )
    sort = read_sort(chosen, query)
    return View(
        chosen.category,
        range_text=chosen.range,
        width=chosen.width,
        group_by=query.group_by,
        filters=query.filters,
        metric=chosen.metric,
        sort=sort.column if chosen.sort else "",
        descending=sort.descending,
        show_ids=not options.source.names,
        top=chosen.top,
        compare=chosen.compare,
    )


def run(words: Sequence[str]) -> int:
    """Open the explorer; returns its exit code."""
    options = read_options(words)
    view = first_view(options)
    check_terminal()
    from usagetop.settings import Settings, load_settings

    settings = Settings() if options.source.scenario is not None else load_settings()
    if options.source.names and named_filters(view.filters):
        import asyncio

        view = view.changed(filters=asyncio.run(_filters(options, view.filters, settings)))
    from usagetop.cli.opening import explore

    return explore(view, options, settings)


def check_terminal() -> None:
    """Raise NoTerminal where the explorer cannot be drawn."""
    mend = "usagetop show costs prints the same numbers without a terminal"
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        raise NoTerminal("the explorer needs a terminal", mend=mend)
    if os.environ.get("TERM", "") in {"", "dumb", "unknown"}:
        message = "the explorer needs a terminal that can move its cursor (TERM is dumb or not set)"
        raise NoTerminal(message, mend=mend)


async def _filters(
    options: ExploreOptions, filters: tuple[Filter, ...], settings: Settings
) -> tuple[Filter, ...]:
    """The filters with ids for names; raises UsageError where the host has not been agreed to yet."""
    from usagetop.settings import hosts
    from usagetop.store.opening import open_loader

    source = options.source
    if source.scenario is None and hosts.to_ask_about(settings.base_url):
        raise UsageError(
            "a name in --filter would be looked up before you have agreed to the host",
            mend="Open the explorer once without the name, or use the id",
        )
    loader = open_loader(settings, scenario=source.scenario, mode=source.mode)
    try:
        return (await resolved(loader, filters, source.mode))[0]
    finally:
        await loader.aclose()
