"""Units of billed quantities: what one of them holds, and what a price is told for.

The API's ``quantity_unit`` is an open set; recorded answers leave it out altogether, and then the words of
the line item say it where they can.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from usagetop.model.line_items import read

if TYPE_CHECKING:
    from collections.abc import Mapping

Base = Literal["tokens", "characters", "images", "seconds", "byte_seconds", "calls", "sessions", ""]

_MILLION = 10**6
_MINUTE, _HOUR = 60, 3600
_GIB_HOUR = 2**30 * _HOUR


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of quantity.

    ``base`` is what usage counts in (empty: not known), ``size`` how many of these one unit holds. A price
    is told for ``priced`` of them, which together are called ``name``: ``1M tokens``, ``image``. The name of
    an unknown unit is the API's own text, raw. ``said``: the API gave the unit, it was not read from words.
    """

    name: str
    base: Base
    size: int
    priced: int
    said: bool = True


_KNOWN: Mapping[str, Unit] = MappingProxyType(
    {
        "tokens": Unit("1M tokens", "tokens", 1, _MILLION),
        "1000_tokens": Unit("1M tokens", "tokens", 1000, _MILLION),
        "characters": Unit("1M characters", "characters", 1, _MILLION),
        "images": Unit("image", "images", 1, 1),
        "duration_seconds": Unit("minute", "seconds", 1, _MINUTE),
        "duration_minutes": Unit("minute", "seconds", _MINUTE, _MINUTE),
        "duration_hours": Unit("hour", "seconds", _HOUR, _HOUR),
        "gibibyte_hours": Unit("GiB-hour", "byte_seconds", _GIB_HOUR, _GIB_HOUR),
        "calls": Unit("call", "calls", 1, 1),
        "requests": Unit("request", "calls", 1, 1),
        "sessions": Unit("session", "sessions", 1, 1),
    }
)
# Tools by the words of their line items.
TOOLS: Mapping[str, str] = MappingProxyType(
    {
        "web search": "calls",
        "file search": "calls",
        "code interpreter": "sessions",
        "vector storage": "gibibyte_hours",
        "vector store": "gibibyte_hours",
    }
)
_OF_KINDS = {"characters": "characters", "images": "images"}
_TOKEN_KINDS = frozenset({"input", "cached", "written", "output", "training"})
_NONE = Unit("", "", 1, 1, said=False)


def tool_of(line_item: str | None) -> str:
    """The tool that a line item names, one of ``TOOLS``, or empty."""
    words = (line_item or "").lower()
    return next((tool for tool in TOOLS if tool in words), "")


def unit_of(quantity_unit: str | None, line_item: str | None) -> Unit:
    """The unit of a line item's quantity: the API's, known or not; without one, what the words say.

    Nothing known of it gives a unit with an empty name: a price is then for one of whatever was counted.
    """
    if quantity_unit is not None:
        return _KNOWN.get(quantity_unit) or Unit(quantity_unit, "", 1, 1)
    reading = read(line_item)
    if reading is not None:
        name = "tokens" if reading.kind in _TOKEN_KINDS else _OF_KINDS.get(reading.kind, "")
    else:
        name = TOOLS.get(tool_of(line_item), "")
    known = _KNOWN.get(name)
    return Unit(known.name, known.base, known.size, known.priced, said=False) if known else _NONE
