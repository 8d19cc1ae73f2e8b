"""The table of token workloads: which project asks which model, how often, since when."""

from __future__ import annotations

from functools import cache

from usagetop.demo import prices as p
from usagetop.demo.organization import organization
from usagetop.demo.scenarios import LEAK_FIRST, LEAK_LAST, NEW_MODEL, RETIRED
from usagetop.demo.services import services
from usagetop.demo.workloads import BATCHED, MIXED, NORMAL, Life, Variant, Workload, token_cells, within

Shape = tuple[tuple[int, int], ...]
# Average tokens of one request, by part; a model takes those it has a price for.
_CHAT: Shape = ((p.TEXT, 650), (p.CACHED, 900), (p.OUT, 280))
_RAG: Shape = ((p.TEXT, 2_900), (p.CACHED, 5_200), (p.OUT, 420))
_AGENT: Shape = (
    (p.TEXT, 4_200),
    (p.CACHED, 18_000),
    (p.WRITE_30M, 2_400),
    (p.WRITE_12H, 350),
    (p.OUT, 900),
)
_BULK: Shape = ((p.TEXT, 1_800), (p.CACHED, 0), (p.OUT, 240))
_SHORT: Shape = ((p.TEXT, 320), (p.CACHED, 0), (p.OUT, 12))
_VOICE: Shape = ((p.TEXT, 300), (p.OUT, 90), (p.AUDIO, 900), (p.CACHED_AUDIO, 300), (p.OUT_AUDIO, 600))
_IMAGE: Shape = (
    (p.TEXT, 120),
    (p.CACHED, 20),
    (p.IMAGE, 400),
    (p.CACHED_IMAGE, 50),
    (p.OUT_IMAGE, 1_500),
)

# Absolute UTC days (since 1970) on which the organization moved to a new family.
_MARCH, _APRIL, _AUGUST = 20532, 20570, 20668  # 2026-03-20, 2026-04-27, 2026-08-03
_DECISIONS = "gpt-decisions-1"
_OLD = Life(until=_APRIL + 8)
_NEW = Life(since=_APRIL)
_SOL = Life(since=_AUGUST)
_MINI = Life(since=_MARCH)
_MINI_OLD = Life(until=_MARCH)
_TILL_APRIL = Life(until=_APRIL)
_TILL_AUGUST = Life(until=_AUGUST)
_FLARE = Life(since=_AUGUST - 40)
_ALWAYS = Life(week="always")

