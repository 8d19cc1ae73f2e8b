"""Asking for the several answers of one view, and keeping account of where they came from."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from usagetop.model.answer import Answer, Notice, Source

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from usagetop.analysis.sheet import Field
    from usagetop.model.columns import Bucket
    from usagetop.model.query import Query
    from usagetop.settings import Budget
    from usagetop.store.loader import Loader, Mode
    from usagetop.store.progress import OnProgress


class Question(NamedTuple):
    """What a view is asked: a query of costs whose range and filters hold for everything that it needs.

    ``now`` is UTC seconds. ``compare`` is the earlier period (``previous`` or ``month``); ``by`` the rows'
    dimension, where the view leaves a choice. ``budgets`` are those of the configuration.
    """

    query: Query
    now: int
    compare: str = "previous"
    by: str = ""
    budgets: tuple[Budget, ...] = ()


class Account(NamedTuple):
    """Everything that was answered for a view, as one source and one list of notices."""

    source: Source
    notices: tuple[Notice, ...]


class Asker:
    """Asks a loader in one mode, and remembers what the answers said about themselves."""

    def __init__(self, loader: Loader, mode: Mode = "normal", on_progress: OnProgress | None = None) -> None:
        """``mode`` is the loader's; ``on_progress`` hears of every answer's buckets."""
        self.loader = loader
        self.mode = mode
        self._on_progress = on_progress
        self._answers: list[Answer] = []
        self._notices: list[Notice] = []
        self._name_requests = 0

    async def answer(self, query: Query, *, needed: Collection[str] | None = None) -> Answer:
        """The answer to a query; raises what the loader raises.

        With ``needed``, dimensions that the server refuses are left out, but for these; that is told.
        """
        answer = await self.loader.load(query, mode=self.mode, on_progress=self._on_progress, needed=needed)
        if not query.about.is_costs:
            answer = answer._replace(notices=tuple(_of(query.category, one) for one in answer.notices))
        self._answers.append(answer)
        return answer

    def heard(self, answer: Answer) -> None:
        """Count an answer that somebody else asked for."""
        self._answers.append(answer)

    async def answers(
        self, one: Query, other: Query, *, needed: Collection[str] | None = None
    ) -> tuple[Answer, Answer]:
        """The answers to two queries of one grouping, asked for at once; ``needed`` as in ``answer``.

        Where one of them fell back to a smaller grouping, the other is asked in the same way.
        """
        first, second = await asyncio.gather(
            self.answer(one, needed=needed), self.answer(other, needed=needed)
        )
        used = tuple(name for name in first.query.group_by if name in second.query.group_by)
        if first.query.group_by != used:
            first = await self.answer(one.with_group_by(used), needed=needed)
        if second.query.group_by != used:
            second = await self.answer(other.with_group_by(used), needed=needed)
        return first, second

    @property
    def costs(self) -> list[Answer]:
        """The answers that were of costs."""
        return [answer for answer in self._answers if answer.query.about.is_costs]

    def buckets(self) -> Iterator[Bucket]:
        """Every bucket that was answered: rows of costs may bring names."""
        return (bucket for answer in self._answers for bucket in answer.buckets)

    def tell(self, notices: Iterable[Notice], *, name_requests: int = 0) -> None:
        """Something else that a reader must know, and what it took to learn it."""
        self._notices += notices
        self._name_requests += name_requests

    def account(self) -> Account:
        """What all answers so far say together: requests and buckets added up, the oldest age, every notice."""
        sources = [answer.source for answer in self._answers]
        ages = [source.fetched_at for source in sources if source.fetched_at is not None]
        first = sources[0] if sources else Source(self.loader.base_url)
        source = first._replace(
            requests=sum(source.requests for source in sources),
            name_requests=self._name_requests,
            cached_buckets=sum(source.cached_buckets for source in sources),
            fetched_buckets=sum(source.fetched_buckets for source in sources),
            finer_buckets=sum(source.finer_buckets for source in sources),
            fetched_at=min(ages, default=None),
        )
        told = [notice for answer in self._answers for notice in answer.notices]
        return Account(source, tuple(dict.fromkeys([*told, *self._notices])))


def _of(category: str, notice: Notice) -> Notice:
    """A notice of usage beside costs says of which category it is; what only says that time goes on need not."""
    if notice.code in {"partial_bucket", "offline"}:
        return notice
    return notice._replace(message=f"{category}: {notice.message}")


def asked_for(fields: tuple[Field, ...], used: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[Field, ...]:
    """The fields without dimensions that were wanted and not answered: no row carries one that it was not given."""
    return tuple(one for one in fields if one.name not in wanted or one.name in used)
