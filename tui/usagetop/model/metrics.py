"""Metrics: what a result row measures, in which unit, and whether it adds up over time."""

from __future__ import annotations

from typing import Literal, NamedTuple

Unit = Literal["usd", "tokens", "requests", "images", "characters", "seconds", "bytes", "sessions", "units"]
Kind = Literal["additive", "level"]


class Metric(NamedTuple):
    """One metric of a category.

    ``name`` is the API's field name. ``kind`` is *additive* (a flow: sums over groups and time) or *level*
    (a stock: sums over groups, never over time). A *main* metric stands in every row and total (0 when no
    row gave it); a breakdown metric is absent unless the API gave it. ``short`` heads a table column.
    """

    name: str
    unit: Unit
    short: str
    label: str
    kind: Kind = "additive"
    main: bool = True


def _tokens(name: str, short: str, label: str, *, main: bool = False) -> Metric:
    return Metric(name, "tokens", short, label, main=main)


AMOUNT = Metric("amount", "usd", "amount", "amount")
QUANTITY = Metric("quantity", "units", "quantity", "quantity billed", main=False)
INPUT_TOKENS = _tokens("input_tokens", "input", "input tokens", main=True)
OUTPUT_TOKENS = _tokens("output_tokens", "output", "output tokens", main=True)
NUM_MODEL_REQUESTS = Metric("num_model_requests", "requests", "requests", "model requests")
NUM_REQUESTS = Metric("num_requests", "requests", "calls", "tool calls")
IMAGES = Metric("images", "images", "images", "images")
CHARACTERS = Metric("characters", "characters", "characters", "characters")
SECONDS = Metric("seconds", "seconds", "seconds", "audio")
USAGE_BYTES = Metric("usage_bytes", "bytes", "stored", "bytes stored", kind="level")
NUM_SESSIONS = Metric("num_sessions", "sessions", "sessions", "sessions")

# The order is that of reading: what the input is made of, then the output.
TOKEN_BREAKDOWN = (
    _tokens("input_uncached_tokens", "uncached", "uncached input tokens"),
    _tokens("input_cached_tokens", "cached", "cached input tokens"),
    _tokens("input_cache_write_tokens", "written", "cache write tokens"),
    _tokens("input_cache_write_30m_tokens", "written 30m", "cache write tokens kept 30 minutes"),
    _tokens("input_cache_write_12h_tokens", "written 12h", "cache write tokens kept 12 hours"),
    _tokens("input_text_tokens", "in text", "uncached text input tokens"),
    _tokens("input_audio_tokens", "in audio", "uncached audio input tokens"),
    _tokens("input_image_tokens", "in image", "uncached image input tokens"),
    _tokens("input_cached_text_tokens", "cached text", "cached text input tokens"),
    _tokens("input_cached_audio_tokens", "cached audio", "cached audio input tokens"),
    _tokens("input_cached_image_tokens", "cached image", "cached image input tokens"),
    _tokens("output_text_tokens", "out text", "text output tokens"),
    _tokens("output_audio_tokens", "out audio", "audio output tokens"),
    _tokens("output_image_tokens", "out image", "image output tokens"),
)
