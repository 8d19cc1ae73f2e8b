"""A server whose books a test writes, and a clock that a test sets: no network, no waiting."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from usagetop.client.http import Gateway
from usagetop.client.memory import MemoryCache
from usagetop.client.origin import Origin
from usagetop.client.plan import Window
from usagetop.client.units import Scope, UnitStore
from usagetop.errors import NetworkFailed
from usagetop.model.answer import Answer
from usagetop.model.categories import SECONDS_OF
from usagetop.model.query import Query, make_query
from usagetop.store.loader import Loader, Mode

MINUTE, HOUR, DAY = 60, 3600, 86_400
# 2026-11-24T08:30:20Z
NOW = 1_795_509_020
MIDNIGHT = NOW - NOW % DAY
BASE_URL = "https://api.example/v1"

Params = Sequence[tuple[str, str]]
Response = tuple[int, Mapping[str, str], bytes]
Fault = Callable[[Window], "Response | None"]


class World:
    """A server and a clock.

    ``books`` holds the tokens (costs: dollars) of a bucket's start where they are not 1. ``fault`` may answer
    in the server's place, or raise. ``windows`` are the questions in the order in which they came; ``params``
    their parameters. ``date`` is the server's clock where it gives one.
    """

    def __init__(self, now: float = NOW) -> None:
        self.now = now
        self.books: dict[int, int] = {}
        self.windows: list[Window] = []
        self.params: list[Params] = []
        self.fault: Fault | None = None
        self.date: str | None = None
        self.ticks = 0.0  # the clock that only waiting moves

    def __call__(self, path: str, params: Params) -> Response:
        """The answer to a question about costs, or about any usage that counts tokens."""
        asked = dict(params)
        start, end, limit = (int(asked[name]) for name in ("start_time", "end_time", "limit"))
        window = Window(start, end, limit)
        self.windows.append(window)
        self.params.append(params)
        answered = self.fault(window) if self.fault is not None else None
        if answered is not None:
            return answered
        step = SECONDS_OF[asked["bucket_width"]]
        starts = range(start, end, step)[:limit]
        assert len(range(start, end, step)) <= limit, "a window is one page"
        return self.page([self.bucket(path, each, min(each + step, end)) for each in starts])

    def page(self, buckets: list[dict[str, Any]], **fields: Any) -> Response:
        """A last page."""
        body = {"object": "page", "data": buckets, "has_more": False, "next_page": None, **fields}
        headers = {} if self.date is None else {"Date": self.date}
        return 200, headers, json.dumps(body).encode()

    def bucket(self, path: str, start: int, end: int) -> dict[str, Any]:
        """A bucket with one row, or with none where the books say 0."""
        number = self.books.get(start, 1)
        row: dict[str, Any] = {"object": "organization.costs.result", "line_item": "m, input"}
        row["amount"] = {"value": f"{number}.10", "currency": "usd"}
        if not path.endswith("costs"):
            row = {"object": f"organization.usage.{path.rpartition('/')[2]}.result", "model": "m"}
            row |= {"input_tokens": number, "num_model_requests": 1}
        rows = [row] if number else []
        return {"object": "bucket", "start_time": start, "end_time": end, "results": rows}

    async def sleep(self, seconds: float) -> None:
        """Waiting takes no time here."""
        self.ticks += seconds

    def loader(self, store: UnitStore | None = None, **options: Any) -> Loader:
        """A loader on this server; without a store it gets one in memory."""
        origin = Origin(BASE_URL, None, self)
        gateway = Gateway(
            origin, sleep=self.sleep, clock=lambda: self.ticks, wall=lambda: self.now, uniform=max
        )
        kept = MemoryCache() if store is None else store
        return Loader(
            origin, store=kept, scope=Scope(BASE_URL), clock=lambda: self.now, gateway=gateway, **options
        )

    def query(self, text: str = "7d", category: str = "embeddings", **options: Any) -> Query:
        """A query made now."""
        query, _ = make_query(category, text, now=int(self.now), **options)
        return query

    async def load(self, loader: Loader, text: str = "7d", mode: Mode = "normal", **options: Any) -> Answer:
        """The answer to a query made now."""
        return await loader.load(self.query(text, **options), mode=mode)

    def forget(self) -> None:
        """Count questions anew."""
        self.windows.clear()
        self.params.clear()


def unreachable(_: Window) -> Response:
    """No network."""
    raise NetworkFailed("no connection", why="refused")


def refuse(message: str = "no", param: str = "group_by") -> Response:
    """A 400."""
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": None}
    return 400, {}, json.dumps({"error": error}).encode()


def status(code: int) -> Response:
    """An error with a body that says nothing."""
    return code, {}, b'{"error": "busy"}'


def days(*ago: int) -> list[int]:
    """The starts of days so many days before today."""
    return [MIDNIGHT - each * DAY for each in ago]


def codes(answer: Answer) -> list[str]:
    """The codes of an answer's notices."""
    return [notice.code for notice in answer.notices]


def tokens(answer: Answer, metric: str = "input_tokens") -> list[int]:
    """The total of each bucket, in time order."""
    return [
        sum(number or 0 for number in bucket.counts(metric)) if metric in bucket.metrics else 0
        for bucket in answer.buckets
    ]
