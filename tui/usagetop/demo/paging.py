"""Buckets of a question and pages of buckets, with cursors that are bound to the whole question."""

from __future__ import annotations

from binascii import Error, a2b_base64, b2a_base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

from usagetop.demo.mixing import seed_of
from usagetop.demo.queries import seconds
from usagetop.demo.refusals import refuse

if TYPE_CHECKING:
    from usagetop.demo.queries import Question

_CURSOR_BYTES = 24


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket, in UTC seconds: ``start`` and ``end`` as answered, clipped for usage, whole for costs."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Page:
    """The buckets of one page, and the cursor of the next one (None: the last)."""

    buckets: tuple[Bucket, ...]
    next_page: str | None


def page_of(question: Question) -> Page:
    """The page that the question asks for; raises Refusal (400) for a cursor of another question."""
    step = seconds(question)
    first, end = question.start, question.end
    if question.page is not None:
        first, end = _read(question, question.page)
    buckets: list[Bucket] = []
    at = first - first % step
    # A question without an end has its open bucket even when that begins right now.
    while len(buckets) < question.limit and (at < end or (not buckets and not question.ended)):
        clipped = Bucket(at, at + step)
        if not question.category.is_costs:
            clipped = Bucket(max(at, question.start), max(min(at + step, end), question.start + 1))
        buckets.append(clipped)
        at += step
    return Page(tuple(buckets), _write(question, at, end) if at < end else None)


def _write(question: Question, start: int, end: int) -> str:
    """A cursor: where the next page begins, where the question ends, and the digest of the question.

    The end is kept because a question without ``end_time`` means the moment of its first page.
    """
    numbers = (start, end, seed_of(question.canonical))
    data = b"".join(number.to_bytes(8, "big") for number in numbers)
    return "page_" + b2a_base64(data, newline=False).decode().translate(_URL_SAFE)


_URL_SAFE = str.maketrans("+/", "-_")
_FROM_URL_SAFE = str.maketrans("-_", "+/")


def _read(question: Question, page: str) -> tuple[int, int]:
    """Start and end of the page behind the cursor."""
    try:
        data = a2b_base64(page.removeprefix("page_").translate(_FROM_URL_SAFE).encode(), strict_mode=True)
    except (Error, UnicodeEncodeError):
        data = b""
    start, end, digest = (int.from_bytes(data[at : at + 8], "big") for at in (0, 8, 16))
    step = seconds(question)
    bound = len(data) == _CURSOR_BYTES and digest == seed_of(question.canonical)
    if not bound or start % step or not question.start < start < end <= question.end:
        refuse("Invalid page token: it does not belong to this query.", "page", "invalid_page")
    return start, end
