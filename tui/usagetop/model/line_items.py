"""Reading costs' ``line_item``: free text such as ``gpt-5.5-2026-04-23, cached input``.

The original is always what is shown; what is read from it is a derived dimension and told as such.
"""

from __future__ import annotations

import re
from functools import lru_cache

# ``priority | gpt-5.6-sol, output``: what stands before the bar is a tier or a product.
_PREFIX = re.compile(r"^(?:priority|flex|batch|scale|evals|default)\s*\|\s*", re.IGNORECASE)
_MODALITY = re.compile(r"\s+(?:text|image|audio)$", re.IGNORECASE)
_KINDS = frozenset(
    {
        "input",
        "output",
        "cached input",
        "cache writes",
        "cache write",
        "input_tokens",
        "output_tokens",
        "input_cached_tokens",
        "audio",
        "characters",
        "images",
        "training",
    }
)
# A model name has no blank, starts with a letter or digit and holds a letter.
_NAME = re.compile(r"^(?=.*[A-Za-z])[A-Za-z0-9][A-Za-z0-9._:/+-]*$")
_LONGEST = 300


@lru_cache(maxsize=4096)
def model_of(line_item: str | None) -> str | None:
    """The model a line item is about; where none can be read, the line item itself (None stays None)."""
    if line_item is None or len(line_item) > _LONGEST:
        return line_item
    head, *parts = [part.strip() for part in line_item.split(",")]
    if not parts or parts[0].lower() not in _KINDS:
        return line_item
    name = _MODALITY.sub("", _PREFIX.sub("", head))
    return name if _NAME.match(name) else line_item
