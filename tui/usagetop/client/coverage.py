"""Which of a window's buckets can be trusted: the judgement over everything that its pages held.

The rule of INTERFACE.md is that a total is exact where it can be known, and the answer is incomplete where
not. A bucket is taken when its edges are those of its aligned bucket, or clipped as the answer to an unaligned
range is (its first and its last bucket, API.md trap 3). A bucket that alone is cut may lack what its missing part
held. Of two different buckets for the same time one is taken, never both, and the answer is told to be contradictory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from usagetop.client.notices import named
from usagetop.client.wire import Edges, Page
from usagetop.model.answer import INCOMPLETE_CODES, Notice
from usagetop.model.columns import Bucket
from usagetop.model.period import DAY, day_text, iso


@dataclass(frozen=True, slots=True)
class Coverage:
    """``buckets`` are unique and in time order; ``sound`` are the starts of those without any doubt."""

    buckets: tuple[Bucket, ...]
    notices: tuple[Notice, ...]
    sound: frozenset[int]


def judge(pages: Sequence[Page], expected: range) -> Coverage:
    """The buckets of ``expected`` starts (UTC seconds, its step is the bucket's) among all pages.

    ``expected.stop`` is the second until which was asked: the bucket that holds it is open. Buckets outside are what
    was not asked for: left out, without a word, for nothing of the window is in them. A later copy of a bucket
    takes the place of an earlier one: while pages are read, an open bucket grows.
    """
    entries = [entry for page in pages for entry in zip(page.buckets, page.edges, strict=True)]
    clipped = _clipped(entries)
    taken: dict[int, Bucket] = {}
    begins: dict[int, int] = {}
    contradictory: set[int] = set()
    for bucket, (begin, end) in entries:
        start = bucket.start
        if start not in expected:
            if begin < expected.start < (bucket.end if end is None else end):
                contradictory.add(expected.start)  # it reaches into the window, and nobody can say with what
            continue
        is_open = bucket.end > expected.stop
        if not _fits(bucket, (begin, end), late=start == clipped[0], early=is_open or start == clipped[1]):
            contradictory.add(start)
            continue
        if start in taken and not (begins[start] == begin and same_rows(taken[start], bucket)):
            contradictory.add(start)
        taken[start], begins[start] = bucket, begin
    missing = [start for start in expected if start not in taken and start not in contradictory]
    notices = []
    if missing:
        notices.append(_notice("missing_bucket", "missing from the answer", missing, expected.step))
    if contradictory:
        text = "contradictory in the answer and counted once at most"
        notices.append(_notice("conflicting_bucket", text, sorted(contradictory), expected.step))
    sound = frozenset(
        start for start, bucket in taken.items() if start not in contradictory and not _incomplete(bucket)
    )
    return Coverage(tuple(taken[start] for start in sorted(taken)), tuple(notices), sound)


def _clipped(entries: Sequence[tuple[Bucket, Edges]]) -> tuple[int | None, int | None]:
    """The starts of the first and the last bucket where both are cut, as of an unaligned range; else None twice."""
    if not entries:
        return None, None
    first = min(entries, key=lambda entry: entry[1][0])
    last = max(entries, key=lambda entry: entry[1][0])
    (begin, _), (_, end) = first[1], last[1]
    cut = begin != first[0].start and end is not None and end < last[0].end
    return (first[0].start, last[0].start) if cut and first[0].start != last[0].start else (None, None)


def _fits(bucket: Bucket, edges: Edges, *, late: bool, early: bool) -> bool:
    """Whether the edges as given are those of the aligned bucket, or clipped where they may be (late, early)."""
    start, end = edges
    if start != bucket.start and not late:
        return False
    if end is None or end == bucket.end:
        return True
    return early and start < end < bucket.end


def _incomplete(bucket: Bucket) -> bool:
    return any(problem.code in INCOMPLETE_CODES for problem in bucket.problems)


def same_rows(left: Bucket, right: Bucket) -> bool:
    """Whether two buckets hold the same rows in any order."""
    return left == right or (_content(left) == _content(right) and left.problems == right.problems)


def _content(bucket: Bucket) -> tuple[object, ...]:
    """Rows as a multiset: dimensions and metrics by name."""
    columns: list[Iterable[object]] = []
    names = [*sorted(bucket.dims), *sorted(bucket.metrics)]
    for name in sorted(bucket.dims):
        codes, values = bucket.dimension(name)
        columns.append([values[code] for code in codes])
    columns += (
        bucket.amounts(name) if bucket.columns[name][0] == "m" else bucket.counts(name)
        for name in sorted(bucket.metrics)
    )
    return (bucket.rows, names, Counter(zip(*columns, strict=True)), Counter(bucket.strays))


def _notice(code: str, text: str, starts: Sequence[int], step: int) -> Notice:
    """``3 days are missing from the answer: 2026-11-01, …``."""
    write = day_text if step == DAY else iso
    noun = {60: "minute", 3600: "hour", DAY: "day"}[step]
    count = f"1 {noun} is" if len(starts) == 1 else f"{len(starts):,} {noun}s are"
    return Notice(code, f"{count} {text}: {named(write(start) for start in starts)}")
