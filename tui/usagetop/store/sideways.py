"""From one side to the other: from a line of the bill to the usage behind it, and from usage to its lines.

Names differ from side to side (``gpt-5-mini`` here, ``gpt-5-mini-2025-08-07`` there), so the other side is asked for
its names first; what is asked is small and mostly cached already.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from usagetop.analysis.matching import related, want_of
from usagetop.model.categories import category
from usagetop.model.query import Query, make_filter
from usagetop.store.session import View

if TYPE_CHECKING:
    from usagetop.analysis.matching import Want
    from usagetop.model.answer import Answer
    from usagetop.model.query import Filter
    from usagetop.store.loader import Loader, Mode

Row = Mapping[str, str | int | None]


async def other_side(loader: Loader, view: View, row: Row, *, now: int, mode: Mode) -> View | None:
    """The view of the other side of a row (its values by dimension); None where the other side has nothing of it.

    Range, and filters that both sides have, stay. ``now`` is UTC seconds. Raises what the loader raises.
    """
    if view.about.is_costs:
        return await _to_usage(loader, view, row, now, mode)
    return await _to_costs(loader, view, row, now, mode)


async def _to_usage(loader: Loader, view: View, row: Row, now: int, mode: Mode) -> View | None:
    item = row.get("line_item", row.get("model"))
    want = want_of(item) if isinstance(item, str) else None
    if want is None and isinstance(row.get("model"), str):
        # A model that was read from line items stands for all of them.
        want = want_of(f"{row['model']}, input")
    for name in want.categories if want is not None else ():
        filters = _shared(view, row, name)
        if want is None or want.model is None or not category(name).has_dimension("model"):
            return _view(view, name, filters)
        answer = await loader.load(_question(view, name, ("model",), filters, now), mode=mode)
        models = [model for model in _values(answer, "model") if related(model, want.model)]
        if models:
            return _view(view, name, (*filters, make_filter("model", models, ())))
    return None


async def _to_costs(loader: Loader, view: View, row: Row, now: int, mode: Mode) -> View | None:
    model = row.get("model", _only(view, "model"))
    filters = _shared(view, row, "costs")
    answer = await loader.load(_question(view, "costs", ("line_item",), filters, now), mode=mode)
    items = [
        item
        for item in _values(answer, "line_item")
        if (want := want_of(item)) is not None and _is_for(want, view.category, model)
    ]
    return _view(view, "costs", (*filters, make_filter("line_item", items, ()))) if items else None


def _is_for(want: Want, name: str, model: str | int | None) -> bool:
    """Whether a line item is for usage of a category, and of a model where one is known."""
    if name not in want.categories:
        return False
    return want.model is None or not isinstance(model, str) or related(model, want.model)


def _only(view: View, dimension: str) -> str | None:
    """The one value that a filter keeps of a dimension."""
    kept = next((one.keep for one in view.filters if one.dimension == dimension), ())
    return kept[0] if len(kept) == 1 else None


def _shared(view: View, row: Row, name: str) -> tuple[Filter, ...]:
    """The filters that the other side has too, and the row's own project and key."""
    allowed = {dimension.name for dimension in category(name).dimensions} - {"line_item", "model"}
    filters = {one.dimension: one for one in view.filters if one.dimension in allowed}
    for dimension in ("project_id", "api_key_id", "user_id"):
        if dimension in row and dimension in allowed:
            value = row[dimension]
            filters[dimension] = make_filter(dimension, [value if isinstance(value, str) else None], ())
    return tuple(filters[dimension] for dimension in sorted(filters))


def _question(view: View, name: str, by: tuple[str, ...], filters: tuple[Filter, ...], now: int) -> Query:
    return View(name, range_text=view.range_text, group_by=by, filters=filters).query(now)


def _values(answer: Answer, dimension: str) -> list[str]:
    """The values of a dimension in an answer, in their order."""
    if dimension not in answer.query.grain:
        return []
    found = {value for bucket in answer.buckets if bucket.rows for value in bucket.dimension(dimension)[1]}
    return sorted(value for value in found if value is not None)


def _view(view: View, name: str, filters: tuple[Filter, ...]) -> View:
    by = "line_item" if name == "costs" else category(name).default_by
    narrowed = any(one.dimension == by and len(one.keep) == 1 for one in filters)
    if narrowed and category(name).has_dimension("project_id"):
        by = "project_id"
    return View(
        name,
        range_text=view.range_text,
        group_by=(by,),
        filters=tuple(sorted(filters, key=lambda one: one.dimension)),
        chart=view.chart,
        show_ids=view.show_ids,
        above=view,
    )
