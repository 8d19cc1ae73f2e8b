"""Which rows a view shows and in which order, and where drilling and filtering lead."""

from __future__ import annotations

import pytest

from tests.unit.analysis.rows import TODAY
from tests.unit.model.moments import DAY
from usagetop.model.categories import CATEGORIES
from usagetop.model.query import Filter, make_filter
from usagetop.store.rows import (
    drilled,
    into_buckets,
    next_dimension,
    with_filter,
)
from usagetop.store.session import Place, View, first_view


def test_keeping_replaces_and_excluding_adds() -> None:
    """And other dimensions stay; filters are in one order, so that equal views are equal."""
    view = with_filter(View("costs"), "project_id", ["p2", "p1"], keep=True)
    assert view.filters == (Filter("project_id", ("p1", "p2")),)
    view = with_filter(view, "line_item", [None], keep=False)
    assert view.filters == (Filter("line_item", (), (None,)), Filter("project_id", ("p1", "p2")))
    view = with_filter(view, "project_id", ["p1"], keep=False)
    assert view.filters[1] == Filter("project_id", ("p2",), ("p1",))
    assert with_filter(view, "project_id", ["p3"], keep=True).filters[1] == Filter("project_id", ("p3",))


@pytest.mark.parametrize("about", CATEGORIES, ids=lambda about: about.name)
def test_drilling_ends_and_every_step_can_be_asked(about: object) -> None:
    """From each category's first view, always into the first row, until there is nothing finer."""
    category = next(each for each in CATEGORIES if each is about)
    view = first_view(category.name)
    seen = [view.group_by]
    for _ in range(10):
        dims = (*view.group_by, "currency") if category.is_costs else view.group_by
        width = view.query(TODAY + 100).width
        key = tuple(
            TODAY - DAY if name == "bucket" else "usd" if name == "currency" else "x" for name in dims
        )
        inner = drilled(view, [key], dims, width)
        if inner is None:
            break
        assert inner.above == view
        inner.query(TODAY + 100)
        view = inner
        seen.append(view.group_by)
    else:
        raise AssertionError(seen)
    assert seen[-1] == ("bucket",)


def test_a_drilled_view_begins_at_its_own_first_row() -> None:
    """Where the cursor stood belongs to the rows above."""
    view = first_view("costs").changed(place=Place(7, 3, 2), search="gpt", sort="line_item")
    inner = drilled(view, [("gpt-5.5, input", "usd")], ("line_item", "currency"), "1d")
    assert inner is not None
    assert (inner.place, inner.search, inner.sort) == (Place(), "", "")
    assert inner.above is view
    assert inner.filters == (make_filter("line_item", ["gpt-5.5, input"], []),)


def test_next_dimension_leaves_out_what_is_grouped_or_narrowed_to_one() -> None:
    """Two values of a dimension are still worth telling apart."""
    view = View("costs", group_by=("line_item",))
    assert next_dimension(view) == "project_id"
    one = with_filter(view, "project_id", ["p"], keep=True)
    assert next_dimension(one) == "bucket"
    assert next_dimension(with_filter(view, "project_id", ["p", "q"], keep=True)) == "project_id"


def test_buckets_become_a_range_one_width_finer() -> None:
    """Days of usage open in hours; days of costs stay days."""
    days = [TODAY - 2 * DAY, TODAY - 4 * DAY]
    usage = into_buckets(View("completions"), days, "1d")
    assert usage is not None
    assert (usage.range_text, usage.width) == ("2026-11-19..2026-11-21", "1h")
    costs = into_buckets(View("costs"), days[:1], "1d")
    assert costs is not None
    assert (costs.range_text, costs.width) == ("2026-11-21", "auto")
    assert into_buckets(View("completions"), days, "1h") is None
    assert into_buckets(costs, days[:1], "1d") is None
    assert into_buckets(costs, [], "1d") is None


def test_the_one_day_of_costs_still_breaks_down_by_what_is_left() -> None:
    """It has no finer buckets, but line items."""
    view = View("costs", range_text="2026-11-21", group_by=("bucket",))
    inner = drilled(view, [(TODAY - 2 * DAY, "usd")], ("bucket", "currency"), "1d")
    assert inner is not None
    assert (inner.group_by, inner.range_text) == (("line_item",), "2026-11-21")
