"""``usagetop check --forecast``: the month's forecast against a limit, one line, an exit code."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.years import DAY, NOW
from tests.unit.cli.server import Answer, Asked, Server
from usagetop.cli import check

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.cli.conftest import Ran

# 2026-11-24 08:30 UTC: 21 days of November have settled.
TODAY = NOW // DAY * DAY
NOVEMBER = TODAY - 23 * DAY


def costs(
    *rows: tuple[str, str], since: int = 0, missing: int = -1, currency_since: int = 0
) -> Callable[[Asked], Answer]:
    """A server on which every day from ``since`` on has these (amount, currency), today none yet."""

    def answered(asked: Asked) -> Answer:
        params = dict(asked.params)
        data: list[dict[str, Any]] = []
        for start in range(int(params["start_time"]), int(params["end_time"]), DAY):
            results = [
                {"object": "organization.costs.result", "amount": {"value": value, "currency": currency}}
                for value, currency in rows
                if since <= start < TODAY and (currency == "usd" or start >= currency_since)
            ]
            if start != missing:
                bucket = {
                    "object": "bucket",
                    "start_time": start,
                    "end_time": start + DAY,
                    "results": results,
                }
                data.append(bucket)
        body = {"object": "page", "data": data, "has_more": False, "next_page": None}
        return Answer(json.dumps(body).encode())

    return answered


@pytest.fixture
def checked(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Run the command with --forecast at the clock that stands: exit code and its one line."""

    def ran(*words: str) -> tuple[int, str]:
        code = check.run(["--forecast", *words], clock=lambda: float(NOW))
        (line,) = capsys.readouterr().out.splitlines()
        return code, line

    return ran


def test_the_forecast_is_judged_and_its_band_and_full_days_are_named(
    server: Server, checked: Callable[..., tuple[int, str]]
) -> None:
    """Ten dollars a day are three hundred a month, of which 230 are spent."""
    server.answer = costs(("10", "usd"))
    code, line = checked("--max", "299.99")
    assert code == 6
    assert line.startswith("costs of 2026-11: forecast (mid) $300.00 of $299.99, 100")
    assert "above the limit from 2026-11-30 on · 80% band $29" in line
    assert " · spent $230.00 · 21 full days" in line
    assert checked("--max", "300")[0] == 0
    assert "within the limit" in checked("--max", "300")[1]
    # Eight weeks and the month, in one request, then from the cache.
    assert len(server.data_requests) == 1


def test_what_is_passed_already_names_the_day(
    server: Server, checked: Callable[..., tuple[int, str]]
) -> None:
    """The eleventh day of ten dollars takes a hundred above."""
    server.answer = costs(("10", "usd"))
    code, line = checked("--max", "100")
    assert code == 6
    assert "above the limit from 2026-11-11 on" in line


def test_in_the_first_days_there_is_no_forecast_and_what_is_spent_is_judged(
    server: Server, checked: Callable[..., tuple[int, str]]
) -> None:
    """An organization that began a week ago: the line says why, to the last digit."""
    server.answer = costs(("10.0000000000000000001", "usd"), since=TODAY - 7 * DAY)
    code, line = checked("--max", "70")
    assert code == 6
    assert line == (
        "costs of 2026-11: spent $70.0000000000000000007 of $70.00, 100%: above the limit"
        " · no forecast: 5 full days of costs yet, 7 are needed · PARTIAL"
    )
    assert checked("--max", "70.0000000000000000007")[0] == 0


def test_another_currency_is_said_not_judged(server: Server, checked: Callable[..., tuple[int, str]]) -> None:
    """With what this month has of it; asked for, it is judged by its own forecast."""
    server.answer = costs(("10", "usd"), ("1000000", "eur"), currency_since=NOVEMBER)
    code, line = checked("--max", "400")
    assert code == 0
    assert "not judged: EUR 23,000,000.00" in line
    code, line = checked("--max", "400", "--currency", "eur")
    assert code == 6
    assert "forecast (mid) EUR " in line
    assert "not judged: $230.00" in line


def test_incomplete_and_not_above_is_5_and_above_is_6(
    server: Server, checked: Callable[..., tuple[int, str]]
) -> None:
    """A day that did not come is foreseen like a day to come, and the answer is incomplete."""
    server.answer = costs(("10", "usd"), missing=NOVEMBER + 5 * DAY)
    code, line = checked("--max", "400")
    assert code == 5
    assert "forecast (mid) $300.00" in line
    assert "INCOMPLETE" in line
    assert checked("--max", "200")[0] == 6


def test_a_filter_narrows_the_forecast(checked: Callable[..., tuple[int, str]]) -> None:
    """A project of the demo, by name; the parts of the organization are less than the whole."""
    code, whole = checked("--max", "1e6", "--demo")
    assert code == 0
    code, line = checked("--max", "1", "--demo", "--filter", "project_id=search-api")
    assert code == 6
    assert line.endswith(" · project: search-api · DEMO · PARTIAL")

    def mid(text: str) -> Decimal:
        return Decimal(text.partition("(mid) $")[2].partition(" ")[0].replace(",", ""))

    assert 1 < mid(line) < mid(whole)


def test_a_range_is_refused(run: Callable[..., Ran]) -> None:
    """The forecast is of the month that runs."""
    ran = run("check", "--max", "1", "--demo", "--forecast", "--range", "7d")
    assert (ran.code, ran.out) == (2, "")
    assert "Leave --range out" in ran.err


def test_the_program_takes_the_option(run: Callable[..., Ran]) -> None:
    """From the command line, today, whatever day it is."""
    ran = run("check", "--max", "1e9", "--demo", "--forecast")
    assert (ran.code, ran.err) == (0, "")
    assert "80% band" in ran.out
    assert run("check", "--max", "1", "--forecast", "--scenario", "empty").code == 0
