"""Time ranges: the grammar that the command line and the range picker share.

Everything is UTC and in whole seconds since the epoch. A range is resolved against a *now*; its ends are
aligned to the bucket width. Days are UTC days, weeks begin on Monday.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from usagetop.errors import UsageError
from usagetop.model.categories import SECONDS_OF
from usagetop.model.text import label

MINUTE, HOUR, DAY = 60, 3600, 86400
MOST_BUCKETS = 20_000
DEFAULT_RANGE = "30d"
PRESETS = (
    *("today", "yesterday", "24h", "7d", "30d", "90d"),
    *("wtd", "last-week", "mtd", "last-month", "qtd", "ytd"),
)
WIDTHS = ("1m", "1h", "1d", "auto")
GRAMMAR = f"{' '.join(PRESETS)}, any Nd Nh Nm, 2026-10, 2026-10-31, 2026-10-01..2026-10-31, 2026-10-01.."
_MEND = "Ranges: " + GRAMMAR

# Up to 18 digits are a number that is too large, more are not read as a number at all.
_COUNTED = re.compile(r"([0-9]{1,18})([dhm])")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_SECONDS = {"d": DAY, "h": HOUR, "m": MINUTE}
# The API began in 2020; an earlier day is a slip of the hand. Dates stay far from datetime's own edges.
_FIRST_YEAR, _LAST_YEAR = 2015, 2199
_FIRST_DAY = date(_FIRST_YEAR, 1, 1)
EARLIEST = int(datetime(_FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp())
_LATEST = int(datetime(_LAST_YEAR + 1, 1, 1, tzinfo=UTC).timestamp())


class Range(NamedTuple):
    """A resolved time range: ``[start, end)`` in UTC seconds, and the text that it was typed as.

    ``step`` is the alignment of its ends in seconds (a day, an hour or a minute). ``now`` is the second at
    which it was resolved: buckets that end after it are still open.
    """

    text: str
    start: int
    end: int
    step: int
    now: int

    @property
    def seconds(self) -> int:
        """Its length in seconds."""
        return self.end - self.start

    @property
    def is_open(self) -> bool:
        """Whether the range reaches past now."""
        return self.end > self.now

    @property
    def asked_until(self) -> int:
        """The last second that may be asked for: the end, or now floored to the minute, the earlier."""
        return min(self.end, floor(self.now, MINUTE))


def floor(second: int, step: int) -> int:
    """``second`` moved back to a multiple of ``step``."""
    return second - second % step


def ceil(second: int, step: int) -> int:
    """``second`` moved on to a multiple of ``step``."""
    return -(-second // step) * step


def iso(second: int) -> str:
    """``2026-11-01T00:00:00Z``."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day_text(second: int) -> str:
    """``2026-11-01``."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%d")


def span_text(start: int, end: int) -> str:
    """``2026-11-01 → 2026-11-24``: first and last day, both included; with times where it is not of days."""
    if start % DAY == 0 and end % DAY == 0:
        first, last = day_text(start), day_text(end - 1)
        return first if first == last else f"{first} → {last}"
    left, right = iso(start)[:16].replace("T", " "), iso(end)[:16].replace("T", " ")
    return f"{left} → {right[11:] if left[:10] == right[:10] else right}"


def parse_range(text: str, now: int) -> Range:
    """Resolve a range text against ``now`` (UTC seconds); raises UsageError with what is wrong.

    Days after today hold nothing yet: no range ends after the day, hour or minute that holds now.
    """
    check_clock(now)
    # Some letters become ASCII in lower case (the Kelvin sign); nothing else but ASCII is in the grammar.
    word = text.strip()
    word = word.lower() if word.isascii() else word
    if counted := _COUNTED.fullmatch(word):
        return _counted(word, int(counted[1]), _SECONDS[counted[2]], now)
    if named := _named(word, now):
        return Range(word, *named, DAY, now)
    if ".." in word:
        return _between(word, now)
    return _days_of(word, *_month_or_day(word), now)


def check_clock(now: int) -> None:
    """Raise UsageError where now is none of the API's years: there is no range to speak of."""
    side = "before" if now < EARLIEST else "after" if now >= _LATEST else ""
    if side:
        year = _FIRST_YEAR if side == "before" else _LAST_YEAR
        raise UsageError("this machine's clock is wrong", why=f"it says {side} {year}", mend="Set the clock")


