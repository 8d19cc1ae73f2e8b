"""One load that asks: what is due is gathered, kept, judged, and put together with what was stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from usagetop.client import plan
from usagetop.client.http import Gateway
from usagetop.client.units import Unit
from usagetop.model.answer import Answer, Notice
from usagetop.model.columns import Bucket
from usagetop.model.query import Query
from usagetop.store.answering import answer_of
from usagetop.store.gathering import Gathered, gather
from usagetop.store.judging import judge
from usagetop.store.keeping import Keeper
from usagetop.store.progress import Counter, OnProgress
from usagetop.store.stored import Held, restated_notices


class Fetching:
    """Asks for what is due of a query.

    ``held`` is what was stored when the load began, ``keeper`` stores what comes (None: nothing does). ``clock``
    gives UTC seconds. ``counter`` tells how far it is, and what the answer is so far.
    """

    def __init__(
        self,
        query: Query,
        held: Held,
        keeper: Keeper | None,
        *,
        base_url: str,
        clock: Callable[[], float],
        on_progress: OnProgress | None,
    ) -> None:
        self._query = query
        self._held = held
        self._keeper = keeper
        self._base_url = base_url
        self._clock = clock
        self._asked_at = int(clock())
        due = set(held.due)
        self._current = {start: unit for start, unit in held.units.items() if start not in due}
        total = len(query.starts())
        known = sum(
            len(plan.wanted_starts(query, start)) for start in plan.unit_starts(query) if start not in due
        )
        self.counter = Counter(total, known, on_progress)

    async def answer(self, gateway: Gateway) -> Answer:
        """Ask, and answer; raises errors of ``usagetop.errors`` when there is nothing to answer with."""
        held = self._held
        gathered = await gather(
            gateway,
            self._query,
            held.due,
            clock=self._clock,
            on_buckets=self.counter.add,
            keep=self._keeper,
            on_window=self._arrived,
        )
        notices = judge(self._query, held.units, held.due, gathered, int(self._clock()))
        found = self._keeper.restated if self._keeper is not None else ()
        told = restated_notices(self._query, held.told, found)
        return self._answered(gathered.buckets, held.units, gathered.requests, [*notices, *told])

    def _arrived(self, gathered: Gathered) -> None:
        """A window is in: of stored units only those that need not be asked for stand beside it."""
        so_far = partial(self._answered, dict(gathered.buckets), self._current, gathered.requests, ())
        self.counter.arrived(so_far)

    def _answered(
        self,
        fetched: Mapping[int, Bucket],
        stored: Mapping[int, Unit],
        requests: int,
        notices: Iterable[Notice],
    ) -> Answer:
        return answer_of(
            self._query,
            base_url=self._base_url,
            fetched=fetched,
            fetched_at=self._asked_at,
            stored=stored,
            finer=self._held.finer,
            requests=requests,
            notices=notices,
        )
