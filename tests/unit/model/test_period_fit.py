"""Fitting ranges to bucket widths, and moving them: shift and zoom."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.model.moments import DAY, NOW, moment, ranges
from usagetop.errors import UsageError
from usagetop.model.categories import SECONDS_OF
from usagetop.model.period import MOST_BUCKETS, Range, auto_width, fit, iso, parse_range, shift, zoom
from usagetop.model.text import label

ALL = ("1m", "1h", "1d")


@pytest.mark.parametrize(
    ("text", "width"),
    [
        *(("1m", "1m"), ("180m", "1m"), ("3h", "1m"), ("181m", "1h"), ("4h", "1h")),
        *(("today", "1h"), ("72h", "1h"), ("3d", "1h"), ("73h", "1d"), ("4d", "1d"), ("ytd", "1d")),
    ],
)
def test_auto_width(text: str, width: str) -> None:
    """Up to 3 hours 1m, up to 3 days 1h, else 1d."""
    assert auto_width(parse_range(text, NOW)) == width


def test_auto_takes_the_resolved_range() -> None:
    """The same range gets the same width however it was written: on the second of a month it is two days."""
    now = moment("2026-11-02T12:00")
    assert (
        fit(parse_range("2026-11", now), "auto", ALL)[1]
        == fit(parse_range("mtd", now), "auto", ALL)[1]
        == "1h"
    )


def test_auto_stays_with_what_the_category_has() -> None:
    """Costs have days only."""
    assert fit(parse_range("3h", NOW), "auto", ("1d",))[1] == "1d"


def fitted_or_refused(period: Range, width: str, widths: tuple[str, ...]) -> tuple[Range, str, bool] | str:
    """What ``fit`` gives, or the sentence of its refusal."""
    try:
        return fit(period, width, widths)
    except UsageError as error:
        return error.what


@given(ranges(), st.sampled_from([*ALL, "auto"]), st.sampled_from([ALL, ("1d",), ("1h", "1d")]))
def test_a_fitted_range_keeps_or_widens(period: Range, width: str, widths: tuple[str, ...]) -> None:
    """It holds the typed range, on the width's borders, not beyond the day that holds now; fitting again is nothing."""
    found = fitted_or_refused(period, width, widths)
    if isinstance(found, str):
        assert width not in {*widths, "auto"} or "20,000" in found
        return
    fitted, chosen, widened = found
    step = SECONDS_OF[chosen]
    assert chosen in widths
    assert fitted.start <= period.start < period.end <= fitted.end
    assert fitted.start % step == fitted.end % step == 0
    assert fitted.start > period.start - step
    assert fitted.end < period.end + step
    assert fitted.end <= period.now // DAY * DAY + DAY
    assert widened == ((fitted.start, fitted.end) != (period.start, period.end))
    assert fitted.seconds // step <= MOST_BUCKETS
    assert (fitted.text, fitted.now) == (period.text, period.now)
    assert fit(fitted, chosen, widths) == (fitted, chosen, False)


def test_hours_widen_to_days() -> None:
    """With width 1d, and always for costs, an hour range becomes whole UTC days, and that is told."""
    fitted, chosen, widened = fit(parse_range("24h", NOW), "auto", ("1d",))
    assert (iso(fitted.start), iso(fitted.end)) == ("2026-11-22T00:00:00Z", "2026-11-24T00:00:00Z")
    assert (chosen, widened) == ("1d", True)
    assert fit(parse_range("24h", NOW), "auto", ALL)[1:] == ("1h", False)


@pytest.mark.parametrize(
    ("text", "width", "good"),
    [("20000m", "1m", True), ("20001m", "1m", False), ("20000h", "1h", True), ("20001h", "1h", False)],
)
def test_more_than_20000_buckets_are_refused(text: str, width: str, good: bool) -> None:  # noqa: FBT001
    """20,000 pass, one more does not."""
    period = parse_range(text, NOW)
    if good:
        assert fit(period, width, ALL)[0].seconds // SECONDS_OF[width] == MOST_BUCKETS
    else:
        with pytest.raises(UsageError, match="20,000"):
            fit(period, width, ALL)


