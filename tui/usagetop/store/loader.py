"""The loader: the one way from a query to an answer, for the explorer and for ``usagetop show``.

Plan, cached units, missing windows, buckets, answer. Nothing here knows Textual, and a view that the cache
answers loads neither httpx nor pydantic; peeking does not even load asyncio.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from usagetop.client import plan
from usagetop.client.origin import Origin
from usagetop.client.units import Grain, Scope, UnitStore
from usagetop.errors import GroupingRefused, NotCached
from usagetop.model.answer import Answer, Notice
from usagetop.model.columns import Bucket
from usagetop.model.period import DAY
from usagetop.model.query import Query
from usagetop.store.answering import answer_of
from usagetop.store.fallback import Refusals, sentence
from usagetop.store.stored import Held, nothing_held, read_held, restated_notices, shows

if TYPE_CHECKING:
    from usagetop.client.directory import Resolved
    from usagetop.client.events import Event
    from usagetop.client.http import Gateway
    from usagetop.client.spending import Thresholds
    from usagetop.store.progress import Counter, OnProgress

Mode = Literal["normal", "refresh", "offline", "no-cache"]


class Loader:
    """Answers queries of one origin, from its store and from the network.

    ``store`` keeps units (None: nothing is kept). ``clock`` gives UTC seconds. With ``fallback`` a refused
    grouping is answered with the nearest one that the server accepts. ``on_event`` hears of retries and waits.
    Without ``lattice`` no stored unit of a finer grain answers: the numbers are the same, there are more requests.
    """

    def __init__(
        self,
        origin: Origin,
        *,
        store: UnitStore | None,
        scope: Scope | None = None,
        clock: Callable[[], float] = time.time,
        fallback: bool = False,
        gateway: Gateway | None = None,
        on_event: Callable[[Event], None] | None = None,
        lattice: bool = True,
    ) -> None:
        self.origin = origin
        self.base_url = origin.base_url
        self.on_event = on_event
        self.lattice = lattice
        self._store = store
        self._scope = scope or Scope.of(origin.base_url, origin.key)
        self._clock = clock
        self.fallback = fallback
        self._gateway = gateway
        self._refusals = Refusals()
        self._counters: set[Counter] = set()
        self._says_states = True  # until the list of projects could not be read

    # -- queries

    async def load(
        self,
        query: Query,
        *,
        mode: Mode = "normal",
        on_progress: OnProgress | None = None,
        needed: Collection[str] | None = None,
    ) -> Answer:
        """Answer a query; raises errors of ``usagetop.errors`` when there is nothing to answer with.

        A refused grouping is raised unless the loader falls back, or ``needed`` names the dimensions that alone
        may not be left out; the answer's query then holds what was used.
        """
        asked, vain = query, 0
        fallback = self.fallback or needed is not None
        while True:
            known = self._refusals.known(query) if fallback else None
            try:
                if known is not None:
                    raise known
                answer = await self._answer(query, mode, on_progress)
            except GroupingRefused as error:
                self._refusals.remember(query, error, getattr(error, "start", query.range.start))
                smaller = self._refusals.nearest(asked, error, needed or ()) if fallback else None
                if smaller is None:
                    raise
                query = smaller
                vain += error.requests if known is None else 0
                continue
            return answer if query is asked else self._fallen_back(answer, asked, vain)

    def peek(self, query: Query) -> Answer | None:
        """The answer if every unit is stored and none is due; asks nobody, and loads no HTTP client."""
        if self._store is None:
            return None
        known = self._refusals.known(query) if self.fallback else None
        if known is not None:
            smaller = self._refusals.nearest(query, known)
            answer = self.peek(smaller) if smaller is not None else None
            return self._fallen_back(answer, query) if answer is not None else None
        held = self._read(self._store, query)
        return None if held.due else self._from_stored(query, held, [])

    def refused(self, category: str) -> Mapping[tuple[str, ...], str]:
        """Groupings (sorted) that the server refused in this session, with its sentence."""
        return self._refusals.of(category)

    def _fallen_back(self, answer: Answer, asked: Query, vain: int = 0) -> Answer:
        """The answer to a smaller question than was asked, after ``vain`` requests that were refused."""
        known = self._refusals.known(asked)
        used = ", ".join(answer.query.group_by) or "nothing"
        text = f"grouped by {used}, not by {', '.join(asked.group_by)}"
        notice = Notice("fallback_grouping", f"{text}: {sentence(known)}" if known else text)
        source = answer.source._replace(requests=answer.source.requests + vain)
        return answer._replace(source=source, notices=(notice, *answer.notices))

    async def _answer(self, query: Query, mode: Mode, on_progress: OnProgress | None) -> Answer:
        import asyncio

        if self._store is None or mode == "no-cache":
            return await self._fetch(query, nothing_held(query), None, on_progress)
        held = await asyncio.to_thread(self._read, self._store, query)
        if mode == "offline":
            return self._offline(query, held)
        if mode == "refresh":
            held = held._replace(due=list(plan.unit_starts(query)))
        if not held.due:
            return self._from_stored(query, held, [])
        return await self._fetch(query, held, self._store, on_progress)

    def _read(self, store: UnitStore, query: Query) -> Held:
        return read_held(store, self._scope, query, now=int(self._clock()), lattice=self.lattice)

    def _offline(self, query: Query, held: Held) -> Answer:
        from usagetop.store.judging import stale_notice

        buckets = (bucket.start for unit in held.units.values() for bucket in unit.buckets)
        if query.starts() and not shows(query, buckets):
            trouble = self._store.take_trouble() if self._store is not None else None
            raise NotCached(
                "nothing of this view is stored" if trouble is None else "nothing can be read offline",
                why="offline" if trouble is None else str(trouble),
                mend=(trouble.mend if trouble is not None else "")
                or "Ask once without --offline, or take a range and grouping that were asked before",
            )
        told = [Notice("offline", "no network: what the cache holds is shown")]
        stale = stale_notice(
            [held.units[start] for start in held.due if start in held.units], int(self._clock())
        )
        return self._from_stored(query, held, [*told, *([stale] if stale else [])])

    def _from_stored(self, query: Query, held: Held, notices: list[Notice]) -> Answer:
        return answer_of(
            query,
            base_url=self.base_url,
            fetched={},
            fetched_at=0,
            stored=held.units,
            finer=held.finer,
            requests=0,
            notices=[*notices, *restated_notices(query, held.told), *self._trouble()],
        )

    async def _fetch(
        self, query: Query, held: Held, store: UnitStore | None, on_progress: OnProgress | None
    ) -> Answer:
        """Ask for what is due, and answer from both; what comes is kept in the store, if there is one."""
        from usagetop.store.fetching import Fetching
        from usagetop.store.keeping import Keeper

        keeper = None
        if store is not None:
            keeper = Keeper(store, Grain.of(self._scope, query), query, held, self._clock)
        fetching = Fetching(
            query, held, keeper, base_url=self.base_url, clock=self._clock, on_progress=on_progress
        )
        self._counters.add(fetching.counter)
        try:
            answer = await fetching.answer(self.gateway())
        finally:
            self._counters.discard(fetching.counter)
        return answer._replace(notices=(*answer.notices, *self._trouble()))

    def _trouble(self) -> list[Notice]:
        trouble = self._store.take_trouble() if self._store is not None else None
        return [Notice("cache_off", ". ".join(trouble.lines()))] if trouble is not None else []

    # -- names

    async def names(
        self,
        wanted: Mapping[str, Collection[str]],
        *,
        most_requests: int,
        mode: Mode = "normal",
        buckets: Iterable[Bucket] = (),
        states: bool = False,
    ) -> Resolved:
        """Names for ids (dimension → ids): from the rows themselves, from the cache (a day), from the lists.

        With ``states`` the list of projects is asked for, too, where only rows named them: it says which are
        archived. Raises nothing that the world can cause: what could not be read is in the notices.
        """
        import asyncio

        from usagetop.client.directory import Resolved, resolve
        from usagetop.client.names import free_names
        from usagetop.client.names import load as load_names

        known = free_names(buckets)
        note = None
        if self._store is not None and mode in {"normal", "offline"}:
            note = await asyncio.to_thread(self._store.read_note, self._scope, "names")
        fresh = note is not None and 0 <= self._clock() - note[0] < DAY
        if note is not None and (fresh or mode == "offline"):
            known = load_names(note[1]).over(known)
        lacking = any(
            name not in known.listed and known.name_of(name, identity) is None
            for name, ids in wanted.items()
            for identity in ids
        )
        unsure = states and self._says_states and known.is_unsure("project_id", wanted.get("project_id", ()))
        if mode == "offline" or not (lacking or unsure):
            return Resolved(known, (), 0)
        found = await resolve(self.gateway(), wanted, most_requests=most_requests, known=known, states=unsure)
        if unsure:
            self._says_states = "project_id" in found.names.listed
        if not lacking:
            found = Resolved(found.names, (), found.requests)  # every name is there all the same
        if self._store is not None and mode != "no-cache":
            await asyncio.to_thread(
                self._store.write_note, self._scope, "names", int(self._clock()), found.names.dump()
            )
        return found

    async def thresholds(
        self, projects: Sequence[str], *, most_requests: int, mode: Mode = "normal"
    ) -> Thresholds:
        """Spend limits and alerts of the organization and of these projects (``store.limits``)."""
        from usagetop.store.limits import thresholds

        return await thresholds(
            self.gateway,
            self._store,
            self._scope,
            projects,
            now=int(self._clock()),
            most_requests=most_requests,
            mode=mode,
        )

    # -- the network

    def gateway(self) -> Gateway:
        """The one gateway of the session, made when it is first needed."""
        if self._gateway is None:
            from usagetop.client.http import Gateway

            self._gateway = Gateway(self.origin, on_event=self._heard)
        return self._gateway

    def _heard(self, event: Event) -> None:
        for counter in self._counters:
            counter.hear(event)
        if self.on_event is not None:
            self.on_event(event)

    @property
    def limited(self) -> bool:
        """Whether the server asked to slow down lately: ask for nothing that nobody waits for."""
        return self._gateway is not None and self._gateway.limited

    async def aclose(self) -> None:
        """Let go of connections and of the store."""
        import asyncio

        if self._gateway is not None:
            await self._gateway.aclose()
        if self._store is not None:
            await asyncio.to_thread(self._store.close)
