"""The usage that belongs to a question about costs: the same days and filters, category by category."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from usagetop.analysis.bill import OF_LINES, bill, whole
from usagetop.analysis.frame import rollup
from usagetop.analysis.matching import related, want_of
from usagetop.analysis.reconcile import usage_query
from usagetop.errors import AccessError, GroupingRefused, NotServed, ServiceError, UsageError, UsagetopError
from usagetop.model.answer import Notice
from usagetop.model.text import label

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from usagetop.analysis.frame import Frame
    from usagetop.model.answer import Answer
    from usagetop.model.query import Query
    from usagetop.store.views.asker import Asker

# The categories that count tokens of models which prices are known of.
_TOKENS = ("completions", "decisions")


class Usage(NamedTuple):
    """Usage frames by category; ``unread`` are those that were asked for and could not be had."""

    frames: dict[str, Frame]
    unread: frozenset[str] = frozenset()


async def whole_bill(asker: Asker, query: Query, *by: str) -> Answer:
    """All lines of the bill by line_item and, where the server lets them be told apart, by more dimensions.

    Filters of line items and of models are left to ``bill.kept_by``. Raises what the loader raises.
    """
    answer = await asker.answer(whole(query).with_group_by((*by, "line_item")), needed=("line_item",))
    if any(one.dimension == "model" for one in query.filters):
        asker.tell(
            [Notice("derived_dimension", "model is read from the line item; what cannot be read keeps it")]
        )
    return answer


async def bill_and_tokens(asker: Asker, query: Query, by: str) -> tuple[Frame, list[Frame]]:
    """The bill by day, and the tokens of models by day, ``by`` and tier, over a query of costs.

    Prices are those of the project where rows are by project; they are those of the whole bill, whatever models
    the query keeps (``kept_models``). Raises what the loader raises.
    """
    scope = ("project_id",) if by == "project_id" else ()
    more = tuple(dict.fromkeys(["bucket", *scope, by, "model"]))
    needed = ("model",) if asker.loader.fallback else (by, "model")
    costs, usage = await asyncio.gather(
        whole_bill(asker, query, *scope), usage_frames(asker, query, _TOKENS, *more, needed=needed)
    )
    told_apart = tuple(name for name in scope if name in costs.query.group_by)
    return bill(costs.query, costs.buckets, "bucket", *told_apart), _alike(usage.frames.values())


def _alike(frames: Iterable[Frame]) -> list[Frame]:
    """Frames of the dimensions that the first one has: where one fell back, it alone is told."""
    given = list(frames)
    return [one for one in given if set(one.dims) - _TIERS == set(given[0].dims) - _TIERS]


_TIERS = frozenset({"batch", "service_tier"})


def kept_models(query: Query, view: str) -> Callable[[str | None], bool]:
    """Whether a model of usage passes the query's filters of models, or of the line items that are for it.

    Names are held against each other by family. Raises UsageError for line items that are left out: what was
    saved is of whole models.
    """
    mine = [one for one in query.filters if one.dimension in OF_LINES]
    if any(one.dimension == "line_item" and one.drop for one in mine):
        raise UsageError(
            f"{view} are of whole models, not of line items", mend="Exclude models: --filter model!=NAME"
        )

    def among(model: str | None, values: Iterable[str | None]) -> bool:
        return any(
            value is None if model is None else value is not None and related(value, model)
            for value in values
        )

    def keep(model: str | None) -> bool:
        for one in mine:
            kept = [_model(value) for value in one.keep] if one.dimension == "line_item" else one.keep
            if (one.keep and not among(model, kept)) or among(model, one.drop):
                return False
        return True

    return keep


def _model(line_item: str | None) -> str | None:
    want = want_of(line_item)
    return want.model if want is not None else None


async def usage_frames(
    asker: Asker, costs: Query, categories: Iterable[str], *more: str, needed: Iterable[str]
) -> Usage:
    """The usage of categories by what line items tell apart and by ``more``.

    Dimensions that a server refuses are left out, and that is told, but for those ``needed``. What could not be
    had is told too: that there is no such endpoint or grouping, and as incomplete that a server or the network
    failed. When nothing could be had, the first failure is raised.
    """
    queries = {name: query for name in categories if (query := usage_query(costs, name, *more)) is not None}
    wanted = tuple(needed)
    answers = await asyncio.gather(
        *(asker.answer(query, needed=_held(query, wanted)) for query in queries.values()),
        return_exceptions=True,
    )
    frames: dict[str, Frame] = {}
    failed: dict[str, UsagetopError] = {}
    for name, answer in zip(queries, answers, strict=True):
        if isinstance(answer, AccessError | GroupingRefused | ServiceError):
            failed[name] = answer
        elif isinstance(answer, BaseException):
            raise answer
        else:
            by = tuple(
                one for one in queries[name].group_by if one == "bucket" or one in answer.query.group_by
            )
            frames[name] = rollup(answer.query.with_group_by(by), answer.buckets)
    if failed and not frames:
        raise next(iter(failed.values()))
    asker.tell(_unread(failed))
    return Usage(frames, frozenset(failed))


def _held(query: Query, needed: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in needed if name in query.group_by)


def _unread(failed: dict[str, UsagetopError]) -> Iterator[Notice]:
    for name, error in failed.items():
        lasting = isinstance(error, AccessError | GroupingRefused | NotServed)
        text = f"{name} could not be read: {label(str(error))}"
        yield Notice("usage_missing" if lasting else "missing_bucket", text)
