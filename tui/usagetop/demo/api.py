"""The demo organization's API: one pure function from request to response.

It keeps the rules of the real one: limits, cursors bound to their question, clipped and whole buckets,
groupings and parameters that are refused, and the shapes of its errors.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from usagetop.demo import refusals, scenarios
from usagetop.demo.mixing import identifier
from usagetop.demo.paging import page_of
from usagetop.demo.queries import DAY, read_question
from usagetop.demo.refusals import Refusal
from usagetop.demo.scenarios import DEFAULT_SCENARIO, SCENARIOS
from usagetop.model.categories import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from usagetop.demo.paging import Bucket
    from usagetop.demo.queries import Question
    from usagetop.demo.scenarios import Scenario
    from usagetop.model.categories import Category

__all__ = ["DEFAULT_SCENARIO", "SCENARIOS", "Response", "respond"]

_BY_PATH = {category.path: category for category in CATEGORIES}
# What the gateway of the scenario "refusing" does not do.
_NOT_SERVED = frozenset({"decisions", "web_search_calls"})
_NOT_REACHED = frozenset({"moderations"})
_NOT_GROUPED = {"costs": ("user_id", "api_key_id"), "completions": ("service_tier",)}


@dataclass(frozen=True)
class Response:
    """An answer: HTTP status, headers (lower-case names), body (JSON, UTF-8)."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def respond(
    scenario: str,
    path: str,
    params: Sequence[tuple[str, str]],
    *,
    now: int,
    authorization: str | None = None,
    seed: int = 0,
) -> Response:
    """The answer to ``GET path?params`` at ``now`` (UTC seconds); ``path`` follows the base URL.

    No key is needed. A project key (``Bearer sk-proj-…``) is refused as the API refuses it. Another ``seed``
    is another year of the same organization (``weather``). Raises UsageError for an unknown scenario, and
    nothing else.
    """
    chosen = scenarios.scenario(scenario, seed=seed)
    try:
        if authorization is not None and authorization.startswith("Bearer sk-proj-"):
            scope = "api.usage.read" if path in _BY_PATH else "api.management.read"
            raise refusals.missing_scope(scope)
        if path in _BY_PATH:
            body = _data(_BY_PATH[path], chosen, path, params, now)
        else:
            from usagetop.demo import lists

            body = lists.answer(chosen, path, params, now)
    except Refusal as refusal:
        return Response(refusal.status, _headers(path, params), refusal.body)
    return Response(200, _headers(path, params), body)


def _headers(path: str, params: Sequence[tuple[str, str]]) -> dict[str, str]:
    request = identifier("req_", path + repr(list(params)))
    return {"content-type": "application/json", "x-request-id": request}


def _data(
    category: Category, chosen: Scenario, path: str, params: Sequence[tuple[str, str]], now: int
) -> bytes:
    """A page of usage or costs."""
    if chosen.refusing and category.name in _NOT_SERVED:
        raise refusals.not_found(path)
    if chosen.refusing and category.name in _NOT_REACHED:
        raise refusals.overloaded()
    question = read_question(category, params, now)
    if chosen.refusing:
        for name in _NOT_GROUPED.get(category.name, ()):
            if name in question.group_by:
                refusals.refuse(f"Grouping by '{name}' is not supported by this gateway.", "group_by")
    page = page_of(question)
    rows = _rows(question, chosen, page.buckets, now)
    data = b",".join(
        _bucket(bucket, texts, iso=category.is_costs and not chosen.refusing)
        for bucket, texts in zip(page.buckets, rows, strict=True)
    )
    more = "true" if page.next_page else "false"
    end = f'],"has_more":{more},"next_page":{json.dumps(page.next_page)}}}'
    return b"".join((b'{"object":"page","data":[', data, end.encode()))


def _rows(question: Question, chosen: Scenario, buckets: Sequence[Bucket], now: int) -> Iterator[list[str]]:
    """The rows of each bucket; only the module of the category asked for is loaded."""
    if chosen.empty:
        return ([] for _ in buckets)
    if question.category.is_costs:
        from usagetop.demo.rows_costs import costs_rows

        return costs_rows(question, chosen, buckets, now)
    from usagetop.demo.rows_usage import usage_rows

    return usage_rows(question, chosen, buckets, now)


def _bucket(bucket: Bucket, rows: Sequence[str], *, iso: bool) -> bytes:
    """One bucket; costs write its bounds as text too, as recorded."""
    names = f',"start_time_iso":"{_iso(bucket.start)}","end_time_iso":"{_iso(bucket.end)}"' if iso else ""
    return (
        f'{{"object":"bucket","start_time":{bucket.start},"end_time":{bucket.end}{names},'
        f'"results":[{",".join(rows)}]}}'
    ).encode()


def _iso(moment: int) -> str:
    """A UTC moment without its zone, as the API writes it."""
    import time

    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment // DAY * DAY))
