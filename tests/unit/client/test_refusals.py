"""Refusals become sentences: the right error, the server's words drawable, a key in none of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.client.support import FIXTURES
from usagetop.client.exchange import Raw
from usagetop.client.refusals import MOST_WORDS, drawable, refusal, said
from usagetop.errors import (
    AccessError,
    GroupingRefused,
    KeyRefused,
    NetworkFailed,
    NotServed,
    RateLimited,
    RequestRefused,
    ScopeMissing,
    ServerFailed,
    UsagetopError,
)

RECORDED = json.loads((FIXTURES / "error_bodies.json").read_text(encoding="utf-8"))


def refuse(status: int, body: object = None, **headers: str) -> Any:  # noqa: ANN401 - the error, read freely
    """The error of a response; a body of bytes or text as it is, else as JSON."""
    data = body.encode() if isinstance(body, str) else body
    sent = data if isinstance(data, bytes) else json.dumps(body).encode()
    return refusal(Raw(status, headers, sent), what="costs")


@pytest.mark.parametrize("entry", RECORDED, ids=range(len(RECORDED)))
def test_every_recorded_refusal_has_one_or_two_lines(entry: dict[str, Any]) -> None:
    """With the exit code of INTERFACE.md."""
    text = entry.get("body_text")
    error = refuse(entry["status"], text if text is not None else entry.get("body"))
    codes = {400: 2, 401: 3, 403: 3, 429: 4, 500: 4, 502: 4}
    assert error.exit_code == codes[entry["status"]]
    assert 1 <= len(error.lines()) <= 2
    assert all(line.isprintable() for line in error.lines())


def test_scopes_are_read_from_both_statuses_and_envelopes() -> None:
    """403 with a bare string, and the same text with 401 in the other envelope."""
    text = (
        "You have insufficient permissions. Missing scopes: api.usage.read, api.management.read. Check that…"
    )
    for error in (refuse(403, {"error": text}), refuse(401, {"error": {"message": text}})):
        assert isinstance(error, ScopeMissing)
        assert error.scopes == ("api.usage.read", "api.management.read")
        assert "missing scopes: api.usage.read, api.management.read" in str(error)
        assert "sk-admin-…" in error.mend


def test_a_refused_key_says_which_kind_is_needed() -> None:
    """And where to make one."""
    error = refuse(401, {"error": {"message": "Incorrect API key provided: sk-admin***abcd."}})
    assert isinstance(error, KeyRefused)
    assert error.why.endswith("sk-admin-****")
    assert "abcd" not in error.why
    assert "sk-admin-…" in error.mend
    assert "platform.openai.com" in error.mend


def test_a_project_key_is_named_as_the_likely_reason() -> None:
    """It is not refused beforehand; gateways may take it."""
    for status in (401, 403):
        error = refusal(Raw(status, {}, b"{}"), what="costs", project_key=True)
        assert "project key" in error.mend


@pytest.mark.parametrize(
    "error",
    [
        {"message": "group_by=api_key_id is not available for this time range.", "param": "start_time"},
        {"message": "Invalid value: 'x'.", "param": "group_by"},
        {"message": "Invalid value: 'x'.", "param": "group_by[0]"},
        "This grouping is not possible",
    ],
)
def test_refused_groupings_are_told_from_other_refusals(error: object) -> None:
    """The fallback stands on this."""
    found = refuse(400, {"error": error})
    assert isinstance(found, GroupingRefused)
    assert "--fallback" in found.mend


@pytest.mark.parametrize(
    "body", [None, {}, [], "", "not JSON", {"error": None}, {"error": {"message": 5}}, "[[[["]
)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 407, 418, 429, 500, 599])
def test_bodies_that_say_nothing(status: int, body: object) -> None:
    """A sentence comes out all the same."""
    error = refuse(status, body)
    assert isinstance(error, UsagetopError)
    assert all(line and line.isprintable() for line in error.lines())


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (204, ServerFailed),
        (304, ServerFailed),
        (400, RequestRefused),
        (404, NotServed),
        (405, NotServed),
        (407, NetworkFailed),
        (410, NotServed),
        (409, ServerFailed),
        (422, RequestRefused),
        (429, RateLimited),
        (501, NotServed),
        (503, ServerFailed),
    ],
)
def test_kinds(status: int, kind: type[UsagetopError]) -> None:
    """Status by status."""
    assert type(refuse(status, {"error": "no"})) is kind


def test_a_web_page_with_403_is_not_about_scopes() -> None:
    """A firewall's page says nothing about the key."""
    assert type(refuse(403, "<html>Blocked</html>")) is AccessError


def test_a_redirect_names_the_host_only() -> None:
    """The rest of a location may hold anything."""
    error = refuse(302, "", location="https://user:pass@login.example/path?token=1#x")
    assert "to login.example" in str(error)
    assert "pass" not in str(error)
    assert "redirects (302)" in str(refuse(302, "", location="https://[bad"))


def test_hostile_words_are_short_and_drawable() -> None:
    """No escape sequence, no line break, no novel."""
    error = refuse(400, {"error": {"message": "\x1b]0;owned\x07 \u202e\n\nline " + "x" * 100_000}})
    assert len(error.why) <= MOST_WORDS
    assert error.why.isprintable()


@given(st.binary(max_size=300))
def test_any_body_is_read(body: bytes) -> None:
    """Bytes of any kind end in words that can be drawn."""
    assert said(body).drawable.isprintable()


def test_words_are_not_keys() -> None:
    """Only what looks like a key is masked."""
    words = "skipped: the task-manager asks for skills"
    assert drawable(words) == words


@given(
    st.text(max_size=20),
    st.from_regex(r"sk-(admin|proj)-[A-Za-z0-9_-]{8,40}", fullmatch=True),
    st.text(max_size=20),
)
def test_no_key_survives(before: str, key: str, after: str) -> None:
    """Whatever stands around it, and also where the words are cut."""
    assert key not in drawable(f"{before} {key} {after}")
    assert key[8:] not in drawable(f"{before}{key}")
    cut = drawable("x" * (MOST_WORDS - 10) + " " + key)
    assert key[3:10] not in cut
