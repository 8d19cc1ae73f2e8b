"""The table of other workloads: embeddings, audio, moderations, images, tools, storage, and costs alone."""

from __future__ import annotations

from functools import cache

from usagetop.demo import prices as p
from usagetop.demo.mixing import identifier, seed_of
from usagetop.demo.organization import organization
from usagetop.demo.scenarios import CREDITS
from usagetop.demo.workloads import REQUESTS, Cell, Life, Workload, counted_cells, within

# fmt: off
# category, project, model, requests a day, base units a request, keys
_COUNTED = (
    ("audio_speeches", "voice-agent", "tts-1", 420, 310, "01"),
    ("audio_speeches", "voice-agent", "tts-1-hd", 60, 420, "0"),
    ("audio_speeches", "mobile-app", "gpt-4o-mini-tts", 380, 260, "02"),
    ("audio_transcriptions", "voice-agent", "whisper-1", 300, 7, "01"),
    ("audio_transcriptions", "mobile-app", "gpt-4o-mini-transcribe", 240, 3, "0"),
    ("audio_transcriptions", "research", "gpt-4o-transcribe", 12, 260, "12"),
    ("embeddings", "search-api", "text-embedding-3-small", 26000, 410, "014"),
    ("embeddings", "docs-assistant", "text-embedding-3-large", 5200, 520, "02"),
    ("embeddings", "data-pipeline", "text-embedding-3-small", 9000, 600, "1"),
    ("embeddings", "prototype-rag", "text-embedding-ada-002", 1300, 380, "01"),
    ("embeddings", "[internal] tools", "text-embedding-ada-002", 160, 300, "3"),
    ("moderations", "mobile-app", "omni-moderation-latest", 6200, 140, "01"),
    ("moderations", "support-copilot", "omni-moderation-latest", 3900, 190, "0"),
    ("moderations", "image-studio", "omni-moderation-latest", 1400, 60, "02"),
    ("moderations", "hackathon-2025", "text-moderation-007", 300, 90, "1"),
    ("moderations", "research", "text-moderation-007", 25, 90, "0"),
)
# project, model, size, source, requests a day, images a request
_IMAGES = (
    ("image-studio", "dall-e-3", "1024x1024", "image.generation", 90, 1),
    ("image-studio", "dall-e-3", "1024x1792", "image.generation", 26, 1),
    ("image-studio", "dall-e-2", "1024x1024", "image.edit", 22, 2),
    ("image-studio", "dall-e-2", "1024x1024", "image.variation", 9, 3),
    ("mobile-app", "dall-e-3", "1024x1024", "image.generation", 31, 1),
)
# project, model, context level, requests a day, calls a request
_WEB_SEARCH = (
    ("search-api", "gpt-5.5-2026-04-23", "medium", 340, 1),
    ("search-api", "gpt-5.5-2026-04-23", "high", 60, 2),
    ("research", "gpt-5-2025-08-07", "high", 24, 2),
    ("docs-assistant", "gpt-5-mini-2025-08-07", "low", 110, 1),
)
# project, MiB on day LEVEL_START, MiB more a day
_STORES = (
    ("docs-assistant", 24_000, 95),
    ("support-copilot", 9_000, 31),
    ("search-api", 61_000, 140),
    ("prototype-rag", 3_000, 8),
)
# project, calls a day to the first store, number of stores
_FILE_SEARCH = (("docs-assistant", 2600, 3), ("support-copilot", 900, 2), ("prototype-rag", 300, 1))
# project, sessions a day
_CODE_INTERPRETER = (("research", 46), ("data-pipeline", 110), ("[internal] tools", 18))
# fmt: on
_ALWAYS = Life(week="always")


@cache
def services() -> tuple[Workload, ...]:
    """Every workload that is not paid by the tokens of a completion, in a fixed order."""
    return (
        *_counted(),
        *_images(),
        *_web_search(),
        *_file_search(),
        *_sessions(),
        *_stores(),
        *_costs_only(),
    )


def _workload(category: str, project: str, cells: tuple[Cell, ...], life: Life = _ALWAYS) -> Workload:
    return Workload(category, cells, within(life, organization().project(project)))


