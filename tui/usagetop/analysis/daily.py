"""Daily series: what each UTC day cost or counted, and whether that day is over and has settled."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from usagetop.model.categories import LAG_COSTS, LAG_USAGE
from usagetop.model.money import ZERO, add

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from usagetop.analysis.frame import BucketTotals, Frame
    from usagetop.analysis.grouping import Key


@dataclass(frozen=True, slots=True)
class Day:
    """One UTC day: its ``start`` in UTC seconds, and its exact ``amount`` (of one currency, or of one metric).

    ``full`` says that nothing more is expected: it was read when it had ended and its lag had passed. The
    amount of any other day is what was seen of it so far.
    """

    start: int
    amount: Decimal
    full: bool = True


def daily(
    points: Iterable[BucketTotals], ages: Sequence[int], *, currency: str = "", metric: str = ""
) -> tuple[Day, ...]:
    """The days of 1d buckets, in their order; ``ages`` are when each was fetched (UTC seconds).

    Of usage one ``metric``, else costs in one ``currency`` (a day that has none of it is 0). A bucket that is
    missing has no day: it is never taken for 0.
    """
    lag = LAG_USAGE if metric else LAG_COSTS
    days = []
    for point, age in zip(points, ages, strict=True):
        totals = point.totals
        amount = Decimal(totals.counts.get(metric, 0)) if metric else totals.amounts.get(currency, ZERO)
        days.append(Day(point.start, amount, full=age >= point.end + lag))
    return tuple(days)


def by_group(frame: Frame, column: str, *, currency: str = "") -> dict[Key, dict[int, Decimal]]:
    """What each group had on each day (UTC seconds), of a frame with ``bucket`` among its dimensions.

    Keys are the values of the other dimensions, in the frame's order, without the currency: of costs, only the
    rows in ``currency`` are taken.
    """
    at = frame.dims.index("bucket")
    money = frame.dims.index("currency") if frame.category.is_costs else None
    kept = [place for place in range(len(frame.dims)) if place not in {at, money}]
    found: dict[Key, dict[int, Decimal]] = {}
    for key, value in zip(frame.keys, frame.columns[column], strict=True):
        start = key[at]
        if (
            value is None
            or not isinstance(start, int)
            or (money is not None and (key[money] or "") != currency)
        ):
            continue
        days = found.setdefault(tuple([key[place] for place in kept]), {})
        days[start] = add(days.get(start, ZERO), Decimal(value))
    return found
