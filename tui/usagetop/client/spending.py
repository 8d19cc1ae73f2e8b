"""Asking for spend limits and alerts: of the organization, and of projects within a budget of requests.

Amounts are cents on the wire (API.md) and exact Decimals in whole units of the currency from here on. A limit
that is not set is a 404; a key that may not read them is a 403. Nothing of this takes an answer along: what
could not be read becomes a notice.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from usagetop.client.directory import PAGE_LIMIT, read_list
from usagetop.client.http import Gateway, Reader
from usagetop.client.origin import Params
from usagetop.client.refusals import not_this_api
from usagetop.client.wire_values import load
from usagetop.errors import AccessError, NetworkFailed, NotServed, RateLimited, UsagetopError
from usagetop.model import money
from usagetop.model.answer import Notice
from usagetop.model.spending import MONTH, Kind, Threshold

T = TypeVar("T")
# The organization, where scopes are listed.
ORGANIZATION = ""
# How many scopes are asked at once, with so many requests each: as many as the gateway lets pass.
_AT_ONCE = 6
_A_SCOPE = 2
_MOST_PAGES = 20
_MOST_CURRENCY = 8
_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Limits and alerts, of which scopes they were read whole (``""`` is the organization), and what was said.

    ``notices`` are ``limits_missing`` (may not be read, or not served) and ``limits_partial``; ``requests``
    counts what was asked.
    """

    entries: tuple[Threshold, ...] = ()
    read: frozenset[str] = frozenset()
    notices: tuple[Notice, ...] = ()
    requests: int = 0

    def dump(self) -> bytes:
        """A JSON form of the entries for the cache."""
        rows = [
            [one.kind, str(one.amount), one.currency, one.project_id, one.interval, one.status, one.identity]
            for one in self.entries
        ]
        return json.dumps({"thresholds": rows, "read": sorted(self.read)}).encode("ascii")


NOTHING = Thresholds()


def load_thresholds(data: bytes) -> Thresholds:
    """The thresholds of a JSON form; none when it is not one."""
    try:
        form = json.loads(data)
        entries = []
        for kind, amount, currency, project, interval, status, identity in form["thresholds"]:
            exact = money.read(amount)
            if exact is None or kind not in {"limit", "alert"}:
                return NOTHING
            entries.append(
                Threshold(kind, exact, currency, project, interval=interval, status=status, identity=identity)
            )
        return Thresholds(tuple(entries), frozenset(map(str, form["read"])))
    except (ValueError, TypeError, KeyError, RecursionError):
        return NOTHING


def _cents(value: object) -> Decimal:
    """Whole units of a number of cents; raises ValueError for what is no amount."""
    cents = money.read(value)
    if cents is None or cents < 0:
        raise ValueError("not an amount of cents")
    return money.EXACT.scaleb(cents, -2)


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


class _Enforcement(BaseModel):
    """Whether a limit stops requests: ``enforcing``, ``inactive``, or what else the API says."""

    model_config = ConfigDict(frozen=True, strict=True)
    status: str = ""


class _Entry(BaseModel):
    """A limit or an alert, as far as it is of use here."""

    model_config = ConfigDict(frozen=True, strict=True)
    threshold_amount: Annotated[Decimal, BeforeValidator(_cents)]
    currency: Annotated[str, BeforeValidator(_lower)]
    interval: str = MONTH
    id: str = ""
    enforcement: _Enforcement | None = None

    def threshold(self, kind: Kind, project: str) -> Threshold:
        """The same as a value of the model."""
        status = self.enforcement.status if self.enforcement else ""
        return Threshold(
            kind,
            self.threshold_amount,
            self.currency[:_MOST_CURRENCY],
            project,
            interval=self.interval,
            status=status,
            identity=self.id,
        )


class _Unread(Exception):
    """A scope could not be read whole; the search knows why."""


