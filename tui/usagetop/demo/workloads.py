"""Workloads and cells: what the organization does every day, as rates, before any day is computed.

A *cell* is the finest thing that usage and costs know: one project, user, key, model and so on, with a rate
of requests and an average size. A *workload* is the cells of one project and one model, which live, grow and
vanish together. Usage and costs are both sums over the same cells; that is why they agree.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

from usagetop.demo import prices as p
from usagetop.demo.mixing import mix, seed_of
from usagetop.demo.scenarios import OLDEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from usagetop.demo.organization import Key, Project
    from usagetop.demo.prices import Line

Value = str | bool | None
REQUESTS = -1  # the place of the count of requests, beside the parts


@dataclass(frozen=True, slots=True)
class Cell:
    """The finest unit of volume.

    ``dimensions`` are its values by API name; ``rate`` is thousandths of a request a day; ``parts`` are
    (place, average base units a request); ``lines`` are (place, line item) for what is paid; ``profile``
    is its course over the day; ``seed`` its own 64 bits.
    """

    dimensions: Mapping[str, Value]
    rate: int
    parts: tuple[tuple[int, int], ...]
    lines: tuple[tuple[int, Line], ...]
    profile: str
    seed: int


@dataclass(frozen=True, slots=True)
class Life:
    """When a workload runs.

    ``since`` and ``until`` are absolute UTC days (days since 1970) between which it ramps up and fades;
    ``oldest`` and ``newest`` are ages in days before the day of now outside of which there is nothing.
    ``week`` is ``office`` (weekends quiet) or ``always``.
    """

    since: int | None = None
    until: int | None = None
    oldest: int = OLDEST
    newest: int = 0
    week: str = "office"


@dataclass(frozen=True, slots=True)
class Workload:
    """The cells of one project and one purpose in one category; ``events`` name what is planted here."""

    category: str
    cells: tuple[Cell, ...]
    life: Life = field(default_factory=Life)
    events: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Variant:
    """A share (thousandths) of a workload's requests that is paid in another way."""

    share: int = 1000
    batch: bool = False
    tier: str = "default"
    long: bool = False


NORMAL = (Variant(),)
MIXED = (Variant(850), Variant(90, tier="priority"), Variant(60, long=True))
BATCHED = (Variant(700, batch=True), Variant(200, tier="flex"), Variant(100))


def within(life: Life, project: Project | None) -> Life:
    """The life of a workload in that project: it ends when the project is archived."""
    archived = project.archived_age if project else None
    return replace(life, newest=max(life.newest, archived or 0))


@cache
def shape_for(model: str, shape: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """The parts of a shape that the model has a price for."""
    prices = p.token_model(model).prices
    return tuple((place, average) for place, average in shape if place in prices)


def hands(
    project: Project | None, keys: Iterable[int], *, playground: bool
) -> tuple[tuple[Key | None, str | None], ...]:
    """Who sends the requests: keys with their owners, and the playground (a user without a key).

    Without a project there is one pair that names nobody: the unnamed rows of old accounts.
    """
    if project is None:
        return ((None, None),)
    found: list[tuple[Key | None, str | None]] = [
        (project.keys[place], project.keys[place].owner.id) for place in keys if place < len(project.keys)
    ]
    if playground and found:
        found.append((None, project.keys[-1].owner.id))
    return tuple(found)


def token_cells(
    category: str,
    project: Project | None,
    model: str,
    requests: int,
    shape: tuple[tuple[int, int], ...],
    *,
    keys: Iterable[int],
    variants: tuple[Variant, ...] = NORMAL,
    profile: str = "office",
    playground: bool = False,
    decay: int = 3,
) -> tuple[Cell, ...]:
    """Cells of a model that is paid by tokens: ``requests`` a day, split over hands and variants.

    Each further key asks ``decay`` times less often than the one before.
    """
    parts = shape_for(model, shape)
    cells = []
    for place, (key, user) in enumerate(hands(project, keys, playground=playground)):
        for variant in variants:
            seed = seed_of(f"{category}{project and project.name}{model}{place}{variant}")
            # The first key is production: most of the requests; the others take less and less.
            rate = requests * variant.share * (60 + mix(seed) % 40) // (100 * decay**place)
            dimensions: dict[str, Value] = {
                "project_id": project.id if project else None,
                "user_id": user,
                "api_key_id": key.id if key else None,
                "model": model,
                "batch": variant.batch,
                "service_tier": variant.tier,
                "api_source": "agents_api" if profile == "agents" else "unlabeled",
            }
            lines = tuple(
                (
                    part,
                    p.token_line(model, part, batch=variant.batch, tier=variant.tier, long=variant.long),
                )
                for part, _ in parts
            )
            cells.append(Cell(dimensions, rate, parts, lines, profile, seed))
    return tuple(cells)


def counted_cells(
    category: str,
    project: Project,
    requests: int,
    average: int,
    line: Line | None,
    *,
    keys: Iterable[int],
    dimensions: Mapping[str, Value],
    profile: str = "office",
) -> tuple[Cell, ...]:
    """Cells with one measure (characters, images, calls …): ``average`` base units a request."""
    cells = []
    for place, (key, user) in enumerate(hands(project, keys, playground=False)):
        seed = seed_of(f"{category}{project.name}{sorted(map(str, dimensions.values()))}{place}")
        named: dict[str, Value] = {
            "project_id": project.id,
            "user_id": user,
            "api_key_id": key.id if key else None,
            "api_source": "unlabeled",
            **dimensions,
        }
        rate = 1000 * requests * (60 + mix(seed) % 40) // (100 * 3**place)
        parts = ((0, average),) if average else ()
        lines = ((0 if average else REQUESTS, line),) if line else ()
        cells.append(Cell(named, rate, parts, lines, profile, seed))
    return tuple(cells)
