"""Two clocks: this machine's, which says what is now, and the server's ``Date``, which tells whether that is true."""

from __future__ import annotations

from usagetop.model.period import DAY, HOUR, MINUTE

# Further apart than this, "now" and the open bucket are in doubt; within it, networks and roundings explain it.
MOST_SKEW = 5 * MINUTE


def seen_at(asked_at: int, date: int | None) -> int:
    """When an answer was true (UTC seconds): when it was asked for, or the server's time where that lies well before.

    A unit that a clock running ahead calls three days over may not have begun. Were it stored under that clock's
    time, it would count as settled once the real time has come.
    """
    return date if date is not None and asked_at - date > MOST_SKEW else asked_at


def skew_text(date: int | None, now: int) -> str:
    """That the clocks disagree, as a sentence; empty where they agree, or where the server did not say."""
    if date is None or abs(date - now) <= MOST_SKEW:
        return ""
    way = "behind" if date > now else "ahead of"
    return f"this machine's clock is {duration_text(abs(date - now))} {way} the server's"


def duration_text(seconds: int) -> str:
    """``12 min``, ``7 h``, ``3 days``: whole units, at least a minute."""
    if seconds < HOUR:
        return f"{max(1, seconds // MINUTE)} min"
    return f"{seconds // HOUR} h" if seconds < 2 * DAY else f"{seconds // DAY:,} days"
