"""Asking for a window of a query and following its cursors, with everything a server can do wrong there.

A cursor is bound to the exact query, its end too (API.md trap 4): bounds are frozen before the first page. A
cursor can repeat for ever (trap 9): those seen are remembered, and pages are counted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from usagetop.client.coverage import judge
from usagetop.client.faults import AnswerTooLarge
from usagetop.client.http import Gateway
from usagetop.client.notices import problem_notices
from usagetop.client.plan import Window
from usagetop.client.wire import Page, read_page
from usagetop.errors import AccessError, UsagetopError
from usagetop.model.answer import Notice
from usagetop.model.categories import SECONDS_OF
from usagetop.model.columns import Bucket
from usagetop.model.dimensions import DIMENSIONS
from usagetop.model.period import floor
from usagetop.model.query import Query

# A page holds at least one bucket; the surplus is patience with empty pages.
_SPARE_PAGES = 16


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a window's pages held.

    ``buckets`` are unique and in time order. ``notices`` are about pages, cursors and buckets; those about
    rows are in the buckets (``notices.bucket_notices``). ``date`` is the server's clock (UTC seconds) in the
    last answer that gave it. ``good`` are the starts of the buckets that may be stored as complete.
    """

    buckets: tuple[Bucket, ...]
    notices: tuple[Notice, ...]
    requests: int
    date: int | None
    good: frozenset[int]


@dataclass(slots=True)
class _Reading:
    """One attempt at a window: what is asked, and the pages read so far."""

    query: Query
    window: Window
    limit: int
    pages: list[Page] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    requests: int = 0
    date: int | None = None
    trouble: str = ""

    @property
    def expected(self) -> range:
        """The starts of the buckets that the answer should hold."""
        step = SECONDS_OF[self.query.width]
        return range(floor(self.window.start, step), self.window.end, step)


def parameters(
    query: Query, window: Window, *, limit: int, cursor: str | None = None
) -> list[tuple[str, str]]:
    """The parameters of one page, in the form that the official SDK sends (arrays as ``name[]``)."""
    params = [
        ("start_time", str(window.start)),
        ("end_time", str(window.end)),
        ("bucket_width", query.width),
        ("limit", str(limit)),
    ]
    params += [("group_by[]", name) for name in query.grain]
    for name, values in query.pushed_filters:
        param = DIMENSIONS[name].filter_param
        if name == "batch":
            params.append((param, values[0]))
        else:
            params += [(f"{param}[]", value) for value in values]
    if cursor is not None:
        params.append(("page", cursor))
    return params


async def fetch_window(
    gateway: Gateway,
    query: Query,
    window: Window,
    *,
    on_buckets: Callable[[int], None] | None = None,
    on_answer: Callable[[], None] | None = None,
) -> Fetched:
    """Ask for every bucket of a window.

    ``on_buckets`` hears how many more buckets have come, ``on_answer`` of each answer before it is read.
    An answer that is too large is asked again with half the limit, down to 1. Raises errors of
    ``usagetop.errors`` when nothing could be read, and AccessError always; when a later page fails, what was
    read is kept and the notice ``paging`` says why the rest is missing.
    """
    limit = min(window.limit, query.about.limits[query.width])
    requests = 0
    while True:
        reading = _Reading(query, window, limit)
        try:
            await _follow(gateway, reading, on_buckets, on_answer)
        except UsagetopError as error:
            requests += reading.requests
            if not isinstance(error, AnswerTooLarge) or limit == 1:
                error.requests = requests
                raise
            limit //= 2
        else:
            return _fetched(reading, requests)


async def _follow(
    gateway: Gateway,
    reading: _Reading,
    on_buckets: Callable[[int], None] | None,
    on_answer: Callable[[], None] | None,
) -> None:
    """Read pages into ``reading`` until the last one, or until a cursor goes wrong."""
    query = reading.query
    about, grain, step = query.about, query.grain, SECONDS_OF[query.width]
    most = len(reading.expected) + _SPARE_PAGES
    cursor: str | None = None
    while True:
        try:
            reply = await gateway.get(
                about.path,
                parameters(query, reading.window, limit=reading.limit, cursor=cursor),
                what=about.name,
                read=lambda body: read_page(body, about, grain, step=step),
                on_answer=on_answer,
            )
        except UsagetopError as error:
            reading.requests += error.requests
            if isinstance(error, (AccessError, AnswerTooLarge)):
                raise
            if not any(page.buckets for page in reading.pages):
                raise
            reading.trouble = f"a page is missing, {error}"
            return
        page = reply.value
        reading.pages.append(page)
        reading.requests += reply.requests
        reading.date = reading.date if reply.date is None else reply.date
        if on_buckets is not None and page.buckets:
            on_buckets(len(page.buckets))
        cursor = _next(page, reading, most)
        if cursor is None:
            return


def _next(page: Page, reading: _Reading, most: int) -> str | None:
    """The cursor to follow, or None at the end; what is wrong with it goes into ``reading.trouble``."""
    cursor = page.next_page
    if any(problem.field in {"has_more", "next_page"} for problem in page.problems):
        reading.trouble = "the cursor to the next page cannot be read"
    if page.complaint:
        reading.trouble = f"the server tells of an error beside what it gives: {page.complaint}"
    if cursor is None:
        if page.has_more:
            reading.trouble = "the server has more, but gives no cursor to it"
        return None
    if page.has_more is False:
        # Contradictory: follow it, for there may be rows, and say so.
        reading.trouble = "the server gives a cursor, but says that there is no more"
    if cursor in reading.seen:
        reading.trouble = "the server repeats a cursor"
        return None
    if len(reading.pages) >= most:
        reading.trouble = f"the server gives more than {most} pages"
        return None
    reading.seen.add(cursor)
    return cursor


def _fetched(reading: _Reading, requests: int) -> Fetched:
    """The judgement over the pages."""
    coverage = judge(reading.pages, reading.expected)
    notices = list(coverage.notices)
    if reading.trouble:
        notices.insert(0, Notice("paging", reading.trouble))
    notices += problem_notices(problem for page in reading.pages for problem in page.problems)
    return Fetched(
        buckets=coverage.buckets,
        notices=tuple(notices),
        requests=requests + reading.requests,
        date=reading.date,
        # Behind a cursor that went wrong may be more rows of any bucket.
        good=frozenset() if reading.trouble else coverage.sound,
    )