# fmt: off
# project, model, requests a day, shape, keys, variants, course of the day, life, events
_COMPLETIONS: tuple[tuple[str, str, int, Shape, str, tuple[Variant, ...], str, Life, str], ...] = (
    ("search-api", "gpt-5.5-2026-04-23", 2400, _RAG, "012p", MIXED, "office", _NEW, "spike"),
    ("search-api", "gpt-5-2025-08-07", 2600, _RAG, "012", MIXED, "office", _OLD, ""),
    ("search-api", "gpt-5-mini-2025-08-07", 5200, _CHAT, "024", NORMAL, "office", Life(), "price"),
    ("search-api", "gpt-5-nano-2025-08-07", 21000, _SHORT, "01", NORMAL, "office", Life(), ""),
    ("support-copilot", "gpt-5.6-sol", 420, _AGENT, "01p", NORMAL, "agents", _SOL, ""),
    ("support-copilot", "gpt-5.5-2026-04-23", 700, _AGENT, "013", NORMAL, "agents", _NEW, ""),
    ("support-copilot", p.FINE_TUNED, 1500, _CHAT, "01", NORMAL, "office", Life(), ""),
    ("support-copilot", "gpt-4.1-2025-04-14", 1800, _CHAT, "013", NORMAL, "office", _OLD, ""),
    ("support-copilot", _DECISIONS, 140, _SHORT, "0", NORMAL, "office", Life(), ""),
    ("docs-assistant", "gpt-5.4-mini-2026-03-17", 3400, _RAG, "014p", NORMAL, "office", _MINI, ""),
    ("docs-assistant", "gpt-5-mini-2025-08-07", 2900, _RAG, "01", NORMAL, "office", _MINI_OLD, "price"),
    ("docs-assistant", "gpt-6-astra", 520, _RAG, "01", NORMAL, "office", Life(oldest=NEW_MODEL), "new"),
    ("voice-agent", "gpt-audio-mini-2025-12-15", 1600, _VOICE, "01p", NORMAL, "evening", _ALWAYS, ""),
    ("voice-agent", "gpt-5-nano-2025-08-07", 2600, _SHORT, "0", NORMAL, "evening", _ALWAYS, ""),
    ("image-studio", "gpt-image-1.5-2025-12-16", 620, _IMAGE, "012p", NORMAL, "office", _TILL_AUGUST, ""),
    ("image-studio", "gpt-image-2.5-flare", 880, _IMAGE, "01", NORMAL, "office", _FLARE, ""),
    ("image-studio", "gpt-4o-mini-2024-07-18", 900, _CHAT, "0", NORMAL, "office", Life(), ""),
    ("data-pipeline", "gpt-5-mini-2025-08-07", 9000, _BULK, "013", BATCHED, "night", _ALWAYS, "price"),
    ("data-pipeline", "gpt-5.4-mini-2026-03-17", 5200, _BULK, "01", BATCHED, "night", _MINI, ""),
    ("data-pipeline", "gpt-4.1-2025-04-14", 1500, _BULK, "02", BATCHED, "night", _ALWAYS, ""),
    ("mobile-app", "gpt-5-mini-2025-08-07", 7600, _CHAT, "012", NORMAL, "evening", _ALWAYS, "price"),
    ("mobile-app", "gpt-5.5-2026-04-23", 820, _CHAT, "01", MIXED, "evening", _NEW, ""),
    ("mobile-app", "gpt-4o-mini-2024-07-18", 5400, _CHAT, "024", NORMAL, "evening", _TILL_APRIL, ""),
    ("[internal] tools", "gpt-5.6-sol", 150, _AGENT, "1234p", NORMAL, "office", _SOL, ""),
    ("[internal] tools", "gpt-5-2025-08-07", 260, _AGENT, "01234p", NORMAL, "office", Life(), ""),
    ("[internal] tools", "o4-mini-2025-04-16", 130, _CHAT, "134", NORMAL, "office", Life(), ""),
    ("research", "gpt-5.5-2026-04-23", 160, _AGENT, "0123p", NORMAL, "office", _NEW, ""),
    ("research", "o3-pro-2025-06-10", 12, _BULK, "13", NORMAL, "office", Life(), ""),
    ("research", "o1-2024-12-17", 45, _CHAT, "02", NORMAL, "office", Life(newest=RETIRED), ""),
    ("research", "gpt-6-astra", 90, _AGENT, "02p", NORMAL, "office", Life(oldest=NEW_MODEL - 2), "new"),
    ("research", "gpt-4o-2024-08-06", 300, _CHAT, "024", NORMAL, "office", _TILL_APRIL, ""),
    ("Übersetzung", "gpt-4.1-2025-04-14", 900, _BULK, "013", NORMAL, "office", Life(), ""),
    ("prototype-rag", "gpt-5-2025-08-07", 210, _RAG, "012", NORMAL, "office", Life(), ""),
    ("hackathon-2025", "gpt-4o-mini-2024-07-18", 640, _CHAT, "01234", NORMAL, "office", Life(), ""),
    ("", "gpt-4o-2024-08-06", 45, _CHAT, "", NORMAL, "office", _TILL_AUGUST, ""),
)
# fmt: on


@cache
def portfolio(*, huge: bool = False, leak: bool = False) -> tuple[Workload, ...]:
    """Every workload of the organization, in a fixed order."""
    return (
        *_completions(),
        *(_leak() if leak else ()),
        *(_teams() if huge else ()),
        *services(),
    )


def _places(keys: str) -> tuple[int, ...]:
    return tuple(int(place) for place in keys if place != "p")


def _completions() -> list[Workload]:
    found = []
    for project, model, requests, shape, keys, variants, profile, life, event in _COMPLETIONS:
        category = "decisions" if model == _DECISIONS else "completions"
        home = organization().project(project) if project else None
        cells = token_cells(
            category,
            home,
            model,
            requests,
            shape,
            keys=_places(keys),
            variants=variants,
            profile=profile,
            playground="p" in keys,
        )
        events = frozenset({event} - {""})
        found.append(Workload(category, cells, within(life, home), events))
    return found


def _leak() -> list[Workload]:
    """The leaked key: a key of the internal tools asks at night for a model that its project never used."""
    project = organization().project("[internal] tools")
    cells = token_cells(
        "completions",
        project,
        "o3-pro-2025-06-10",
        1800,
        _BULK,
        keys=(1,),
        profile="small hours",
    )
    return [Workload("completions", cells, Life(oldest=LEAK_FIRST, newest=LEAK_LAST, week="always"))]


def _teams() -> list[Workload]:
    """The huge organization: every key of 44 teams asks seven models every day."""
    models = (
        "gpt-5.5-2026-04-23",
        "gpt-5-2025-08-07",
        "gpt-5-mini-2025-08-07",
        "gpt-5-nano-2025-08-07",
        "gpt-4.1-2025-04-14",
        "gpt-4o-2024-08-06",
        "o4-mini-2025-04-16",
    )
    projects = organization(huge=True).projects[len(organization().projects) :]
    return [
        Workload(
            "completions",
            token_cells("completions", project, model, 260, _CHAT, keys=range(len(project.keys)), decay=1),
            _ALWAYS,
        )
        for project in projects
        for model in models
    ]
