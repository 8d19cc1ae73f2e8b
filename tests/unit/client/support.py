"""A made-up server and a made-up clock for the client's tests."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from usagetop.client.events import Event
from usagetop.client.http import Gateway
from usagetop.client.origin import Origin
from usagetop.client.wire import Page, read_page
from usagetop.client.wire_values import load
from usagetop.model.categories import category
from usagetop.model.columns import Bucket
from usagetop.model.secret import Secret

FIXTURES = Path(__file__).parents[2] / "fixtures"
BASE_URL = "https://api.example/v1"
KEY = "sk-admin-canary-0123456789"
DAY = 86_400
# 2026-11-01T00:00:00Z
FIRST = 1_793_491_200


class Clock:
    """Time that passes only when somebody sleeps; ``slept`` is what was waited for."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        """Monotonic seconds."""
        return self.now

    def wall(self) -> float:
        """UTC seconds; the clock's start is 2026-11-24T08:00:00Z."""
        return 1_795_507_200.0 + self.now - 1_000.0

    async def sleep(self, seconds: float) -> None:
        """Let the others run, then let the time pass."""
        self.slept.append(seconds)
        await asyncio.sleep(0)
        self.now += seconds


class Server:
    """Answers with a list of responses, one a request, the last one for ever; or with a function."""

    def __init__(
        self, *answers: httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]
    ) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        """One response."""
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            # A stream is read once: give each request its own.
            return httpx.Response(answer.status_code, headers=answer.headers, stream=answer.stream)
        return answer(request)

    @property
    def params(self) -> list[list[tuple[str, str]]]:
        """The parameters of each request."""
        return [list(request.url.params.multi_items()) for request in self.asked]


def answer(
    body: object = None, status: int = 200, headers: Mapping[str, str] | None = None
) -> httpx.Response:
    """A response with a body of bytes, or of JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx.Response(status, headers=headers, stream=httpx.ByteStream(data))


def gateway(
    server: Callable[..., Any],
    *,
    clock: Clock | None = None,
    events: list[Event] | None = None,
    base_url: str = BASE_URL,
    key: str = KEY,
    deadline: float = 30.0,
) -> Gateway:
    """A gateway to a made-up server, with a clock that never really waits."""
    clock = clock or Clock()
    return Gateway(
        Origin(base_url, Secret(key)),
        on_event=None if events is None else events.append,
        sleep=clock.sleep,
        clock=clock,
        wall=clock.wall,
        uniform=max,
        deadline=deadline,
        transport=httpx.MockTransport(server),
    )


def completion(**fields: Any) -> dict[str, Any]:
    """A row of completions; None given as a value stays null."""
    row = {"input_tokens": 10, "output_tokens": 5, "num_model_requests": 1, "model": "gpt-5.5"}
    return {"object": "organization.usage.completions.result", **row, **fields}


def cost(value: object = "1.50", currency: object = "usd", **fields: Any) -> dict[str, Any]:
    """A row of costs."""
    amount = {"value": value, "currency": currency}
    return {"object": "organization.costs.result", "amount": amount, "line_item": "gpt-5.5, input", **fields}


def bucket(day: int, *rows: Any, **fields: Any) -> dict[str, Any]:
    """The bucket of the day-th day (from 0) of November 2026."""
    start = FIRST + day * DAY
    return {"object": "bucket", "start_time": start, "end_time": start + DAY, "results": list(rows), **fields}


def page(*buckets: Any, next_page: object = None, **fields: Any) -> dict[str, Any]:
    """A page; with a cursor it says that there is more."""
    more = next_page is not None
    return {"object": "page", "data": list(buckets), "has_more": more, "next_page": next_page, **fields}


def read(body: object, name: str = "completions", grain: Sequence[str] = ("model",), step: int = DAY) -> Page:
    """Read a page, given as JSON or as bytes."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_page(data, category(name), tuple(grain), step=step)


def extra(bucket: Bucket, name: str) -> list[str | None]:
    """The JSON texts of a field that is only kept, one a row."""
    codes, texts = bucket.extra(name)  # noqa: S610 - not Django's
    return [texts[code] for code in codes]


def problems(page: Page) -> set[tuple[str, str, int]]:
    """All problems of a page and its buckets."""
    every = [*page.problems, *(problem for each in page.buckets for problem in each.problems)]
    return {(problem.code, problem.field, problem.rows) for problem in every}


async def get(server: Server, **options: Any) -> Any:  # noqa: ANN401 - JSON
    """One request."""
    reply = await gateway(server, **options).get("/organization/costs", [], what="costs", read=load)
    return reply.value


async def until(condition: Callable[[], bool]) -> None:
    """Let the others run until something holds; fails when it never does."""
    for _ in range(10_000):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came to be")
