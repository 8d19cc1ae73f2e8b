"""The session: views by category, and the way back and forward, as values that never change."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from usagetop.model.categories import BY_NAME
from usagetop.store.session import MOST_HISTORY, Place, Session, View, first_view

NAMES = tuple(BY_NAME)
# 2026-11-24T08:30:20Z
NOW = 1_795_509_020


def test_a_category_opens_with_its_default_grouping() -> None:
    """And with a query that can be asked."""
    for name in NAMES:
        view = first_view(name)
        assert view.group_by == (BY_NAME[name].default_by,)
        assert view.query(NOW).category == name
        assert view.charted == view.sorted_by == BY_NAME[name].metrics[0].name


def test_another_category_keeps_range_names_and_chart() -> None:
    """What belongs to a category stays with it: grouping, filters, sort, search."""
    costs = first_view("costs").changed(range_text="mtd", chart="lines", show_ids=True, sort="line_item")
    session = Session(first_view("costs")).show(costs)
    view = session.category("images")
    assert (view.range_text, view.chart, view.show_ids) == ("mtd", "lines", True)
    assert view.sorted_by == "images"


def test_a_category_comes_back_as_it_was_left_over_the_current_range() -> None:
    """Two tabs never show different months."""
    session = Session(first_view("costs")).show(
        first_view("costs").changed(group_by=("project_id",), search="x")
    )
    session = session.show(session.category("images").changed(range_text="7d"))
    again = session.category("costs")
    assert (again.group_by, again.search, again.range_text) == (("project_id",), "x", "7d")


def test_a_search_is_no_step() -> None:
    """Nor is where the cursor is; both stay with the view."""
    session = Session(first_view("costs")).show(first_view("images"))
    moved = session.adjust(session.current.changed(search="dall", place=Place(3, 1)))
    assert len(moved.back) == len(session.back) == 1
    there = moved.step(-1).step(1)
    assert (there.current.search, there.current.place) == ("dall", Place(3, 1))


def test_the_same_view_is_no_step() -> None:
    """Back leads to another view, always."""
    session = Session(first_view("costs"))
    assert session.show(first_view("costs")) is session
    assert session.step(-1) is session
    assert session.step(1) is session


def test_a_new_view_ends_the_way_forward() -> None:
    """As in a browser."""
    session = Session(first_view("costs")).show(first_view("images")).step(-1)
    assert session.forward
    assert not session.show(first_view("embeddings")).forward


def test_history_is_bounded() -> None:
    """A session runs for days."""
    session = Session(first_view("costs"))
    for number in range(2 * MOST_HISTORY):
        session = session.show(first_view("costs").changed(range_text=f"{number + 1}d"))
    assert len(session.back) == MOST_HISTORY


@given(st.lists(st.sampled_from([*NAMES, "back", "forward"]), max_size=40))
def test_back_and_forward_are_a_walk_along_one_line(steps: list[str]) -> None:
    """Against the plain model: a list of views and a position in it."""
    session = Session(first_view("costs"))
    line: list[View] = [session.current]
    at = 0
    for step in steps:
        before = session
        if step in {"back", "forward"}:
            at = max(0, at - 1) if step == "back" else min(len(line) - 1, at + 1)
            session = session.step(-1 if step == "back" else 1)
        else:
            view = session.category(step)
            session = session.show(view)
            if view != line[at]:
                line[at + 1 :] = [view]
                at += 1
        assert session.current == line[at]
        assert [*session.back, session.current, *reversed(session.forward)] == line
        assert session.views.get(session.current.category, session.current) == session.current
        assert before == before.adjust(before.current) or before.current.category not in before.views
