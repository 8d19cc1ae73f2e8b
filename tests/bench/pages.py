"""Pages of the demo organization, as a server sends them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagetop.client.wire import read_page
from usagetop.demo.api import respond
from usagetop.model.categories import category
from usagetop.model.period import DAY

if TYPE_CHECKING:
    from usagetop.model.columns import Bucket

NOW = 1_795_508_765  # 2026-11-24 08:26:05 UTC
GRAIN = ("api_key_id", "model", "project_id", "user_id")


def page(scenario: str, first: int, days: int) -> bytes:
    """A page of completions: so many days from ``first`` (UTC seconds), by four dimensions."""
    parameters = [
        ("start_time", str(first)),
        ("end_time", str(first + days * DAY)),
        ("bucket_width", "1d"),
        ("limit", "31"),
        *(("group_by[]", name) for name in GRAIN),
    ]
    return respond(scenario, "/organization/usage/completions", parameters, now=NOW).body


def read(body: bytes) -> tuple[Bucket, ...]:
    """The buckets of such a page."""
    return read_page(body, category("completions"), GRAIN, step=DAY).buckets
