"""Which rows a view shows and in which order, and where drilling and filtering lead."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from tests.unit.analysis.rows import TODAY, bucket_of, query
from tests.unit.model.moments import DAY
from usagetop.analysis.frame import Frame, rollup
from usagetop.model.categories import CATEGORIES
from usagetop.model.query import Filter, make_filter
from usagetop.store.labels import Labels
from usagetop.store.rows import (
    drilled,
    into_buckets,
    matching_rows,
    next_dimension,
    ordered_rows,
    with_filter,
)
from usagetop.store.session import Place, View, first_view

NAMES = {"p1": "zebra", "p2": "Ant", "p3": "bee"}


def by_project(*currencies: str) -> Frame:
    """Costs of three projects and of none; the first project in every currency."""
    rows = [
        {"project_id": project, "currency": currency, "amount": Decimal(amount)}
        for project, amount in (("p1", 4), ("p2", 3), ("p3", 2), (None, 1))
        for currency in (currencies or ("usd",))
    ]
    return rollup(query("costs", "project_id"), [bucket_of(1, rows, ("project_id", "currency"), ("amount",))])


def named() -> Labels:
    """Labels in which projects have names."""
    return Labels(lambda _, value: NAMES.get(value))


def first(frame: Frame, rows: Sequence[int]) -> list[str | int | None]:
    """The first value of each row's key."""
    return [frame.keys[row][0] for row in rows]


def test_rows_come_in_the_order_of_the_charted_metric() -> None:
    """Largest first, unless asked otherwise; the share orders as its metric does."""
    frame = by_project()
    view = View("costs", group_by=("project_id",))
    assert first(frame, ordered_rows(frame, named(), view)) == ["p1", "p2", "p3", None]
    upwards = view.changed(sort="share", descending=False)
    assert first(frame, ordered_rows(frame, named(), upwards)) == [None, "p3", "p2", "p1"]


@pytest.mark.parametrize(
    ("descending", "order"), [(False, ["p2", "p3", "p1", None]), (True, ["p1", "p3", "p2", None])]
)
def test_a_dimension_with_names_is_ordered_by_what_is_read_and_empty_values_stand_last(
    descending: bool,  # noqa: FBT001
    order: list[str | None],
) -> None:
    """Either way; upper and lower case alike."""
    frame = by_project()
    view = View("costs", group_by=("project_id",), sort="project_id", descending=descending)
    assert first(frame, ordered_rows(frame, named(), view)) == order


def test_a_sort_that_this_frame_does_not_have_is_none() -> None:
    """While another grouping loads, the old rows stand under the new view."""
    frame = by_project()
    view = View("costs", group_by=("line_item",), sort="line_item")
    assert len(ordered_rows(frame, named(), view)) == len(frame)


@pytest.mark.parametrize(
    ("text", "found"), [("ZEB", ["p1"]), ("p2", ["p2"]), ("no proj", [None]), ("usd", []), ("x", [])]
)
def test_search_looks_at_names_and_ids_and_at_nothing_that_is_not_shown(
    text: str, found: list[str | None]
) -> None:
    """One currency has no column: its code is in every row and in no cell."""
    frame = by_project()
    assert first(frame, matching_rows(frame, named(), range(len(frame)), text)) == found


def test_search_finds_a_currency_where_there_are_several() -> None:
    """Then it has a column."""
    frame = by_project("usd", "eur")
    rows = matching_rows(frame, named(), range(len(frame)), "eur")
    assert {frame.keys[row][-1] for row in rows} == {"eur"}
    assert len(rows) == 4


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
