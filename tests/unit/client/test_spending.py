"""Spend limits and alerts: cents become exact amounts, and what cannot be read never takes an answer along."""

from __future__ import annotations

import json
import re
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.client.support import FIXTURES, Server, answer, gateway
from tests.unit.client.test_names import listing
from usagetop.client.spending import NOTHING, Thresholds, _Entry, load_thresholds, read_thresholds
from usagetop.model.spending import Threshold

if TYPE_CHECKING:
    import httpx

ALERTS: dict[str, list[dict[str, Any]]] = {
    "": [
        {"id": "alert_2", "threshold_amount": 180_000, "currency": "USD", "interval": "month"},
        {"id": "alert_1", "threshold_amount": 100_050, "currency": "USD", "interval": "month"},
    ],
    "proj_1": [{"id": "alert_3", "threshold_amount": 5, "currency": "usd", "interval": "month"}],
}
LIMITS = {"": 250_000, "proj_2": 1}


def organization(request: httpx.Request) -> httpx.Response:
    """An organization with limits and alerts; what is not set is a 404."""
    found = re.fullmatch(r"/v1/organization(?:/projects/(\w+))?/(spend_limit|spend_alerts)", request.url.path)
    assert found
    scope = found[1] or ""
    if found[2] == "spend_alerts":
        return listing(ALERTS.get(scope, []), request, size=1)
    return limit(LIMITS[scope]) if scope in LIMITS else missing(request)


def limit(cents: object, **fields: Any) -> httpx.Response:
    """A limit as the API writes it."""
    form = {"object": "organization.spend_limit", "threshold_amount": cents, "currency": "USD"}
    return answer({**form, "interval": "month", "enforcement": {"status": "enforcing"}, **fields})


def missing(_: httpx.Request) -> httpx.Response:
    """There is none."""
    return answer({"error": {"message": "No such thing"}}, 404)


def forbidden(_: httpx.Request) -> httpx.Response:
    """A key that may read usage only."""
    return answer({"error": "… Missing scopes: api.management.read. …"}, 403)


async def found(server: Server, *projects: str, most: int = 20, known: Thresholds = NOTHING) -> Thresholds:
    """What is read of a server."""
    return await read_thresholds(gateway(server), projects, most_requests=most, known=known)


async def test_cents_become_dollars_to_the_cent() -> None:
    """Of the organization and of projects, all pages, the limit first and alerts by amount."""
    read = await found(Server(organization), "proj_1", "proj_2", "proj_1")
    assert [(one.project_id, one.kind, one.amount) for one in read.entries] == [
        ("", "limit", Decimal(2500)),
        ("", "alert", Decimal("1000.5")),
        ("", "alert", Decimal(1800)),
        ("proj_1", "alert", Decimal("0.05")),
        ("proj_2", "limit", Decimal("0.01")),
    ]
    assert {one.currency for one in read.entries} == {"usd"}
    assert (read.entries[0].status, read.entries[1].identity) == ("enforcing", "alert_1")
    assert [one.scope for one in read.entries[2:4]] == ["organization", "proj_1"]
    assert read.read == {"", "proj_1", "proj_2"}
    assert (read.notices, read.requests) == ((), 7)


@given(st.integers(0, 10**31 - 1))
def test_no_digit_of_a_threshold_is_lost(cents: int) -> None:
    """Whatever the context of the caller rounds to."""
    with localcontext() as context:
        context.prec = 3
        entry = _Entry.model_validate({"threshold_amount": cents, "currency": "USD"})
    assert Fraction(entry.threshold_amount) * 100 == cents


@pytest.mark.parametrize("kind", ["organization", "projects/{project_id}"])
async def test_the_official_examples_are_understood(kind: str) -> None:
    """Those of the published description."""
    text = (FIXTURES / "official_examples_admin_lists.json").read_text(encoding="utf-8")
    root = "/organization" if kind == "organization" else f"/organization/{kind}"
    examples = {
        name: json.loads(text)[f"{root}/{name}"]["example"] for name in ("spend_limit", "spend_alerts")
    }
    server = Server(lambda request: answer(examples[Path(request.url.path).name]))
    read = await found(server)
    assert [(one.kind, one.amount, one.interval) for one in read.entries] == [
        ("limit", Decimal(100), "month"),
        ("alert", Decimal(1000), "month"),
    ]


async def test_a_key_without_the_scope_is_told_once_and_asks_no_further() -> None:
    """403: the limits are missing, nothing fails, and projects are not asked in vain."""
    server = Server(forbidden)
    read = await found(server, "proj_1", "proj_2")
    assert (read.entries, read.read, len(server.asked), read.requests) == ((), frozenset(), 1, 1)
    (notice,) = read.notices
    assert notice.code == "limits_missing"
    assert "api.management.read" in notice.message


