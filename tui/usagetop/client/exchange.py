"""One request, one response: what the gateway needs from whoever answers, and the demo's way of answering."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from usagetop.client.origin import Handler, Params


@dataclass(frozen=True, slots=True)
class Raw:
    """A response as it came: ``headers`` with lower-case names, ``body`` decoded and within the cap."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Exchange(Protocol):
    """Asks one server, without retries or judgement."""

    async def send(self, path: str, params: Params) -> Raw:
        """GET ``path`` below the base URL.

        Raises Transient for faults of the connection that may pass, and errors.UsagetopError for the others.
        """

    async def aclose(self) -> None:
        """Close the connections."""


class DemoExchange:
    """Answers from a pure function on this machine.

    The function computes for up to tens of milliseconds, so it runs in a thread: the caller's event loop may
    be that of a person's keyboard.
    """

    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    async def send(self, path: str, params: Params) -> Raw:
        """The handler's response."""
        status, headers, body = await asyncio.to_thread(self._handler, path, params)
        return Raw(status, {name.lower(): value for name, value in headers.items()}, body)

    async def aclose(self) -> None:
        """Nothing to close."""
