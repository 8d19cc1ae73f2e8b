"""Models and what they cost: list-like prices as integers, so that money never meets a float.

Prices are pico-dollars (10⁻¹² USD) a base unit. For tokens and characters that is the same number as
micro-dollars a million: $1.25 per million tokens is 1_250_000. A base unit is what usage counts in: a token,
a character, an image, a call, six seconds of audio, one MiB kept for an hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

# Places of the token counts that a completions row is made of; aggregates are sums of these.
TEXT, CACHED, WRITE_30M, WRITE_12H, OUT = range(5)
AUDIO, CACHED_AUDIO, IMAGE, CACHED_IMAGE, OUT_AUDIO, OUT_IMAGE = range(5, 11)
TOKEN_PARTS = 11
PICO = 12  # decimal places of a price

_KINDS = {
    TEXT: "input",
    CACHED: "cached input",
    WRITE_30M: "cache writes",
    WRITE_12H: "cache writes",
    OUT: "output",
    AUDIO: "audio, input",
    CACHED_AUDIO: "audio, cached input",
    IMAGE: "image, input",
    CACHED_IMAGE: "image, cached input",
    OUT_AUDIO: "audio, output",
    OUT_IMAGE: "image, output",
}
# The newest family writes its line items with the field names of usage.
_NEW_KINDS = {
    TEXT: "input_tokens",
    CACHED: "input_cached_tokens",
    WRITE_30M: "input_cache_write_tokens",
    WRITE_12H: "input_cache_write_tokens",
    OUT: "output_tokens",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line item: its text, the unit of ``quantity``, and the price of a base unit in pico-dollars.

    ``quantity`` is base units × ``multiply`` ÷ ``divide`` (a divisor of a power of ten or two: finite).
    """

    name: str
    unit: str | None
    price: int
    multiply: int = 1
    divide: int = 1


@dataclass(frozen=True, slots=True)
class TokenModel:
    """A model that is paid by tokens: its name in usage, its name in costs, prices by part."""

    name: str
    billed: str
    prices: dict[int, int]
    new_words: bool = False


FINE_TUNED = "ft:gpt-4o-2024-08-06:halcyon-labs:support-tone:B7xK2qLm"
# Names that costs write in another way: without the date, without the tail of a fine-tuned model.
_BILLED = {"gpt-4o-mini-2024-07-18": "gpt-4o-mini", FINE_TUNED: "ft-gpt-4o-2024-08-06"}


def _text(name: str, given: int, cached: int, out: int, *, writes: int | None = None) -> TokenModel:
    """A text model; costs write fine-tuned names with dashes."""
    prices = {TEXT: given, CACHED: cached, OUT: out}
    if writes:
        prices |= {WRITE_30M: writes, WRITE_12H: writes}
    return TokenModel(name, _BILLED.get(name, name), prices)


# fmt: off
_MODELS = (
    _text("gpt-5.5-2026-04-23", 5_000_000, 500_000, 30_000_000),
    _text("gpt-5.6-sol", 6_000_000, 600_000, 36_000_000, writes=7_500_000),
    TokenModel("gpt-6-astra", "gpt-6-astra", new_words=True, prices={
        TEXT: 8_000_000, CACHED: 800_000, WRITE_30M: 10_000_000, WRITE_12H: 10_000_000, OUT: 40_000_000}),
    _text("gpt-5.4-mini-2026-03-17", 500_000, 50_000, 4_000_000),
    _text("gpt-5-2025-08-07", 1_250_000, 125_000, 10_000_000),
    _text("gpt-5-mini-2025-08-07", 250_000, 25_000, 2_000_000),
    _text("gpt-5-nano-2025-08-07", 50_000, 5_000, 400_000),
    _text("gpt-4.1-2025-04-14", 2_000_000, 500_000, 8_000_000),
    _text("gpt-4o-2024-08-06", 2_500_000, 1_250_000, 10_000_000),
    _text("gpt-4o-mini-2024-07-18", 150_000, 75_000, 600_000),
    _text("o1-2024-12-17", 15_000_000, 7_500_000, 60_000_000),
    _text("o3-pro-2025-06-10", 20_000_000, 20_000_000, 80_000_000),
    _text("o4-mini-2025-04-16", 1_100_000, 275_000, 4_400_000),
    _text(FINE_TUNED, 3_750_000, 1_875_000, 15_000_000),
    _text("gpt-decisions-1", 400_000, 100_000, 1_600_000),
    TokenModel("gpt-audio-mini-2025-12-15", "gpt-audio-mini-2025-12-15", {
        TEXT: 600_000, OUT: 2_400_000, AUDIO: 10_000_000, CACHED_AUDIO: 300_000, OUT_AUDIO: 20_000_000}),
    TokenModel("gpt-image-1.5-2025-12-16", "gpt-image-1.5-2025-12-16", {
        TEXT: 5_000_000, CACHED: 1_250_000,
        IMAGE: 8_000_000, CACHED_IMAGE: 2_000_000, OUT_IMAGE: 32_000_000}),
    TokenModel("gpt-image-2.5-flare", "gpt-image-2.5-flare", {
        TEXT: 2_000_000, IMAGE: 3_000_000, CACHED_IMAGE: 750_000, OUT_IMAGE: 16_000_000}),
)

