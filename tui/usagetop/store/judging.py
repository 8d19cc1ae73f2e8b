"""What a fetch means: stored copies that stand in, parts that are missing, clocks that disagree."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from usagetop.client import plan
from usagetop.client.clocks import duration_text, skew_text
from usagetop.client.units import Unit
from usagetop.errors import UsagetopError
from usagetop.model.answer import Notice
from usagetop.model.query import Query
from usagetop.store.stored import shows

if TYPE_CHECKING:
    from usagetop.store.gathering import Gathered


def judge(
    query: Query, stored: Mapping[int, Unit], due: Sequence[int], gathered: Gathered, now: int
) -> list[Notice]:
    """The notices of a fetch of the ``due`` units; ``stored`` are their older copies, as far as there are any.

    Where asking failed, copies are shown and said to be old: a whole answer of some age serves better than
    none. Where a unit has no copy, or one that lacks buckets of the view, the answer is incomplete. Raises the
    first error when there is nothing of the view at all.
    """
    notices = list(gathered.notices)
    if gathered.errors:
        held = (bucket.start for unit in stored.values() for bucket in unit.buckets)
        if not shows(query, chain(gathered.buckets, held)):
            raise gathered.errors[0]
        lost = [start for start in due if start not in gathered.units]
        copies = {start: stored[start] for start in lost if start in stored}
        if not all(
            start in copies and copies[start].holds(plan.wanted_starts(query, start)) for start in lost
        ):
            notices.append(failed_notice(gathered.errors))
        if copies:
            notices.append(unrefreshed_notice(copies.values(), now, gathered.errors[0]))
    skew = skew_notice(gathered.date, now)
    return notices if skew is None else [*notices, skew]


def stale_notice(old: Collection[Unit], now: int) -> Notice | None:
    """Says that these stored units are past their life, or that something changed since; None for none."""
    if not old:
        return None
    oldest = min(unit.fetched_at for unit in old)
    if oldest > now:
        ahead = f"a clock that was {duration_text(oldest - now)} ahead of this one"
        return Notice("stale", f"some numbers were fetched by {ahead}: how old they are is not known")
    return Notice(
        "stale", f"some numbers are older than their time to live, from {duration_text(now - oldest)} ago"
    )


def unrefreshed_notice(units: Iterable[Unit], now: int, error: UsagetopError) -> Notice:
    """Says that these stored units stand in for answers that failed, the oldest first.

    The answer is whole, only older than was asked for: stale, not incomplete.
    """
    oldest = min((unit.fetched_at for unit in units), default=now)
    age = f"from {duration_text(now - oldest)} ago" if oldest <= now else "of an unknown age"
    return Notice("stale", f"some numbers are {age}, because asking failed: {error}")


def failed_notice(errors: Iterable[UsagetopError]) -> Notice:
    """Windows that failed while others came: the first error speaks for all."""
    every = list(errors)
    return Notice("paging", f"a part could not be fetched: {every[0]}")


def skew_notice(date: int | None, now: int) -> Notice | None:
    """The server's clock and ours disagree."""
    text = skew_text(date, now)
    return Notice("clock_skew", text) if text else None
