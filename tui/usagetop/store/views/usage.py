"""The usage that belongs to a question about costs: the same days and filters, category by category."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from usagetop.analysis.bill import bill
from usagetop.analysis.frame import rollup
from usagetop.analysis.reconcile import usage_query
from usagetop.errors import AccessError, GroupingRefused, NotServed
from usagetop.model.text import label

if TYPE_CHECKING:
    from collections.abc import Iterable

    from usagetop.analysis.frame import Frame
    from usagetop.model.query import Query
    from usagetop.store.views.asker import Asker

# The categories that count tokens of models which prices are known of.
_TOKENS = ("completions", "decisions")


async def bill_and_tokens(asker: Asker, query: Query, by: str) -> tuple[Frame, list[Frame]]:
    """The bill by day, and the tokens of models by day, ``by`` and tier, over a query of costs.

    Prices are those of the project where rows are by project. Raises what the loader raises.
    """
    scope = ("bucket", "project_id") if by == "project_id" else ("bucket",)
    asked = query.with_group_by(tuple(name for name in (*scope, "line_item") if name != "bucket"))
    more = tuple(dict.fromkeys([*scope, by, "model"]))
    costs, (frames, _) = await asyncio.gather(
        asker.answer(asked), usage_frames(asker, query, _TOKENS, *more, alone=True)
    )
    by_project = tuple(name for name in scope if name == "bucket" or name in costs.query.grain)
    return bill(costs.query, costs.buckets, *by_project), list(frames.values())


async def usage_frames(
    asker: Asker, costs: Query, categories: Iterable[str], *more: str, alone: bool = False
) -> tuple[dict[str, Frame], list[str]]:
    """The usage of categories by what line items tell apart and by ``more``; second, what could not be read.

    A category that the server lacks, refuses to group so, or shows this key nothing of is left out and named,
    drawable; any other failure is raised, and so is the first one when ``alone`` no category could be read.
    """
    queries = {name: query for name in categories if (query := usage_query(costs, name, *more)) is not None}
    answers = await asyncio.gather(*map(asker.answer, queries.values()), return_exceptions=True)
    frames: dict[str, Frame] = {}
    unread: list[str] = []
    for (name, query), answer in zip(queries.items(), answers, strict=True):
        if isinstance(answer, AccessError | GroupingRefused | NotServed):
            unread.append(f"{name} could not be read: {label(str(answer))}")
        elif isinstance(answer, BaseException):
            raise answer
        elif set(query.group_by) - {"bucket"} <= set(answer.query.grain):
            frames[name] = rollup(answer.query.with_group_by(query.group_by), answer.buckets)
        else:
            unread.append(f"{name} is not to be had by {', '.join(query.group_by)}")
    if alone and not frames:
        raise next(answer for answer in answers if isinstance(answer, BaseException))
    return frames, unread