def _days_of(word: str, start: int, end: int, now: int) -> Range:
    """The range of whole days from ``start`` on, up to ``end`` or the day that holds now."""
    if start > now:
        raise UsageError(f"the range {word} has not begun", mend=_MEND)
    return Range(word, start, min(end, ceil(now + 1, DAY)), DAY, now)


def _counted(word: str, count: int, step: int, now: int) -> Range:
    """``Nd``, ``Nh``, ``Nm``: the open unit and the N-1 before it."""
    end = floor(now, step) + step
    start = end - count * step
    if count == 0 or start < _second(_FIRST_DAY):
        fault = "is empty" if count == 0 else "begins before the API did"
        raise UsageError(f"the range {word} {fault}", mend=_MEND)
    return Range(word, start, end, step, now)


def _named(word: str, now: int) -> tuple[int, int] | None:
    """Start and end of a preset, or None when the word is none."""
    today = datetime.fromtimestamp(now, UTC).date()
    monday = today - timedelta(days=today.weekday())
    month = today.replace(day=1)
    tomorrow = today + timedelta(days=1)
    days = {
        "today": (today, tomorrow),
        "yesterday": (today - timedelta(days=1), today),
        "wtd": (monday, tomorrow),
        "last-week": (monday - timedelta(days=7), monday),
        "mtd": (month, tomorrow),
        "last-month": ((month - timedelta(days=1)).replace(day=1), month),
        "qtd": (today.replace(month=today.month - (today.month - 1) % 3, day=1), tomorrow),
        "ytd": (today.replace(month=1, day=1), tomorrow),
    }.get(word)
    return (_second(days[0]), _second(days[1])) if days else None


def _between(word: str, now: int) -> Range:
    """``A..B`` (both included) and ``A..`` (to now)."""
    left, right = (part.strip() for part in word.split("..", 1))
    if not left:
        raise _unreadable(word)
    start = _month_or_day(left)[0]
    end = _month_or_day(right)[1] if right else max(start, floor(now, DAY)) + DAY
    if start >= end:
        message = f"the range {left}..{right} ends before it begins"
        raise UsageError(message, mend="Write the earlier day first, as in 2026-10-01..2026-10-31")
    return _days_of(f"{left}..{right}", start, end, now)


def _month_or_day(word: str) -> tuple[int, int]:
    """Start and end of ``2026-10`` or ``2026-10-31``; raises UsageError."""
    month, day = _MONTH.fullmatch(word), _DAY.fullmatch(word)
    match = month or day
    if match is None:
        raise _unreadable(word)
    if not _FIRST_YEAR <= int(match[1]) <= _LAST_YEAR:
        message = f"the year of {word} is none of the API's"
        raise UsageError(message, mend=f"Years from {_FIRST_YEAR} to {_LAST_YEAR}")
    try:
        first = date(int(match[1]), int(match[2]), int(day[3]) if day else 1)
    except ValueError:
        raise UsageError(f"there is no such day: {word}", mend=_MEND) from None
    following = first + timedelta(days=1) if day else _add_months(first, 1)
    return _second(first), _second(following)


def _unreadable(word: str) -> UsageError:
    return UsageError(f"cannot read the range '{label(word, most=40)}'", mend=_MEND)


