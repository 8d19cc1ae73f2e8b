"""Usage as a bill sees it: what each model or tool was used for, in the measures that line items pay for.

A *use* is one group of one usage frame; its counts are by measure: ``input cached written output`` tokens,
the same by modality (``text input``), ``images characters seconds calls sessions``, and ``byte_seconds`` of
what was stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from usagetop.analysis.frame import Frame
    from usagetop.analysis.grouping import Key

_LLM = ("model", "batch", "service_tier")
# The finest grouping of each category that line items can tell apart.
BY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "completions": _LLM,
        "decisions": _LLM,
        "embeddings": ("model",),
        "moderations": ("model",),
        "images": ("model", "size"),
        "audio_speeches": ("model",),
        "audio_transcriptions": ("model",),
        "vector_stores": ("bucket",),
        "code_interpreter_sessions": (),
        "file_search_calls": (),
        "web_search_calls": (),
    }
)
# Which category counts what a tool is paid for.
CATEGORY_OF_TOOL: Mapping[str, str] = MappingProxyType(
    {
        "web search": "web_search_calls",
        "file search": "file_search_calls",
        "code interpreter": "code_interpreter_sessions",
        "vector storage": "vector_stores",
        "vector store": "vector_stores",
    }
)
TOKENS = ("completions", "decisions", "embeddings", "moderations")
# The tiers that a line item can name; empty is the default one.
TIERS = frozenset({"", "batch", "flex", "priority", "scale"})
_DEFAULT_TIERS = frozenset({"default", "auto"})
_MEASURES = {
    "images": ("images", "images"),
    "audio_speeches": ("characters", "characters"),
    "audio_transcriptions": ("seconds", "seconds"),
    "code_interpreter_sessions": ("num_sessions", "sessions"),
    "file_search_calls": ("num_requests", "calls"),
    "web_search_calls": ("num_requests", "calls"),
}


@dataclass(frozen=True, slots=True)
class Use:
    """One group of usage.

    ``model`` and ``size`` are raw, None where the group has none. ``tiers`` are those that it may have run
    at: one where the frame says it, else all that are left. ``scope`` are its values of the dimensions that
    the bill is split by too, ``who`` its value of one that the bill lacks.
    """

    category: str
    model: str | None
    size: str | None
    tiers: frozenset[str]
    scope: Key
    who: str | int | None
    counts: Mapping[str, int]


def uses(frames: Mapping[str, Frame], scope: tuple[str, ...] = (), who: str = "") -> list[Use]:
    """The uses in frames by category; a frame without ``who`` cannot tell, and is left out when it is asked.

    Every frame must have the dimensions of ``scope``; raises ValueError where one has not.
    """
    found: list[Use] = []
    for category, frame in frames.items():
        if any(name not in frame.dims for name in scope):
            message = f"the usage of {category} is not by {', '.join(scope)}"
            raise ValueError(message)
        if not who or who in frame.dims:
            found.extend(_of_frame(category, frame, scope, who))
    return found


def _of_frame(category: str, frame: Frame, scope: tuple[str, ...], who: str) -> Iterator[Use]:
    counted = _stored(frame) if category == "vector_stores" else None
    for row, key in enumerate(frame.keys):
        named = dict(zip(frame.dims, key, strict=True))
        model, size, name = named.get("model"), named.get("size"), named.get(who)
        yield Use(
            category=category,
            model=None if model is None else str(model),
            size=None if size is None else str(size),
            tiers=tiers_of(named),
            scope=tuple(named[dimension] for dimension in scope),
            who=name,
            counts=counts_of(frame, row) if counted is None else {"byte_seconds": counted[row]},
        )


def tiers_of(named: Mapping[str, str | int | None]) -> frozenset[str]:
    """The tiers that a group with these values may have run at; old rows without one ran at the default."""
    if named.get("batch") == "true":
        return frozenset({"batch"})
    if "service_tier" in named:
        tier = str(named["service_tier"] or "")
        return frozenset({"" if tier in _DEFAULT_TIERS else tier})
    return TIERS - {"batch"} if "batch" in named else TIERS


def counts_of(frame: Frame, row: int) -> dict[str, int]:
    """A group's counts by measure (of anything but a level); what the API did not give is left out."""
    about = frame.category
    given = {}
    for metric in about.metrics:
        column = frame.columns.get(metric.name)
        value = None if column is None else column[row]
        if value is not None:
            given[metric.name] = int(value)
    if about.name in _MEASURES:
        name, measure = _MEASURES[about.name]
        return {measure: given[name]} if name in given else {}
    if "output_tokens" in {metric.name for metric in about.metrics}:
        return _tokens(given)
    return {"input": given["input_tokens"]} if "input_tokens" in given else {}


def _stored(frame: Frame) -> list[int]:
    """Bytes × seconds of each row: a level holds for the whole of its bucket; without buckets there is none."""
    if "bucket" not in frame.dims:
        return [0] * len(frame)
    at = frame.dims.index("bucket")
    length = {point.start: point.end - point.start for point in frame.buckets}
    levels = zip(frame.keys, frame.columns["usage_bytes"], strict=True)
    return [int(level or 0) * length[int(key[at] or 0)] for key, level in levels]


def _tokens(given: Mapping[str, int]) -> dict[str, int]:
    """Tokens by measure. Rows of 2025 lack most of the breakdown: what is not cached follows from the rest.

    uncached + cached + written = input, and each is the sum of its modalities.
    """

    def number(name: str) -> int:
        return given.get(name, 0)

    cached, written = number("input_cached_tokens"), number("input_cache_write_tokens")
    uncached = max(0, number("input_tokens") - cached - written)
    audio, image = number("input_audio_tokens"), number("input_image_tokens")
    cached_audio, cached_image = number("input_cached_audio_tokens"), number("input_cached_image_tokens")
    output, out_audio, out_image = (number(f"output_{kind}tokens") for kind in ("", "audio_", "image_"))
    return {
        "input": uncached,
        "text input": max(0, uncached - audio - image),
        "audio input": audio,
        "image input": image,
        "cached": cached,
        "text cached": max(0, cached - cached_audio - cached_image),
        "audio cached": cached_audio,
        "image cached": cached_image,
        "written": written,
        "text written": written,
        "output": output,
        "text output": max(0, output - out_audio - out_image),
        "audio output": out_audio,
        "image output": out_image,
    }
