"""What the tests at the screen share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.support import explorer, remembering

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(params=["lattice", "alone"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test runs with answers from finer stored units, and with every grain for itself."""
    monkeypatch.setattr(explorer, "lattice", request.param == "lattice")


@pytest.fixture(autouse=True)
def without_lattice(monkeypatch: pytest.MonkeyPatch) -> None:
    """With ``USAGETOP_LATTICE=off`` every grain is for itself in all of these tests (``make test-all``)."""
    if os.environ.get("USAGETOP_LATTICE") == "off":
        monkeypatch.setattr(explorer, "lattice", False)


@pytest.fixture(scope="session", autouse=True)
def pages() -> Iterator[None]:
    """The demo's pages are made and read once."""
    with remembering.pages():
        yield
