"""Name lists and limits: the shapes of the official examples, pages, and what is not there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.demo.asking import NOW, refusal
from usagetop.demo.api import Response, respond

EXAMPLES: dict[str, Any] = json.loads(
    Path("tests/fixtures/official_examples_admin_lists.json").read_text(encoding="utf-8")
)
SERVED = [
    *("projects", "users", "admin_api_keys", "spend_alerts", "spend_limit"),
    *("projects/{project_id}/api_keys", "projects/{project_id}/service_accounts"),
    *("projects/{project_id}/spend_alerts", "projects/{project_id}/spend_limit"),
]


def get(path: str, *params: tuple[str, str]) -> Response:
    """The answer to a list request."""
    return respond("steady", f"/organization/{path}", params, now=NOW)


def first_project() -> str:
    """The id of search-api, which has everything."""
    return str(json.loads(get("projects").body)["data"][0]["id"])


@pytest.mark.parametrize("path", SERVED)
def test_entries_have_the_fields_of_the_official_examples(path: str) -> None:
    """Lists and limits have every field of the document's example, and its object names."""
    example = EXAMPLES[f"/organization/{path}"]["example"]
    page = json.loads(get(path.format(project_id=first_project())).body)
    assert example.keys() <= page.keys()
    assert page["object"] == example["object"]
    if "data" in example:
        assert page["data"]
        for entry in page["data"]:
            assert example["data"][0].keys() <= entry.keys()
            assert entry["object"] == example["data"][0]["object"]
        assert page["first_id"] == page["data"][0]["id"]
        assert page["last_id"] == page["data"][-1]["id"]


def test_pages_follow_after() -> None:
    """Two pages joined are the beginning of the whole list."""
    whole = json.loads(get("users", ("limit", "100")).body)["data"]
    first = json.loads(get("users", ("limit", "5")).body)
    second = json.loads(get("users", ("limit", "5"), ("after", first["last_id"])).body)
    assert first["has_more"]
    assert first["data"] + second["data"] == whole[:10]


def test_limits_are_cents_and_some_are_not_set() -> None:
    """Thresholds are cents; a project without a limit answers 404, one without alerts an empty list."""
    limit = json.loads(get("spend_limit").body)
    assert limit["threshold_amount"] % 5_000 == 0
    assert limit["threshold_amount"] > 1_000_000
    assert limit["enforcement"]["status"] == "enforcing"
    other = json.loads(get("projects").body)["data"][1]["id"]
    assert refusal(get(f"projects/{other}/spend_limit"))[0] == 404
    assert json.loads(get(f"projects/{other}/spend_alerts").body)["data"] == []


def test_keys_of_those_who_left_are_listed_only_with_any() -> None:
    """Active and inactive keys together are those that `any` lists."""
    counts = {"active": 0, "inactive": 0, "any": 0}
    for project in json.loads(get("projects", ("limit", "100"), ("include_archived", "true")).body)["data"]:
        for access in counts:
            body = get(f"projects/{project['id']}/api_keys", ("owner_project_access", access)).body
            counts[access] += len(json.loads(body)["data"])
    assert counts["inactive"] > 0
    assert counts["active"] + counts["inactive"] == counts["any"]


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        ("projects", [("limit", "101")], 400),
        ("projects", [("limit", "0")], 400),
        ("projects", [("limit", "x")], 400),
        ("projects", [("after", "proj_none")], 400),
        ("projects", [("color", "blue")], 400),
        ("spend_limit", [("limit", "1")], 400),
        ("projects/proj_none/api_keys", [], 404),
        ("projects/proj_none/dreams", [], 404),
        ("groups", [], 404),
    ],
)
def test_wrong_list_questions_are_refused(path: str, params: list[tuple[str, str]], status: int) -> None:
    """Limits, cursors, parameters and paths that do not exist are 400 or 404."""
    assert refusal(get(path, *params))[0] == status


def test_an_unknown_access_is_refused() -> None:
    """A value that is none of the three names its parameter."""
    response = get(f"projects/{first_project()}/api_keys", ("owner_project_access", "some"))
    assert refusal(response)[:2] == (400, "owner_project_access")
