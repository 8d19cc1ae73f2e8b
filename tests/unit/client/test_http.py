"""The gateway: three tries, one pause for all, deadlines, and the key nowhere but where it belongs."""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import Any

import httpx
import pytest

from tests.unit.client.support import BASE_URL, KEY, Clock, Server, answer, gateway, get, page, until
from usagetop.client.events import Event, Resumed, Retrying
from usagetop.client.faults import BrokenBody
from usagetop.client.http import Gateway
from usagetop.client.origin import Origin
from usagetop.client.wire_values import load
from usagetop.errors import (
    NetworkFailed,
    RateLimited,
    ServerFailed,
    UsagetopError,
)

GOOD = answer({"fine": True})
LIMITED = {"error": {"message": "Rate limit reached for requests", "code": "rate_limit_exceeded"}}


async def test_a_request_carries_the_key_and_who_asks() -> None:
    """The key in the Authorization header, to the origin."""
    server = Server(GOOD)
    assert await get(server) == {"fine": True}
    (request,) = server.asked
    assert str(request.url) == BASE_URL + "/organization/costs"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["user-agent"].startswith("usagetop/")


@pytest.mark.fault("network", "408, 409, 5xx", "three tries with growing waits, each told; then exit 4")
@pytest.mark.parametrize("status", [500, 502, 503, 408, 409])
async def test_passing_faults_are_asked_again(status: int) -> None:
    """With growing waits, and a word about each."""
    clock, events = Clock(), list[Event]()
    server = Server(answer({"error": "x"}, status), answer({"error": "x"}, status), GOOD)
    assert await get(server, clock=clock, events=events) == {"fine": True}
    assert clock.slept == [0.5, 1.0]
    assert events == [Retrying(str(status), 0.5, 1), Retrying(str(status), 1.0, 2), Resumed(3)]


@pytest.mark.fault(
    "network",
    "refused, reset, cut or empty answers, damaged packing",
    "asked again; when it stays, a sentence and exit 4",
)
@pytest.mark.parametrize(
    "fault",
    [
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("slow"),
        httpx.ReadError("reset"),
        httpx.RemoteProtocolError("cut"),
        OSError("broken"),
        answer(b'{"cut": '),
        answer(b""),
        answer(gzip.compress(b'{"fine": true}')[:-9], headers={"content-encoding": "gzip"}),
        answer(b"not gzip at all", headers={"content-encoding": "gzip"}),
        answer(b"{}", headers={"content-encoding": "br"}),
    ],
)
async def test_faults_of_the_connection_are_asked_again(fault: Any) -> None:  # noqa: ANN401 - either
    """Once it works it works; when it never does it is a failure of the network, after three tries."""
    assert await get(Server(fault, GOOD)) == {"fine": True}
    server = Server(fault)
    with pytest.raises(NetworkFailed) as caught:
        await get(server)
    assert len(server.asked) == 3
    assert len(caught.value.lines()) <= 2


@pytest.mark.fault("network", "refusals, 204, 206", "not asked again")
@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 422, 301, 302, 307, 204, 206])
async def test_refusals_are_final(status: int) -> None:
    """Asking again would change nothing."""
    server = Server(answer({"error": "no"}, status, {"location": "https://elsewhere.example/x"}))
    with pytest.raises(UsagetopError):
        await get(server)
    assert len(server.asked) == 1


@pytest.mark.fault("network", "redirects", "never followed; the host is named")
async def test_a_redirect_is_never_followed() -> None:
    """It could carry the key elsewhere."""
    server = Server(answer(b"", 302, {"location": "https://login.example/?next=1"}), GOOD)
    with pytest.raises(ServerFailed, match=r"redirects \(302\) to login.example"):
        await get(server)
    assert len(server.asked) == 1


@pytest.mark.fault("network", "redirects", "never followed; the host is named")
@pytest.mark.parametrize("place", ["http://[::1", "https://a:b:c/", "http://\x00.example"])
async def test_a_redirect_to_nowhere_is_one_too(place: str) -> None:
    """The HTTP client reads where it leads and stumbles; asking again would change nothing."""
    server = Server(answer(b"", 302, {"location": place}), GOOD)
    with pytest.raises(ServerFailed, match="redirects"):
        await get(server)
    assert len(server.asked) == 1