def _add_months(first: date, months: int) -> date:
    """The first of the month that lies ``months`` after that of ``first``; never before the API's years."""
    count = max(first.year * 12 + first.month - 1 + months, _FIRST_YEAR * 12)
    return date(min(count // 12, date.max.year), count % 12 + 1, 1)


def _second(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def auto_width(period: Range) -> str:
    """The width that ``auto`` stands for: up to 3 hours 1m, up to 3 days 1h, else 1d."""
    if period.seconds <= 3 * HOUR:
        return "1m"
    return "1h" if period.seconds <= 3 * DAY else "1d"


def fit(period: Range, width: str, widths: tuple[str, ...]) -> tuple[Range, str, bool]:
    """Choose the bucket width and align the range to it.

    Returns the aligned range, the width, and whether the range was widened to whole buckets. ``widths`` are
    those the category has. No range goes beyond the day that holds now. Raises UsageError for a width that
    the category lacks and for more than 20,000 buckets.
    """
    chosen = auto_width(period) if width == "auto" else width
    if width == "auto" and chosen not in widths:
        chosen = widths[-1]
    if chosen not in widths:
        message = f"no bucket width '{label(chosen, most=40)}' here"
        raise UsageError(message, mend="Widths: " + " ".join(widths))
    step = SECONDS_OF[chosen]
    start, end = floor(period.start, step), ceil(period.end, step)
    widened = (start, end) != (period.start, period.end)
    aligned = Range(period.text, start, min(end, ceil(period.now + 1, DAY)), step, period.now)
    if aligned.seconds // step > MOST_BUCKETS:
        message = f"more than {MOST_BUCKETS:,} buckets of {chosen}"
        raise UsageError(message, mend="Take a shorter range or a wider bucket")
    return aligned, chosen, widened


def _first_and_last(period: Range) -> tuple[date, date]:
    """The first and the last day that the range touches."""
    first = datetime.fromtimestamp(period.start, UTC).date()
    return first, datetime.fromtimestamp(period.end - 1, UTC).date()


def shift(period: Range, periods: int) -> str:
    """The text of the range moved by its own length, ``periods`` times (negative: back).

    Whole calendar months move by months, an open month that was written as such too. Hour and minute ranges
    cannot be written absolutely in the grammar, so they move as whole days.
    """
    first, last = _first_and_last(period)
    after = last + timedelta(days=1)
    if _MONTH.fullmatch(period.text):
        after = _add_months(first, 1)
    if first.day == after.day == 1:
        months = (after.year - first.year) * 12 + after.month - first.month
        moved = _add_months(first, months * periods)
        if months == 1:
            return f"{moved.year:04d}-{moved.month:02d}"
        return _days(moved, _add_months(moved, months) - timedelta(days=1))
    length = (last - first).days + 1
    return _days_from(first.toordinal() + length * periods, length)


def zoom(period: Range, *, narrower: bool) -> str:
    """The text of a range half or twice as long that ends on the same day.

    ``Nd``, ``Nh`` and ``Nm`` stay what they are: they go on ending now.
    """
    if counted := _COUNTED.fullmatch(period.text):
        count, unit = int(counted[1]), counted[2]
        longest = (period.end - _second(_FIRST_DAY)) // _SECONDS[unit]
        return f"{max(1, count // 2) if narrower else min(count * 2, longest)}{unit}"
    first, last = _first_and_last(period)
    length = (last - first).days + 1
    wanted = max(1, length // 2) if narrower else length * 2
    return _days_from(last.toordinal() - wanted + 1, wanted)


def _days_from(first: int, length: int) -> str:
    """The text of ``length`` days from that ordinal on, kept within the years that can be written."""
    earliest, latest = _FIRST_DAY.toordinal(), date(_LAST_YEAR, 12, 31).toordinal()
    last = min(max(first + length - 1, earliest), latest)
    return _days(date.fromordinal(min(max(first, earliest), last)), date.fromordinal(last))


def _days(first: date, last: date) -> str:
    return first.isoformat() if first == last else f"{first.isoformat()}..{last.isoformat()}"
