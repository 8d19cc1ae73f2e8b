"""Questions to the usage and costs endpoints: parameters read, checked, and refused as the API does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from usagetop.demo.refusals import refuse, refuse_value
from usagetop.model.categories import SECONDS_OF
from usagetop.model.dimensions import DIMENSIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from usagetop.model.categories import Category

DAY = 86400
# The API has no costs by key before this moment (2025-12-06), in UTC seconds.
COSTS_BY_KEY_SINCE = 1_764_979_200
_DEFAULT_LIMIT = {"1m": 60, "1h": 24, "1d": 7}
_CHOICES = {
    "context_levels": ("low", "medium", "high"),
    "batch": ("true", "false"),
    "sizes": ("256x256", "512x512", "1024x1024", "1792x1792", "1024x1792"),
    "sources": ("image.generation", "image.edit", "image.variation"),
}
_SCALARS = ("start_time", "end_time", "bucket_width", "limit", "page")
_LONGEST_NUMBER = 18


@dataclass(frozen=True, slots=True)
class Question:
    """A checked question.

    ``start`` and ``end`` are UTC seconds, ``end`` being now when none was asked; ``kept`` maps a dimension to
    the values that stay; ``limit`` is in buckets; ``canonical`` is the text that a cursor is bound to.
    """

    category: Category
    start: int
    end: int
    ended: bool
    width: str
    group_by: tuple[str, ...]
    kept: Mapping[str, frozenset[str]]
    limit: int
    page: str | None
    canonical: str


def read_question(category: Category, params: Sequence[tuple[str, str]], now: int) -> Question:
    """The question that the query parameters ask; raises Refusal (400) where the API would."""
    filters = {DIMENSIONS[name].filter_param: name for name in sorted(category.filters)}
    scalars, lists = _sorted_out(params, filters)
    start, end = _bounds(scalars, now)
    width = _width(category, scalars.get("bucket_width", "1d"))
    group_by = _group_by(category, lists.pop("group_by", []))
    kept = {filters[param]: frozenset(values) for param, values in lists.items()}
    if "batch" in scalars:
        kept["batch"] = frozenset({scalars["batch"]})
    if category.is_costs:
        _check_costs(group_by, kept, start)
    limit = _limit(category, width, scalars.get("limit"))
    canonical = [f"{name}={value}" for name, value in params if name != "page"]
    text = "&".join([category.path, *sorted(canonical)])
    page = scalars.get("page")
    return Question(category, start, end, "end_time" in scalars, width, group_by, kept, limit, page, text)


def _sorted_out(
    params: Sequence[tuple[str, str]], filters: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Single values and lists by name; a list comes as ``a[]=…``, as repeated ``a=…``, or with commas."""
    scalars: dict[str, str] = {}
    lists: dict[str, list[str]] = {}
    for written, value in params:
        name = written.removesuffix("[]")
        if name == "group_by" or (name in filters and name != "batch"):
            # Line items have commas of their own.
            values = [value] if name == "line_items" else value.split(",")
            lists.setdefault(name, []).extend(values)
        elif written in _SCALARS or (written == "batch" and "batch" in filters):
            if written in scalars:
                refuse(f"Duplicate parameter: '{written}'.", written, "duplicate_parameter")
            scalars[written] = value
        else:
            refuse(f"Unknown parameter: '{written}'.", written, "unknown_parameter")
    for name, choices in _CHOICES.items():
        for value in [*lists.get(name, ()), *([scalars[name]] if name in scalars else ())]:
            if value not in choices:
                refuse_value(name, value, choices)
    return scalars, lists


def _integer(name: str, text: str) -> int:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_NUMBER):
        refuse(f"Invalid type for '{name}'.", name, "invalid_type")
    return int(text)


def _bounds(scalars: Mapping[str, str], now: int) -> tuple[int, int]:
    """Start and end in UTC seconds.

    An end that lies in the future is refused: the real API is said to do so at times, and our client must
    never need it.
    """
    if "start_time" not in scalars:
        refuse("Missing required parameter: 'start_time'.", "start_time", "missing_required_parameter")
    start = _integer("start_time", scalars["start_time"])
    end = _integer("end_time", scalars["end_time"]) if "end_time" in scalars else now
    if start < 0:
        refuse(f"Invalid 'start_time': {start}.", "start_time")
    if end > now:
        refuse("Invalid 'end_time': it must not lie in the future.", "end_time")
    if start > now:
        refuse("Invalid 'start_time': it must not lie in the future.", "start_time")
    if "end_time" in scalars and end <= start:
        refuse("Invalid 'end_time': it must be greater than 'start_time'.", "end_time")
    return start, end


def _width(category: Category, width: str) -> str:
    if width not in category.limits:
        refuse_value("bucket_width", width, category.widths)
    return width


def _limit(category: Category, width: str, text: str | None) -> int:
    if text is None:
        return _DEFAULT_LIMIT[width]
    limit, most = _integer("limit", text), category.limits[width]
    if limit < 1:
        refuse(f"Invalid limit provided: {limit}. Limit must be greater than or equal to 1.")
    if limit > most:
        refuse(f"Invalid limit provided: {limit}. Limit must be less than or equal to {most}.")
    return limit


def _group_by(category: Category, names: Sequence[str]) -> tuple[str, ...]:
    """The dimensions asked for, in the category's order; naming one twice is no sin."""
    allowed = tuple(dimension.name for dimension in category.dimensions)
    for name in names:
        if name not in allowed:
            refuse_value("group_by", name, allowed)
    return tuple(name for name in allowed if name in names)


def _check_costs(group_by: tuple[str, ...], kept: Mapping[str, frozenset[str]], start: int) -> None:
    """The groupings that costs refuse."""
    if "api_key_id" in group_by and start < COSTS_BY_KEY_SINCE:
        refuse(
            "group_by=api_key_id is not available for this time range. "
            f"Try a start_time on or after {COSTS_BY_KEY_SINCE}.",
            "start_time",
        )
    if "user_id" in group_by and ("project_id" in group_by or "project_id" in kept):
        refuse(
            "group_by=user_id cannot be combined with project_id for this organization and time range.",
            "group_by",
        )


def seconds(question: Question) -> int:
    """The width of a bucket in seconds."""
    return SECONDS_OF[question.width]
