"""This machine's clock beside the server's ``Date``: how old an answer is, and what is said."""

from __future__ import annotations

import pytest

from usagetop.client.clocks import MOST_SKEW, duration_text, seen_at, skew_text

NOW = 1_795_509_020
DAY = 86_400


@pytest.mark.parametrize(
    ("date", "seen"),
    [
        (None, NOW),
        (NOW, NOW),
        (NOW - MOST_SKEW, NOW),
        (NOW - MOST_SKEW - 1, NOW - MOST_SKEW - 1),
        (NOW - 400 * DAY, NOW - 400 * DAY),
        (NOW + 400 * DAY, NOW),
    ],
)
def test_an_answer_is_never_younger_than_the_servers_time(date: int | None, seen: int) -> None:
    """A clock that runs behind makes it look older, which costs a request at most."""
    assert seen_at(NOW, date) == seen


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (0, ""),
        (MOST_SKEW, ""),
        (-MOST_SKEW, ""),
        (MOST_SKEW + 1, "5 min ahead of"),
        (-MOST_SKEW - 1, "5 min behind"),
        (DAY, "24 h ahead of"),
        (-3 * DAY, "3 days behind"),
        (20_000 * DAY, "20,000 days ahead of"),
    ],
)
def test_how_far_the_clocks_are_apart_is_said(ahead: int, said: str) -> None:
    """Which of them is ahead, in one unit."""
    text = skew_text(NOW, NOW + ahead)
    assert text == (f"this machine's clock is {said} the server's" if said else "")


def test_a_server_that_gives_no_date_says_nothing() -> None:
    """Nothing is known then."""
    assert skew_text(None, NOW) == ""


def test_short_spans_are_a_minute() -> None:
    """Never ``0 min``."""
    assert [duration_text(seconds) for seconds in (0, 59, 120, 7_200)] == ["1 min", "1 min", "2 min", "2 h"]
