"""The rules of the API: what is refused, how, and what a page is."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.unit.demo.asking import COSTS, DAY, HOUR, NOW, TODAY, USAGE, ask, data, refusal
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


def pages(path: str, **asked: Any) -> list[dict[str, Any]]:
    """All pages of a question."""
    found = [json.loads(ask(path, **asked).body)]
    while found[-1]["next_page"]:
        more = [*asked.get("more", ()), ("page", found[-1]["next_page"])]
        found.append(json.loads(ask(path, **{**asked, "more": more}).body))
        assert len(found) < 50
    return found


@pytest.mark.parametrize("path", [COMPLETIONS, COSTS])
def test_pages_hold_limit_buckets_and_join_without_a_seam(path: str) -> None:
    """Pages joined are the answer to one large question."""
    start, end = TODAY - 29 * DAY + HOUR, TODAY - HOUR
    found = pages(path, start=start, end=end, by=["project_id"], limit=7)
    assert [len(page["data"]) for page in found] == [7, 7, 7, 7, 1]
    assert [page["has_more"] for page in found] == [True, True, True, True, False]
    joined = [bucket for page in found for bucket in page["data"]]
    whole = json.loads(ask(path, start=start, end=end, by=["project_id"], limit=31).body)
    assert joined == whole["data"]
    assert whole["next_page"] is None
    assert all(one["end_time"] == two["start_time"] for one, two in pairwise(joined))


def test_the_default_limits() -> None:
    """60 minutes, 24 hours, 7 days."""
    start = TODAY - 300 * DAY
    for width, count in (("1m", 60), ("1h", 24), ("1d", 7)):
        assert len(data(COMPLETIONS, start=start, width=width)) == count
    assert len(data(COSTS, start=start)) == 7


def test_a_cursor_belongs_to_its_question() -> None:
    """Any changed parameter refuses the cursor."""
    asked: dict[str, Any] = {"start": TODAY - 20 * DAY, "end": TODAY, "by": ["model"], "limit": 5}
    page = json.loads(ask(COMPLETIONS, **asked).body)["next_page"]
    more = [("page", page)]
    assert ask(COMPLETIONS, **asked, more=more).status == 200
    changes: tuple[dict[str, Any], ...] = (
        {"end": TODAY - 60},
        {"start": TODAY - 21 * DAY},
        {"by": ["user_id"]},
        {"by": []},
        {"limit": 6},
        {"more": [*more, ("models[]", "gpt-5.6-sol")]},
    )
    for change in changes:
        response = ask(COMPLETIONS, **{**asked, "more": more, **change})
        assert refusal(response)[:2] == (400, "page"), change
    assert ask(USAGE + "embeddings", **asked, more=more).status == 400
    assert ask(COMPLETIONS, **asked, more=[("page", page[:-2])]).status == 400


def test_a_question_without_end_means_the_moment_of_its_first_page() -> None:
    """The clock may go on between two pages; the question does not."""
    first = json.loads(ask(COMPLETIONS, start=TODAY - 10 * DAY, limit=7).body)
    later = data(
        COMPLETIONS, start=TODAY - 10 * DAY, limit=7, now=NOW + 2 * DAY, more=[("page", first["next_page"])]
    )
    assert later[-1]["end_time"] == NOW


def test_every_bucket_comes_even_when_nothing_was_used() -> None:
    """Before the organization there are empty buckets, not none."""
    buckets = data(COMPLETIONS, start=TODAY - 900 * DAY, end=TODAY - 880 * DAY, limit=31)
    assert len(buckets) == 20
    assert not any(bucket["results"] for bucket in buckets)


def test_a_bucket_that_begins_now_is_there() -> None:
    """At midnight the new day is asked for and answered."""
    assert len(data(COMPLETIONS, start=TODAY, now=TODAY)) == 1
    assert len(data(COMPLETIONS, start=TODAY - DAY, end=TODAY, now=TODAY)) == 1


def test_rows_come_in_no_order_but_always_the_same() -> None:
    """Rows are not sorted, and stay as they are."""
    by = ["model", "user_id"]
    models = [row["model"] for row in data(COMPLETIONS, by=by)[0]["results"]]
    assert models != sorted(models)
    assert models == [row["model"] for row in data(COMPLETIONS, by=by)[0]["results"]]


def test_unknown_paths_and_project_keys() -> None:
    """404 for what is not served; the bare-string 403 for a project key."""
    assert raw("/organization/usage/dreams", ("start_time", "1")).status == 404
    assert raw("/chat/completions").status == 404
    response = respond("steady", COSTS, [("start_time", "1")], now=NOW, authorization="Bearer sk-proj-1")
    assert response.status == 403
    assert "Missing scopes: api.usage.read" in json.loads(response.body)["error"]