@pytest.mark.fault("network", "x-should-retry", "overrules the status")
@pytest.mark.parametrize(
    ("said", "status", "tries"), [("true", 400, 2), ("false", 503, 1), ("maybe", 503, 2)]
)
async def test_the_server_may_say_whether_to_ask_again(said: str, status: int, tries: int) -> None:
    """``x-should-retry`` overrules the status."""
    server = Server(answer({"error": "x"}, status, {"x-should-retry": said}), GOOD)
    if tries == 1:
        with pytest.raises(ServerFailed):
            await get(server)
    else:
        await get(server)
    assert len(server.asked) == tries


@pytest.mark.fault(
    "network", "429 with Retry-After in any form", "honoured where it can be read; else our own waits"
)
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "12"}, 12.0),
        ({"retry-after-ms": "2500", "retry-after": "12"}, 2.5),
        ({"retry-after": "Tue, 24 Nov 2026 08:00:30 GMT"}, 30.0),
        ({"retry-after": "soon"}, 0.5),
        ({"retry-after": "-5"}, 0.5),
        ({"retry-after": "nan"}, 0.5),
        ({"retry-after": "Mon, 23 Nov 2026 08:00:30 GMT"}, 0.0),
        ({}, 0.5),
    ],
)
async def test_the_server_says_how_long(headers: dict[str, str], seconds: float) -> None:
    """Milliseconds, seconds, a date; what cannot be read is not said."""
    events: list[Event] = []
    await get(Server(answer(LIMITED, 429, headers), GOOD), events=events)
    assert events == [Retrying("429", seconds, 1), Resumed(2)]


@pytest.mark.fault(
    "network", "a wait of more than two minutes is asked for", "not waited; told when to try again"
)
@pytest.mark.parametrize("status", [429, 503])
async def test_a_long_wait_is_told_not_waited(status: int) -> None:
    """Above two minutes the person decides."""
    clock = Clock()
    server = Server(answer(LIMITED, status, {"retry-after": "1560"}))
    with pytest.raises((RateLimited, ServerFailed)) as caught:
        await get(server, clock=clock)
    assert (clock.slept, len(server.asked)) == ([], 1)
    assert caught.value.mend == "Try again at 08:26Z"
    assert caught.value.exit_code == 4


async def test_while_the_server_wants_peace_nobody_asks() -> None:
    """The next request of the session is answered with the same sentence, without asking."""
    clock = Clock()
    server = Server(answer(LIMITED, 429, {"retry-after": "90000"}), GOOD)
    asker = gateway(server, clock=clock)
    for _ in range(2):
        with pytest.raises(RateLimited):
            await asker.get("/x", [], what="x", read=load)
    assert len(server.asked) == 1
    clock.now += 3600 - 60  # no server is obeyed for longer than an hour
    assert (await asker.get("/x", [], what="x", read=load)).value == {"fine": True}


@pytest.mark.fault("network", "429", "one pause for all, then two at once")
async def test_one_pause_holds_back_all_and_then_two_at_once() -> None:
    """After a 429 nobody asks before the pause is over, and then at most two at once."""
    clock = Clock()
    state = {"now": 0, "most": 0, "sent": 0}
    moments: list[float] = []

    async def serve(_: httpx.Request) -> httpx.Response:
        state["sent"] += 1
        moments.append(clock.now)
        if state["sent"] == 1:
            return answer(LIMITED, 429, {"retry-after": "10"})
        state["now"] += 1
        state["most"] = max(state["most"], state["now"])
        for _step in range(5):
            await asyncio.sleep(0)
        state["now"] -= 1
        return answer({"fine": True})

    asker = gateway(serve, clock=clock)
    first = asyncio.create_task(asker.get("/x", [], what="x", read=load))
    await until(lambda: asker.limited)
    await asyncio.gather(first, *(asker.get("/x", [], what="x", read=load) for _ in range(9)))
    assert state["most"] == 2
    assert min(moments[1:]) >= moments[0] + 10


@pytest.mark.fault("network", "many requests at once", "at most six in flight")
async def test_at_most_six_at_once() -> None:
    """Whoever comes seventh waits for a place."""
    state = {"now": 0, "most": 0}

    async def serve(_: httpx.Request) -> httpx.Response:
        state["now"] += 1
        state["most"] = max(state["most"], state["now"])
        for _step in range(5):
            await asyncio.sleep(0)
        state["now"] -= 1
        return answer({"fine": True})

    asker = gateway(serve)
    await asyncio.gather(*(asker.get("/x", [], what="x", read=load) for _ in range(20)))
    assert (state["most"], asker.requests) == (6, 20)


