"""What the tests at the screen share."""

from __future__ import annotations

import pytest

from tests.support import explorer


@pytest.fixture(params=["lattice", "alone"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test runs with answers from finer stored units, and with every grain for itself."""
    monkeypatch.setattr(explorer, "lattice", request.param == "lattice")
