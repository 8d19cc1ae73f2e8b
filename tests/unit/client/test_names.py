"""Names for ids: from lists within a budget, and from the answers themselves; no row is lost for want of one."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from tests.unit.client.support import Server, answer, bucket, completion, gateway, page, read
from usagetop.client.directory import resolve
from usagetop.client.names import NO_NAMES, Name, Names, free_names, load

PROJECTS = [
    {"id": "proj_1", "name": "search", "status": "active", "archived_at": None},
    {"id": "proj_2", "name": "old", "status": "archived", "archived_at": 1},
]
USERS = [
    {"id": "user-1", "name": "Ada", "email": "ada@example.com"},
    {"id": "user-2", "name": None, "email": "b@c.d"},
]
KEYS = {
    "proj_1": [{"id": "key_1", "name": "ci"}],
    "proj_2": [{"id": "key_2", "name": "", "redacted_value": "sk-..x"}],
}
ACCOUNTS = {"proj_1": [{"id": "svc_1", "name": "bot"}]}


def listing(entries: list[Any], request: httpx.Request, size: int = 100) -> httpx.Response:
    """One page of a list."""
    after = request.url.params.get("after")
    begin = next((at + 1 for at, entry in enumerate(entries) if entry["id"] == after), 0)
    shown = entries[begin : begin + size]
    last = shown[-1]["id"] if shown else None
    form = {"object": "list", "data": shown, "first_id": None, "last_id": last}
    return answer(form | {"has_more": begin + size < len(entries)})


def organization(request: httpx.Request) -> httpx.Response:
    """A small organization."""
    path = request.url.path.removeprefix("/v1/organization")
    if path == "/projects":
        return listing(PROJECTS, request, size=1)
    if path == "/users":
        return listing(USERS, request)
    found = re.fullmatch(r"/projects/(\w+)/(api_keys|service_accounts)", path)
    assert found
    return listing((KEYS if found[2] == "api_keys" else ACCOUNTS).get(found[1], []), request)


async def test_all_kinds_are_resolved() -> None:
    """Projects with their state, users by name or address, keys by project, service accounts as users."""
    server = Server(organization)
    wanted = {
        "project_id": ["proj_1", "proj_2", "proj_gone"],
        "user_id": ["user-1", "user-2", "user-gone", "svc_1"],
        "api_key_id": ["key_1", "key_2", "key_gone"],
    }
    found = await resolve(gateway(server), wanted, most_requests=20)
    names = found.names
    assert {key[1]: name.text for key, name in names.entries.items()} == {
        "proj_1": "search",
        "proj_2": "old",
        "user-1": "Ada",
        "user-2": "b@c.d",
        "key_1": "ci",
        "key_2": "sk-..x",
        "svc_1": "bot",
    }
    assert names.state_of("project_id", "proj_1") == "active"
    assert names.state_of("project_id", "proj_2") == "archived"
    assert names.state_of("project_id", "proj_gone") == "deleted"
    assert names.name_of("project_id", "proj_gone") is None
    assert names.name_of("project_id", None) is None
    assert names.ids_of("project_id", "search") == ("proj_1",)
    assert found.requests == len(server.asked)
    assert found.notices == ()
    first = server.params[0]
    assert first == [("limit", "100"), ("include_archived", "true")]
    assert ("owner_project_access", "any") in server.params[-2] + server.params[3]


async def test_only_what_is_wanted_is_asked() -> None:
    """Known names cost nothing; keys that are found end the search."""
    known = Names({("project_id", "proj_1"): Name("search")}, frozenset({"project_id"}))
    server = Server(organization)
    found = await resolve(
        gateway(server), {"project_id": ["proj_1", "proj_x"]}, most_requests=20, known=known
    )
    assert (len(server.asked), found.names) == (0, known)
    found = await resolve(
        gateway(server), {"project_id": ["proj_1"], "api_key_id": ["key_1"]}, most_requests=20, known=known
    )
    assert [request.url.path for request in server.asked] == ["/v1/organization/projects/proj_1/api_keys"]


async def test_the_budget_is_kept() -> None:
    """What is over it stays ids, and is told."""
    server = Server(organization)
    found = await resolve(gateway(server), {"user_id": ["user-1"], "api_key_id": ["key_1"]}, most_requests=2)
    assert len(server.asked) == 2
    assert [notice.code for notice in found.notices] == ["names_partial"]
    # The first page of the projects was read: it names what it holds, and proves nothing gone.
    assert found.names.name_of("project_id", "proj_1") == "search"
    assert found.names.state_of("user_id", "nobody") == "unknown"


async def test_a_missing_scope_is_a_notice() -> None:
    """The answer stands; names are not worth more than one request then."""
    server = Server(answer({"error": "Missing scopes: api.management.read."}, 403))
    found = await resolve(gateway(server), {"user_id": ["u"], "api_key_id": ["k"]}, most_requests=20)
    assert [notice.code for notice in found.notices] == ["names_missing"]
    assert "api.management.read" in found.notices[0].message
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "response", [answer({"error": "x"}, 500), answer({"object": "page"}), answer(b"{"), answer({}, 404)]
)
async def test_a_failure_is_a_notice(response: httpx.Response) -> None:
    """Names never take the answer along."""
    server = Server(response)
    found = await resolve(gateway(server), {"user_id": ["u"]}, most_requests=20)
    assert [notice.code for notice in found.notices] == ["names_partial"]
    assert found.names.entries == {}
    assert found.requests == len(server.asked), "every try was a request"


@pytest.mark.fault(
    "network",
    "lists of names that fail or never come",
    "the numbers are shown, with ids; not one wait a list",
)
@pytest.mark.parametrize("fault", [httpx.ReadError("reset"), answer(b'{"cut'), answer({}, 429)])
async def test_names_that_cannot_be_had_are_not_waited_for_list_by_list(fault: Any) -> None:  # noqa: ANN401
    """Where one list is lost to the network the others would be, each after the same wait."""
    wanted = {"api_key_id": ["k"], "user_id": ["u"], "project_id": [f"proj_{n}" for n in range(20)]}
    server = Server(fault)
    found = await resolve(gateway(server), wanted, most_requests=20)
    assert [notice.code for notice in found.notices] == ["names_partial"]
    assert {request.url.path for request in server.asked} == {"/v1/organization/projects"}


async def test_a_list_that_does_not_end() -> None:
    """A repeated id is the end."""
    form = {
        "object": "list",
        "data": [{"id": "user-1", "name": "Ada"}],
        "last_id": "user-1",
        "has_more": True,
    }
    server = Server(answer(form))
    found = await resolve(gateway(server), {"user_id": ["user-9"]}, most_requests=20)
    assert len(server.asked) == 2
    assert [notice.code for notice in found.notices] == ["names_partial"]
    assert found.names.name_of("user_id", "user-1") == "Ada"


async def test_entries_of_any_shape() -> None:
    """What is not an entry with an id and a name is passed over."""
    data = [
        5,
        None,
        {},
        {"id": 5, "name": "x"},
        {"id": "a", "name": 5},
        {"id": "", "name": "x"},
        {"id": "b", "name": "B"},
    ]
    form = {"object": "list", "data": data, "has_more": "no"}
    found = await resolve(gateway(Server(answer(form))), {"user_id": ["b"]}, most_requests=20)
    assert {key[1] for key in found.names.entries} == {"b"}


@pytest.mark.parametrize("identity", ["../../users", "a/b", "a?b", "", "a%2f", "x" * 300, "é"])
async def test_an_id_is_never_a_path(identity: str) -> None:
    """An id from an answer goes into a path only when it is made like one."""
    known = Names({("project_id", identity): Name("x")}, frozenset({"project_id"}))
    server = Server(organization)
    wanted = {"project_id": [identity], "api_key_id": ["key_1"]}
    await resolve(gateway(server), wanted, most_requests=20, known=known)
    assert server.asked == []


def test_free_names() -> None:
    """Rows that name their project and user do so for nothing."""
    rows = [
        completion(project_id="p1", project_name="search", user_email=None, user_id="u1"),
        completion(project_id="p2", project_name=None, user_email="a@b.c", user_id="u2"),
        completion(project_id=None, project_name="nobody's"),
    ]
    names = free_names(read(page(bucket(0, *rows)), grain=("project_id", "user_id")).buckets)
    assert {key: name.text for key, name in names.entries.items()} == {
        ("project_id", "p1"): "search",
        ("user_id", "u2"): "a@b.c",
    }
    assert free_names(read(page(bucket(0, *rows)), grain=()).buckets) == NO_NAMES


def test_names_go_into_the_cache_and_back() -> None:
    """Also hostile ones; what is not names is none."""
    names = Names({("user_id", "u"): Name("\u202e\ud800x", "archived")}, frozenset({"user_id"}))
    assert load(names.dump()) == names
    for data in (b"", b"[]", b"{}", b'{"names": [[1]], "listed": 5}', b"\xff"):
        assert load(data) == NO_NAMES


def test_names_over_names() -> None:
    """The first ones hold."""
    old = Names({("user_id", "u"): Name("old"), ("user_id", "v"): Name("v")}, frozenset({"user_id"}))
    new = Names({("user_id", "u"): Name("new")})
    assert new.over(old).name_of("user_id", "u") == "new"
    assert new.over(old).name_of("user_id", "v") == "v"
    assert new.over(old).listed == {"user_id"}
