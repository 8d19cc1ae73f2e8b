"""Thresholds of spending: limits and alerts that the API knows, and budgets of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from usagetop.model.query import Filter

Kind = Literal["limit", "alert", "budget"]
MONTH = "month"


@dataclass(frozen=True, slots=True)
class Threshold:
    """One amount that a month is held against.

    ``amount`` is exact, in whole units of ``currency`` (lower case; the API's cents are dollars here).
    ``project_id`` is raw and empty for the whole organization; a budget may have ``filters`` of costs instead.
    ``interval`` is ``month``, or what else the API says. ``status`` is whether a limit enforces, in the API's
    words; ``identity`` the API's id of an alert. ``name`` is what a budget is called, empty for the others.
    ``trouble`` is why its costs cannot be told (drawable), where they cannot: nobody knows its project.
    """

    kind: Kind
    amount: Decimal
    currency: str = "usd"
    project_id: str = ""
    name: str = ""
    filters: tuple[Filter, ...] = ()
    interval: str = MONTH
    status: str = ""
    identity: str = ""
    trouble: str = ""

    @property
    def scope(self) -> str:
        """The scope as a raw text: ``organization``, the project's id, or filters as the command line writes them."""
        if self.filters:
            return " ".join(word for one in self.filters for word in one.words())
        return self.project_id or "organization"
