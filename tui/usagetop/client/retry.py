"""When to ask again: the policy of the official SDK (``openai`` 3.54.0, ``_base_client.py``)."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

TRIES = 3
# A longer wait is not waited for: the person is told when to try again.
MOST_WAIT = 120.0
_RETRIED = frozenset({408, 409, 429})
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 8.0
_SERVER_FAULTS = 500


def is_retried(status: int, headers: Mapping[str, str]) -> bool:
    """Whether a refusal is worth another try; ``x-should-retry`` overrules the status. Keys are lower-case."""
    said = headers.get("x-should-retry", "").strip().lower()
    if said in {"true", "false"}:
        return said == "true"
    return status in _RETRIED or status >= _SERVER_FAULTS


def asked_wait(headers: Mapping[str, str], now: float) -> float | None:
    """The wait that the server asks for, in seconds from ``now`` (UTC seconds), or None.

    ``retry-after-ms`` first, then ``Retry-After`` as seconds or as an HTTP date. What cannot be read, is
    negative or not finite counts as not said.
    """
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    said = headers.get("retry-after", "").strip()
    seconds = _number(said)
    if seconds is not None:
        return seconds
    moment = http_date(said)
    return None if moment is None else max(0.0, moment - now)


def http_date(text: str) -> int | None:
    """The UTC second of an HTTP date (RFC 9110), or None when it is not one."""
    try:
        moment = parsedate_to_datetime(text)
        # "-0000" gives a naive time that is meant as UTC.
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def backoff(failed: int, uniform: Callable[[float, float], float] = random.uniform) -> float:
    """The wait after the ``failed``-th failure (1, 2, …): ``U(0.5, 1) · min(0.5 · 2ⁿ, 8)`` seconds."""
    longest = min(_FIRST_WAIT * 2.0 ** (failed - 1), _LONGEST_WAIT)
    return uniform(0.5, 1.0) * longest


def _number(text: str) -> float | None:
    """A finite number that is not negative."""
    try:
        number = float(text) if len(text) <= 40 else math.nan  # noqa: PLR2004 - no sane wait is longer
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
