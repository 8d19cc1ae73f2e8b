"""The name lists: projects, users, keys, service accounts, admin keys, spend alerts and limits.

Shapes are those of the official examples. Deleted people and keys are in none of them.
"""

from __future__ import annotations

import json
from calendar import monthrange
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from usagetop.demo import refusals
from usagetop.demo.mixing import identifier, mix, seed_of
from usagetop.demo.organization import DAY, FOUNDED, organization
from usagetop.demo.refusals import refuse
from usagetop.demo.volume import growth

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from usagetop.demo.organization import Key, Organization, Project, User
    from usagetop.demo.scenarios import Scenario

Entry = dict[str, Any]
_MOST = 100
_DEFAULT = 20
_ROOT = "/organization/"
# Monthly thresholds in dollars a day of the month, at the organization's middle size: of the whole, and of some
# projects by name. A steady month keeps below all of them; the spike takes search-api above its alert.
_ALERTS = (440, 520)
_LIMIT = 600
_PROJECT_ALERTS = {"search-api": (117,), "research": (25, 33)}
_PROJECT_LIMITS = {"search-api": 170, "hackathon-2025": 2}
# What people write: whole steps of this many cents.
_STEP = 5_000


def answer(scenario: Scenario, path: str, params: Sequence[tuple[str, str]], now: int) -> bytes:
    """The body of a list's page or of a limit; raises Refusal for what is not there."""
    what, project_id = _parse(path)
    serve = _SERVED.get((what, project_id is not None))
    if serve is None:
        raise refusals.not_found(path)
    if scenario.refusing:
        raise refusals.missing_scope("api.management.read")
    group = organization(huge=scenario.huge)
    project = None
    if project_id is not None:
        project = next((project for project in group.projects if project.id == project_id), None)
        if project is None:
            raise refusals.no_such("project", project_id)
    return json.dumps(serve(group, project, _asked(what, params), now)).encode()


def _parse(path: str) -> tuple[str, str | None]:
    """What is asked for, and of which project."""
    parts = path.removeprefix(_ROOT).split("/") if path.startswith(_ROOT) else []
    if len(parts) == 3 and parts[0] == "projects":  # noqa: PLR2004 - projects/{id}/what
        return parts[2], parts[1]
    return (parts[0], None) if len(parts) == 1 else ("", None)


