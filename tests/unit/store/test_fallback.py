"""Refused groupings: what is tried instead, in which order, and for which ranges a refusal holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usagetop.errors import GroupingRefused
from usagetop.model.period import DAY
from usagetop.model.query import Query, make_query
from usagetop.store.fallback import Refusals

# 2026-11-24T08:30:20Z
NOW = 1_795_509_020


def query(by: str, *filters: str, text: str = "30d", category: str = "costs") -> Query:
    """A query by these dimensions."""
    return make_query(category, text, now=NOW, by=by, filters=filters)[0]


def refused(said: str = "", *, param: str = "group_by") -> GroupingRefused:
    """The server's refusal with its words."""
    return GroupingRefused("the server refuses this grouping", why=said, param=param)


def tried(asked: Query, *sentences: str) -> list[tuple[str, ...] | None]:
    """The groupings that are tried one after the other while the server refuses each with the next sentence."""
    refusals, current, result = Refusals(), asked, list[tuple[str, ...] | None]()
    for sentence in sentences:
        error = refused(sentence)
        refusals.remember(current, error, current.range.start)
        smaller = refusals.nearest(asked, error)
        result.append(None if smaller is None else smaller.group_by)
        if smaller is None:
            break
        current = smaller
    return result


def test_the_named_dimension_goes_first() -> None:
    """Whatever usually is the culprit."""
    asked = query("project_id,line_item,api_key_id")
    assert tried(asked, "project_id cannot be grouped here") == [("line_item", "api_key_id")]


def test_without_a_name_the_likely_one_goes_first() -> None:
    """API.md, trap 6: api_key_id, then user_id."""
    assert tried(query("user_id,project_id,api_key_id"), "no") == [("user_id", "project_id")]
    assert tried(query("project_id,user_id"), "no") == [("project_id",)]


def test_a_word_within_a_word_names_nothing() -> None:
    """``project_ids`` is a parameter, not the dimension."""
    assert tried(query("project_id,api_key_id"), "see project_ids") == [("project_id",)]


def test_one_fewer_is_tried_before_two_fewer() -> None:
    """The nearest accepted grouping: every way to drop one, then two, then nothing is left."""
    found = tried(query("project_id,user_id,api_key_id"), *["no"] * 9)
    assert found[:3] == [("project_id", "user_id"), ("project_id", "api_key_id"), ("user_id", "api_key_id")]
    assert sorted(len(names) for names in found[3:-1] if names is not None) == [0, 1, 1, 1]
    assert found[-1] is None


def test_the_bucket_stays() -> None:
    """It is no dimension of the server's."""
    assert tried(query("bucket,api_key_id"), "no", "no") == [("bucket",), None]


def test_a_derived_dimension_goes_with_its_source() -> None:
    """The server calls it line_item."""
    assert tried(query("model,project_id"), "line_item is refused") == [("project_id",)]


def test_what_changes_nothing_is_not_tried() -> None:
    """Model stands on line_item: without one of the two the request is the same."""
    assert tried(query("line_item,model"), "line_item is refused") == [()]


@pytest.mark.parametrize("filter_", ["user_id=u", "user_id!=u", "api_source="])
def test_a_filter_holds_its_dimension(filter_: str) -> None:
    """What is filtered here must be in the answer; leaving the filter out would answer another question."""
    name = filter_.rstrip("!=u") if filter_.startswith("api") else "user_id"
    assert tried(query(name, filter_), "no") == [None]
    assert tried(query(f"{name},project_id", filter_), f"{name} is refused") == [(name,)]


def test_a_filter_of_the_server_holds_nothing() -> None:
    """It is honoured without the dimension in the answer."""
    asked = query("project_id,api_key_id", "api_key_id=k")
    assert tried(asked, "api_key_id is refused") == [("project_id",)]
    assert asked.with_group_by(("project_id",)).pushed_filters == (("api_key_id", ("k",)),)


def test_a_refusal_holds_for_earlier_ranges_only() -> None:
    """Costs by key are refused before 2025-12-06: a week of this month asks anew."""
    refusals = Refusals()
    year, month = query("api_key_id", text="365d"), query("api_key_id", text="30d")
    refusals.remember(year, refused(), year.range.start + 10 * DAY)
    assert refusals.known(year) is not None
    assert refusals.known(month) is None
    assert refusals.known(query("api_key_id", text="360d")) is not None
    refusals.remember(month, refused(), month.range.start)
    assert refusals.known(month) is not None
    assert refusals.known(query("api_key_id", text="7d")) is None


def test_a_refusal_of_a_window_that_began_earlier_is_still_one() -> None:
    """Windows hold whole units; else the same grouping would be tried for ever."""
    refusals = Refusals()
    asked = query("api_key_id", text="24h", category="completions")
    refusals.remember(asked, refused(), asked.range.start - 3600)
    assert refusals.known(asked) is not None


def test_refusals_are_by_category() -> None:
    """Pickers show the server's words beside what it refused."""
    refusals = Refusals()
    refusals.remember(query("project_id,user_id"), refused("not both"), NOW)
    refusals.remember(query("user_id"), refused(), NOW)
    assert refusals.of("costs") == {
        ("project_id", "user_id"): "not both",
        ("user_id",): "the server refuses this grouping",
    }
    assert refusals.of("completions") == {}


@given(
    st.lists(st.sampled_from("project_id user_id line_item api_key_id api_source".split()), unique=True),  # noqa: SIM905
    st.text(max_size=20),
)
def test_every_way_ends(names: list[str], said: str) -> None:
    """Each grouping is tried once, none is larger than what was asked, and after the last comes none."""
    found = tried(query(",".join(names) or "none"), *[said] * 40)
    groupings = [names for names in found if names is not None]
    assert found[-1] is None
    assert len(set(groupings)) == len(groupings) == 2 ** len(names) - 1
    assert all(set(grouping) < set(names) for grouping in groupings)
