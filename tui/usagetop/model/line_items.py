"""Reading costs' ``line_item``: free text such as ``gpt-5.5-2026-04-23, cached input``.

The original is always what is shown; what is read from it is a derived dimension and told as such.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

# ``priority | gpt-5.6-sol, output``: what stands before the bar is a tier or a product.
_PREFIX = re.compile(r"^(priority|flex|batch|scale|evals|default)\s*\|\s*", re.IGNORECASE)
_MODALITY = re.compile(r"\s+(text|image|audio)$", re.IGNORECASE)
# What is billed, as line items write it, and one word for it.
_KINDS = {
    "input": "input",
    "output": "output",
    "cached input": "cached",
    "cache writes": "written",
    "cache write": "written",
    "input_tokens": "input",
    "output_tokens": "output",
    "input_cached_tokens": "cached",
    "input_cache_write_tokens": "written",
    "audio": "audio",
    "characters": "characters",
    "images": "images",
    "training": "training",
}
# A model name has no blank, starts with a letter or digit and holds a letter.
_NAME = re.compile(r"^(?=.*[A-Za-z])[A-Za-z0-9][A-Za-z0-9._:/+-]*$")
_LONGEST = 300


class Reading(NamedTuple):
    """What a line item about a model says.

    ``kind`` is ``input cached written output`` (tokens), ``audio characters images`` or ``training``.
    ``modality`` is ``text image audio`` or empty. ``tier`` is ``batch flex priority scale``, ``evals``, or
    empty for the default. ``rest`` is what follows, in lower case (``long context``).
    """

    model: str
    kind: str
    modality: str = ""
    tier: str = ""
    rest: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def read(line_item: str | None) -> Reading | None:
    """What a line item says, or None where it is not about a model in a form that can be read."""
    if line_item is None or len(line_item) > _LONGEST:
        return None
    head, *parts = [part.strip() for part in line_item.split(",")]
    kind = _KINDS.get(parts[0].lower()) if parts else None
    if kind is None:
        return None
    prefix = _PREFIX.match(head)
    bare = head[prefix.end() :] if prefix else head
    modality = _MODALITY.search(bare)
    name = bare[: modality.start()] if modality else bare
    if not _NAME.match(name):
        return None
    tier = prefix[1].lower() if prefix else ""
    return Reading(
        model=name,
        kind=kind,
        modality=modality[1].lower() if modality else "",
        tier="" if tier == "default" else tier,
        rest=tuple(part.lower() for part in parts[1:]),
    )


def model_of(line_item: str | None) -> str | None:
    """The model a line item is about; where none can be read, the line item itself (None stays None)."""
    reading = read(line_item)
    return line_item if reading is None else reading.model