def _counted() -> list[Workload]:
    found = []
    for category, name, model, requests, average, keys in _COUNTED:
        project = organization().project(name)
        cells = counted_cells(
            category,
            project,
            requests,
            average,
            p.MODEL_LINES.get(model),
            keys=tuple(map(int, keys)),
            dimensions={"model": model},
        )
        found.append(_workload(category, name, cells, Life()))
    return found


def _images() -> list[Workload]:
    found = []
    for name, model, size, source, requests, images in _IMAGES:
        project = organization().project(name)
        dimensions = {"model": model, "size": size, "source": source}
        line = p.IMAGE_LINES[model, size]
        cells = counted_cells("images", project, requests, images, line, keys=(0, 1), dimensions=dimensions)
        found.append(_workload("images", name, cells))
    return found


def _web_search() -> list[Workload]:
    """Web searches: a model request makes one call or two; every call is paid."""
    found = []
    for name, model, level, requests, calls in _WEB_SEARCH:
        cells = counted_cells(
            "web_search_calls",
            organization().project(name),
            requests,
            calls,
            p.WEB_SEARCH,
            keys=(0, 1),
            dimensions={"model": model, "context_level": level},
        )
        found.append(_workload("web_search_calls", name, cells))
    return found


def _file_search() -> list[Workload]:
    found = []
    for name, requests, stores in _FILE_SEARCH:
        for number in range(stores):
            cells = counted_cells(
                "file_search_calls",
                organization().project(name),
                requests // (number + 1),
                0,
                p.FILE_SEARCH,
                keys=(0, 1),
                dimensions={"vector_store_id": identifier("vs_", f"{name}{number}")},
            )
            found.append(_workload("file_search_calls", name, cells))
    return found


def _sessions() -> list[Workload]:
    found = []
    for name, sessions in _CODE_INTERPRETER:
        project = organization().project(name)
        cells = counted_cells(
            "code_interpreter_sessions", project, sessions, 0, p.CODE_INTERPRETER, keys=(0,), dimensions={}
        )
        found.append(_workload("code_interpreter_sessions", name, cells))
    return found


def _stores() -> list[Workload]:
    """Vector stores, which are levels.

    ``rate`` is the size in MiB on day ``LEVEL_START``, the one part is (0, MiB more a day). Their cells name
    a project and nothing else.
    """
    found = []
    for name, size, growth in _STORES:
        project = organization().project(name)
        dimensions: dict[str, str | bool | None] = {"project_id": project.id, "api_source": "unlabeled"}
        cell = Cell(dimensions, size, ((0, growth),), ((0, p.STORAGE),), "office", seed_of(name))
        found.append(_workload("vector_stores", name, (cell,)))
    return found


def _costs_only() -> list[Workload]:
    """What costs hold and usage does not: evaluations, training, and credits (negative)."""
    research = organization().project("research")
    found = []
    for line, size in zip(p.EVALS, (52_000, 8_500), strict=True):
        dimensions = {"model": line.name}
        cells = counted_cells("costs", research, 40, size, line, keys=(0,), dimensions=dimensions)
        found.append(Workload("costs", cells))
    cells = counted_cells(
        "costs",
        organization().project("support-copilot"),
        3,
        310_000,
        p.TRAINING,
        keys=(0,),
        dimensions={"user_id": None, "api_key_id": None},
    )
    # One training run for each version of the fine-tuned model.
    found += [Workload("costs", cells, Life(oldest=age, newest=age, week="always")) for age in (33, 150)]
    found += [Workload("costs", _credit(age), Life(oldest=age, newest=age, week="always")) for age in CREDITS]
    return found


def _credit(age: int) -> tuple[Cell, ...]:
    """A credit of a few dollars, which names a project on one day and nobody on the other."""
    project = organization().projects[0].id if age == CREDITS[0] else None
    dimensions: dict[str, str | bool | None] = {"project_id": project, "api_source": "unlabeled"}
    return (Cell(dimensions, 45_000, (), ((REQUESTS, p.CREDIT),), "office", seed_of(f"credit{age}")),)
