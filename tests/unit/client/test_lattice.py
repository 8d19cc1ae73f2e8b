"""Which finer grains may serve a question, and which of their units."""

from __future__ import annotations

import pytest

from usagetop.client.lattice import can_serve, finer_units
from usagetop.client.memory import MemoryCache
from usagetop.client.units import Grain, Scope, Unit
from usagetop.model.columns import pack
from usagetop.model.query import Query, make_query

NOW = 1_795_509_020
DAY = 86_400
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
        (grain("model", "project_id", width="1h"), question(), False),
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


def unit(fetched_at: int, start: int = TODAY - DAY) -> Unit:
    """A whole day, fetched then."""
    bucket = pack(start, start + DAY, 0, dims={}, counts={}, amounts={})
    return Unit(start, fetched_at, start + DAY, (bucket,))


def test_the_most_recently_fetched_unit_wins() -> None:
    """Of several grains that would serve."""
    store = MemoryCache()
    older, newer = unit(NOW - 600), unit(NOW - 60)
    store.write(grain("model", "project_id"), [older])
    store.write(grain("model", "user_id"), [newer])
    store.write(grain("user_id"), [unit(NOW)])
    assert finer_units(store, SCOPE, question(), [TODAY - DAY]) == {TODAY - DAY: newer}
    assert finer_units(store, SCOPE, question(), [TODAY]) == {}


@pytest.mark.parametrize("stored", [grain(), grain("model"), grain("api_key_id", "model", "user_id")])
def test_a_tag_names_its_grain(stored: Grain) -> None:
    """And nothing of another server, nor of a filtered question."""
    assert Grain.of_tag(SCOPE, stored.tag) == stored
    assert Grain.of_tag(Scope("https://other.example/v1"), stored.tag) is None
    filtered = Grain(SCOPE, "completions", "1d", ("model",), (("project_id", ("p",)),))
    assert Grain.of_tag(SCOPE, filtered.tag) is None