async def test_a_server_without_alerts_is_told_and_one_without_any_limit_is_not() -> None:
    """404 on the list means that there is no such endpoint; on a limit, that none is set."""
    server = Server(missing)
    read = await found(server, "proj_1")
    assert [notice.code for notice in read.notices] == ["limits_missing"]
    assert len(server.asked) == 2
    bare = Server(lambda request: listing([], request) if "alerts" in request.url.path else missing(request))
    read = await found(bare, "proj_1")
    assert (read.entries, read.notices) == ((), ())
    assert read.read == {"", "proj_1"}


async def test_a_server_that_fails_leaves_out_what_it_did_not_say() -> None:
    """One project fails: the others are there, and the notice says that some are not."""

    def server(request: httpx.Request) -> httpx.Response:
        return answer(b"", 503) if "proj_1" in request.url.path else organization(request)

    read = await found(Server(server), "proj_1", "proj_2")
    assert {one.project_id for one in read.entries} == {"", "proj_2"}
    assert read.read == {"", "proj_2"}
    assert [notice.code for notice in read.notices] == ["limits_partial"]


@pytest.mark.parametrize("fault", [b'{"cut', b""])
async def test_a_network_that_is_gone_is_waited_for_once(fault: bytes) -> None:
    """Not once a project."""
    server = Server(answer(fault))
    told = await found(server, *(f"proj_{number}" for number in range(9)))
    assert {notice.code for notice in told.notices} == {"limits_partial"}
    assert {request.url.path for request in server.asked} == {"/v1/organization/spend_limit"}


async def test_entries_that_cannot_be_understood_are_counted() -> None:
    """Not an amount, not a text, a float in disguise: each is told, and the others stay."""
    odd: list[Any] = [
        {"id": "a", "threshold_amount": "1e999", "currency": "USD"},
        {"id": "b", "threshold_amount": -1, "currency": "USD"},
        {"id": "c", "threshold_amount": True, "currency": "USD"},
        {"id": "d", "threshold_amount": 100, "currency": None},
        {"id": "e", "threshold_amount": 100, "currency": "EUR", "interval": "week", "news": 1},
    ]
    server = Server(lambda request: listing(odd, request) if "alerts" in request.url.path else limit(None))
    read = await found(server)
    assert [(one.amount, one.currency, one.interval) for one in read.entries] == [(Decimal(1), "eur", "week")]
    assert read.notices[0].message == "5 spend limits and alerts could not be understood"


async def test_a_list_without_an_end_is_left() -> None:
    """A cursor that repeats is told, not followed for ever."""
    form = {"object": "list", "data": ALERTS[""], "last_id": "alert_1", "has_more": True}
    server = Server(lambda request: answer(form) if "alerts" in request.url.path else missing(request))
    read = await found(server)
    assert (read.read, [notice.code for notice in read.notices]) == (frozenset(), ["limits_partial"])
    assert len(server.asked) == 3


async def test_what_is_known_is_not_asked_again_and_a_budget_is_kept_to() -> None:
    """Seven projects on ten requests: four projects, and the notice counts the rest; then only those."""
    projects = [f"proj_{number}" for number in range(3, 13)]
    server = Server(organization)
    first = await found(server, *projects, most=15)
    assert len(first.read) == 7
    assert first.requests <= 15
    assert first.notices[0].message == "4 projects were not asked for spend limits and alerts"
    asked = len(server.asked)
    second = await found(server, *projects, known=first)
    assert (len(second.read), second.notices) == (11, ())
    assert len(server.asked) - asked == 8
    assert second.entries == first.entries


async def test_an_id_that_is_none_is_never_put_into_a_path() -> None:
    """What came as a project's id and holds more than an id has is left out."""
    server = Server(organization)
    await found(server, "../users", "proj 1", "")
    assert {request.url.path.count("/") for request in server.asked} == {3}


def test_thresholds_go_into_the_cache_and_back() -> None:
    """To the last digit; what is none of ours is nothing."""
    exact = Threshold("limit", Decimal("12345678901234567890123456789.01"), "usd", "\u202e\ud800", status="x")
    kept = Thresholds((exact, Threshold("alert", Decimal(1), identity="a")), frozenset({"", "\ud800"}))
    assert load_thresholds(kept.dump()) == kept
    for data in (b"", b"[]", b"{}", b'{"thresholds": [[1]], "read": []}', b'{"thresholds": [], "read": 5}'):
        assert load_thresholds(data) == NOTHING
    bad = kept.dump().replace(b'"limit"', b'"other"')
    assert load_thresholds(bad) == NOTHING
