"""Which cells a question is about, and which group each of them falls into."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from usagetop.demo.portfolio import portfolio

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from usagetop.demo.queries import Question
    from usagetop.demo.scenarios import Scenario
    from usagetop.demo.workloads import Cell, Value, Workload

Members = list[tuple["Cell", int]]


@dataclass(frozen=True, slots=True)
class Plan:
    """The cells of a question with the place of their group, by workload; and the groups' values."""

    members: tuple[tuple[Workload, Members], ...]
    groups: tuple[tuple[Value, ...], ...]


def plan_usage(question: Question, scenario: Scenario) -> Plan:
    """The plan of a usage question: filters are applied here, once, not day by day."""
    places: dict[tuple[Value, ...], int] = {}
    plan = []
    for workload in portfolio(huge=scenario.huge, leak=scenario.leak):
        if workload.category != question.category.name:
            continue
        members: Members = []
        for cell in workload.cells:
            if keeps(question.kept, cell.dimensions):
                group = tuple([cell.dimensions.get(name) for name in question.group_by])
                members.append((cell, places.setdefault(group, len(places))))
        if members:
            plan.append((workload, members))
    return Plan(tuple(plan), tuple(places))


def keeps(kept: Mapping[str, frozenset[str]], dimensions: Mapping[str, Value]) -> bool:
    """Whether a cell with these dimensions passes every filter."""
    return all(written(dimensions.get(name)) in values for name, values in kept.items())


def written(value: Value) -> str | None:
    """A value as a query parameter writes it (booleans in lower case)."""
    return ("true" if value else "false") if isinstance(value, bool) else value


def fields(
    all_names: Sequence[str],
    names: Sequence[str],
    group: Sequence[Value],
    *,
    omit: bool,
    ancient: bool = False,
) -> str:
    """The JSON members of a row's dimensions, with a comma before each.

    Dimensions not asked for are null, or absent behind a gateway (``omit``). Ancient rows have an empty
    string where the asked value is null.
    """
    values = dict(zip(names, group, strict=True))
    text = []
    for name in all_names:
        if name in values:
            value = "" if ancient and values[name] is None else values[name]
            text.append(f',"{name}":{json.dumps(value)}')
        elif not omit:
            text.append(f',"{name}":null')
    return "".join(text)


def shuffled(places: Sequence[int], salt: int) -> list[int]:
    """The order of a bucket's rows: any order, the API promises none, but always the same one."""
    salt *= 0x85EB_CA6B
    return sorted(places, key=lambda place: (place * 0x9E37_79B1 ^ salt) * 0xC2B2_AE35 & 0xFFFF_FFFF)
