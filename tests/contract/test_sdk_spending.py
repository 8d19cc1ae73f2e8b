"""Spend limits and alerts against the official SDK's types, and as the SDK reads the demo's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from openai.types.admin.organization.organization_spend_alert import OrganizationSpendAlert
from openai.types.admin.organization.organization_spend_limit import OrganizationSpendLimit
from openai.types.admin.organization.projects.project_spend_alert import ProjectSpendAlert
from openai.types.admin.organization.projects.project_spend_limit import ProjectSpendLimit

from tests.unit.demo.asking import NOW
from usagetop.client.spending import _Enforcement, _Entry
from usagetop.demo.api import respond
from usagetop.demo.organization import organization

if TYPE_CHECKING:
    from pydantic import BaseModel

SEARCH = organization().project("search-api").id


@pytest.mark.parametrize(
    "official", [OrganizationSpendLimit, OrganizationSpendAlert, ProjectSpendLimit, ProjectSpendAlert]
)
def test_what_is_read_is_what_the_sdk_knows(official: type[BaseModel]) -> None:
    """Each of our fields is one of the SDK's, limits and alerts together; required ones are required there."""
    ours = _Entry.model_fields
    theirs = official.model_fields
    assert ours.keys() - theirs.keys() <= {"id", "enforcement"}
    assert {name for name, one in ours.items() if one.is_required()} <= {
        name for name, one in theirs.items() if one.is_required()
    }
    if "enforcement" in theirs:
        status: Any = theirs["enforcement"].annotation
        assert _Enforcement.model_fields.keys() <= status.model_fields.keys()


@pytest.mark.parametrize(
    ("path", "official"),
    [
        ("/organization/spend_limit", OrganizationSpendLimit),
        ("/organization/spend_alerts", OrganizationSpendAlert),
        (f"/organization/projects/{SEARCH}/spend_limit", ProjectSpendLimit),
        (f"/organization/projects/{SEARCH}/spend_alerts", ProjectSpendAlert),
    ],
)
def test_the_demo_writes_them_as_the_sdk_reads_them(path: str, official: type[BaseModel]) -> None:
    """Whole cents, as the type says, in every entry; read here to the same amount."""
    response = respond("steady", path, [], now=NOW)
    form = json.loads(response.body)
    for entry in form.get("data", [form]):
        read: Any = official.model_validate(entry, strict=True)
        ours = _Entry.model_validate(entry)
        assert ours.threshold_amount * 100 == read.threshold_amount
        assert (ours.currency, ours.interval) == (read.currency.lower(), read.interval)
