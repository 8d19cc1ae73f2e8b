"""Asking for names: projects, users, and the keys and service accounts of projects, within a budget of requests.

Lists are ``{"object": "list", "data": […], "last_id", "has_more"}``, the next page is ``after=<last_id>``.
What goes wrong here never takes the answer along: it becomes a notice, and ids are shown.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from usagetop.client.http import Gateway
from usagetop.client.names import NO_NAMES, Name, Names
from usagetop.client.refusals import not_this_api
from usagetop.client.wire_values import load
from usagetop.errors import AccessError, NetworkFailed, RateLimited, ScopeMissing, UsagetopError
from usagetop.model.answer import Notice

PAGE_LIMIT = "100"
# How many projects are asked for their keys at once: fewer than the gateway lets pass, so that lists that take
# their time leave places to the numbers.
_AT_ONCE = 4
# An id goes into a path: only what ids are made of, so that it cannot name another path.
_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")
Entry = Mapping[str, Any]
# What every list of names needs (API.md).
_SCOPE = "api.management.read"


@dataclass(frozen=True, slots=True)
class _List:
    """One kind of list: what its entries are called, whose dimension they name, where it is."""

    what: str
    dimension: str
    path: str
    params: tuple[tuple[str, str], ...] = ()


_PROJECTS = _List("projects", "project_id", "/organization/projects", (("include_archived", "true"),))
_USERS = _List("users", "user_id", "/organization/users")
_KEYS = _List(
    "API keys", "api_key_id", "/organization/projects/{}/api_keys", (("owner_project_access", "any"),)
)
_ACCOUNTS = _List("service accounts", "user_id", "/organization/projects/{}/service_accounts")


@dataclass(frozen=True, slots=True)
class Resolved:
    """Names, what went wrong (``names_missing``, ``names_partial``), and how many requests it took."""

    names: Names
    notices: tuple[Notice, ...]
    requests: int


@dataclass(slots=True)
class _Search:
    """What is still looked for, and what is left to look with."""

    gateway: Gateway
    left: int
    requests: int = 0
    spent: bool = False
    entries: dict[tuple[str, str], Name] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def lacks(self, dimension: str, wanted: Iterable[str]) -> set[str]:
        """The wanted ids that have no name yet."""
        return {identity for identity in wanted if (dimension, identity) not in self.entries}

    def note(self, what: str, error: UsagetopError) -> None:
        """Remember why a list could not be read."""
        self.requests += error.requests
        (self.refused if isinstance(error, AccessError) else self.failed)[what] = str(error)
        no_scope = isinstance(error, ScopeMissing) and _SCOPE in error.scopes
        if no_scope or isinstance(error, (NetworkFailed, RateLimited)):
            self.left = 0  # no other list can be read either, and each would take as long to say so


async def resolve(
    gateway: Gateway,
    wanted: Mapping[str, Collection[str]],
    *,
    most_requests: int,
    known: Names = NO_NAMES,
    states: bool = False,
) -> Resolved:
    """Names for the wanted ids (dimension → ids), those in ``known`` not asked for again.

    At most ``most_requests`` requests (retries not counted). The keys of projects are asked for project by
    project, those among ``wanted["project_id"]`` first. With ``states`` the list of projects is read in any case,
    for it says which are archived. Raises nothing but cancellation and faults of ours.
    """
    search = _Search(gateway, most_requests, entries=dict(known.entries), listed=set(known.listed))
    missing = {
        dimension: set() if dimension in known.listed else search.lacks(dimension, ids)
        for dimension, ids in wanted.items()
    }
    keys, users = missing.get("api_key_id", set()), missing.get("user_id", set())
    if states or missing.get("project_id") or (keys and "project_id" not in search.listed):
        await _whole_list(search, _PROJECTS)
    if users:
        await _whole_list(search, _USERS)
    projects = _projects(search, wanted.get("project_id", ()))
    if keys:
        await _per_project(search, projects, _KEYS, keys)
    # Service accounts act as users and may be missing from the list of users.
    accounts = {user for user in search.lacks("user_id", users) if not user.startswith("user-")}
    if accounts:
        await _per_project(search, projects, _ACCOUNTS, accounts)
    names = Names(MappingProxyType(search.entries), frozenset(search.listed))
    return Resolved(names, _notices(search), search.requests)


def _projects(search: _Search, first: Iterable[str]) -> list[str]:
    """Projects to ask for their keys: those of the answer, then the others, archived ones last."""
    listed = [key[1] for key in search.entries if key[0] == "project_id"]
    listed.sort(key=lambda identity: search.entries["project_id", identity].state == "archived")
    return [identity for identity in dict.fromkeys([*first, *listed]) if _ID.fullmatch(identity)]


async def _whole_list(search: _Search, about: _List) -> None:
    """A list of the organization; once read to the end, what it does not hold is known to be gone."""
    if await _read(search, about, about.path):
        search.listed.add(about.dimension)


async def _per_project(search: _Search, projects: list[str], about: _List, wanted: set[str]) -> None:
    """Lists below projects, a few at once, until every wanted id has a name."""
    whole = "project_id" in search.listed
    at = 0
    while at < len(projects) and search.lacks(about.dimension, wanted) and about.what not in search.refused:
        group = projects[at : at + _AT_ONCE]
        at += len(group)
        paths = [about.path.format(identity) for identity in group]
        whole = all(await asyncio.gather(*(_read(search, about, path) for path in paths))) and whole
    if about is _KEYS and whole and at >= len(projects):
        search.listed.add(about.dimension)


async def _read(search: _Search, about: _List, path: str) -> bool:
    """Learn the names of a list, page by page; whether it was read to the end (``search`` knows why not)."""
    seen: set[str] = set()
    after: str | None = None
    while True:
        if search.left <= 0:
            search.spent = not search.refused
            return False
        search.left -= 1
        params = [("limit", PAGE_LIMIT), *about.params, *([("after", after)] if after else [])]
        try:
            reply = await search.gateway.get(path, params, what=f"the {about.what}", read=read_list)
        except UsagetopError as error:
            search.note(about.what, error)
            return False
        search.requests += reply.requests
        entries, last, more = reply.value
        for entry in entries:
            _learn(search, about.dimension, entry)
        if not more:
            return True
        if last is None or last in seen:
            search.failed[about.what] = "the list does not end"
            return False
        seen.add(last)
        after = last


def _learn(search: _Search, dimension: str, entry: Entry) -> None:
    """Remember what the entry's id is called: its name, else its address, else its shortened key."""
    identity = entry.get("id")
    texts = (entry.get(field) for field in ("name", "email", "redacted_value"))
    name = next((text for text in texts if isinstance(text, str) and text.strip()), None)
    if isinstance(identity, str) and identity and name is not None:
        archived = entry.get("status") == "archived" or bool(entry.get("archived_at"))
        search.entries[dimension, identity] = Name(name, "archived" if archived else "active")


def read_list(body: bytes) -> tuple[list[Entry], str | None, bool]:
    """Entries, the id to go on after, and whether there is more; raises BrokenBody, ServerFailed."""
    form = load(body)
    if not isinstance(form, dict) or not isinstance(form.get("data"), list):
        raise not_this_api("it is not a list")
    entries: list[Entry] = [entry for entry in form["data"] if isinstance(entry, dict)]
    last = form.get("last_id") or (entries[-1].get("id") if entries else None)
    sendable = isinstance(last, str) and _ID.fullmatch(last)
    return entries, last if sendable else None, form.get("has_more") is True


def _notices(search: _Search) -> tuple[Notice, ...]:
    """One notice for what may not be read, one for what was left out."""
    notices = []
    if search.refused:
        why = next(iter(search.refused.values()))
        listed = ", ".join(search.refused)
        notices.append(Notice("names_missing", f"names of {listed} cannot be read, ids are shown: {why}"))
    if search.failed:
        what, why = next(iter(search.failed.items()))
        notices.append(Notice("names_partial", f"some names could not be read, ids are shown: {what}: {why}"))
    elif search.spent:
        notices.append(
            Notice("names_partial", f"names were looked up in {search.requests} requests, the rest stay ids")
        )
    return tuple(notices)
