"""Bodies, certificates, proxies and the key: what httpx must not be left alone with."""

from __future__ import annotations

import gzip
import os
import ssl
import tracemalloc
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.unit.client.support import BASE_URL, KEY, Clock, Server, answer, get
from usagetop.client.events import Event
from usagetop.client.faults import AnswerTooLarge
from usagetop.client.http import Gateway
from usagetop.client.live import _Bearer, _certificates
from usagetop.client.origin import Origin
from usagetop.client.wire_values import load
from usagetop.errors import (
    ConfigError,
    KeyRefused,
    NetworkFailed,
    RequestRefused,
    UsagetopError,
)
from usagetop.model.secret import Secret

GOOD = answer({"fine": True})


@pytest.mark.fault("network", "gzip bombs", "stopped at 32 MB, in bounded memory")
async def test_a_bomb_is_stopped_while_it_unpacks() -> None:
    """A megabyte that would become a gigabyte is given up at the cap."""
    bomb = gzip.compress(b"\0" * 200_000_000)
    server = Server(answer(bomb, headers={"content-encoding": "gzip"}))
    del bomb
    tracemalloc.start()
    try:
        with pytest.raises(AnswerTooLarge):
            await get(server)
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()
    assert len(server.asked) == 1


async def test_a_packed_answer_is_read() -> None:
    """Gzip is what is asked for."""
    server = Server(answer(gzip.compress(b'{"fine": true}'), headers={"content-encoding": "GZIP"}))
    assert await get(server) == {"fine": True}
    assert server.asked[0].headers["accept-encoding"] == "gzip"


@pytest.mark.fault("network", "gzip in several members", "read whole")
async def test_a_packed_answer_in_several_members_is_read() -> None:
    """Gzip allows it (RFC 1952), and servers that pack piece by piece send it."""
    body = gzip.compress(b'{"fine"') + gzip.compress(b"") + gzip.compress(b": true}")
    assert await get(Server(answer(body, headers={"content-encoding": "gzip"}))) == {"fine": True}


@pytest.mark.fault("network", "large answers", "read beside the keys")
async def test_a_large_answer_is_read_in_a_thread() -> None:
    """The event loop stays free for keys."""
    server = Server(answer({"fine": "x" * 100_000}))
    assert len((await get(server))["fine"]) == 100_000


@pytest.mark.fault(
    "network", "a login page, whatever its status", "not an answer of this API, exit 4 (403: 3)"
)
@pytest.mark.parametrize("status", [200, 403, 500])
async def test_a_web_page_is_not_an_answer(status: int) -> None:
    """A login page or captive portal, whatever its status."""
    server = Server(answer(b"  <!doctype html><p>Log in</p>", status))
    with pytest.raises(UsagetopError) as caught:
        await get(server)
    assert "Log in" not in "".join(caught.value.lines())
    assert caught.value.exit_code == (3 if status == 403 else 4)


async def test_a_refusal_with_a_broken_body_is_still_that_refusal() -> None:
    """The status is what counts."""
    broken = answer(b"junk", 401, {"content-encoding": "gzip"})
    with pytest.raises(KeyRefused):
        await get(Server(broken))
    with pytest.raises(RequestRefused):
        await get(Server(answer(b"x" * 100_000, 400)))


