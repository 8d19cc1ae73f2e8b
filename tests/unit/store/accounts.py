"""A server whose books are kept by hour and group, so that every grouping, width and filter says the same."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from usagetop.client.http import Gateway
from usagetop.client.memory import MemoryCache
from usagetop.client.origin import Origin
from usagetop.client.units import Scope, UnitStore
from usagetop.model.answer import Answer
from usagetop.model.categories import SECONDS_OF, category
from usagetop.model.query import Query, make_query
from usagetop.store.loader import Loader, Mode

HOUR, DAY = 3600, 86_400
# 2026-11-24T12:30:20Z
NOW = 1_795_523_420
MIDNIGHT = NOW - NOW % DAY
URL = "https://api.example/v1"
# model (for costs: line item), project
Group = tuple[str | None, str | None]
GROUPS: tuple[Group, ...] = (("a", "p"), ("a", "q"), ("b", "p"), ("b", None))


class Accounts:
    """``books`` hold the tokens, cents or bytes of an hour and group; a clock that a test sets.

    Groups are of ``model`` (costs: ``line_item``) and ``project_id``; every user is ``u``. ``asked`` are the
    parameters of each question, as a mapping of lists.
    """

    def __init__(self, now: float = NOW) -> None:
        self.now = now
        self.books: dict[tuple[int, Group], int] = {}
        self.asked: list[Mapping[str, list[str]]] = []
        self.failing = False

    def put(self, number: int, *, hours_ago: int = 0, days_ago: int = 0, group: Group = GROUPS[0]) -> int:
        """Write a number into an hour (counted from that of NOW); returns the start of its day."""
        hour = NOW - NOW % HOUR - hours_ago * HOUR - days_ago * DAY
        self.books[hour, group] = number
        return hour - hour % DAY

    # -- the server

    def __call__(self, path: str, params: Sequence[tuple[str, str]]) -> tuple[int, Mapping[str, str], bytes]:
        """A page with every bucket that was asked for."""
        asked: dict[str, list[str]] = {}
        for name, value in params:
            asked.setdefault(name.removesuffix("[]"), []).append(value)
        self.asked.append(asked)
        if self.failing:
            return 500, {}, b'{"error": "busy"}'
        start, end = (int(asked[name][0]) for name in ("start_time", "end_time"))
        step = SECONDS_OF[asked["bucket_width"][0]]
        name = path.rpartition("/")[2]
        data = [self._bucket(name, each, min(each + step, end), asked) for each in range(start, end, step)]
        assert len(data) <= int(asked["limit"][0]), "a window is one page"
        return 200, {}, json.dumps({"object": "page", "data": data, "has_more": False}).encode()

    def _bucket(self, name: str, start: int, end: int, asked: Mapping[str, list[str]]) -> dict[str, Any]:
        first = "line_item" if name == "costs" else "model"
        sums: dict[tuple[str | None, ...], int] = {}
        by = asked.get("group_by", [])
        for (hour, group), number in self.books.items():
            row = {first: group[0], "project_id": group[1], "user_id": "u"}
            kept = all(row[one] in asked[f"{one}s"] for one in (first, "project_id") if f"{one}s" in asked)
            if start <= hour < end and kept:
                key = tuple(row[one] for one in by)
                sums[key] = sums.get(key, 0) + number
        rows = [self._row(name, dict(zip(by, key, strict=True)), number) for key, number in sums.items()]
        return {"object": "bucket", "start_time": start, "end_time": end, "results": rows}

    def _row(self, name: str, group: Mapping[str, str | None], number: int) -> dict[str, Any]:
        about = category(name)
        if about.is_costs:
            return {
                "object": about.object,
                **group,
                "amount": {"value": f"{number / 100:.2f}", "currency": "usd"},
            }
        metrics = {metric.name: number for metric in about.main_metrics}
        return {"object": about.object, **group, **metrics}

    # -- asking it

    def loader(self, store: UnitStore | None = None, **options: Any) -> Loader:
        """A loader on this server; without a store it gets one in memory."""
        origin = Origin(URL, None, self)
        gateway = Gateway(origin, sleep=self._sleep, clock=lambda: 0.0, wall=lambda: self.now, uniform=max)
        kept = MemoryCache() if store is None else store
        return Loader(
            origin, store=kept, scope=Scope(URL), clock=lambda: self.now, gateway=gateway, **options
        )

    async def _sleep(self, _seconds: float) -> None:
        """Waiting takes no time here."""

    def query(self, text: str = "3d", name: str = "embeddings", **options: Any) -> Query:
        """A query made now."""
        return make_query(name, text, now=int(self.now), **options)[0]

    async def load(
        self,
        loader: Loader,
        text: str = "3d",
        name: str = "embeddings",
        *,
        mode: Mode = "normal",
        **options: Any,
    ) -> Answer:
        """The answer to a query made now; ``asked`` counts anew."""
        self.asked.clear()
        return await loader.load(self.query(text, name, **{"width": "1d", **options}), mode=mode)


def numbers(answer: Answer) -> dict[int, int]:
    """The total of each bucket, by its start: tokens, bytes or cents."""
    from usagetop.analysis.frame import rollup

    frame = rollup(answer.query, answer.buckets)
    metric = answer.query.about.metrics[0].name
    if answer.query.about.is_costs:
        return {point.start: int(point.totals.amounts.get("usd", 0) * 100) for point in frame.buckets}
    return {point.start: point.totals.counts[metric] for point in frame.buckets}


def groups(answer: Answer) -> dict[tuple[str | int | None, ...], int]:
    """The number of each group over the whole range, groups of nothing left out."""
    from usagetop.analysis.frame import rollup

    frame = rollup(answer.query, answer.buckets)
    column = frame.columns[answer.query.about.metrics[0].name]
    scale = 100 if answer.query.about.is_costs else 1
    found = {key: int((value or 0) * scale) for key, value in zip(frame.keys, column, strict=True)}
    return {key: value for key, value in found.items() if value}
