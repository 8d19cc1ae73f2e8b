"""``show costs --view NAME``: from the words of the command to a sheet that is about to be written."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from usagetop.cli.asking import opened
from usagetop.cli.naming import (
    MOST_NAME_REQUESTS,
    named_filters,
    refuse_unseen,
    resolved,
    unknown_words,
)
from usagetop.errors import UsageError
from usagetop.exports.report import Sort
from usagetop.exports.sheets import SheetReport
from usagetop.model.answer import Notice
from usagetop.model.period import DEFAULT_RANGE
from usagetop.model.query import make_query
from usagetop.model.text import label
from usagetop.settings import load_settings
from usagetop.store.labels import raw_names
from usagetop.store.views import VIEWS
from usagetop.store.views.asker import Asker, Question

if TYPE_CHECKING:
    from collections.abc import Callable

    from usagetop.analysis.sheet import Sheet
    from usagetop.cli.options import SourceOptions, ViewOptions
    from usagetop.store.loader import Loader
    from usagetop.store.views import SheetView


class Viewing:
    """One command's way to its sheet; ``clock`` gives UTC seconds."""

    def __init__(
        self,
        name: str,
        view: ViewOptions,
        source: SourceOptions,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """``name`` is one of the registry's; raises UsageError for options that do not go with it."""
        self._about = VIEWS[name]
        self._view = view
        self._source = source
        self._clock = clock
        now = int(clock())
        check_options(self._about, view)
        query, widened = make_query("costs", view.range, now=now, by="none", filters=view.filters)
        budgets = load_settings().budgets if name == "budget" and source.scenario is None else ()
        self._question = Question(query, now, view.compare or "previous", view.by or "", budgets)
        self._told = [Notice("range_widened", "the range was widened to whole days")] if widened else []

    def report(self) -> SheetReport:
        """Ask, and return the report; raises errors of ``usagetop.errors``."""
        import asyncio

        return asyncio.run(self._ask_and_close(opened(self._source, self._clock)))

    async def _ask_and_close(self, loader: Loader) -> SheetReport:
        try:
            return await self._ask(loader)
        finally:
            await loader.aclose()

    async def _ask(self, loader: Loader) -> SheetReport:
        asker = Asker(loader, self._source.mode)
        asker.tell(self._told)
        question = self._question
        filters = question.query.filters
        unknown: list[tuple[str, str]] = []
        if self._source.names and (pairs := named_filters(filters)):
            filters, found = await resolved(loader, filters, self._source.mode)
            asker.tell(found.notices, name_requests=found.requests)
            question = question._replace(query=question.query._replace(filters=filters))
            unknown = unknown_words(found.names, pairs)
        sheet = await self._about.ask(asker, question)
        for answer in asker.costs if unknown else ():
            refuse_unseen(unknown, answer, empty=not sheet.rows)
        names = await self._names(loader, asker, sheet)
        account = asker.account()
        sheet = replace(sheet, source=account.source, notices=account.notices)
        return SheetReport(sheet, names, read_sort(self._view.sort, sheet), self._view.top)

    async def _names(self, loader: Loader, asker: Asker, sheet: Sheet) -> dict[str, dict[str, str]]:
        """Names for the ids in the rows, as far as twenty requests go."""
        wanted = sheet.ids()
        if not (wanted and self._source.names):
            return {}
        found = await loader.names(
            wanted, most_requests=MOST_NAME_REQUESTS, mode=self._source.mode, buckets=asker.buckets()
        )
        asker.tell(found.notices, name_requests=found.requests)
        return raw_names(found.names, wanted)


def check_options(about: SheetView, view: ViewOptions) -> None:
    """Raise UsageError for an option that means nothing in this view."""
    name = f"--view {about.name}"
    if view.category != "costs":
        raise UsageError(f"{name} is a view of costs", mend=f"Write: usagetop show costs {name}")
    if view.by is not None and view.by not in about.by:
        choices = "It can be grouped by: " + " ".join(about.by) if about.by else "Leave --by out"
        raise UsageError(f"--by {label(view.by, most=40)} does not go with {name}", mend=choices)
    if view.compare and not about.compares:
        raise UsageError(f"--compare does not go with {name}", mend="It goes with --view drivers")
    if view.metric:
        raise UsageError(f"--metric does not go with {name}", mend="Leave it out; --sort orders the rows")
    if about.fixed and (view.range not in {DEFAULT_RANGE, "mtd"} or view.filters):
        word = "--filter" if view.filters else "--range"
        raise UsageError(
            f"{word} does not go with {name}", mend="It is of the whole month that runs; leave it out"
        )
    if view.width not in {"auto", "1d"}:
        raise UsageError("costs come in days", mend="Leave --width out")


def read_sort(text: str, sheet: Sheet) -> Sort | None:
    """The row order of ``--sort``; None without one. Raises UsageError for a field that the rows do not have."""
    if not text:
        return None
    name, _, direction = text.partition(":")
    fields = [one.name for one in sheet.fields if one.kind != "changes"]
    if name not in fields or direction not in {"", "asc", "desc"}:
        raise UsageError(
            f"cannot sort by '{label(text, most=60)}'", mend=f"Fields: {' '.join(fields)}; then :asc or :desc"
        )
    return Sort(name, descending=direction == "desc" or (not direction and sheet.field(name).number))
