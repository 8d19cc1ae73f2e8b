"""Rows of usage: breakdowns that add up, old rows, unnamed rows, deleted names."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.demo.asking import DAY, NOW, TODAY, USAGE, data, rows_of
from usagetop.demo.api import respond
from usagetop.model.categories import category

COMPLETIONS = USAGE + "completions"
FINEST = ["project_id", "user_id", "api_key_id", "model", "batch", "service_tier", "api_source"]


@pytest.mark.parametrize("name", ["completions", "decisions"])
@pytest.mark.parametrize("width", ["1d", "1h"])
def test_breakdowns_add_up_in_every_row(name: str, width: str) -> None:
    """Uncached, cached and written are the input; text, audio and image are each of them."""
    for row in rows_of(
        data(USAGE + name, start=TODAY - 2 * DAY, end=TODAY, by=FINEST, width=width, limit=31)
    ):
        assert row["input_tokens"] == (
            row["input_uncached_tokens"] + row["input_cached_tokens"] + row["input_cache_write_tokens"]
        )
        for metric, parts in {
            "input_uncached_tokens": ("input_text", "input_audio", "input_image"),
            "input_cached_tokens": ("input_cached_text", "input_cached_audio", "input_cached_image"),
            "input_cache_write_tokens": ("input_cache_write_30m", "input_cache_write_12h"),
            "output_tokens": ("output_text", "output_audio", "output_image"),
        }.items():
            assert row[metric] == sum(row[f"{part}_tokens"] for part in parts)


def test_every_part_is_used_somewhere() -> None:
    """No metric of completions is zero in all rows."""
    rows = rows_of(data(COMPLETIONS, by=["model"]))
    for metric in category("completions").metrics:
        assert any(row[metric.name] for row in rows), metric.name


def test_every_dimension_varies() -> None:
    """Batch, tier, source and the null key all occur."""
    rows = rows_of(data(COMPLETIONS, by=FINEST))
    values = {name: {row[name] for row in rows} for name in FINEST}
    assert values["batch"] == {True, False}
    assert values["service_tier"] == {"default", "priority", "flex"}
    assert values["api_source"] == {"unlabeled", "agents_api"}
    assert None in values["api_key_id"]


def test_what_was_not_asked_for_is_null() -> None:
    """A dimension outside group_by is null."""
    for row in rows_of(data(COMPLETIONS, by=["model"])):
        assert {row[name] for name in FINEST if name != "model"} == {None}


def test_old_rows_lack_the_newer_fields() -> None:
    """Rows of another time have the fields of that time."""
    old = data(COMPLETIONS, start=TODAY - 250 * DAY, end=TODAY - 249 * DAY, by=["model"])[0]["results"][0]
    assert "input_cached_tokens" in old
    assert "input_uncached_tokens" not in old
    assert "service_tier" not in old
    asked = data(COMPLETIONS, start=TODAY - 250 * DAY, end=TODAY - 249 * DAY, by=["service_tier"])
    assert all("service_tier" in row for row in asked[0]["results"])


def test_ancient_rows_write_an_empty_string_for_null() -> None:
    """The oldest rows write the null project as an empty string."""
    rows = data(COMPLETIONS, start=TODAY - 330 * DAY, end=TODAY - 329 * DAY, by=["project_id"])[0]["results"]
    assert "" in {row["project_id"] for row in rows}
    newer = data(COMPLETIONS, start=TODAY - 190 * DAY, end=TODAY - 189 * DAY, by=["project_id"])[0]["results"]
    assert None in {row["project_id"] for row in newer}
    assert "" not in {row["project_id"] for row in newer}


def names(path: str, *more: tuple[str, str]) -> list[dict[str, Any]]:
    """All entries of a list, page by page."""
    found: list[dict[str, Any]] = []
    after: list[tuple[str, str]] = []
    while True:
        response = respond("steady", path, [("limit", "7"), *more, *after], now=NOW)
        assert response.status == 200, response.body
        page = json.loads(response.body)
        found += page["data"]
        if not page["has_more"]:
            return found
        after = [("after", page["last_id"])]


def test_the_size_of_the_organization() -> None:
    """12 projects (3 archived), 25 people (3 left), 60 keys (8 deleted)."""
    projects = names("/organization/projects", ("include_archived", "true"))
    active = names("/organization/projects")
    assert (len(projects), len(active)) == (12, 9)
    people = [user for user in names("/organization/users") if not user["is_service_account"]]
    assert len(people) == 25 - 3
    keys = [
        key
        for project in projects
        for key in names(f"/organization/projects/{project['id']}/api_keys", ("owner_project_access", "any"))
    ]
    assert len(keys) == 60 - 8
    assert {key["owner"]["type"] for key in keys} == {"user", "service_account"}


def test_most_ids_resolve_and_some_never_do() -> None:
    """Usage names people and keys that no list has any more."""
    projects = names("/organization/projects", ("include_archived", "true"))
    users = {user["id"] for user in names("/organization/users")}
    keys = {
        key["id"]
        for project in projects
        for key in names(f"/organization/projects/{project['id']}/api_keys", ("owner_project_access", "any"))
    }
    rows = rows_of(data(COMPLETIONS, by=["project_id", "user_id", "api_key_id"], limit=31))
    assert {row["project_id"] for row in rows} - {None} <= {project["id"] for project in projects}
    for dimension, known in (("user_id", users), ("api_key_id", keys)):
        used = {row[dimension] for row in rows} - {None}
        assert used & known
        assert used - known


def test_thirty_one_models() -> None:
    """A year over all categories has thirty-one models."""
    models = set()
    for name in (
        *("completions", "decisions", "embeddings", "moderations", "images"),
        *("audio_speeches", "audio_transcriptions"),
    ):
        for ago in (0, 60, 120, 240, 350):
            start = TODAY - (ago + 31) * DAY
            rows = rows_of(data(USAGE + name, start=start, end=start + 31 * DAY, by=["model"], limit=31))
            models |= {row["model"] for row in rows}
    assert len(models) == 31
