"""When to ask again, in the SDK's terms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usagetop.client.retry import asked_wait, backoff, http_date, is_retried


@pytest.mark.parametrize("failed", range(1, 12))
def test_the_wait_doubles_up_to_eight_seconds_with_jitter(failed: int) -> None:
    """``U(0.5, 1) · min(0.5 · 2ⁿ, 8)``."""
    longest = min(0.5 * 2 ** (failed - 1), 8)
    assert longest / 2 <= backoff(failed) <= longest
    assert backoff(failed, max) == longest
    assert backoff(failed, min) == longest / 2


@pytest.mark.parametrize(
    ("status", "again"), [(200, False), (400, False), (401, False), (404, False), (408, True), (409, True)]
)
def test_which_statuses_are_asked_again(status: int, again: bool) -> None:  # noqa: FBT001
    """408, 409, 429 and 5xx."""
    assert is_retried(status, {}) is again
    assert is_retried(429, {}) is is_retried(500, {}) is is_retried(529, {}) is True


@pytest.mark.fault(
    "network", "429 with Retry-After in any form", "honoured where it can be read; else our own waits"
)
@given(st.text(max_size=50), st.text(max_size=50))
def test_headers_of_any_kind_are_read(milliseconds: str, seconds: str) -> None:
    """A wait is a finite number of seconds that is not negative, or not said."""
    wait = asked_wait({"retry-after-ms": milliseconds, "retry-after": seconds}, 0.0)
    assert wait is None or 0 <= wait < float("inf")


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("Tue, 24 Nov 2026 08:00:00 GMT", 1_795_507_200),
        ("Tue, 24 Nov 2026 08:00:00 -0000", 1_795_507_200),
        ("Tue, 24 Nov 2026 10:00:00 +0200", 1_795_507_200),
        ("", None),
        ("yesterday", None),
        ("Tue, 99 Nov 2026 08:00:00 GMT", None),
        ("Tue, 24 Nov 99999 08:00:00 GMT", None),
    ],
)
def test_dates(text: str, second: int | None) -> None:
    """As HTTP writes them, or not at all."""
    assert http_date(text) == second
