"""A loopback server of the demo organization that fails at random, in every way a network can, from a seed."""

from __future__ import annotations

import gzip
import json
import random
import socket
import struct
import threading
import time
from contextlib import contextmanager, suppress
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit
from zlib import crc32

from usagetop.demo.api import Response, respond

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Names that a stranger chose: they end the line, turn it round, click, colour, and ask for the clipboard.
ODD_NAMES = (
    "\x1b]52;c;aGVsbG8=\x07",
    "\x1b[2J\x1b[31m",
    "[@click=app.quit]x[/]",
    "[red]x[/red]",
    "\u202egnp.exe",
    "\u200b\u200d\ufeff",
    "a\r\nb\tc\0",
    "=HYPERLINK(1)",
    "e" + "\u0301" * 40,
    "\ud800",
    "w" * 300,
)
_NAMED = {"name", "model", "line_item", "project_name", "email"}
_SLOW_SECONDS = 1.5


def _with_odd_names(document: object, key: str = "") -> object:
    """The document with an odd ending to a part of its names: always the same ones."""
    if isinstance(document, dict):
        return {name: _with_odd_names(value, name) for name, value in document.items()}
    if isinstance(document, list):
        return [_with_odd_names(value, key) for value in document]
    if isinstance(document, str) and key in _NAMED:
        number = crc32(document.encode()) % (3 * len(ODD_NAMES))
        return document + ODD_NAMES[number] if number < len(ODD_NAMES) else document
    return document


def _plain(value: str) -> str:
    """A value as the demo knows it."""
    for odd in ODD_NAMES:
        value = value.removesuffix(odd)
    return value


class Faulty(ThreadingTCPServer):
    """The server; ``honest`` turns the faults off and on. ``kinds`` counts them."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.honest = True
        self.dice = random.Random(seed)  # noqa: S311 - faults that can be repeated
        self.kinds: dict[str, int] = {}

    @property
    def base_url(self) -> str:
        """What ``OPENAI_BASE_URL`` is set to."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is nothing to print about."""

    def answer(self, target: str) -> Response:
        """The demo's own answer to a request line's target."""
        parts = urlsplit(target)
        params = [(name, _plain(value)) for name, value in parse_qsl(parts.query, keep_blank_values=True)]
        response = respond("spike", parts.path.removeprefix("/v1"), params, now=int(time.time()))
        body = json.dumps(_with_odd_names(json.loads(response.body))).encode()
        return Response(response.status, response.headers, body)

    def fault(self) -> str:
        """The next fault by its name, or ``none``."""
        kind = "none" if self.honest or self.dice.random() < 0.5 else self.dice.choice(list(FAULTS))
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        return kind


class _Handler(StreamRequestHandler):
    """One connection with one request."""

    server: Faulty

    def handle(self) -> None:
        """Read the request and answer it, or fail."""
        line = self.rfile.readline(65_536).decode("latin-1").split()
        while self.rfile.readline(65_536).strip():
            pass
        if len(line) < 2:
            return
        kind = self.server.fault()
        response = self.server.answer(line[1])
        with suppress(OSError):
            FAULTS.get(kind, _well)(self, response)

    def send(self, status: int, body: bytes, *headers: str, length: int | None = None) -> None:
        """A response; ``length`` lies about the body's."""
        given = len(body) if length is None else length
        lines = [f"HTTP/1.1 {status} X", f"content-length: {given}", "connection: close", *headers]
        if not any(header.startswith("content-type") for header in headers):
            lines.append("content-type: application/json")
        self.wfile.write("\r\n".join([*lines, "", ""]).encode() + body)


def _well(to: _Handler, response: Response) -> None:
    to.send(response.status, response.body)


def _changed(to: _Handler, response: Response, change: Callable[[dict[str, object]], object]) -> None:
    """The demo's answer with something changed in it."""
    document = json.loads(response.body)
    if isinstance(document, dict):
        change(document)
    to.send(response.status, json.dumps(document).encode())


def _reset(to: _Handler, _: Response) -> None:
    to.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    to.request.close()


def _drip(to: _Handler, response: Response) -> None:
    to.send(200, b"", length=len(response.body))
    for at in range(40):
        to.wfile.write(response.body[at : at + 1])
        to.wfile.flush()
        time.sleep(_SLOW_SECONDS / 40)


def _silent(_: _Handler, __: Response) -> None:
    time.sleep(_SLOW_SECONDS)


def _refused(status: int, *headers: str) -> Callable[[_Handler, Response], None]:
    body = json.dumps({"error": {"message": f"no: {ODD_NAMES[0]}", "code": ODD_NAMES[3]}}).encode()
    return lambda to, _: to.send(status, body, *headers)


FAULTS: dict[str, Callable[[_Handler, Response], None]] = {
    "reset": _reset,
    "silent": _silent,
    "drip": _drip,
    "cut": lambda to, response: to.send(200, response.body[:-7], length=len(response.body)),
    "cut json": lambda to, response: to.send(200, response.body[: len(response.body) // 2]),
    "cut gzip": lambda to, response: to.send(
        200, gzip.compress(response.body)[:-9], "content-encoding: gzip"
    ),
    "not gzip": lambda to, response: to.send(200, response.body, "content-encoding: gzip"),
    "login page": lambda to, _: to.send(200, b"<html><title>Sign in</title>", "content-type: text/html"),
    "no content": lambda to, _: to.send(204, b""),
    "redirect": lambda to, _: to.send(302, b"", "location: http://127.0.0.1:9/v1/costs"),
    "limited": _refused(429, "retry-after-ms: 150"),
    "limited oddly": _refused(429, "retry-after: soon", "x-should-retry: perhaps"),
    "failed": _refused(500),
    "refused": _refused(400),
    "unauthorized": _refused(401),
    "forbidden": _refused(403),
    "same cursor": lambda to, response: _changed(
        to, response, lambda page: page.update(has_more=True, next_page="again")
    ),
    "no cursor": lambda to, response: _changed(
        to, response, lambda page: page.update(has_more=True, next_page=None)
    ),
    "twice": lambda to, response: _changed(
        to, response, lambda page: page.update(data=[*_listed(page), *_listed(page)])
    ),
    "a gap": lambda to, response: _changed(to, response, lambda page: page.update(data=_listed(page)[1:])),
    "null rows": lambda to, response: _changed(
        to, response, lambda page: [one.update(results=None) for one in _listed(page)[:1]]
    ),
    "no numbers": lambda to, _: to.send(200, b'{"data":[{"start_time":NaN,"results":[]}],"has_more":false}'),
    "deep": lambda to, _: to.send(200, b"[" * 100_000),
}


def _listed(page: dict[str, object]) -> list[dict[str, object]]:
    data = page.get("data")
    return [one for one in data if isinstance(one, dict)] if isinstance(data, list) else []


@contextmanager
def running(seed: int) -> Iterator[Faulty]:
    """The server, until the block ends."""
    server = Faulty(seed)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
