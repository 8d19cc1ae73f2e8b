"""Where filtering and drilling lead from the rows of a view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagetop.model.period import day_text
from usagetop.model.query import make_filter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from usagetop.analysis.grouping import Key
    from usagetop.store.session import View

# What drilling breaks down by, in this order; ``bucket`` is the end of every path.
_USAGE_PATH = ("model", "project_id", "user_id", "api_key_id", "bucket")
_COSTS_PATH = ("line_item", "project_id", "bucket")


def with_filter(view: View, dimension: str, values: Iterable[str | None], *, keep: bool) -> View:
    """The view with a dimension's filter set to keep, or extended to exclude, these values."""
    old = next((filter_ for filter_ in view.filters if filter_.dimension == dimension), None)
    others = tuple(filter_ for filter_ in view.filters if filter_.dimension != dimension)
    if keep:
        new = make_filter(dimension, values, ())
    else:
        dropped = set(values)
        kept = [value for value in (old.keep if old else ()) if value not in dropped]
        new = make_filter(dimension, kept, {*(old.drop if old else ()), *dropped})
    return view.changed(filters=tuple(sorted((*others, new), key=lambda filter_: filter_.dimension)))


def next_dimension(view: View, after: str = "") -> str | None:
    """The first dimension of the drill path that is neither grouped nor narrowed to one value yet.

    With ``after``, of what follows that dimension.
    """
    allowed = {dimension.name for dimension in view.about.groupable}
    narrowed = {filter_.dimension for filter_ in view.filters if len(filter_.keep) == 1}
    used = {*view.group_by, *narrowed}
    path = _COSTS_PATH if view.about.is_costs else _USAGE_PATH
    ahead = path[path.index(after) + 1 :] if after in path else path
    return next((name for name in ahead if name in allowed and name not in used), None)


def drilled(view: View, keys: Sequence[Key], dims: tuple[str, ...], width: str) -> View | None:
    """The view one level down from these rows, or None where there is nothing finer.

    The rows' values become filters. Buckets become the range, one width finer where the category has one.
    ``width`` is the bucket width that was answered.
    """
    inner = view
    for at, name in enumerate(dims):
        if name == "currency":
            continue
        values = {key[at] for key in keys}
        if name == "bucket":
            narrowed = into_buckets(inner, [value for value in values if isinstance(value, int)], width)
            if narrowed is None and not view.about.is_costs:
                return None
            inner = narrowed or inner  # costs of one day have no finer buckets, but other dimensions
        else:
            inner = with_filter(
                inner, name, [value for value in values if not isinstance(value, int)], keep=True
            )
    hours = "bucket" in dims and not view.about.is_costs
    following = "bucket" if hours else next_dimension(inner.changed(group_by=view.group_by))
    if following is None:
        return None
    bare = inner.changed(group_by=(following,), search="", sort="", descending=True, top=None, above=view)
    return bare.changed(sort="bucket", descending=False) if following == "bucket" else bare


def instead_of_refused(view: View, used: tuple[str, ...]) -> View | None:
    """The drilled view by the dimension after the one that the server refused.

    ``used`` are the dimensions that were answered. None when some are left, or nothing was drilled into.
    """
    if used or len(view.group_by) != 1 or view.above is None:
        return None
    following = next_dimension(view, after=view.group_by[0])
    if following is None:
        return None
    bare = view.changed(group_by=(following,), sort="", descending=True)
    return bare.changed(sort="bucket", descending=False) if following == "bucket" else bare


def into_buckets(view: View, starts: Sequence[int], width: str) -> View | None:
    """The view over the days of these buckets, usage in hours.

    None where ``width`` is finer than a day already, or the range is those days.
    """
    if not starts or width != "1d":
        return None
    first, last = day_text(min(starts)), day_text(max(starts))
    text = first if first == last else f"{first}..{last}"
    if text == view.range_text:
        return None
    return view.changed(range_text=text, width=view.width if view.about.is_costs else "1h")
