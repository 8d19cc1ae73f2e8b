"""The official SDK as a client of the demo server: all twelve calls, pages, lists and errors.

The SDK is the reference for parameters and fields, not for values: it turns amounts into floats.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from openai import AuthenticationError, BadRequestError, OpenAI

from tests.unit.demo.asking import DAY, NOW, TODAY, data, rows_of
from usagetop.demo import server
from usagetop.model.categories import CATEGORIES, Category

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "sk-admin-made-up-for-the-contract"
START = TODAY - 10 * DAY


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    """One server for all tests here."""
    with server.running(scenario="steady", now=NOW, require_key=KEY) as url:
        yield url


@pytest.fixture
def client(base_url: str) -> Iterator[OpenAI]:
    """The SDK, without retries."""
    with OpenAI(admin_api_key=KEY, base_url=base_url, max_retries=0, timeout=10) as client:
        yield client


def pages(client: OpenAI, category: Category, **asked: Any) -> list[Any]:
    """Every page of a call, by following its cursors."""
    call = getattr(client.admin.organization.usage, category.name)
    found = [call(start_time=START, **asked)]
    while found[-1].has_more:
        found.append(call(start_time=START, page=found[-1].next_page, **asked))
        assert len(found) < 20
    return found


@pytest.mark.parametrize("category", CATEGORIES, ids=lambda category: category.name)
def test_every_call_is_answered_page_by_page(client: OpenAI, category: Category) -> None:
    """Three pages of four buckets hold the rows that were asked for, as rows of the right type."""
    by = [dimension.name for dimension in category.dimensions]
    if category.is_costs:
        by.remove("user_id")  # refused together with project_id, and rightly so
    found = pages(client, category, group_by=by, limit=4)
    assert [len(page.data) for page in found] == [4, 4, 3]
    assert found[-1].next_page is None
    rows = [row for page in found for bucket in page.data for row in bucket.results]
    assert rows
    assert {row.object for row in rows} == {category.object}
    expected = rows_of(data(category.path, start=START, by=by, limit=31))
    for metric in category.main_metrics[: 0 if category.is_costs else None]:
        total = sum(getattr(row, metric.name) for row in rows)
        assert total == sum(row[metric.name] for row in expected)
    for name in by:
        assert {getattr(row, name) for row in rows} == {row[name] for row in expected}


def test_costs_are_read_as_money(client: OpenAI) -> None:
    """Amounts in both forms, quantities and units arrive."""
    costs = client.admin.organization.usage.costs(start_time=START, group_by=["line_item"], limit=180)
    rows: list[Any] = [row for bucket in costs.data for row in bucket.results]
    expected = rows_of(data("/organization/costs", start=START, by=["line_item"], limit=180))
    assert len(rows) == len(expected)
    assert {row.amount.currency for row in rows} == {"usd"}
    for row, raw in zip(rows, expected, strict=True):
        assert row.amount.value == pytest.approx(float(raw["amount"]["value"]))
        assert row.quantity_unit == raw["quantity_unit"]


def test_every_filter_is_taken(client: OpenAI) -> None:
    """The SDK's list and boolean filters reach the server in its own form."""
    usage = client.admin.organization.usage
    by_model = usage.completions(
        start_time=START, group_by=["model", "batch"], models=["gpt-5-mini-2025-08-07"]
    )
    rows: list[Any] = [row for bucket in by_model.data for row in bucket.results]
    assert {row.model for row in rows} == {"gpt-5-mini-2025-08-07"}
    assert {row.batch for row in rows} == {True, False}
    batched = usage.completions(start_time=START, group_by=["batch"], batch=True)
    assert {getattr(row, "batch", None) for bucket in batched.data for row in bucket.results} == {True}
    images = usage.images(
        start_time=START, group_by=["size"], sizes=["1024x1792"], sources=["image.generation"]
    )
    assert {getattr(row, "size", None) for bucket in images.data for row in bucket.results} == {"1024x1792"}
    line = "gpt-5.5-2026-04-23, cached input"
    costs = usage.costs(start_time=START, group_by=["line_item"], line_items=[line])
    assert {getattr(row, "line_item", None) for bucket in costs.data for row in bucket.results} == {line}


def test_names_and_limits(client: OpenAI) -> None:
    """The SDK pages through every list by itself."""
    organization = client.admin.organization
    projects = list(organization.projects.list(include_archived=True, limit=5))
    assert len(projects) == 12
    assert len(list(organization.users.list(limit=10))) > 20
    assert list(organization.admin_api_keys.list())
    keys = list(organization.projects.api_keys.list(projects[0].id, limit=2, owner_project_access="any"))
    assert len(keys) == 4
    assert {key.owner.type for key in keys} == {"user", "service_account"}
    assert list(organization.projects.service_accounts.list(projects[0].id))
    assert [alert.interval for alert in organization.spend_alerts.list(limit=1)] == ["month", "month"]
    assert organization.spend_limit.retrieve().enforcement.status == "enforcing"


def test_refusals_are_the_sdks_own_errors(client: OpenAI, base_url: str) -> None:
    """A wrong grouping is a 400 with its sentence, a wrong key a 401."""
    with pytest.raises(BadRequestError, match="not available for this time range"):
        client.admin.organization.usage.costs(start_time=1_764_979_199, group_by=["api_key_id"])
    with (
        OpenAI(admin_api_key="sk-admin-quite-another-key", base_url=base_url, max_retries=0) as stranger,
        pytest.raises(AuthenticationError, match="Incorrect API key provided"),
    ):
        stranger.admin.organization.usage.costs(start_time=START)
