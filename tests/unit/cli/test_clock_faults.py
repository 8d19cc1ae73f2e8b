"""Clocks, zones and dates, seen from outside: UTC days everywhere, and a wrong clock is said."""

from __future__ import annotations

import time
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

import pytest

from tests.unit.cli.server import Answer, Server
from tests.unit.cli.test_cache_faults import SHOW, bill, told
from usagetop.cli import check

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.cli.conftest import Ran

DAY = 86_400


def _served(monkeypatch: pytest.MonkeyPatch, date: str) -> None:
    monkeypatch.setattr(BaseHTTPRequestHandler, "date_time_string", lambda *_: date)


@pytest.mark.fault(
    "time",
    "this machine's clock is wrong by minutes, a day or years",
    "every form of the answer says by how much, and so do check and doctor",
)
@pytest.mark.parametrize(
    ("off", "said"), [(3_600, "behind"), (DAY, "behind"), (-DAY, "ahead"), (-4e8, "ahead")]
)
def test_a_wrong_clock_is_said(
    off: float, said: str, server: Server, run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Held against the server's ``Date``; once each."""
    server.answer = bill
    _served(monkeypatch, formatdate(time.time() + off, usegmt=True))
    ran = run(*SHOW, "--no-cache")
    assert told(ran) == ["clock_skew"]
    assert said in ran.document["notices"][0]["message"]
    for words in ((*SHOW[:-1], "csv", "--no-cache"), ("check", "--max", "1e6", *SHOW[2:4], "--no-cache")):
        quiet = run(*words)
        assert (quiet.code, len(quiet.err.splitlines())) == (0, 1)
        assert said in quiet.err
    assert run(*SHOW[:-1], "table", "--no-cache").out.count("this machine's clock") == 1
    line = next(line for line in run("doctor").out.splitlines() if " clock " in line)
    assert line.startswith("warn")


@pytest.mark.fault(
    "time", "the server refuses a range that its clock has not reached", "the error says to set the clock"
)
def test_a_refusal_that_the_clock_explains(
    server: Server, run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not to take another range."""
    server.answer = Answer(b'{"error": {"message": "end_time lies in the future"}}', status=400)
    _served(monkeypatch, formatdate(time.time() - DAY, usegmt=True))
    ran = run(*SHOW)
    assert (ran.code, ran.out) == (2, "")
    assert "Set the clock: this machine's clock is 2" in ran.err
    _served(monkeypatch, formatdate(usegmt=True))
    assert "clock" not in run(*SHOW).err


@pytest.mark.fault("time", "the Date header is no date", "nothing is concluded from it")
@pytest.mark.parametrize(
    "date", ["", "garbage", "Tue, 99 Foo 2026 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:60 GMT"]
)
def test_a_date_that_is_none_says_nothing(
    date: str, server: Server, run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is as good as any."""
    server.answer = bill
    _served(monkeypatch, date)
    ran = run(*SHOW)
    assert (ran.code, told(ran)) == (0, [])


@pytest.mark.fault(
    "time",
    "TZ is a zone with summer time, a garbage word, a path, empty or far from UTC",
    "days are the same UTC days with the same numbers",
)
@pytest.mark.parametrize(
    "zone",
    [
        *("", "America/New_York", "Pacific/Kiritimati", "Asia/Kathmandu", "EST5EDT,M3.2.0,M11.1.0"),
        *("Nowhere/None", ":/etc/passwd", "../../etc/passwd", "x" * 500, "AAA+24:59:59"),
    ],
)
def test_the_zone_changes_nothing(
    zone: str, server: Server, run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the cache as from the server, on the day on which clocks change as on any."""
    server.answer = bill
    words = ("show", "costs", "--no-names", "--format", "json", "--range")
    spans = ("2026-03-07..2026-03-10", "2026-10-24..2026-11-03", "24h", "today")
    before = [run(*words, span).document for span in spans]
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    server.asked.clear()
    for span, document in zip(spans, before, strict=True):
        found = run(*words, span).document
        assert {name: found[name] for name in ("range", "totals", "rows", "series")} == {
            name: document[name] for name in ("range", "totals", "rows", "series")
        }
    assert server.asked == []


@pytest.mark.fault(
    "time",
    "--range names a day that is none, that has not come, or that lies before the API",
    "exit 2 with a sentence, before anything is asked",
)
@pytest.mark.parametrize(
    "span",
    [
        *("0001-01-01", "1970-01-01..", "9999-12-31", "2026-02-30", "2025-02-29", "2199-12-31", "2026-13"),
        *("2016-12-31T23:59:60", "9223372036854775808", "9223372036854775808d", "99999999999d", "0d"),
        "2026-05-02..2026-05-01",
    ],
)
def test_an_absurd_range_is_refused(span: str, server: Server, run: Callable[..., Ran]) -> None:
    """``show`` and ``check`` alike."""
    for words in (("show", "costs"), ("check", "--max", "1")):
        ran = run(*words, "--range", span)
        assert (ran.code, ran.out) == (2, "")
    assert server.asked == []


@pytest.mark.fault(
    "time", "the clock says a year that is none of the API's", "exit 2 and a sentence that blames the clock"
)
@pytest.mark.parametrize("now", [-1e9, 0.0, 1.2e9, 7.3e9, 1e12, 1e20])
def test_an_absurd_clock_is_told(
    now: float, server: Server, run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was asked; no fault of the program."""
    monkeypatch.setattr(check.run, "__defaults__", (lambda: now,))
    for words in (("--max", "5"), ("--max", "5", "--forecast"), ("--budgets",)):
        ran = run("check", *words)
        assert (ran.code, ran.out) == (2, "")
        assert "this machine's clock is wrong" in ran.err
    assert server.asked == []
