"""``usagetop check --budgets``: every limit, alert and own budget, a line each, and one exit code for all of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.years import NOW
from tests.unit.cli.server import Server
from tests.unit.cli.test_check_forecast import costs
from usagetop.cli import check
from usagetop.errors import UsageError
from usagetop.paths import config_file

Checked = Callable[..., tuple[int, list[str], str]]
LIMIT, ALERTS = "/organization/spend_limit", "/organization/spend_alerts"


def of(cents: int, interval: str = "month") -> dict[str, object]:
    """A threshold as the API writes it, in cents."""
    return {"id": f"alert_{cents}", "threshold_amount": cents, "currency": "USD", "interval": interval}


def own(*budgets: str) -> None:
    """Write budgets into the configuration: ``name amount``."""
    place = config_file()
    place.parent.mkdir(parents=True, exist_ok=True)
    tables = (
        f'[[budgets]]\nname = "{name}"\namount = {amount}\n' for name, amount in map(str.split, budgets)
    )
    place.write_text("".join(tables), encoding="utf-8")
    place.chmod(0o600)


@pytest.fixture
def checked(server: Server, capsys: pytest.CaptureFixture[str]) -> Checked:
    """Ten dollars a day, 230 of them spent by the 24th, 300 to come; a limit of $299 and no alerts."""
    server.answer = costs(("10", "usd"))
    server.lists = {LIMIT: of(29900) | {"object": "organization.spend_limit"}}

    def ran(*words: str) -> tuple[int, list[str], str]:
        code = check.run(["--budgets", *words], clock=lambda: float(NOW))
        printed = capsys.readouterr()
        return code, printed.out.splitlines(), printed.err

    return ran


def test_the_month_is_within_and_its_forecast_above(checked: Checked) -> None:
    """Cents of the API are dollars here; the day from which on it is passed is said."""
    code, (line,), _ = checked()
    assert code == 0
    assert line.startswith("spend limit, organization: spent $230.00 of $299.00, 77%: within the limit")
    code, (line,), _ = checked("--forecast")
    assert code == 6
    assert "forecast (mid) $300.00 of $299.00, 100%: above the limit from 2026-11-30 on · 80% band" in line
    assert "spent $230.00" in line


def test_one_that_is_passed_is_enough(server: Server, checked: Checked) -> None:
    """Alerts and own budgets are judged too, all of them in lines of their own."""
    server.lists[ALERTS] = {"object": "list", "data": [of(22900), of(50000)], "has_more": False}
    own("all 1000", "tight 229.99")
    code, lines, _ = checked()
    assert code == 6
    verdicts = {line.split(",")[0]: "above" in line for line in lines if "alert" not in line}
    assert verdicts == {"spend limit": False, "all": False, "tight": True}
    assert sum("above the limit since 2026-11-23" in line for line in lines) == 2


def test_what_cannot_be_judged_is_said_and_ends_with_5(server: Server, checked: Checked) -> None:
    """An alert by week is not held against a month."""
    server.lists[ALERTS] = {"object": "list", "data": [of(100, "week")], "has_more": False}
    code, lines, _ = checked()
    assert code == 5
    assert any("not judged: it is by week, not by month" in line for line in lines)


def test_unread_limits_leave_own_budgets_to_judge(server: Server, checked: Checked) -> None:
    """That they could not be read is told on stderr; without any budget there is nothing to judge."""
    server.lists = {}
    own("all 1000")
    code, lines, err = checked()
    assert (code, len(lines)) == (0, 1)
    assert lines[0].startswith("all, organization: spent $230.00 of $1,000.00, 23%: within the limit")
    assert "limit" in err
    own()
    with pytest.raises(UsageError, match="no limit, alert or budget"):
        checked()


@pytest.mark.parametrize(
    "words", [("--max", "5"), ("--range", "7d"), ("--filter", "model=m"), ("--currency", "eur")]
)
def test_what_a_budget_has_of_its_own_is_not_given_again(words: tuple[str, str], checked: Checked) -> None:
    """Never quietly passed over."""
    with pytest.raises(UsageError, match=f"{words[0]} does not go with --budgets"):
        checked(*words)
