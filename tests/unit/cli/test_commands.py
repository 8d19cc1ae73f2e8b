"""check, doctor and cache against a server, a key and a directory."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.cli.server import Answer, Server

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.cli.conftest import Ran

RANGE = ("--range", "2026-05-15..2026-05-16")


def page(*rows: tuple[str | None, str], days: int = 2) -> Answer:
    """Days of costs from 2026-05-15, all rows on the first."""
    data: list[dict[str, Any]] = []
    for day in range(days):
        start = 1778803200 + day * 86400
        results = [
            {
                "object": "organization.costs.result",
                "amount": {"value": value, "currency": currency},
                "line_item": None,
                "project_id": None,
            }
            for value, currency in rows
            if day == 0
        ]
        data.append({"object": "bucket", "start_time": start, "end_time": start + 86400, "results": results})
    return Answer(json.dumps({"object": "page", "data": data, "has_more": False, "next_page": None}).encode())


EXACT = "100.0000000000000000000000000000001"


@pytest.mark.parametrize(
    ("limit", "code"),
    [("100", 6), (EXACT, 0), ("100.0000000000000000000000000000000", 6), ("0", 6), ("1e3", 0)],
)
def test_the_limit_is_exact(limit: str, code: int, server: Server, run: Callable[..., Ran]) -> None:
    """One line; at the limit is within it, one part in 10³³ above is above."""
    server.answer = page((EXACT, "usd"))
    ran = run("check", "--max", limit, *RANGE)
    assert (ran.code, ran.err) == (code, "")
    assert len(ran.out.splitlines()) == 1
    assert ("above" in ran.out) is (code == 6)


def test_another_currency_is_said_not_judged(server: Server, run: Callable[..., Ran]) -> None:
    """A million euros are not dollars."""
    server.answer = page(("5", "usd"), ("1000000", "eur"))
    ran = run("check", "--max", "10", *RANGE)
    assert ran.code == 0
    assert "EUR 1,000,000.00" in ran.out
    assert run("check", "--max", "10", *RANGE, "--currency", "eur").code == 6


def test_incomplete_is_not_good(server: Server, run: Callable[..., Ran]) -> None:
    """Below the limit with a day missing: 5; above it all the same: 6."""
    server.answer = page(("5", "usd"), days=1)
    ran = run("check", "--max", "10", *RANGE)
    assert ran.code == 5
    assert "INCOMPLETE" in ran.out
    assert run("check", "--max", "4", *RANGE).code == 6


def test_nothing_spent(server: Server, run: Callable[..., Ran]) -> None:
    """No row is zero."""
    server.answer = page()
    ran = run("check", "--max", "0", *RANGE)
    assert ran.code == 0
    assert "$0.00" in ran.out


def test_credits_are_within_any_limit(server: Server, run: Callable[..., Ran]) -> None:
    """A negative sum has no share."""
    server.answer = page(("-5", "usd"))
    ran = run("check", "--max", "1", *RANGE)
    assert ran.code == 0
    assert "%" not in ran.out


def verdicts(ran: Ran) -> dict[str, str]:
    """Check → verdict."""
    return {check["name"]: check["verdict"] for check in ran.document["checks"]}


def test_a_healthy_doctor(server: Server, run: Callable[..., Ran]) -> None:
    """Key, scopes, network, clock and cache are good."""
    server.answer = page()
    ran = run("doctor", "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    assert verdicts(ran) | {"terminal": ""} == {
        "settings": "good",
        "key": "good",
        "network": "good",
        "usage": "good",
        "names": "good",
        "clock": "good",
        "cache": "good",
        "terminal": "",
    }


def test_a_doctor_without_a_key(run: Callable[..., Ran]) -> None:
    """Exit 3, and the mend; nothing is asked."""
    ran = run("doctor")
    assert ran.code == 3
    assert "FAIL" in ran.out
    assert "OPENAI_ADMIN_KEY" in ran.out


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(b'{"error":{"message":"Incorrect API key provided"}}', status=401), 3),
        (Answer(b'{"error":"Missing scopes: api.usage.read."}', status=403), 3),
        (Answer(b"{}", status=500), 4),
        (Answer(b"<html>"), 4),
    ],
    ids=["401", "403", "500", "html"],
)
def test_a_doctor_that_finds_something(
    answer: Answer, code: int, server: Server, run: Callable[..., Ran]
) -> None:
    """The code of the first check that failed; the other checks are there all the same."""
    server.answer = answer
    ran = run("doctor", "--format", "json")
    assert ran.code == code == ran.document["exit_code"]
    assert "terminal" in verdicts(ran)


def test_a_broken_configuration(run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    """Show and doctor say what; the demo does not mind."""
    monkeypatch.setenv("OPENAI_BASE_URL", "http://user:secret@example.com")
    for words in (("show", "costs"), ("doctor",)):
        ran = run(*words)
        assert ran.code == 2
        assert "secret" not in ran.out + ran.err
    assert run("show", "costs", "--demo", "--range", "1d").code == 0


def test_the_cache_is_seen_and_emptied(server: Server, run: Callable[..., Ran]) -> None:
    """Info counts, path points, clear frees."""
    server.answer = page(("5", "usd"))
    assert "0 units" in run("cache", "info").out
    run("show", "costs", *RANGE, "--by", "none")
    assert "2 units" in run("cache", "info").out
    assert run("cache", "path").out.strip().endswith("usagetop")
    assert run("cache", "clear").code == 0
    assert "0 units" in run("cache", "info").out


def test_a_name_that_two_projects_bear(server: Server, run: Callable[..., Ran]) -> None:
    """Exit 2 with both ids, and no data is asked for; the one of another name is found."""
    server.lists["/organization/projects"] = {
        "object": "list",
        "data": [
            {"object": "organization.project", "id": name, "name": text, "status": "active"}
            for name, text in (("proj_1", "twin"), ("proj_2", "twin"), ("proj_3", "only"))
        ],
        "has_more": False,
    }
    server.answer = page()
    words = ("show", "costs", *RANGE, "--by", "none", "--format", "json", "--filter")
    ran = run(*words, "project_id=twin")
    assert (ran.code, ran.out) == (2, "")
    assert "proj_1, proj_2" in ran.err
    assert server.data_requests == []
    ran = run(*words, "project_id!=only")
    assert ran.document["excluded"] == {"project_id": ["proj_3"]}
    assert run(*words, "project_id=proj_9").document["filters"] == {"project_id": ["proj_9"]}
    assert run(*words, "project_id=twin", "--no-names").document["filters"] == {"project_id": ["twin"]}
