"""Time ranges: the grammar that the command line and the range picker share.

Everything is UTC and in whole seconds since the epoch. A range is resolved against a *now*; its ends are
aligned to the bucket width. Days are UTC days, weeks begin on Monday.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from usagetop.errors import UsageError
from usagetop.model.categories import SECONDS_OF

MINUTE, HOUR, DAY = 60, 3600, 86400
MOST_BUCKETS = 20_000
DEFAULT_RANGE = "30d"
PRESETS = (
    "today yesterday 24h 7d 30d 90d wtd last-week mtd last-month qtd ytd".split()  # noqa: SIM905 - reads as typed
)
WIDTHS = ("1m", "1h", "1d", "auto")
GRAMMAR = (
    "today yesterday 24h 7d 30d 90d wtd last-week mtd last-month qtd ytd, any Nd Nh Nm, 2026-10, 2026-10-31, "
    "2026-10-01..2026-10-31, 2026-10-01.."
)

_COUNTED = re.compile(r"^([0-9]{1,9})([dhm])$")
_MONTH = re.compile(r"^([0-9]{4})-([0-9]{2})$")
_DAY = re.compile(r"^([0-9]{4})-([0-9]{2})-([0-9]{2})$")
_SECONDS = {"d": DAY, "h": HOUR, "m": MINUTE}
# The API began in 2020; an earlier day is a slip of the hand. Dates stay far from datetime's own edges.
_FIRST_YEAR, _LAST_YEAR = 2015, 2199


@dataclass(frozen=True, slots=True)
class Range:
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


def parse_range(text: str, now: int) -> Range:
    """Resolve a range text against ``now`` (UTC seconds); raises UsageError with what is wrong."""
    typed = text.strip()
    word = typed.lower()
    counted = _COUNTED.match(word)
    if counted:
        return _counted(word, int(counted[1]), _SECONDS[counted[2]], now)
    named = _named(word, now)
    if named is not None:
        return Range(word, *named, DAY, now)
    if ".." in word:
        return _between(word, now)
    start, end = _month_or_day(word)
    if start >= now:
        message = f"the range {word} has not begun"
        raise UsageError(message, mend="Ranges: " + GRAMMAR)
    return Range(word, start, end, DAY, now)


def _counted(word: str, count: int, step: int, now: int) -> Range:
    """``Nd``, ``Nh``, ``Nm``: the open unit and the N-1 before it."""
    end = floor(now, step) + step
    start = end - count * step
    if count == 0 or start < _second(date(_FIRST_YEAR, 1, 1)):
        message = f"the range {word} is empty" if count == 0 else f"the range {word} is too long"
        raise UsageError(message, mend="Ranges: " + GRAMMAR)
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
    left, _, right = word.partition("..")
    start = _month_or_day(left.strip())[0]
    end = _month_or_day(right.strip())[1] if right.strip() else floor(now, DAY) + DAY
    if start >= end:
        message = f"the range {_short(word)} ends before it begins"
        raise UsageError(message, mend="Write the earlier day first, as in 2026-10-01..2026-10-31")
    if start >= now:
        message = f"the range {_short(word)} has not begun"
        raise UsageError(message, mend="Ranges: " + GRAMMAR)
    # Days after today hold nothing yet: the range ends with the open day.
    return Range(word, start, end, DAY, now)


def _month_or_day(word: str) -> tuple[int, int]:
    """Start and end of ``2026-10`` or ``2026-10-31``; raises UsageError."""
    try:
        if match := _MONTH.match(word):
            first = date(int(match[1]), int(match[2]), 1)
            following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        elif match := _DAY.match(word):
            first = date(int(match[1]), int(match[2]), int(match[3]))
            following = first + timedelta(days=1)
        else:
            raise UsageError(_unreadable(word), mend="Ranges: " + GRAMMAR)
    except (ValueError, OverflowError):
        message = f"there is no such day: {_short(word)}"
        raise UsageError(message, mend="Ranges: " + GRAMMAR) from None
    if not _FIRST_YEAR <= first.year <= _LAST_YEAR:
        message = f"the year of {_short(word)} is not one of the API's"
        raise UsageError(message, mend=f"Years from {_FIRST_YEAR} on")
    return _second(first), _second(following)


def _unreadable(word: str) -> str:
    from usagetop.model.text import label  # noqa: PLC0415 - only a mistake needs it

    return f"cannot read the range '{label(word, most=40)}'"


def _short(word: str) -> str:
    from usagetop.model.text import label  # noqa: PLC0415 - only a mistake needs it

    return label(word, most=40)


def _second(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def auto_width(period: Range) -> str:
    """The width that ``auto`` stands for: up to 3 hours 1m, up to 3 days 1h, else 1d."""
    if period.seconds <= 3 * HOUR:
        return "1m"
    return "1h" if period.seconds <= 3 * DAY else "1d"


def fit(period: Range, width: str, widths: tuple[str, ...]) -> tuple[Range, str, bool]:
    """Choose the bucket width and align the range to it.

    Returns the aligned range, the width, and whether the range was widened to whole days. ``widths`` are
    those the category has. A range that reaches past now ends with the bucket that holds now. Raises
    UsageError for a width that the category lacks and for more than 20,000 buckets.
    """
    chosen = auto_width(period) if width == "auto" else width
    if width == "auto" and chosen not in widths:
        chosen = widths[-1]
    if chosen not in widths:
        message = f"no bucket width {chosen} here"
        raise UsageError(message, mend="Widths: " + " ".join(widths))
    step = SECONDS_OF[chosen]
    # Nothing lies after the unit (day, hour, minute) that holds now, whatever day was written.
    end = min(ceil(period.end, step), ceil(period.now + 1, max(step, period.step)))
    aligned = Range(period.text, floor(period.start, step), end, step, period.now)
    if aligned.seconds // step > MOST_BUCKETS:
        message = f"more than {MOST_BUCKETS:,} buckets of {chosen}"
        raise UsageError(message, mend="Take a shorter range or a wider bucket")
    widened = aligned.start != period.start or (end != period.end and period.step < step)
    return aligned, chosen, widened


def shift(period: Range, periods: int) -> str:
    """The text of the range moved by its own length, ``periods`` times (negative: back).

    Whole calendar months move by months. Hour and minute ranges cannot be written absolutely in the
    grammar, so they move as whole days.
    """
    start = datetime.fromtimestamp(period.start, UTC).date()
    last = datetime.fromtimestamp(period.end - 1, UTC).date()
    if start.day == 1 and (last + timedelta(days=1)).day == 1 and start.month == last.month:
        months = start.year * 12 + start.month - 1 + periods
        return f"{months // 12:04d}-{months % 12 + 1:02d}"
    length = (last - start).days + 1
    moved = timedelta(days=length * periods)
    return _days(start + moved, last + moved)


def zoom(period: Range, *, narrower: bool) -> str:
    """The text of a range half or twice as long that ends on the same day."""
    start = datetime.fromtimestamp(period.start, UTC).date()
    last = datetime.fromtimestamp(period.end - 1, UTC).date()
    length = (last - start).days + 1
    wanted = max(1, length // 2) if narrower else min(length * 2, MOST_BUCKETS)
    return _days(last - timedelta(days=wanted - 1), last)


def _days(first: date, last: date) -> str:
    earliest = date(_FIRST_YEAR, 1, 1)
    first, last = max(first, earliest), max(last, earliest)
    return first.isoformat() if first == last else f"{first.isoformat()}..{last.isoformat()}"
