"""Models read from line items: every text that was seen, and texts that are none."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.house import TESTS
from usagetop.model.line_items import Reading, model_of, read

SEEN = json.loads((TESTS / "fixtures" / "line_items_seen.json").read_text(encoding="utf-8"))

MODELS = {
    "ft-gpt-4o-2024-08-06, input": "ft-gpt-4o-2024-08-06",
    "ft-gpt-4o-2024-08-06, output": "ft-gpt-4o-2024-08-06",
    "evals | gpt-4o-mini-2024-07-18, input": "gpt-4o-mini-2024-07-18",
    "gpt-5.5-2026-04-23, cached input": "gpt-5.5-2026-04-23",
    "gpt-5.5-2026-04-23, input": "gpt-5.5-2026-04-23",
    "gpt-5.5-2026-04-23, output": "gpt-5.5-2026-04-23",
    "gpt-5-mini-2025-08-07, cached input": "gpt-5-mini-2025-08-07",
    "gpt-4.1-2025-04-14, input": "gpt-4.1-2025-04-14",
    "gpt-image-2.5-flare image, output": "gpt-image-2.5-flare",
    "gpt-image-2.5-flare text, input": "gpt-image-2.5-flare",
    "gpt-image-1.5-2025-12-16 image, cached input": "gpt-image-1.5-2025-12-16",
    "gpt-image-1.5-2025-12-16 text, cached input": "gpt-image-1.5-2025-12-16",
    "gpt-image-1 text, input": "gpt-image-1",
    "gpt-audio-mini-2025-12-15 audio, input": "gpt-audio-mini-2025-12-15",
    "gpt-5.4-mini-2026-03-17, cached input": "gpt-5.4-mini-2026-03-17",
    "priority | gpt-5.6-sol, output, long context": "gpt-5.6-sol",
    "gpt-5.6-sol, cache writes": "gpt-5.6-sol",
    "gpt-6-astra, input_tokens": "gpt-6-astra",
    "whisper-1, audio": "whisper-1",
}
"""What can be read of those that were seen; all others keep their line item."""

OWN = {
    "ft:gpt-4o-mini:org:name:id, output": "ft:gpt-4o-mini:org:name:id",
    "GPT-5.5, Input": "GPT-5.5",
    "  gpt-5.5 ,  cached   input": "  gpt-5.5 ,  cached   input",
    " gpt-5.5 , cached input ": "gpt-5.5",
    "Priority|gpt-5.5, input": "gpt-5.5",
    "unheard | gpt-5.5, input": "unheard | gpt-5.5, input",
    "gpt 5, input": "gpt 5, input",
    "2024, input": "2024, input",
    "-x, input": "-x, input",
    ", input": ", input",
    "gpt-5.5, ": "gpt-5.5, ",
    "gpt-5.5": "gpt-5.5",
    "gpt-5.5, input\n": "gpt-5.5",
    "gpt\x1b[31m, input": "gpt\x1b[31m, input",
    "": "",
    "x" * 301 + ", input": "x" * 301 + ", input",
}


READINGS = {
    "gpt-5.5, input": Reading("gpt-5.5", "input"),
    "gpt-5.5, Cached Input": Reading("gpt-5.5", "cached"),
    "gpt-5.6-sol, cache writes": Reading("gpt-5.6-sol", "written"),
    "gpt-6-astra, input_tokens": Reading("gpt-6-astra", "input"),
    "gpt-6-astra, input_cached_tokens": Reading("gpt-6-astra", "cached"),
    "gpt-6-astra, input_cache_write_tokens": Reading("gpt-6-astra", "written"),
    "gpt-image-1 text, input": Reading("gpt-image-1", "input", "text"),
    "gpt-audio-mini audio, cached input": Reading("gpt-audio-mini", "cached", "audio"),
    "priority | gpt-5.6-sol, output, long context": Reading(
        "gpt-5.6-sol", "output", tier="priority", rest=("long context",)
    ),
    "Batch | gpt-5.5, output": Reading("gpt-5.5", "output", tier="batch"),
    "default | gpt-5.5, output": Reading("gpt-5.5", "output"),
    "evals | gpt-4o-mini, input": Reading("gpt-4o-mini", "input", tier="evals"),
    "ft-gpt-4o, training": Reading("ft-gpt-4o", "training"),
    "whisper-1, audio": Reading("whisper-1", "audio"),
    "web search tool calls": None,
    "gpt-5.5, surprise": None,
}
"""What is billed, and how: one word for each way of writing it."""


@pytest.mark.parametrize(("line_item", "reading"), READINGS.items(), ids=lambda text: ascii(text)[:40])
def test_what_a_line_item_says(line_item: str, reading: Reading | None) -> None:
    """Model, kind, modality, tier and the rest."""
    assert read(line_item) == reading


@pytest.mark.parametrize("line_item", [item for items in SEEN.values() for item in items])
def test_line_items_that_were_seen(line_item: str) -> None:
    """A model where there is one; what is a tool, a store or a fragment stays what it is."""
    assert model_of(line_item) == MODELS.get(line_item, line_item)


def test_all_readable_ones_were_seen() -> None:
    """The table above has no entry that the fixture has not."""
    assert set(MODELS) <= {item for items in SEEN.values() for item in items}


@pytest.mark.parametrize(("line_item", "model"), OWN.items(), ids=lambda text: ascii(text[:30]))
def test_line_items_at_the_edges(line_item: str, model: str) -> None:
    """Lenient with blanks and case, not with what may be something else."""
    assert model_of(line_item) == model


def test_null_stays_null() -> None:
    """A row without a line item has no model either."""
    assert model_of(None) is None


@given(
    st.text(max_size=40)
    | st.lists(st.sampled_from(["gpt-5.5", ",", " ", "input", "|", "text"]), max_size=8).map("".join)
)
def test_any_text_gives_a_part_of_itself(line_item: str) -> None:
    """Either the whole, or a name in it without blanks."""
    model = model_of(line_item)
    assert model is not None
    assert model in line_item
    assert model == line_item or not any(character.isspace() for character in model)
