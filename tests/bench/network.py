"""A year over a slow link: our windows against one cursor after the other."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx

from tests.bench.timing import Row, interleaved, seconds
from usagetop.client.origin import Origin
from usagetop.model.period import DAY
from usagetop.model.query import make_query
from usagetop.model.secret import Secret
from usagetop.store.loader import Loader

if TYPE_CHECKING:
    from collections.abc import Iterator

_LATENCY_MS = 50
_DAYS = 365
_LIMIT = 31
_KEY = "sk-admin-made-up-for-the-bench"


def rows() -> Iterator[Row]:
    """The row of the network."""
    now = int(time.time())
    with _served(now) as base_url:
        _windows(base_url, now)  # the server makes its organization once
        _cursors(base_url, now)
        ours, others = interleaved(
            lambda: seconds(lambda: _windows(base_url, now)),
            lambda: seconds(lambda: _cursors(base_url, now)),
        )
    yield Row(
        f"{_DAYS} days of 1d, {_LATENCY_MS} ms latency",
        ours * 1e3,
        "ms",
        0.27,
        others * 1e3,
        f"cursors at limit {_LIMIT}",
        "usage by model, loopback demo server",
    )


@contextmanager
def _served(now: int) -> Iterator[str]:
    """The demo server in a process of its own, with the latency; gives its base URL."""
    command = [sys.executable, "-m", "usagetop.demo", "--latency-ms", str(_LATENCY_MS), "--now", str(now)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def _windows(base_url: str, now: int) -> None:
    """The way of the explorer, without a cache."""

    async def load() -> None:
        loader = Loader(Origin(base_url, Secret(_KEY)), store=None, clock=lambda: float(now))
        query, _ = make_query("completions", f"{_DAYS}d", now=now, by="model", width="1d", filters=())
        try:
            answer = await loader.load(query)
        finally:
            await loader.aclose()
        assert len(answer.buckets) >= _DAYS, "not every day came"

    asyncio.run(load())


def _cursors(base_url: str, now: int) -> None:
    """The way of everybody else: the next page when the one before has come."""
    parameters: list[tuple[str, str | int | float | bool | None]] = [
        ("start_time", str(now // DAY * DAY - (_DAYS - 1) * DAY)),
        ("end_time", str(now)),
        ("bucket_width", "1d"),
        ("limit", str(_LIMIT)),
        ("group_by[]", "model"),
    ]
    days = 0
    with httpx.Client(headers={"authorization": f"Bearer {_KEY}"}, trust_env=False) as client:
        cursor = None
        while True:
            page = [*parameters, *([("page", cursor)] if cursor else [])]
            answer = client.get(f"{base_url}/organization/usage/completions", params=page).json()
            days += len(answer["data"])
            cursor = answer["next_page"]
            if not cursor:
                break
    assert days >= _DAYS, "not every day came"
