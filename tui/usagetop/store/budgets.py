"""The budget view: costs of the last weeks, limits and alerts of the API and own budgets, brought together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from usagetop.analysis.budget import budget, dimensions_of
from usagetop.analysis.forecast import history_start
from usagetop.analysis.frame import rollup
from usagetop.errors import GroupingRefused
from usagetop.model.answer import Notice
from usagetop.model.categories import category
from usagetop.model.dimensions import DIMENSIONS
from usagetop.model.period import DAY, Range, ceil, day_text
from usagetop.model.query import Query, make_filter, parse_filters
from usagetop.model.spending import Threshold
from usagetop.model.text import label

if TYPE_CHECKING:
    from usagetop.analysis.budget import BudgetView
    from usagetop.client.names import Names
    from usagetop.model.answer import Answer
    from usagetop.model.query import Filter, Value
    from usagetop.settings import Budget
    from usagetop.store.loader import Loader, Mode

MOST_LIMIT_REQUESTS = 40
_MOST_NAME_REQUESTS = 20
_COSTS = category("costs")


@dataclass(frozen=True, slots=True)
class Budgets:
    """The view, the answer of costs that it stands on, the names that are known, and what else must be said.

    ``notices`` hold those of limits and names too; ``requests`` counts what was asked beside the costs.
    """

    view: BudgetView
    answer: Answer
    names: Names
    notices: tuple[Notice, ...]
    requests: int


def history_query(now: int, group_by: Sequence[str] = ()) -> Query:
    """The daily costs that a forecast stands on: eight weeks and the whole month, up to ``now`` (UTC seconds)."""
    start = history_start(now)
    span = Range(f"{day_text(start)}..", start, ceil(now + 1, DAY), DAY, now)
    return Query("costs", span, "1d", tuple(group_by))


async def load_budgets(loader: Loader, own: Iterable[Budget], *, now: int, mode: Mode = "normal") -> Budgets:
    """Ask for what the view needs; ``now`` is the loader's clock (UTC seconds).

    Raises errors of ``usagetop.errors`` when costs cannot be had. Limits and names that cannot be read are told.
    """
    own = tuple(own)
    words = {"project_id": [one.scope for one in own if one.scope]}
    for one in own:
        for each in parse_filters(_COSTS, one.filters):
            if DIMENSIONS[each.dimension].names:
                words.setdefault(each.dimension, []).extend(filter(None, (*each.keep, *each.drop)))
    wanted = {dimension: texts for dimension, texts in words.items() if texts}
    found = await loader.names(wanted, most_requests=_MOST_NAME_REQUESTS, mode=mode)
    mine = [threshold_of(one, found.names) for one in own]
    query = history_query(now, sorted({"project_id", *dimensions_of(mine)}))
    refused: tuple[Notice, ...] = ()
    try:
        answer = await loader.load(query, mode=mode)
    except GroupingRefused as error:
        # What only that grouping could tell stays unknown; the other budgets need not wait for it.
        refused = (Notice("fallback_grouping", f"grouped by project_id alone: {error}"),)
        answer = await loader.load(query.with_group_by(("project_id",)), mode=mode)
    limits = await loader.thresholds(_projects(answer), most_requests=MOST_LIMIT_REQUESTS, mode=mode)
    view = budget(answer.query, answer.buckets, answer.ages, (*limits.entries, *mine), now=now)
    told = [*refused, *answer.notices, *limits.notices, *found.notices]
    told += [
        Notice("limits_partial", f"{label(row.name)}: {row.trouble}") for row in view.rows if row.trouble
    ]
    return Budgets(view, answer, found.names, tuple(dict.fromkeys(told)), found.requests + limits.requests)


def threshold_of(own: Budget, names: Names) -> Threshold:
    """An own budget with ids in the place of names; one whose project nobody knows has a ``trouble``."""
    filters, trouble = [], ""
    asked = list(parse_filters(_COSTS, own.filters))
    if own.scope:
        asked.append(make_filter("project_id", [own.scope], ()))
    for one in asked:
        keep, drop = ([_identity(value, one, names) for value in values] for values in (one.keep, one.drop))
        trouble = trouble or next((each for _, each in (*keep, *drop) if each), "")
        filters.append(make_filter(one.dimension, (value for value, _ in keep), (value for value, _ in drop)))
    project = filters[-1].keep[0] if own.scope else None
    return Threshold(
        "budget",
        own.amount,
        own.currency,
        project or "",
        own.name,
        () if own.scope else tuple(filters),
        trouble=trouble,
    )


def _identity(word: Value, one: Filter, names: Names) -> tuple[Value, str]:
    """The id that a word means, and what is wrong with the word; words of unread lists are taken for ids."""
    about = DIMENSIONS[one.dimension]
    if word is None or not about.names or names.name_of(one.dimension, word) is not None:
        return word, ""
    ids = names.ids_of(one.dimension, word)
    if len(ids) == 1:
        return ids[0], ""
    if ids:
        return word, f"{len(ids)} {about.plural} have the name '{label(word, most=60)}'"
    if one.dimension in names.listed:
        return word, f"no {about.short} has the name or id '{label(word, most=60)}'"
    return word, ""


def _projects(answer: Answer) -> list[str]:
    """The projects of an answer, what costs most first: as many as requests allow are asked for limits."""
    frame = rollup(answer.query._replace(group_by=("project_id",)), answer.buckets, {"amount"})
    return [key for row in frame.order("amount") if isinstance(key := frame.keys[row][0], str)]