@pytest.mark.fault("network", "Esc in a wait or a request", "ended at once; the places are free for others")
async def test_cancelled_waiters_leave_the_gate_open() -> None:
    """Esc while waiting for a place, for a pause, or for an answer: the others go on."""
    release = asyncio.Event()

    async def serve(_: httpx.Request) -> httpx.Response:
        await release.wait()
        return answer({"fine": True})

    asker = gateway(serve)
    tasks = [asyncio.create_task(asker.get("/x", [], what="x", read=load)) for _ in range(12)]
    await until(lambda: asker.requests == 6)
    for task in tasks[3:9]:
        task.cancel()
    release.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(result, asyncio.CancelledError) for result in results] == [False] * 3 + [True] * 6 + [
        False
    ] * 3
    assert (await asker.get("/x", [], what="x", read=load)).value == {"fine": True}


@pytest.mark.fault("network", "Esc in a wait or a request", "ended at once; the places are free for others")
async def test_a_wait_can_be_cancelled() -> None:
    """No retry holds on to whoever waits for it."""
    asker = Gateway(
        Origin(BASE_URL), transport=httpx.MockTransport(Server(answer(LIMITED, 429, {"retry-after": "100"})))
    )
    task = asyncio.create_task(asker.get("/x", [], what="x", read=load))
    await until(lambda: asker.limited)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 0.3)


@pytest.mark.fault("network", "silent and dripping servers", "a total deadline of 30 s, then exit 4")
@pytest.mark.parametrize("drips", [False, True])
async def test_the_deadline_holds_for_silence_and_for_drips(*, drips: bool) -> None:
    """A byte now and then defeats timeouts that are per read; the total deadline it does not."""

    class Drip(httpx.AsyncByteStream):
        async def __aiter__(self) -> Any:  # noqa: ANN401 - bytes, forever
            while True:
                await asyncio.sleep(0.005)
                yield b" "

    async def serve(_: httpx.Request) -> httpx.Response:
        if not drips:
            await asyncio.Event().wait()
        return httpx.Response(200, stream=Drip())

    asker = Gateway(Origin(BASE_URL), deadline=0.05, transport=httpx.MockTransport(serve))
    with pytest.raises(NetworkFailed, match="too slow"):
        await asyncio.wait_for(asker.get("/x", [], what="x", read=load), 5)


async def test_the_demo_needs_no_network_and_no_httpx_client() -> None:
    """A handler answers from a thread."""

    def handler(path: str, params: Any) -> tuple[int, dict[str, str], bytes]:  # noqa: ANN401 - pairs
        body = {"path": path, "params": params}
        return 200, {"Date": "Tue, 24 Nov 2026 08:00:00 GMT"}, json.dumps(body).encode()

    asker = Gateway(Origin("demo:spike", handler=handler))
    reply = await asker.get("/organization/costs", [("a", "b")], what="costs", read=load)
    assert reply.value == {"path": "/organization/costs", "params": [["a", "b"]]}
    assert (reply.date, reply.requests) == (1_795_507_200, 1)
    await asker.aclose()


async def test_closing_twice_and_asking_again() -> None:
    """Closing is for good manners, not for ever."""
    server = Server(answer(page()))
    asker = gateway(server)
    await asker.aclose()
    await asker.get("/x", [], what="x", read=load)
    await asker.aclose()
    await asker.aclose()
    await asker.get("/x", [], what="x", read=load)
    assert len(server.asked) == 2


async def test_a_reader_that_finds_another_api_is_final() -> None:
    """Whole JSON that is not the API's is not asked for again."""

    def refuse(_: bytes) -> None:
        raise ServerFailed("not an answer of this API")

    server = Server(GOOD)
    with pytest.raises(ServerFailed):
        await gateway(server).get("/x", [], what="x", read=refuse)
    assert len(server.asked) == 1


async def test_a_reader_that_finds_a_broken_body_is_asked_again() -> None:
    """Cut JSON is a fault of the transport, wherever it is noticed."""
    server = Server(answer({"large": "x" * 100_000}))

    def refuse(_: bytes) -> None:
        raise BrokenBody("it was cut")

    with pytest.raises(BrokenBody):
        await gateway(server).get("/x", [], what="x", read=refuse)
    assert len(server.asked) == 3
