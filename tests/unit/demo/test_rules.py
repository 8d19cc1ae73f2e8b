"""The rules of the API: what is refused, how, and what a page is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.demo.asking import COSTS, DAY, NOW, TODAY, USAGE, ask, data, refusal
from usagetop.demo.api import Response, respond
from usagetop.model.categories import CATEGORIES

COMPLETIONS = USAGE + "completions"


def raw(path: str, *params: tuple[str, str], scenario: str = "steady") -> Response:
    """An answer to exactly these parameters."""
    return respond(scenario, path, params, now=NOW)


def test_the_recorded_refusals() -> None:
    """Status, parameter and sentence are those that were recorded."""
    recorded = {
        (400, "start_time", "Invalid type for 'start_time'."): raw(COSTS, ("start_time", "soon")),
        (
            400,
            "start_time",
            "group_by=api_key_id is not available for this time range. Try a start_time on or after 1764979200.",
        ): ask(COSTS, start=1_764_979_199, by=["api_key_id"]),
        (400, None, "Invalid limit provided: 366. Limit must be less than or equal to 180."): ask(
            COSTS, limit=366
        ),
        (400, "bucket_width", "Invalid value: '1h'. Supported values are: '1d'."): ask(COSTS, width="1h"),
    }
    for expected, response in recorded.items():
        assert refusal(response) == expected
    assert ask(COSTS, start=1_764_979_200, by=["api_key_id"]).status == 200


def test_every_refusal_has_the_recorded_code() -> None:
    """Whole bodies stand word for word among the recorded ones."""
    recorded = json.loads(Path("tests/fixtures/error_bodies.json").read_text(encoding="utf-8"))
    bodies = [entry.get("body") for entry in recorded]
    for response in (
        ask(COSTS, limit=366),
        ask(COSTS, width="1h"),
        ask(COSTS, start=1_764_979_199, by=["api_key_id"]),
        raw(COSTS, ("start_time", "x")),
    ):
        assert json.loads(response.body) in bodies


@pytest.mark.parametrize(
    ("path", "asked", "param"),
    [
        (COMPLETIONS, {"by": ["line_item"]}, "group_by"),
        (COSTS, {"by": ["model"]}, "group_by"),
        (COSTS, {"by": ["user_id", "project_id"]}, "group_by"),
        (COSTS, {"by": ["user_id"], "more": [("project_ids[]", "proj_1")]}, "group_by"),
        (COMPLETIONS, {"width": "5m"}, "bucket_width"),
        (COMPLETIONS, {"limit": 0}, None),
        (COMPLETIONS, {"limit": 32}, None),
        (COMPLETIONS, {"limit": 169, "width": "1h"}, None),
        (COMPLETIONS, {"limit": 1441, "width": "1m"}, None),
        (COMPLETIONS, {"end": TODAY - 6 * DAY}, "end_time"),
        (COMPLETIONS, {"end": TODAY - 9 * DAY}, "end_time"),
        (COMPLETIONS, {"end": NOW + 1}, "end_time"),
        (COMPLETIONS, {"start": NOW + 1}, "start_time"),
        (COMPLETIONS, {"start": -1}, "start_time"),
        (COMPLETIONS, {"more": [("color", "blue")]}, "color"),
        (COMPLETIONS, {"more": [("service_tiers[]", "flex")]}, "service_tiers[]"),
        (COMPLETIONS, {"more": [("batch", "yes")]}, "batch"),
        (COMPLETIONS, {"more": [("batch", "true"), ("batch", "false")]}, "batch"),
        (COMPLETIONS, {"more": [("limit", "many")]}, "limit"),
        (COMPLETIONS, {"more": [("page", "page_nonsense")]}, "page"),
        (COMPLETIONS, {"more": [("page", "")]}, "page"),
        (USAGE + "embeddings", {"more": [("batch", "true")]}, "batch"),
        (USAGE + "web_search_calls", {"more": [("context_levels[]", "huge")]}, "context_levels"),
        (USAGE + "images", {"more": [("sizes[]", "1x1")]}, "sizes"),
    ],
)
def test_wrong_questions_are_refused(path: str, asked: dict[str, Any], param: str | None) -> None:
    """What the API does not take is a 400 that names the parameter."""
    status, named, message = refusal(ask(path, **asked))
    assert (status, named) == (400, param)
    assert message


def test_a_missing_start_is_refused() -> None:
    """start_time is required."""
    assert refusal(raw(COSTS))[:2] == (400, "start_time")


def test_an_unknown_grouping_lists_the_allowed_ones() -> None:
    """The sentence names every dimension of the category."""
    for category in CATEGORIES:
        message = refusal(ask(category.path, by=["planet"]))[2]
        for dimension in category.dimensions:
            assert f"'{dimension.name}'" in message


@pytest.mark.parametrize(
    "params",
    [
        [("group_by[]", "model"), ("group_by[]", "user_id")],
        [("group_by", "model"), ("group_by", "user_id")],
        [("group_by", "model,user_id")],
        [("group_by", "user_id,model"), ("group_by[]", "model")],
    ],
)
def test_lists_are_read_in_every_form(params: list[tuple[str, str]]) -> None:
    """Brackets, repetition and commas ask the same question."""
    expected = data(COMPLETIONS, by=["model", "user_id"])
    assert data(COMPLETIONS, more=params) == expected


@pytest.mark.parametrize(
    ("dimension", "param"),
    [
        ("project_id", "project_ids"),
        ("user_id", "user_ids"),
        ("api_key_id", "api_key_ids"),
        ("model", "models"),
    ],
)
def test_filters_keep_what_they_name(dimension: str, param: str) -> None:
    """A filter keeps exactly the rows with its values."""
    whole = data(COMPLETIONS, by=[dimension])
    values = sorted({row[dimension] for bucket in whole for row in bucket["results"] if row[dimension]})[:2]
    for params in ([(f"{param}[]", value) for value in values], [(param, ",".join(values))]):
        kept = data(COMPLETIONS, by=[dimension], more=params)
        for all_rows, some in zip(whole, kept, strict=True):
            expected = [row for row in all_rows["results"] if row[dimension] in values]
            assert sorted(map(str, some["results"])) == sorted(map(str, expected))


def test_the_batch_filter_takes_one_value() -> None:
    """Batch is true or false."""
    rows = {value: data(COMPLETIONS, by=["batch"], more=[("batch", value)]) for value in ("true", "false")}
    for value, buckets in rows.items():
        assert {row["batch"] for bucket in buckets for row in bucket["results"]} == {value == "true"}


def test_unknown_paths_and_project_keys() -> None:
    """404 for what is not served; the bare-string 403 for a project key."""
    assert raw("/organization/usage/dreams", ("start_time", "1")).status == 404
    assert raw("/chat/completions").status == 404
    response = respond("steady", COSTS, [("start_time", "1")], now=NOW, authorization="Bearer sk-proj-1")
    assert response.status == 403
    assert "Missing scopes: api.usage.read" in json.loads(response.body)["error"]


PARAMS = [
    "start_time",
    "end_time",
    "bucket_width",
    "limit",
    "page",
    "group_by",
    "models[]",
    "batch",
    "after",
    "",
]
TEXTS = st.one_of(
    st.text(max_size=12),
    st.integers(-(10**20), 10**20).map(str),
    st.integers(NOW - 40 * DAY, NOW + DAY).map(str),
    st.sampled_from(["1d", "1h", "model", "true", "31", "page_AAAA"]),
)


@given(
    path=st.sampled_from(
        [COSTS, COMPLETIONS, "/organization/users", "/organization/projects/x/api_keys", "", "/"]
    ),
    params=st.lists(st.tuples(st.sampled_from(PARAMS), TEXTS), max_size=5),
    start=st.integers(NOW - 40 * DAY, NOW).map(str),
)
def test_no_question_is_a_fault(path: str, params: list[tuple[str, str]], start: str) -> None:
    """Whatever is asked, the answer is JSON with a status that the API has."""
    response = raw(path, ("start_time", start), *(pair for pair in params if pair[0] != "start_time"))
    assert response.status in {200, 400, 404}
    assert json.loads(response.body)
    assert raw(path, *params).status in {200, 400, 404}