@pytest.mark.parametrize("width", ["2h", "", "1D", "\x1b[31m1h", "x" * 5000])
def test_an_unknown_width_is_refused_and_never_drawn_raw(width: str) -> None:
    """The choices are named."""
    with pytest.raises(UsageError) as caught:
        fit(parse_range("7d", NOW), width, ALL)
    assert caught.value.mend == "Widths: 1m 1h 1d"
    assert label(str(caught.value)) == str(caught.value)


@pytest.mark.parametrize(
    ("text", "periods", "moved"),
    [
        ("7d", -1, "2026-11-10..2026-11-16"),
        ("7d", -2, "2026-11-03..2026-11-09"),
        ("today", -1, "2026-11-22"),
        ("today", 1, "2026-11-24"),
        ("2026-10", -1, "2026-09"),
        ("2026-10", 1, "2026-11"),
        ("2026-10", -22, "2024-12"),
        ("last-month", -1, "2026-09"),
        ("2024-02-01..2024-02-29", -1, "2024-01"),
        # an open month that was written as one
        ("2026-11", -1, "2026-10"),
        ("mtd", -1, "2026-10-09..2026-10-31"),
        # whole quarters, and the same month of two years, which is thirteen months
        ("2026-07..2026-09", -1, "2026-04-01..2026-06-30"),
        ("2025-10..2026-10", -1, "2024-09-01..2025-09-30"),
        # hours move as days
        ("24h", -1, "2026-11-20..2026-11-21"),
        ("1h", -1, "2026-11-22"),
        # and nothing leaves the years that can be written
        ("2015-01", -1, "2015-01"),
        ("2015-01-02..2015-01-05", -1, "2015-01-01"),
        ("30d", -(10**9), "2015-01-01"),
        ("30d", 10**9, "2199-12-31"),
        ("2026-10", -(10**9), "2015-01"),
    ],
)
def test_shift(text: str, periods: int, moved: str) -> None:
    """The text of the range that lies that many lengths away."""
    assert shift(parse_range(text, NOW), periods) == moved


@given(ranges(), st.integers(1, 3))
def test_shifting_back_gives_a_range_that_ends_where_this_one_begins(period: Range, periods: int) -> None:
    """What is shifted back can be read, does not overlap with what was left, and comes back again."""
    earlier = parse_range(shift(period, -periods), period.now)
    assert earlier.end <= max(period.start // DAY * DAY, moment("2015-02-01"))
    if earlier.start > moment("2015-12-31") and period.step == DAY and not period.is_open:
        again = parse_range(shift(earlier, periods), period.now)
        assert (again.start, again.end) == (period.start, period.end)


@pytest.mark.parametrize(
    ("text", "narrower", "wider"),
    [
        ("30d", "15d", "60d"),
        ("7d", "3d", "14d"),
        ("1d", "1d", "2d"),
        ("24h", "12h", "48h"),
        ("1h", "1h", "2h"),
        ("90m", "45m", "180m"),
        ("today", "2026-11-23", "2026-11-22..2026-11-23"),
        ("2026-10", "2026-10-17..2026-10-31", "2026-08-31..2026-10-31"),
        ("2026-10-01..2026-10-04", "2026-10-03..2026-10-04", "2026-09-27..2026-10-04"),
        ("2015-01-01..2015-01-04", "2015-01-03..2015-01-04", "2015-01-01..2015-01-04"),
    ],
)
def test_zoom(text: str, narrower: str, wider: str) -> None:
    """Half and twice as long, with the same last day; what is counted from now stays so."""
    period = parse_range(text, NOW)
    assert zoom(period, narrower=True) == narrower
    assert zoom(period, narrower=False) == wider


@given(ranges(), st.booleans())
def test_zooming_can_always_be_read_and_never_goes_the_wrong_way(period: Range, narrower: bool) -> None:  # noqa: FBT001
    """Narrower is not longer, wider is not shorter, and the last day stays."""
    zoomed = parse_range(zoom(period, narrower=narrower), period.now)
    assert (zoomed.end - 1) // DAY == (period.end - 1) // DAY
    if narrower:
        assert zoomed.seconds <= max(period.seconds, DAY)
    else:
        assert zoomed.seconds >= period.seconds
    for _ in range(30):
        zoomed = parse_range(zoom(zoomed, narrower=False), period.now)
    assert zoomed.start == moment("2015-01-01")
