"""Pages: buckets in a row, and cursors that belong to one question."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest

from tests.unit.demo.asking import COSTS, DAY, HOUR, NOW, TODAY, USAGE, ask, data, refusal

COMPLETIONS = USAGE + "completions"


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
