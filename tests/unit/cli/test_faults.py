"""What the world can do to ``show``: a sentence, the right exit code, nothing on stdout, no file."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.house import TESTS
from tests.support.network import NetworkGuard
from tests.unit.cli.server import Answer, Asked, Server

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Ran

BODIES: list[Any] = json.loads((TESTS / "fixtures" / "error_bodies.json").read_bytes())
SHOW = ("show", "costs", "--range", "2026-05-15..2026-05-16", "--format", "json")
PAGE = b'{"object":"page","data":[],"has_more":true,"next_page":"page_again"}'
ONE_DAY = {
    "object": "page",
    "data": [{"object": "bucket", "start_time": 1778803200, "end_time": 1778889600, "results": []}],
    "has_more": False,
    "next_page": None,
}


def refusal(status: int, message: str | None = None) -> Answer:
    """A recorded refusal with this status (the first one whose body holds the message)."""
    for one in BODIES:
        if one["status"] == status and one["body"] and (message or "") in json.dumps(one["body"]):
            return Answer(json.dumps(one["body"]).encode(), status=status)
    raise AssertionError(status)


FAULTS: dict[str, tuple[Answer, int, str]] = {
    "wrong key": (refusal(401), 3, "key"),
    "missing scope": (refusal(403, "api.usage.read"), 3, "api.usage.read"),
    "server error": (refusal(500), 4, "error"),
    "cut body": (Answer(b'{"object":"page","data":[', length=4000), 4, ""),
    "half a document": (Answer(b'{"object":"page","data":['), 4, ""),
    "web page": (
        Answer(b"<html><body>login</body></html>", headers={"Content-Type": "text/html"}),
        4,
        "page",
    ),
    "web page with 502": (Answer(b"<html>bad gateway</html>", status=502), 4, ""),
    "another API": (Answer(b'{"hello":"world"}'), 4, ""),
    "not served": (Answer(b'{"error":{"message":"Unknown request URL"}}', status=404), 4, ""),
    "refused request": (refusal(400, "Invalid value"), 2, "Supported values"),
    "redirect": (Answer(b"", status=302, headers={"Location": "http://127.0.0.1:1/"}), 4, ""),
    "empty": (Answer(b""), 4, ""),
}


@pytest.mark.fault(
    "network", "every kind of wrong answer", "one or two lines, the exit code of its kind, no output, no file"
)
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_a_sentence(name: str, server: Server, run: Callable[..., Ran], tmp_path: Path) -> None:
    """One or two lines on stderr, the exit code of its kind, no output and no file."""
    server.answer, code, word = FAULTS[name]
    target = tmp_path / "costs.json"
    ran = run(*SHOW, "--output", str(target))
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith("usagetop: ")
    assert word in ran.err
    assert not target.exists()
    assert list(tmp_path.iterdir()) == []


def test_a_project_key_is_told_from_an_admin_key(
    server: Server, run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commonest mistake has a mend of its own."""
    key = "sk-proj-canary0123456789"
    monkeypatch.setenv("OPENAI_ADMIN_KEY", key)
    server.answer = refusal(403, "api.usage.read")
    ran = run(*SHOW)
    assert ran.code == 3
    assert "admin key" in ran.err
    assert key not in ran.err


def test_no_key(run: Callable[..., Ran]) -> None:
    """Without a key nothing is asked, and the way to the demo is told."""
    ran = run(*SHOW)
    assert (ran.code, ran.out) == (3, "")
    assert "OPENAI_ADMIN_KEY" in ran.err
    assert "--demo" in ran.err


@pytest.mark.fault("network", "nobody listens", "a sentence, exit 4")
def test_a_refused_connection(
    server: Server, run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody listens at the address."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{port}/v1")
    ran = run(*SHOW)
    assert (ran.code, ran.out) == (4, "")


