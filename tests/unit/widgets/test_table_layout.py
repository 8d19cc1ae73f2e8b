"""Where columns stand: inside the line, in order, digits whole, and nothing lost without a mark."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.widgets.tables import content, cost, costs, usage
from usagetop.widgets.content import Column
from usagetop.widgets.table_content import TableContent
from usagetop.widgets.table_layout import GAP, GUTTER, Layout, lay_out
from usagetop.widgets.table_widths import Widths

ROW = {"input_tokens": 123_456_789, "output_tokens": 9_876, "num_model_requests": 12}


def wide(name: str = "gpt-5.5-2026-03-01", project: str = "search") -> TableContent:
    """Two dimensions and several metrics."""
    return content(usage({"model": name, "project_id": project, **ROW}, by="model,project_id"))


def placed(table: TableContent, width: int, first: int = 0) -> Layout:
    """The layout of a content."""
    return lay_out(table.columns, Widths(table).natural, width, first)


@given(st.integers(20, 250), st.integers(0, 12), st.text("abc日", max_size=80), st.text("abc", max_size=60))
def test_slots_are_inside_the_line_and_never_overlap(width: int, first: int, name: str, project: str) -> None:
    """At any width, from any column on, with any names."""
    table = wide(name, project)
    layout = placed(table, width, first)
    numbers = sum(each.kind != "dimension" for each in table.columns)
    shown = [slot for slot in layout.slots if slot.column.kind != "dimension"]
    assert layout.before + len(shown) + layout.after == numbers
    assert shown
    assert layout.slots[0].x == GUTTER
    for one, other in pairwise(layout.slots):
        assert one.x + one.width + GAP == other.x
    for slot in shown:
        # A number's column is as wide as it likes, or it is not there at all.
        assert slot.width - (slot.bar + 1 if slot.bar else 0) == Widths(table).natural[slot.place]
    assert all(slot.width >= 1 for slot in layout.slots)


@pytest.mark.parametrize("width", [59, 79, 119, 199])
def test_at_the_sizes_that_count_everything_fits(width: int) -> None:
    """With the mark for what has dropped."""
    for first in range(4):
        layout = placed(wide(), width, first)
        last = layout.slots[-1]
        texts = [slot.width for slot in layout.slots if slot.column.kind == "dimension"]
        assert sum(texts) >= len("gpt-5.5-2026-03-01") + len("project ▼")
        assert last.x + last.width + (len(f"{layout.after} ›") if layout.after else 0) <= width


def test_text_columns_stay_when_numbers_are_scrolled_away() -> None:
    """A number without its row's name says nothing."""
    table = wide()
    layout = placed(table, 79, 3)
    assert [slot.column.name for slot in layout.slots[:2]] == ["model", "project_id"]
    assert layout.before == 3
    assert layout.slots[2].place == 2 + 3


def test_the_share_has_a_bar_where_there_is_room() -> None:
    """It takes what is left, up to a bound."""
    table = content(costs(cost("a", "1")))

    def bar(width: int) -> int:
        return next(slot.bar for slot in placed(table, width).slots if slot.column.kind == "share")

    assert bar(79) == 0
    assert bar(119) > 0
    assert bar(119) == bar(250)


def test_a_short_name_leaves_its_room_to_a_long_one() -> None:
    """Fair only where both are long."""
    table = wide("m" * 60, "p")
    slots = {slot.column.name: slot.width for slot in placed(table, 119).slots}
    assert slots["project_id"] == len("project ▼") or slots["project_id"] <= len("project") + 2
    assert slots["model"] > 30


def test_names_are_shortened_for_what_one_came_for_and_not_for_the_rest() -> None:
    """At 80 columns a mover's project and line item give way to why and when."""
    names = [Column(name, name, "dimension") for name in ("project", "line item")]
    figures = [
        Column(name, name, "metric", dear=name in {"delta", "why"}) for name in ("delta", "why", "unit")
    ]
    natural = [20, 40, 10, 12, 8]
    shown = [slot.column.name for slot in lay_out([*names, *figures], natural, 79, 0).slots]
    assert shown == ["project", "line item", "delta", "why"]
    plain = [Column(one.name, one.title, one.kind) for one in figures]
    assert [slot.column.name for slot in lay_out([*names, *plain], natural, 79, 0).slots][2:] == ["delta"]
