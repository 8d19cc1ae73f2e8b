"""Views beyond the table: a registry, one file a view.

A view asks the loader for what it needs, hands the answers to pure analysis, and returns a sheet. Adding one:
a file with ``async def ask(asker, question) -> Sheet``, and one line here.
"""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from usagetop.analysis.sheet import Sheet
    from usagetop.store.views.asker import Asker, Question


class SheetView(NamedTuple):
    """One view: its name on the command line, its title, and one sentence about what it answers.

    ``compares`` says that it sets a period beside an earlier one; ``by`` are the dimensions that its rows can be
    grouped by, the first is the default (empty: its rows are always the same). ``fixed`` says that it is always
    of the month that runs and of everything: it has no range and no filters. ``none`` is said where it has no rows.
    """

    name: str
    title: str
    help: str
    compares: bool = False
    by: tuple[str, ...] = ()
    fixed: bool = False
    none: str = ""

    async def ask(self, asker: Asker, question: Question) -> Sheet:
        """The sheet that answers the question; raises what the loader raises."""
        module = import_module(f"usagetop.store.views.{self.name}")  # only the one that is needed
        sheet: Sheet = await module.ask(asker, question)
        return sheet


VIEWS: Mapping[str, SheetView] = MappingProxyType(
    {
        one.name: one
        for one in (
            SheetView(
                "drivers",
                "drivers",
                "What changed since the period before: volume or price.",
                compares=True,
                none="Nothing was billed in either period.",
            ),
            SheetView(
                "prices",
                "unit prices",
                "What a unit cost as billed, and when that changed.",
                none="Nothing was billed in this range.",
            ),
            SheetView(
                "savings",
                "savings",
                "What cached input saved, at billed prices.",
                by=("model", "project_id", "api_key_id"),
                none="No tokens were used in this range.",
            ),
            SheetView(
                "tiers",
                "tiers",
                "What ran at which tier or as a batch, and what it saved.",
                none="No tokens were used in this range.",
            ),
            SheetView(
                "budget",
                "budget",
                "Limits and budgets, month to date and forecast.",
                fixed=True,
                none="No limit, alert or budget is known.",
            ),
            SheetView(
                "anomalies",
                "anomalies",
                "Days that are odd for their weekday, and what drove them.",
                none="No day of this range leaves its weekday's usual band.",
            ),
            SheetView(
                "reconcile",
                "reconcile",
                "Which part of the bill usage explains.",
                none="Nothing was billed in this range.",
            ),
            SheetView(
                "allocated",
                "allocated",
                "Dollars by API key or user, by their share of usage.",
                by=("api_key_id", "user_id"),
                none="Nothing was billed in this range that could be allocated.",
            ),
        )
    }
)