@pytest.mark.fault("network", "certificates that are not trusted", "one try, a sentence, exit 4")
async def test_an_untrusted_certificate_is_final() -> None:
    """Asking again would not make it trusted."""
    server = Server(httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate"))
    with pytest.raises(NetworkFailed, match="not trusted"):
        await get(server)
    assert len(server.asked) == 1


@pytest.mark.fault(
    "network", "proxy settings that cannot be used", "a sentence without their password, exit 2"
)
@pytest.mark.parametrize(
    "value",
    [
        "ftp://proxy.example",
        "http://[::1",
        "socks5://proxy.example:1",
        "http://a:b:c",
        "http://127.0.0.1:99999",
    ],
)
async def test_bad_proxy_settings_are_a_sentence(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never a traceback, and never the proxy's password."""
    monkeypatch.setenv("HTTPS_PROXY", value)
    asker = Gateway(Origin(BASE_URL))
    with pytest.raises(ConfigError, match="proxy"):
        await asker.get("/x", [], what="x", read=load)


@pytest.mark.fault("network", "a proxy that refuses (407 and others)", "a sentence without its words, exit 4")
@pytest.mark.parametrize("status", [407, 403, 502])
async def test_a_proxy_that_refuses_is_told_by_its_status_alone(status: int) -> None:
    """It was given a password, and may say it back."""
    server = Server(httpx.ProxyError(f"{status} go away, hunter2"))
    with pytest.raises(NetworkFailed, match=rf"the proxy refuses: .*{status}") as caught:
        await get(server)
    assert "hunter2" not in "".join(caught.value.lines())
    assert len(server.asked) == 1


@pytest.mark.fault(
    "network",
    "SSL_CERT_FILE names nothing, a pipe, a folder, or no certificate",
    "a sentence, exit 2, no waiting",
)
@pytest.mark.parametrize("kind", ["nothing", "text", "pipe", "folder", "long"])
async def test_bad_certificate_settings_are_a_sentence(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not there, holds no certificate, or would be waited for without an end."""
    place = tmp_path / ("ca.pem" if kind != "long" else "x" * 5_000)
    if kind == "text":
        place.write_text("nothing")
    elif kind == "pipe":
        os.mkfifo(place)
    elif kind == "folder":
        place.mkdir()
    monkeypatch.setenv("SSL_CERT_FILE", str(place))
    with pytest.raises(ConfigError, match=r"SSL_CERT_FILE|certificates"):
        await Gateway(Origin(BASE_URL)).get("/x", [], what="x", read=load)


def test_a_folder_of_certificates_may_be_one_of_several(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As OpenSSL reads the variable; where none is there it is a sentence."""
    monkeypatch.setenv("SSL_CERT_DIR", f"{tmp_path / 'gone'}{os.pathsep}{tmp_path}")
    assert _certificates().verify_mode == ssl.CERT_REQUIRED
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "gone"))
    with pytest.raises(ConfigError, match="SSL_CERT_DIR"):
        _certificates()


@pytest.mark.fault(
    "network",
    "refused, reset, cut or empty answers, damaged packing",
    "asked again; when it stays, a sentence and exit 4",
)
async def test_a_refused_connection_says_so() -> None:
    """The system's reason, not the address that is known already."""
    asker = Gateway(Origin("http://127.0.0.1:1/v1"), sleep=Clock().sleep)
    with pytest.raises(NetworkFailed, match="Connection refused"):
        await asker.get("/x", [], what="x", read=load)


async def test_a_key_for_this_machine_goes_through_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain http is for loopback: a proxy would read the key."""
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    asker = Gateway(Origin("http://127.0.0.1:9/v1"), sleep=Clock().sleep)
    with pytest.raises(NetworkFailed, match="cannot be reached"):
        await asker.get("/x", [], what="x", read=load)


async def test_a_key_that_looks_like_nothing_is_masked_too() -> None:
    """Gateways give out keys of their own kind."""
    server = Server(answer({"error": "no such user: hunter2-token"}, 401))
    with pytest.raises(KeyRefused) as caught:
        await get(server, key="hunter2-token")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "fault",
    [
        answer({"error": {"message": f"bad key {KEY}"}}, 401),
        answer({"error": f"bad key {KEY}"}, 403),
        answer(f"bad key {KEY}".encode(), 400),
        answer({"error": {"message": KEY, "param": KEY}}, 400),
        answer(b"", 302, {"location": f"https://{KEY}.example/{KEY}"}),
        httpx.ConnectError(f"no way to {KEY}"),
        answer(b"x", headers={"content-encoding": KEY}),
    ],
)
async def test_no_sentence_holds_the_key(fault: Any) -> None:  # noqa: ANN401 - either
    """Whatever a server echoes."""
    events: list[Event] = []
    with pytest.raises(UsagetopError) as caught:
        await get(Server(fault), events=events)
    told = "".join(caught.value.lines()) + repr(caught.value) + repr(events)
    assert KEY not in told
    assert KEY[9:] not in told


@pytest.mark.fault("key", "a request that would leave the configured origin", "it bears no key")
def test_the_key_is_for_one_origin() -> None:
    """A request to any other host, port or scheme goes without it."""
    auth = _Bearer(httpx.URL("https://api.example/v1"), Secret(KEY))
    for url in ("https://api.example/v1/x", "https://api.example:443/y"):
        assert next(auth.auth_flow(httpx.Request("GET", url))).headers["authorization"] == f"Bearer {KEY}"
    for url in ("http://api.example/v1", "https://api.example:8443/v1", "https://evil.example/v1"):
        assert "authorization" not in next(auth.auth_flow(httpx.Request("GET", url))).headers


def test_the_context_for_certificates_is_strict() -> None:
    """Certificates and host names are checked."""
    context = _certificates()
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
