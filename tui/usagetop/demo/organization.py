"""Who belongs to the demo organization: projects, people, service accounts, API keys.

Ids follow from names (``mixing.identifier``). Deleted people and keys are in no list, but their usage stays:
those ids never resolve, as in a real organization. The scenario ``huge`` adds teams to the same people.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from usagetop.demo.mixing import identifier, mix, seed_of

ORGANIZATION_NAME = "Halcyon Labs"
ORGANIZATION_ID = identifier("org-", ORGANIZATION_NAME)
DAY = 86400
FOUNDED = 1_711_471_533  # March 2024, in UTC seconds

# Name, age in days of its archiving (None: active), number of service accounts.
_PROJECTS: tuple[tuple[str, int | None, int], ...] = (
    ("search-api", None, 2),
    ("support-copilot", None, 1),
    ("docs-assistant", None, 1),
    ("voice-agent", None, 1),
    ("image-studio", None, 1),
    ("data-pipeline", None, 2),
    ("mobile-app", None, 1),
    ("[internal] tools", None, 0),
    ("research", None, 0),
    ("Übersetzung", 75, 0),
    ("prototype-rag", 140, 0),
    ("hackathon-2025", 212, 0),
)
_PEOPLE = (
    "Ada Okafor",
    "Ben Lindqvist",
    "Carla Mendes",
    "Dmitri Volkov",
    "Elif Yıldız",
    "Farid Rahimi",
    "Grace Liu",
    "Hannah Weiß",
    "Ivo Novák",
    "Jun Takahashi",
    "Kofi Mensah",
    "Lena Fischer",
    "Marta Kowalska",
    "Nils Berg",
    "Olga Petrenko",
    "Priya Raman",
    "Quentin Dubois",
    "Rosa Álvarez",
    "Sam Whitfield",
    "Tara Singh",
    "Uri Cohen",
    "Vera Horvat",
    "Wei Zhang",
    "Yusuf Demir",
    "Zoe Marchetti",
)
_LEFT = frozenset({"Ivo Novák", "Quentin Dubois", "Yusuf Demir"})
_KEY_NAMES = ("production", "staging", "ci", "notebook", "local")
# Deleted keys, as (place of the project, place of the key).
_DELETED = frozenset({(0, 4), (1, 3), (2, 4), (5, 3), (7, 2), (9, 1), (10, 0), (11, 2)})
_HUGE_TEAMS = 44  # a month of rows at the finest grain stays below 32 MiB
_HUGE_KEYS = 9


@dataclass(frozen=True, slots=True)
class User:
    """A person, or a service account in its role as a user of the API."""

    id: str
    name: str
    email: str | None
    role: str
    left: bool = False
    is_service_account: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """An API key of a project; ``owner`` may have left, ``deleted`` keys are in no list."""

    id: str
    name: str
    owner: User
    created_at: int
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Project:
    """A project with its keys and service accounts; ``archived_age`` is in days before the day of now."""

    id: str
    name: str
    archived_age: int | None
    created_at: int
    keys: tuple[Key, ...]
    accounts: tuple[User, ...]


@dataclass(frozen=True, slots=True)
class Organization:
    """Everybody and everything that usage can name."""

    projects: tuple[Project, ...]
    people: tuple[User, ...]

    def project(self, name: str) -> Project:
        """The project of that name."""
        return next(project for project in self.projects if project.name == name)


@cache
def organization(*, huge: bool = False) -> Organization:
    """The organization: 12 projects, 25 people and 60 keys; ``huge`` has 44 projects more."""
    people = tuple(_person(name) for name in _PEOPLE)
    projects = [_project(place, people) for place in range(len(_PROJECTS))]
    if huge:
        more = tuple(_person(f"Member {number:03d}") for number in range(1, 5 * _HUGE_TEAMS + 1))
        projects += [_team(number, more[5 * number : 5 * number + 5]) for number in range(_HUGE_TEAMS)]
        people += more
    return Organization(tuple(projects), people)


def _person(name: str) -> User:
    words = name.lower().split()
    local = ".".join(words).encode("ascii", "ignore").decode()
    roles = ("owner", "reader", "reader", "reader")
    role = roles[seed_of(name) % len(roles)]
    return User(identifier("user-", name), name, f"{local}@halcyon.example", role, name in _LEFT)


def _account(project: str, number: int) -> User:
    name = f"{project}-bot-{number + 1}"
    return User(identifier("user-", name), name, None, "reader", is_service_account=True)


def _project(place: int, people: tuple[User, ...]) -> Project:
    """One of the twelve: five keys, owned by its service accounts first, then by some of the people."""
    name, archived_age, count = _PROJECTS[place]
    accounts = tuple(_account(name, number) for number in range(count))
    team = [people[(place * 2 + step * 3) % len(people)] for step in range(len(_KEY_NAMES))]
    owners = [*accounts, *team][: len(_KEY_NAMES)]
    keys = tuple(
        _key(name, key_name, owner, deleted=(place, number) in _DELETED)
        for number, (key_name, owner) in enumerate(zip(_KEY_NAMES, owners, strict=True))
    )
    return Project(identifier("proj_", name), name, archived_age, FOUNDED + place * 19 * DAY, keys, accounts)


def _team(number: int, members: tuple[User, ...]) -> Project:
    """A project of the huge organization: nine keys, shared by five members."""
    name = f"team-{number + 1:02d}"
    keys = tuple(
        _key(name, f"service-{place + 1}", members[place % len(members)], deleted=False)
        for place in range(_HUGE_KEYS)
    )
    return Project(identifier("proj_", name), name, None, FOUNDED + number * DAY, keys, ())


def _key(project: str, name: str, owner: User, *, deleted: bool) -> Key:
    text = f"{project}/{name}"
    created_at = FOUNDED + mix(seed_of(text)) % (300 * DAY)
    return Key(identifier("key_", text, 16), name, owner, created_at, deleted)