@dataclass(slots=True)
class _Search:
    """What was found so far, and what is left to look with."""

    gateway: Gateway
    left: int
    requests: int = 0
    entries: list[Threshold] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    unreadable: int = 0
    refused: str = ""
    failed: str = ""
    not_asked: int = 0

    async def ask(self, path: str, params: Params, what: str, read: Reader[T]) -> T | None:
        """What is at the path, None where there is nothing (404); raises _Unread."""
        if self.refused or self.left <= 0:
            raise _Unread
        self.left -= 1
        try:
            reply = await self.gateway.get(path, params, what=what, read=read)
        except NotServed as error:
            self.requests += error.requests
            return None
        except UsagetopError as error:
            self.requests += error.requests
            if isinstance(error, AccessError):
                self.refused = str(error)
            else:
                self.failed = str(error)
            if isinstance(error, (NetworkFailed, RateLimited)):
                self.left = 0  # nothing else can be read either, and each would take as long to say so
            raise _Unread from None
        self.requests += reply.requests
        return reply.value

    def readable(self, entries: Iterable[object], kind: Kind, project: str) -> list[Threshold]:
        """The thresholds among the entries; those that cannot be read are counted."""
        found = []
        for entry in entries:
            try:
                found.append(_Entry.model_validate(entry).threshold(kind, project))
            except ValidationError:
                self.unreadable += 1
        return found


async def read_thresholds(
    gateway: Gateway, projects: Sequence[str], *, most_requests: int, known: Thresholds = NOTHING
) -> Thresholds:
    """Limits and alerts of the organization and of these projects, those ``known`` not asked for again.

    At most ``most_requests`` requests (retries not counted); projects are asked in their order. Raises nothing
    but cancellation and faults of ours.
    """
    search = _Search(gateway, most_requests, entries=list(known.entries), read=set(known.read))
    if ORGANIZATION not in search.read:
        await _scope(search, ORGANIZATION)
    wanted = [one for one in dict.fromkeys(projects) if _ID.fullmatch(one) and one not in search.read]
    for at in range(0, len(wanted), _AT_ONCE):
        group = wanted[at : at + _AT_ONCE]
        if search.refused or search.left < _A_SCOPE * len(group):
            search.not_asked = len(wanted) - at
            break
        await asyncio.gather(*(_scope(search, project) for project in group))
    entries = sorted(search.entries, key=lambda one: (one.project_id, one.kind != "limit", one.amount))
    return Thresholds(tuple(entries), frozenset(search.read), _notices(search), search.requests)


async def _scope(search: _Search, project: str) -> None:
    """The limit and the alerts of one scope; kept when both could be read."""
    root = f"/organization/projects/{project}" if project else "/organization"
    try:
        limit = await search.ask(f"{root}/spend_limit", (), "the spend limit", _read_object)
        found = search.readable([] if limit is None else [limit], "limit", project)
        found += await _alerts(search, f"{root}/spend_alerts", project)
    except _Unread:
        return
    search.entries += found
    search.read.add(project)


async def _alerts(search: _Search, path: str, project: str) -> list[Threshold]:
    """The alerts of a scope, page by page; raises _Unread when they cannot be read to the end."""
    found: list[Threshold] = []
    after: str | None = None
    seen: set[str] = set()
    while len(seen) < _MOST_PAGES:
        params = [("limit", PAGE_LIMIT), *([("after", after)] if after else [])]
        page = await search.ask(path, params, "spend alerts", read_list)
        if page is None:
            if not project:
                # A project that is gone has no list; an organization without one is a server without alerts.
                search.refused = "spend alerts are not served here (404)"
            return found
        entries, last, more = page
        found += search.readable(entries, "alert", project)
        if not more:
            return found
        if last is None or last in seen:
            break
        seen.add(last)
        after = last
    search.failed = "the list of spend alerts does not end"
    raise _Unread


def _read_object(body: bytes) -> object:
    """A limit as it came; raises BrokenBody, ServerFailed."""
    form = load(body)
    if not isinstance(form, dict) or "threshold_amount" not in form:
        raise not_this_api("it is not a spend limit")
    return form


def _notices(search: _Search) -> tuple[Notice, ...]:
    """What may not be read, and what was left out."""
    told = []
    if search.refused:
        told.append(Notice("limits_missing", f"spend limits and alerts cannot be read: {search.refused}"))
    if search.failed:
        told.append(
            Notice("limits_partial", f"some spend limits and alerts could not be read: {search.failed}")
        )
    if search.unreadable:
        what = "limit or alert" if search.unreadable == 1 else "limits and alerts"
        told.append(Notice("limits_partial", f"{search.unreadable} spend {what} could not be understood"))
    if search.not_asked and not search.refused:
        projects = "project was" if search.not_asked == 1 else "projects were"
        told.append(
            Notice("limits_partial", f"{search.not_asked:,} {projects} not asked for spend limits and alerts")
        )
    return tuple(told)
