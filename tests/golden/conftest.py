"""What the pictures share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support import remembering

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session", autouse=True)
def pages() -> Iterator[None]:
    """The demo's pages are made and read once."""
    with remembering.pages():
        yield
