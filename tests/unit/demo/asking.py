"""Asking the demo organization as a client would, and reading what comes."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from usagetop.demo.api import Response, respond

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DAY = 86400
HOUR = 3600
# 2026-11-24T08:30:00Z, a Tuesday.
NOW = 1_795_509_000
TODAY = NOW // DAY * DAY
COSTS = "/organization/costs"
USAGE = "/organization/usage/"


def ask(
    path: str,
    *,
    start: int = TODAY - 6 * DAY,
    end: int | None = None,
    by: Iterable[str] = (),
    width: str | None = None,
    limit: int | None = None,
    scenario: str = "steady",
    now: int = NOW,
    seed: int = 0,
    more: Iterable[tuple[str, str]] = (),
) -> Response:
    """The response to one request; lists go in the form of the official SDK."""
    params = [("start_time", str(start))]
    params += [] if end is None else [("end_time", str(end))]
    params += [] if width is None else [("bucket_width", width)]
    params += [] if limit is None else [("limit", str(limit))]
    params += [("group_by[]", name) for name in by]
    return respond(scenario, path, [*params, *more], now=now, seed=seed)


def data(path: str, **asked: Any) -> list[dict[str, Any]]:
    """The buckets of a good answer; every number with a point is a Decimal."""
    response = ask(path, **asked)
    assert response.status == 200, response.body
    buckets: list[dict[str, Any]] = json.loads(response.body, parse_float=Decimal)["data"]
    return buckets


def refusal(response: Response) -> tuple[int, str | None, str]:
    """Status, parameter and sentence of an answer in the usual error envelope."""
    error = json.loads(response.body)["error"]
    return response.status, error["param"], error["message"]


def sums(
    rows: Iterable[Mapping[str, Any]], by: Iterable[str], metrics: Iterable[str]
) -> Counter[tuple[Any, ...]]:
    """Sums by (*group, metric): what rows say, however they were cut."""
    found: Counter[tuple[Any, ...]] = Counter()
    for row in rows:
        group = tuple(row[name] for name in by)
        for metric in metrics:
            found[(*group, metric)] += row[metric] or 0
    return found


def rows_of(buckets: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """All rows of all buckets."""
    return [row for bucket in buckets for row in bucket["results"]]


def amount(row: Mapping[str, Any]) -> Decimal:
    """The money of a costs row."""
    return Decimal(row["amount"]["value"])
