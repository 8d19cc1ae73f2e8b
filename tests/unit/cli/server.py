"""A loopback server that answers what a test tells it to."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EMPTY_LIST = b'{"object":"list","data":[],"has_more":false}'


@dataclass(frozen=True)
class Answer:
    """A response. ``length`` lies about the body's length, to cut it off."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None


@dataclass(frozen=True)
class Asked:
    """One request: path below the base URL, parameters in order, key."""

    path: str
    params: list[tuple[str, str]]
    authorization: str


class Server:
    """Answers data requests with ``answer`` (one answer, or a function of the request); lists are empty."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.answer: Answer | Callable[[Asked], Answer] = Answer(b"{}", status=500)
        self.lists: dict[str, object] = {}
        self.asked: list[Asked] = []

    @property
    def data_requests(self) -> list[Asked]:
        """The requests that were not for names."""
        return [one for one in self.asked if "/usage/" in one.path or one.path.endswith("/costs")]

    def respond(self, asked: Asked) -> Answer:
        """The response to one request."""
        self.asked.append(asked)
        if asked in self.data_requests:
            return self.answer if isinstance(self.answer, Answer) else self.answer(asked)
        found = self.lists.get(asked.path)
        return Answer(EMPTY_LIST if found is None else json.dumps(found).encode())

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[Server]:
        """A server on a free port of 127.0.0.1, until the block ends."""
        http = _Http(("127.0.0.1", 0), _Handler)
        server = cls(f"http://127.0.0.1:{http.server_port}/v1")
        http.answers = server  # type: ignore[attr-defined]
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            http.server_close()
            thread.join()


class _Http(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that has left."""


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = Asked(
            parts.path.removeprefix("/v1"),
            parse_qsl(parts.query, keep_blank_values=True),
            self.headers.get("Authorization", ""),
        )
        answer = self.server.answers.respond(asked)  # type: ignore[attr-defined]
        self.send_response(answer.status)
        for name, value in {"Content-Type": "application/json", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body) if answer.length is None else answer.length))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name
        """Say nothing."""
