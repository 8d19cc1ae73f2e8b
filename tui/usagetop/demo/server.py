"""A loopback server for the demo organization: for tests, for curl, for the official SDK.

Standard library only. It listens on 127.0.0.1 and nowhere else, and answers ``GET /v1/…`` with
``api.respond``.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from usagetop.demo import refusals
from usagetop.demo.api import DEFAULT_SCENARIO, Response, respond

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = "/v1"
_JSON = {"content-type": "application/json"}


@dataclass(frozen=True, slots=True)
class Settings:
    """How the server answers.

    ``now`` is its clock in UTC seconds (None: the machine's); ``require_key`` the one admin key that it takes
    (None: any, or none); every answer takes ``latency_ms`` at least, for the link and its making together;
    ``seed`` is the demo's year.
    """

    scenario: str = DEFAULT_SCENARIO
    now: int | None = None
    require_key: str | None = None
    latency_ms: int = 0
    seed: int = 0


def answer(settings: Settings, method: str, target: str, authorization: str | None) -> Response:
    """The answer to one request line: ``target`` is path and query as they stand there."""
    parts = urlsplit(target)
    if method != "GET":
        return _refused(refusals.not_allowed(method))
    if settings.require_key is not None and authorization != f"Bearer {settings.require_key}":
        return _refused(refusals.wrong_key((authorization or "").removeprefix("Bearer ")))
    if not parts.path.startswith(_PREFIX + "/"):
        return _refused(refusals.not_found(parts.path))
    now = int(time.time()) if settings.now is None else settings.now
    params = parse_qsl(parts.query, keep_blank_values=True)
    path = parts.path.removeprefix(_PREFIX)
    return respond(settings.scenario, path, params, now=now, authorization=authorization, seed=settings.seed)


def _refused(refusal: refusals.Refusal) -> Response:
    return Response(refusal.status, _JSON, refusal.body)


class Server(ThreadingHTTPServer):
    """The server itself, listening once it is made; ``port`` 0 takes a free one."""

    daemon_threads = True  # an idle keep-alive connection does not hold up the end
    request_queue_size = 64

    def __init__(self, settings: Settings, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.settings = settings

    @property
    def base_url(self) -> str:
        """What ``OPENAI_BASE_URL`` is set to."""
        return f"http://127.0.0.1:{self.server_address[1]}{_PREFIX}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is nothing to print about."""


class _Handler(BaseHTTPRequestHandler):
    """One connection, kept alive; body and headers leave in one piece."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Server

    def _answer(self) -> None:
        settings = self.server.settings
        due = time.monotonic() + settings.latency_ms / 1000
        response = answer(settings, self.command, self.path, self.headers.get("authorization"))
        time.sleep(max(0.0, due - time.monotonic()))
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(response.body)))
        if self.command != "GET":  # its body was not read, so the connection cannot go on
            self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(response.body)
        self.wfile.flush()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - names that http.server calls

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature of http.server
        """Quiet: queries hold ids."""


@contextmanager
def running(
    *,
    scenario: str = DEFAULT_SCENARIO,
    now: int | None = None,
    require_key: str | None = None,
    latency_ms: int = 0,
    port: int = 0,
    seed: int = 0,
) -> Iterator[str]:
    """Serve in a thread while the block runs; gives the base URL, ``http://127.0.0.1:PORT/v1``."""
    server = Server(Settings(scenario, now, require_key, latency_ms, seed), port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.base_url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
