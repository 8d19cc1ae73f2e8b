"""Which rows a view shows and in which order: by what is read, found as one types, and kept."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from tests.unit.analysis.rows import bucket_of, query
from usagetop.analysis.frame import Frame, rollup
from usagetop.store.arranging import Arranger, Unwanted
from usagetop.store.labels import Labels
from usagetop.store.session import View

VIEW = View("costs", group_by=("project_id",))
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


def arranged(frame: Frame, view: View) -> Sequence[int]:
    """The rows of a view of a frame in which projects have names."""
    return Arranger(frame, named()).rows(view)


def first(frame: Frame, rows: Sequence[int]) -> list[str | int | None]:
    """The first value of each row's key."""
    return [frame.keys[row][0] for row in rows]


def test_rows_come_in_the_order_of_the_charted_metric() -> None:
    """Largest first, unless asked otherwise; the share orders as its metric does."""
    frame = by_project()
    view = View("costs", group_by=("project_id",))
    assert first(frame, arranged(frame, view)) == ["p1", "p2", "p3", None]
    upwards = view.changed(sort="share", descending=False)
    assert first(frame, arranged(frame, upwards)) == [None, "p3", "p2", "p1"]


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
    assert first(frame, arranged(frame, view)) == order


def test_a_sort_that_this_frame_does_not_have_is_none() -> None:
    """While another grouping loads, the old rows stand under the new view."""
    frame = by_project()
    view = View("costs", group_by=("line_item",), sort="line_item")
    assert len(arranged(frame, view)) == len(frame)


@pytest.mark.parametrize(
    ("text", "found"), [("ZEB", ["p1"]), ("p2", ["p2"]), ("no proj", [None]), ("usd", []), ("x", [])]
)
def test_search_looks_at_names_and_ids_and_at_nothing_that_is_not_shown(
    text: str, found: list[str | None]
) -> None:
    """One currency has no column: its code is in every row and in no cell."""
    frame = by_project()
    assert first(frame, arranged(frame, VIEW.changed(search=text))) == found


def test_search_finds_a_currency_where_there_are_several() -> None:
    """Then it has a column."""
    frame = by_project("usd", "eur")
    rows = arranged(frame, VIEW.changed(search="eur"))
    assert {frame.keys[row][-1] for row in rows} == {"eur"}
    assert len(rows) == 4


def many(count: int) -> Frame:
    """Completions by user, all of one model."""
    rows = [{"user_id": f"user-{row:06}", "model": "m", "input_tokens": row} for row in range(count)]
    day = bucket_of(1, rows, ("user_id", "model"), ("input_tokens",))
    return rollup(query("completions", "user_id,model"), [day])


USERS = View("completions", group_by=("user_id", "model"))


def test_a_search_that_goes_on_begins_where_it_was() -> None:
    """As one types each letter narrows the rows before; taking one away begins anew."""
    frame = many(3_000)
    asked: list[str] = []

    def resolve(dimension: str, value: str) -> None:
        asked.append(value)

    arranger = Arranger(frame, Labels(resolve))
    for text in ("0", "000", "0009", "00099", "000", "m"):
        view = USERS.changed(search=text)
        found = arranger.rows(view)
        shown = [
            row for row in frame.order("input_tokens") if any(text in str(part) for part in frame.keys[row])
        ]
        assert list(found) == shown
        assert found
        assert arranger.rows(view) is found
    # No value is drawn twice for it.
    assert len(asked) == 3_001


def test_few_rows_are_ready_and_many_when_they_were_made() -> None:
    """What takes time is left to whoever has it."""
    few, large = Arranger(many(100), Labels()), Arranger(many(9_000), Labels())
    searched = USERS.changed(search="user-00001", sort="user_id", descending=False)
    assert few.ready(searched) is few.rows(searched)
    for view in (USERS, searched):
        assert large.ready(view) is None
        rows = large.rows(view)
        assert large.ready(view) is rows
    top = large.ready(searched.changed(search="", top=7))
    assert top is not None
    assert len(top) == 7


def test_nobody_sorts_on_for_what_is_not_wanted_any_more() -> None:
    """A search ends at its next look; what it had is not taken for the whole."""
    arranger = Arranger(many(9_000), Labels())
    view = USERS.changed(search="user-00001")
    looks = iter([True, False])
    with pytest.raises(Unwanted):
        arranger.rows(view, is_wanted=lambda: next(looks))
    assert arranger.ready(view) is None
    assert len(arranger.rows(view)) == 10