def _asked(what: str, params: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Query parameters by name; raises Refusal for those that the list does not take."""
    allowed = {"limit", "after", *_MORE_PARAMS.get(what, ())}
    for name, _ in params:
        if name not in allowed or what == "spend_limit":
            refuse(f"Unknown parameter: '{name}'.", name, "unknown_parameter")
    return dict(params)


def _page(entries: Sequence[Entry], asked: Mapping[str, str]) -> Entry:
    """One page: at most ``limit`` entries after the entry with the id ``after``."""
    text = asked.get("limit", str(_DEFAULT))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= _MOST):
        refuse(f"Invalid limit provided: {text}. Limit must be between 1 and {_MOST}.", "limit")
    if asked.get("order") == "desc":
        entries = entries[::-1]
    first = 0
    if "after" in asked:
        places = [place for place, entry in enumerate(entries) if entry["id"] == asked["after"]]
        if not places:
            refuse(f"Invalid 'after': {asked['after']}.", "after")
        first = places[0] + 1
    shown = list(entries[first : first + int(text)])
    return {
        "object": "list",
        "data": shown,
        "first_id": shown[0]["id"] if shown else None,
        "last_id": shown[-1]["id"] if shown else None,
        "has_more": first + int(text) < len(entries),
    }


def _projects(group: Organization, _: Project | None, asked: Mapping[str, str], now: int) -> Entry:
    archived_too = asked.get("include_archived") == "true"
    today = now // DAY * DAY
    entries: list[Entry] = [
        {
            "id": project.id,
            "object": "organization.project",
            "name": project.name,
            "created_at": project.created_at,
            "archived_at": None if project.archived_age is None else today - project.archived_age * DAY,
            "status": "active" if project.archived_age is None else "archived",
        }
        for project in group.projects
        if archived_too or project.archived_age is None
    ]
    return _page(entries, asked)


def _users(group: Organization, _: Project | None, asked: Mapping[str, str], _now: int) -> Entry:
    accounts = [account for project in group.projects for account in project.accounts]
    entries: list[Entry] = [
        {
            "object": "organization.user",
            "id": user.id,
            "name": user.name,
            "email": user.email,
            "role": user.role,
            "is_service_account": user.is_service_account,
            "added_at": FOUNDED + mix(seed_of(user.id)) % (200 * DAY),
        }
        for user in (*group.people, *accounts)
        if not user.left
    ]
    return _page(entries, asked)


def _keys(_: Organization, project: Project | None, asked: Mapping[str, str], now: int) -> Entry:
    """Keys of a project. Those whose owner has left are ``inactive`` and listed only when asked for."""
    access = asked.get("owner_project_access", "active")
    if access not in ("active", "inactive", "any"):
        refusals.refuse_value("owner_project_access", access, ("active", "inactive", "any"))
    entries: list[Entry] = []
    for key in project.keys if project else ():
        owner_access = "inactive" if key.owner.left else "active"
        if not key.deleted and access in ("any", owner_access):
            entries.append(_key(key, owner_access, now))
    return _page(entries, asked)


def _key(key: Key, access: str, now: int) -> Entry:
    by_account = key.owner.is_service_account
    kind = "service_account" if by_account else "user"
    owner = _account(key.owner) if by_account else {"object": "organization.user", **_user(key.owner)}
    return {
        "object": "organization.project.api_key",
        "redacted_value": f"sk-proj-***{key.id[-4:]}",
        "name": key.name,
        "created_at": key.created_at,
        "last_used_at": now // DAY * DAY - mix(seed_of(key.id)) % (3 * DAY),
        "id": key.id,
        "owner_project_access": access,
        "owner": {"type": kind, kind: owner},
    }


def _user(user: User) -> Entry:
    created_at = FOUNDED + mix(seed_of(user.id)) % (200 * DAY)
    return {
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "role": user.role,
        "created_at": created_at,
    }


def _account(account: User) -> Entry:
    return {
        "object": "organization.project.service_account",
        "id": account.id.replace("user-", "svc_acct_"),
        "name": account.name,
        "role": "member",
        "created_at": FOUNDED + mix(seed_of(account.id)) % (200 * DAY),
    }


def _accounts(_: Organization, project: Project | None, asked: Mapping[str, str], _now: int) -> Entry:
    return _page([_account(account) for account in (project.accounts if project else ())], asked)


def _admin_keys(group: Organization, _: Project | None, asked: Mapping[str, str], now: int) -> Entry:
    owner = group.people[0]
    entries: list[Entry] = [
        {
            "object": "organization.admin_api_key",
            "id": identifier("key_", name, 16),
            "name": name,
            "redacted_value": f"sk-admin***{identifier('', name, 4)}",
            "created_at": FOUNDED + place * DAY,
            "expires_at": None,
            "last_used_at": now // DAY * DAY,
            "owner": {"type": "user", "object": "organization.user", **_user(owner)},
        }
        for place, name in enumerate(("finance dashboard", "usagetop"))
    ]
    return _page(entries, asked)


def _cents(dollars_a_day: int, now: int) -> int:
    """A monthly threshold, set anew at the beginning of each month for the size that the organization has then."""
    first = datetime.fromtimestamp(now, UTC).replace(day=1)
    days = monthrange(first.year, first.month)[1]
    cents = dollars_a_day * days * growth(int(first.timestamp()) // DAY) // 10
    return max(1, round(cents / _STEP)) * _STEP


def _alerts(_: Organization, project: Project | None, asked: Mapping[str, str], now: int) -> Entry:
    a_day = _PROJECT_ALERTS.get(project.name, ()) if project else _ALERTS
    scope = "project" if project else "organization"
    entries: list[Entry] = [
        {
            "id": identifier("alert_", f"{project and project.name}{cents}", 12),
            "object": f"{scope}.spend_alert",
            "threshold_amount": cents,
            "currency": "USD",
            "interval": "month",
            "notification_channel": {
                "type": "email",
                "recipients": ["finance@halcyon.example"],
                "subject_prefix": "OpenAI spend alert",
            },
        }
        for cents in (_cents(dollars, now) for dollars in a_day)
    ]
    return _page(entries, asked)


def _limit(_: Organization, project: Project | None, _asked: Mapping[str, str], now: int) -> Entry:
    """The hard limit; 404 where none is set."""
    a_day = _PROJECT_LIMITS.get(project.name) if project else _LIMIT
    if a_day is None:
        raise refusals.no_such("spend limit", project.id if project else "organization")
    return {
        "object": f"{'project' if project else 'organization'}.spend_limit",
        "threshold_amount": _cents(a_day, now),
        "currency": "USD",
        "interval": "month",
        "enforcement": {"status": "inactive" if project else "enforcing"},
    }


# Served lists, by name and whether of one project.
_SERVED: dict[tuple[str, bool], Callable[[Organization, Project | None, Mapping[str, str], int], Entry]] = {
    ("projects", False): _projects,
    ("users", False): _users,
    ("admin_api_keys", False): _admin_keys,
    ("spend_alerts", False): _alerts,
    ("spend_limit", False): _limit,
    ("api_keys", True): _keys,
    ("service_accounts", True): _accounts,
    ("spend_alerts", True): _alerts,
    ("spend_limit", True): _limit,
}
_MORE_PARAMS = {
    "projects": ("include_archived",),
    "api_keys": ("owner_project_access",),
    "admin_api_keys": ("order",),
    "spend_alerts": ("order",),
}
