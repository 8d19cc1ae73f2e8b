"""Which usage explains which line item: exactly by name first, then by family; no usage explains twice.

Line items that the same usage explains (long context beside the plain one, several currencies, tiers that the
usage does not tell apart) make a *pool*: its usage is split among them by their quantities.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from usagetop.analysis.units import tool_of, unit_of
from usagetop.analysis.uses import CATEGORY_OF_TOOL, TIERS, TOKENS
from usagetop.model.line_items import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from usagetop.analysis.bill import Line
    from usagetop.analysis.grouping import Key
    from usagetop.analysis.uses import Use

Match = Literal["exact", "family", "none"]
# A use by its place, and the measure of it: what can be claimed once.
_Claim = tuple[int, str]

_DATED = re.compile(r"-(?:\d{4}-\d{2}-\d{2}|\d{4})$")
_VERSION = re.compile(r"-v\d+$")
_SIZE = re.compile(r"^\d+x\d+$")
_DALL_E = re.compile(r"^dall-?e[ -]\d$", re.IGNORECASE)
# Kinds of a line item that are no tokens: the measure and the category that counts it.
_KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "audio": ("seconds", "audio_transcriptions"),
        "characters": ("characters", "audio_speeches"),
        "images": ("images", "images"),
    }
)
_TOKEN_KINDS = frozenset({"input", "cached", "written", "output"})


@dataclass(frozen=True, slots=True)
class Want:
    """What usage would explain a line: its measure, in which categories, of which model or sizes, at which tier.

    No ``model``: a tool, which any usage of its category explains.
    """

    measure: str
    categories: tuple[str, ...]
    model: str | None = None
    tier: str = ""
    sizes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What explains a line.

    ``usage`` is this line's part of its pool, ``by_who`` the whole pool's by the value of the dimension asked
    for; both in base units (``units.Unit.base``). None and empty where nothing explains it.
    """

    match: Match = "none"
    usage: int | None = None
    by_who: Mapping[str | int | None, int] = field(default_factory=dict)


@lru_cache(maxsize=4096)
def want_of(line_item: str | None) -> Want | None:
    """What usage would explain this line item; None for what no usage counts (training, evals, credits)."""
    reading = read(line_item)
    if reading is None:
        tool = tool_of(line_item)
        if tool:
            unit = unit_of(None, tool)
            return Want(unit.base, (CATEGORY_OF_TOOL[tool],))
        return _images(line_item)
    if reading.tier not in TIERS:
        return None
    if reading.kind in _TOKEN_KINDS:
        measure = f"{reading.modality} {reading.kind}".strip()
        return Want(measure, TOKENS, reading.model, reading.tier)
    if reading.kind not in _KINDS:
        return None
    measure, category = _KINDS[reading.kind]
    return Want(measure, (category,), reading.model, reading.tier)


def _images(line_item: str | None) -> Want | None:
    """``dall-e 3, standard, 1024x1792, 1792x1024``: images of a model by their sizes."""
    head, *parts = [part.strip() for part in (line_item or "").split(",")]
    if not _DALL_E.match(head):
        return None
    return Want("images", ("images",), head, sizes=tuple(part for part in parts if _SIZE.match(part)))


@lru_cache(maxsize=4096)
def canonical(model: str) -> str:
    """A model's name as both sides may write it: ``ft:base:org:name:id`` as ``ft-base``, ``dall-e 3`` joined."""
    name = model.lower().replace(" ", "-")
    if name.startswith("ft:"):
        name = "ft-" + (name.split(":")[1])
    return _VERSION.sub("", name)


def related(one: str, other: str) -> bool:
    """Whether two names are of one family: the same, or the same but for a date that only one of them has."""
    first, second = canonical(one), canonical(other)
    return first == second or _DATED.sub("", first) == second or first == _DATED.sub("", second)


def match(lines: Sequence[Line], uses: Sequence[Use]) -> list[Found]:
    """What explains each line. Names that are the same on both sides go first; the rest takes what is left."""
    wants = _wants(lines)
    found = [Found()] * len(lines)
    near = _by_model(uses)
    claimed: set[_Claim] = set()
    ways: tuple[Match, ...] = ("exact", "family")
    for way in ways:
        claims: dict[int, set[_Claim]] = {}
        for at, want in enumerate(wants):
            if want is not None and found[at].match == "none":
                places = _explaining(want, near, lines[at].scope, way)
                mine = {(place, want.measure) for place in places if _fits(want, uses[place])} - claimed
                if mine:
                    claims[at] = mine
        for members, pool in _pools(claims):
            claimed |= pool
            for at, part in _parted(lines, members, pool, uses, way):
                found[at] = part
    return found