@pytest.mark.fault("shape", "cursors that repeat, also in a circle", "ended, INCOMPLETE, exit 5")
def test_a_repeating_cursor_ends(server: Server, run: Callable[..., Ran]) -> None:
    """Pages that go round for ever are left, and the answer is marked as incomplete."""
    server.answer = Answer(PAGE)
    ran = run(*SHOW)
    assert ran.code == 5
    assert ran.document["complete"] is False
    assert {"paging", "missing_bucket"} & {notice["code"] for notice in ran.document["notices"]}
    assert len(server.data_requests) < 10


@pytest.mark.fault("shape", "a bucket is missing", "named, never zero; INCOMPLETE, exit 5")
def test_a_missing_bucket_is_missing(server: Server, run: Callable[..., Ran]) -> None:
    """A day that the answer lacks is named, not filled with zero; csv tells it on stderr."""
    server.answer = Answer(json.dumps(ONE_DAY).encode())
    ran = run(*SHOW)
    assert ran.code == 5
    assert [entry["start"] for entry in ran.document["series"]] == ["2026-05-15T00:00:00Z"]
    assert "2026-05-16" in next(
        n["message"] for n in ran.document["notices"] if n["code"] == "missing_bucket"
    )
    ran = run(*SHOW[:-1], "csv")
    assert ran.code == 5
    assert "INCOMPLETE" in ran.err
    assert ran.out == "line_item,amount,currency,quantity,quantity_unit\n"


def test_a_grouping_that_is_refused(server: Server, run: Callable[..., Ran]) -> None:
    """The server's sentence and exit 2; with --fallback the nearest grouping, and what was used."""
    refused = refusal(400, "group_by=api_key_id")

    def answer(asked: Asked) -> Answer:
        return (
            refused if ("group_by[]", "api_key_id") in asked.params else Answer(json.dumps(ONE_DAY).encode())
        )

    server.answer = answer
    words = ("show", "costs", "--range", "2026-05-15", "--by", "project_id,api_key_id", "--format", "json")
    ran = run(*words)
    assert (ran.code, ran.out) == (2, "")
    assert "1764979200" in ran.err
    ran = run(*words, "--fallback")
    assert (ran.code, ran.document["group_by"]) == (0, ["project_id"])
    assert "fallback_grouping" in {notice["code"] for notice in ran.document["notices"]}


@pytest.mark.fault(
    "key",
    "OPENAI_BASE_URL points to a host that is not api.openai.com",
    "show and check name it on stderr before the key is sent",
)
def test_a_foreign_host_is_named(
    run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, no_network: NetworkGuard
) -> None:
    """Before the key goes to somebody else's server, stderr says where."""
    monkeypatch.setenv("OPENAI_BASE_URL", "https://gateway.example/v1")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "sk-admin-x")
    monkeypatch.setattr("usagetop.client.retry.backoff", lambda *_: 0.0)
    ran = run(*SHOW, lines=3)  # the host, and the error
    assert ran.code == 4
    assert "gateway.example" in ran.err.splitlines()[0]
    no_network.refused.clear()


def test_offline_without_anything_stored(server: Server, run: Callable[..., Ran]) -> None:
    """Exit 4, and nothing is asked."""
    ran = run(*SHOW, "--offline")
    assert (ran.code, ran.out) == (4, "")
    assert server.asked == []


def test_the_second_time_nothing_is_asked(server: Server, run: Callable[..., Ran]) -> None:
    """Equal views cost one request; offline says so; --refresh asks again."""
    server.answer = Answer((TESTS / "fixtures" / "costs_by_line_item_string_amounts.json").read_bytes())
    first = run(*SHOW)
    second = run(*SHOW)
    assert len(server.data_requests) == 1
    assert (second.document["source"]["requests"], second.document["source"]["cached_buckets"]) == (0, 2)
    assert second.document["rows"] == first.document["rows"]
    offline = run(*SHOW, "--offline")
    assert offline.code == 0
    assert "offline" in {notice["code"] for notice in offline.document["notices"]}
    assert run(*SHOW, "--refresh").document["source"]["requests"] == 1
    assert run(*SHOW, "--no-cache").document["source"]["requests"] == 1
