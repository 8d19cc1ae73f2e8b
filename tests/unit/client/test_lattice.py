"""Which finer grains may serve a question, and which of their units."""

from __future__ import annotations

import pytest

from usagetop.client.lattice import can_serve, finer_grains, usable
from usagetop.client.units import Grain, Scope, Unit
from usagetop.model.columns import pack
from usagetop.model.query import Query, make_query

NOW = 1_795_509_020
DAY, HOUR = 86_400, 3_600
TODAY = NOW - NOW % DAY
SCOPE = Scope("https://api.example/v1", "ab")


def question(category: str = "completions", by: str = "model", *filters: str, width: str = "auto") -> Query:
    """A view of seven days."""
    return make_query(category, "7d", now=NOW, by=by, width=width, filters=filters)[0]


def grain(*dimensions: str, category: str = "completions", width: str = "1d") -> Grain:
    """A stored grain without server-side filters."""
    return Grain(SCOPE, category, width, tuple(sorted(dimensions)))


@pytest.mark.parametrize(
    ("stored", "query", "serves"),
    [
        (grain("model", "project_id"), question(), True),
        (grain("model", "project_id"), question(by="none"), True),
        (grain("model", "project_id"), question(by="bucket,project_id"), True),
        (grain("model"), question(by="project_id"), False),
        (grain("model", "project_id"), question("completions", "model", "project_id=p"), True),
        (grain("model", "project_id"), question("completions", "model", "project_id!=p"), True),
        (grain("model"), question("completions", "model", "project_id=p"), False),
        (grain("model"), question("embeddings"), False),
        (grain("line_item", "project_id", category="costs"), question("costs", "project_id"), True),
        (grain("line_item", "project_id", category="costs"), question("costs", "model"), True),
        (grain("api_key_id", "project_id", category="costs"), question("costs", "project_id"), False),
        (grain("project_id", category="vector_stores"), question("vector_stores", "none"), True),
    ],
)
def test_a_grain_serves_what_its_columns_hold(stored: Grain, query: Query, *, serves: bool) -> None:
    """More dimensions answer fewer, and filters on them; costs only along project and line item."""
    assert can_serve(stored, query) is serves


def test_units_that_the_server_filtered_serve_only_questions_with_that_filter() -> None:
    """Rows that were left out cannot be shown."""
    filtered = Grain(SCOPE, "completions", "1d", ("model", "user_id"), (("project_id", ("p",)),))
    assert can_serve(filtered, question("completions", "model", "project_id=p"))
    assert not can_serve(filtered, question("completions", "model", "project_id=q"))
    assert not can_serve(filtered, question())


@pytest.mark.parametrize(
    ("category", "serves"),
    [("completions", True), ("code_interpreter_sessions", True), ("vector_stores", False)],
)
def test_hours_serve_days_of_what_adds_up(category: str, *, serves: bool) -> None:
    """Together with fewer dimensions and filters; never the other way round, and never for a level."""
    about = question(category, "project_id")
    hours = grain("project_id", category=category, width="1h")
    assert can_serve(hours, about) is serves
    assert can_serve(hours, question(category, "none", "project_id=p")) is serves
    assert not can_serve(hours._replace(width="1m"), about)
    assert not can_serve(hours._replace(width="1d"), question(category, "project_id", width="1h"))


def unit(fetched_at: int, start: int = TODAY - DAY, until: int = TODAY) -> Unit:
    """A unit of hours, asked for until then."""
    hours = [pack(each, each + HOUR, 0, dims={}, counts={}, amounts={}) for each in range(start, until, HOUR)]
    return Unit(start, fetched_at, until, tuple(hours))


@pytest.mark.parametrize(
    ("stored", "stands"),
    [
        (unit(TODAY + HOUR), True),
        (unit(TODAY - 1, until=TODAY - 60), False),  # the day went on after that
        (unit(NOW - 10, TODAY, NOW - NOW % 60), True),  # the open day, in its five minutes
        (unit(NOW - 400, TODAY, NOW - 420), False),
        (unit(NOW + 60, TODAY, NOW - NOW % 60), False),  # a clock that was ahead
    ],
)
def test_hours_stand_for_a_day_that_they_hold_whole_or_freshly(stored: Unit, *, stands: bool) -> None:
    """A day that is over needs all its hours; an open one needs them to be young."""
    assert usable(grain("model", width="1h"), stored, question(), NOW) is stands
    assert usable(grain("model"), stored, question(), NOW)


def test_the_grains_stored_last_are_looked_through_first() -> None:
    """Every further one costs a look."""
    known = [grain("model", name) for name in ("project_id", "user_id", "api_key_id")]
    found = finer_grains([*known, grain("user_id"), grain("model")], grain("model"), question())
    assert found == known[::-1]
    many = [known[0]._replace(filters=(("user_id", (str(n),)),)) for n in range(99)]
    assert len(finer_grains([*known * 30, *many], grain("model"), question())) < 10