_Near = dict[tuple["Key", str], dict["str | None", list[int]]]


def _wants(lines: Sequence[Line]) -> list[Want | None]:
    """What would explain each line. Where a model is billed by modality too, the line without one is text."""
    wants = [want_of(line.line_item) for line in lines]
    split_up = {
        (want.model, want.measure.rsplit(maxsplit=1)[-1]) for want in wants if want and " " in want.measure
    }
    return [
        replace(want, measure=f"text {want.measure}")
        if want and (want.model, want.measure) in split_up
        else want
        for want in wants
    ]


def _by_model(uses: Sequence[Use]) -> _Near:
    """Places of uses by scope and category, then by model."""
    near: _Near = {}
    for place, use in enumerate(uses):
        near.setdefault((use.scope, use.category), {}).setdefault(use.model, []).append(place)
    return near


def _explaining(want: Want, near: _Near, scope: Key, way: Match) -> list[int]:
    """Places of the uses in this scope whose name is right in this way; a tool has no name to get wrong."""
    found = []
    for category in want.categories:
        models = near.get((scope, category), {})
        for model, places in models.items():
            if want.model is None or (
                model is not None and (model == want.model if way == "exact" else related(model, want.model))
            ):
                found += places
    return found


def _fits(want: Want, use: Use) -> bool:
    """Whether a use of the right name counts what is wanted, at its tier and of its sizes as far as it says so."""
    sized = not want.sizes or use.size is None or use.size in want.sizes
    return want.measure in use.counts and want.tier in use.tiers and sized


def _pools(claims: Mapping[int, set[_Claim]]) -> list[tuple[list[int], set[_Claim]]]:
    """Lines that share a claim, directly or through others, together with all their claims."""
    pools: list[tuple[list[int], set[_Claim]]] = []
    owner: dict[_Claim, int] = {}
    for at, mine in claims.items():
        members, whole = [at], set(mine)
        for pool in sorted({owner[claim] for claim in mine if claim in owner}):
            members = pools[pool][0] + members
            whole |= pools[pool][1]
            pools[pool] = ([], set())
        owner.update(dict.fromkeys(whole, len(pools)))
        pools.append((members, whole))
    return [pool for pool in pools if pool[0]]


def _parted(
    lines: Sequence[Line], members: Sequence[int], pool: set[_Claim], uses: Sequence[Use], way: Match
) -> Iterator[tuple[int, Found]]:
    """What each line of a pool gets of its usage: by quantity, where all say theirs, else by amount."""
    by_who: dict[str | int | None, int] = {}
    for place, measure in sorted(pool):
        use = uses[place]
        by_who[use.who] = by_who.get(use.who, 0) + use.counts[measure]
    whole = sum(by_who.values())
    mine = [lines[at] for at in members]
    quantities = [base_quantity(line) for line in mine]
    weights = [
        Fraction(0) if quantity is None else quantity
        for quantity in (
            quantities if None not in quantities else [abs(Fraction(line.paid)) for line in mine]
        )
    ]
    total = sum(weights, Fraction())
    parts = [int(whole * weight / total) if total else 0 for weight in weights]
    largest = max(range(len(weights)), key=weights.__getitem__)
    parts[largest] += whole - sum(parts)
    for at, line, part in zip(members, mine, parts, strict=True):
        # Usage of nothing explains nothing, unless nothing was billed.
        if part or not (line.amount or line.quantity):
            yield at, Found(way, part, by_who)


def base_quantity(line: Line) -> Fraction | None:
    """A line's quantity in base units, None where it is not known or of another kind than its usage."""
    want = want_of(line.line_item)
    unit = unit_of(line.quantity_unit, line.line_item)
    if line.quantity is None or line.quantity < 0 or want is None or unit.base != base_of(want.measure):
        return None
    return Fraction(line.quantity) * unit.size


def base_of(measure: str) -> str:
    """The base unit of a measure."""
    return "tokens" if measure.rsplit(maxsplit=1)[-1] in _TOKEN_KINDS else measure
