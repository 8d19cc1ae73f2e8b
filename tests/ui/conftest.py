"""What the tests at the screen share."""

from __future__ import annotations

import os

import pytest

from tests.support import explorer


@pytest.fixture(params=["lattice", "alone"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test runs with answers from finer stored units, and with every grain for itself."""
    monkeypatch.setattr(explorer, "lattice", request.param == "lattice")


@pytest.fixture(autouse=True)
def without_lattice(monkeypatch: pytest.MonkeyPatch) -> None:
    """With ``USAGETOP_LATTICE=off`` every grain is for itself in all of these tests (``make test-all``)."""
    if os.environ.get("USAGETOP_LATTICE") == "off":
        monkeypatch.setattr(explorer, "lattice", False)
