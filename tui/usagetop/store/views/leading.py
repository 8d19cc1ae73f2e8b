"""Where a row of a sheet leads: the explorer's view of the same money or the same usage, one level down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagetop.model.categories import category
from usagetop.model.query import make_filter
from usagetop.store.rows import next_dimension
from usagetop.store.session import View

if TYPE_CHECKING:
    from usagetop.analysis.sheet import Sheet, SheetRow

_SIDES = ("costs", "completions")
_CHOOSES = frozenset({"dimension", "scope"})
# Allocated dollars are not billed so: what they are made of is usage.
_SIDES_OF = {"allocated": ("completions",)}


def lead(sheet: Sheet, row: SheetRow, *, above: View | None = None) -> View | None:
    """The view of a row: its dimensions as filters, broken down by the next one; None where it has none.

    A row of line items leads to costs, a row of models to their completions; what is gone leads to the earlier
    period, where it was. ``above`` is where back leads.
    """
    names = (
        "project_id" if one.kind == "scope" else one.name for one in sheet.fields if one.kind in _CHOOSES
    )
    chosen = {name: row[name] for name in names if name in row}
    if not chosen:
        return None
    sides = map(category, _SIDES_OF.get(sheet.view, _SIDES))
    about = next((side for side in sides if chosen.keys() <= {one.name for one in side.dimensions}), None)
    if about is None:
        return None
    filters = {one.dimension: one for one in sheet.query.filters if about.has_dimension(one.dimension)}
    for name, value in chosen.items():
        filters[name] = make_filter(name, [value if isinstance(value, str) else None], ())
    gone = sheet.compared is not None and row.get("status") == "gone"
    period = sheet.compared if gone and sheet.compared is not None else sheet.query
    view = View(
        about.name,
        range_text=period.range.text,
        filters=tuple(filters[name] for name in sorted(filters)),
        above=above,
    )
    following = next_dimension(view) or "bucket"
    view = view.changed(group_by=(following,), above=above)
    return view.changed(sort="bucket", descending=False) if following == "bucket" else view


def costs_side(view: View) -> View:
    """The costs over a view's range, under those of its filters that costs have."""
    about = category("costs")
    known = {dimension.name for dimension in (*about.dimensions, *about.derived)}
    filters = tuple(one for one in view.filters if one.dimension in known)
    return View("costs", range_text=view.range_text, filters=filters, group_by=(about.default_by,))