_EMBEDDING_LINES = {  # quantity in thousands of tokens for one of them: the unit is an open set
    "text-embedding-3-small": Line("text-embedding-3-small, input", "tokens", 20_000),
    "text-embedding-3-large": Line("text-embedding-3-large, input", "1000_tokens", 130_000, divide=1000),
    "text-embedding-ada-002": Line("text-embedding-ada-002-v2, input", "tokens", 100_000),
}
_SPEECH_LINES = {
    "tts-1": Line("tts-1, characters", "characters", 15_000_000),
    "tts-1-hd": Line("tts-1-hd, characters", "characters", 30_000_000),
    "gpt-4o-mini-tts": Line("gpt-4o-mini-tts, characters", "characters", 12_000_000),
}
AUDIO_STEP = 6  # seconds: a tenth of a minute, so that minutes stay finite decimals
_MINUTES = "duration_minutes"
_TRANSCRIPTION_LINES = {
    "whisper-1": Line("whisper-1, audio", "duration_seconds", 600_000_000, multiply=AUDIO_STEP),
    "gpt-4o-transcribe": Line("gpt-4o-transcribe, audio", _MINUTES, 600_000_000, divide=10),
    "gpt-4o-mini-transcribe": Line("gpt-4o-mini-transcribe, audio", _MINUTES, 300_000_000, divide=10),
}
# fmt: on
MODEL_LINES: dict[str, Line] = {**_EMBEDDING_LINES, **_SPEECH_LINES, **_TRANSCRIPTION_LINES}
MODERATIONS = ("omni-moderation-latest", "text-moderation-007")  # free: no line item
IMAGE_LINES = {
    ("dall-e-2", "1024x1024"): Line("dall-e 2, 1024x1024", "images", 20_000_000_000),
    ("dall-e-3", "1024x1024"): Line("dall-e 3, standard, 1024x1024", "images", 40_000_000_000),
    ("dall-e-3", "1024x1792"): Line("dall-e 3, standard, 1024x1792, 1792x1024", "images", 80_000_000_000),
}
WEB_SEARCH = Line("web search tool calls", None, 10_000_000_000)
FILE_SEARCH = Line("assistants api | file search", None, 2_500_000_000)
CODE_INTERPRETER = Line("assistants api | code interpreter", None, 30_000_000_000)
# $0.004 a GiB-hour; a MiB-hour is 1/1024 of it.
STORAGE = Line("vector storage", "gibibyte_hours", 3_906_250, divide=1024)
# What costs hold and usage does not.
EVALS = (
    Line("evals | gpt-4o-mini-2024-07-18, input", "tokens", 150_000),
    Line("evals | gpt-4o-mini-2024-07-18, output", "tokens", 600_000),
)
TRAINING = Line("ft-gpt-4o-2024-08-06, training", "tokens", 25_000_000)
CREDIT = Line("credit, service disruption", None, -1_000_000_000_000)


@cache
def token_model(name: str) -> TokenModel:
    """The token-priced model of that name."""
    return next(model for model in _MODELS if model.name == name)


@cache
def token_line(name: str, part: int, *, batch: bool, tier: str, long: bool) -> Line:
    """The line item of one part of one model.

    Batch and flex cost half, priority twice, long context twice: each has a line item of its own, so that a
    line item has one price on a day.
    """
    model = token_model(name)
    price = model.prices[part] * (2 if long else 1)
    kind = (_NEW_KINDS if model.new_words else _KINDS)[part]
    if part in (TEXT, CACHED, OUT) and any(place >= AUDIO for place in model.prices):
        kind = f"text, {kind}"
    joiner = " " if "," in kind else ", "
    prefix = "batch" if batch else tier if tier in ("priority", "flex") else ""
    price = price * 2 if prefix == "priority" else price // 2 if prefix else price
    text = f"{model.billed}{joiner}{kind}{', long context' if long else ''}"
    return Line(f"{prefix} | {text}" if prefix else text, "tokens", price)
