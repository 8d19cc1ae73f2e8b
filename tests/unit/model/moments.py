"""Moments and days for the tests of ranges, written as people write them."""

from __future__ import annotations

import calendar
import time

from hypothesis import strategies as st

from usagetop.model.period import PRESETS, Range, parse_range

MINUTE, HOUR, DAY = 60, 3600, 86400
NEVER_TYPED = "2015-01-01"
"""The first day that can be written."""


def moment(text: str) -> int:
    """The UTC second of ``2026-11-23`` or ``2026-11-23T08:26`` or ``2026-11-23T08:26:40``."""
    form = "%Y-%m-%dT%H:%M:%S"[: {10: 8, 16: 14, 19: 17}[len(text)]]
    return calendar.timegm(time.strptime(text, form))


# A Monday, in the middle of an open minute.
NOW = moment("2026-11-23T08:26:40")

nows = st.integers(moment("2016-06-01"), moment("2190-01-01"))
"""Any second in which somebody may ask."""


@st.composite
def typed(draw: st.DrawFn, now: int) -> str:
    """A text of the grammar that means something at ``now``, in any of its forms."""
    today = now // DAY
    first_day = moment(NEVER_TYPED) // DAY
    first = draw(st.integers(max(first_day, today - 1200), today))
    last = draw(st.integers(first, first + 1200))
    begin, end = (time.strftime("%Y-%m-%d", time.gmtime(day * DAY)) for day in (first, last))
    return draw(
        st.sampled_from(
            [
                *PRESETS,
                f"{draw(st.integers(1, 500))}d",
                f"{draw(st.integers(1, 5000))}h",
                f"{draw(st.integers(1, 50000))}m",
                begin[:7],
                begin,
                f"{begin}..{end}",
                f"{begin}..",
                f"{begin[:7]}..{end[:7]}",
            ]
        )
    )


@st.composite
def ranges(draw: st.DrawFn) -> Range:
    """A resolved range of any form, at any moment."""
    now = draw(nows)
    return parse_range(draw(typed(now)), now)
