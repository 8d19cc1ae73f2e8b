"""A month against a threshold, ready to be drawn: a bar a day, the limit across them, the dearest words first."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.unit.analysis.test_forecast import MONTH, at, days
from usagetop.analysis.course import course
from usagetop.analysis.forecast import forecast
from usagetop.model.period import DAY


def test_bars_grow_to_what_is_spent_and_end_at_the_forecast() -> None:
    """Every day of the month has one; the sum of the last is the middle, with the band on top its high end."""
    made = forecast(days(at(20)), now=at(20))
    assert made.band is not None
    found = course(made, Decimal(3000), "usd").series
    spent, coming, band = found.lines
    assert found.starts == tuple(range(MONTH, MONTH + 30 * DAY, DAY))
    assert list(spent.values) == sorted(value or 0 for value in spent.values)
    assert spent.values[-1] == spent.values[19] == float(made.spent)
    assert coming.values[:17] == (0.0,) * 17
    assert (spent.values[-1] or 0) + (coming.values[-1] or 0) == pytest.approx(float(made.band.mid))
    assert float(made.band.mid) + (band.values[-1] or 0) == pytest.approx(float(made.band.high))
    assert set(found.earlier) == {3000.0}
    assert found.earlier_label == "limit"


def test_the_day_on_which_it_runs_out_stands_before_what_may_be_left_out() -> None:
    """And whether that day is over."""
    made = forecast(days(at(20)), now=at(20))
    spent, when, end, band = course(made, made.spent + 100, "usd").said
    assert spent == f"${made.spent:,.2f} of ${made.spent + 100:,.2f}"
    assert when == "runs out on 2026-11-21"
    assert end.startswith("month's end $")
    assert band.startswith("80% $")
    assert course(made, made.spent - 1, "usd").said[1].startswith("passed on 2026-11-")
    assert course(made, Decimal(10**6), "usd").said[1] == "holds"


def test_without_a_forecast_only_what_is_spent_is_drawn_and_nothing_is_said_to_hold() -> None:
    """Three days are too few to know."""
    made = forecast(days(at(3), before=1), now=at(3))
    found = course(made, Decimal(10**6), "usd")
    assert [line.label for line in found.series.lines] == ["spent"]
    assert found.said[1:] == ("no forecast",)
    assert course(made, None, "usd").said == (f"${made.spent:,.2f} spent",)
