"""Budgets: every threshold against the costs of its own scope and currency, and nothing made up."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.model.moments import moment
from usagetop.analysis.budget import BudgetView, budget, dimensions_of
from usagetop.analysis.forecast import history_start
from usagetop.analysis.frame import rollup
from usagetop.model.columns import Bucket, pack
from usagetop.model.money import total
from usagetop.model.period import DAY, day_text
from usagetop.model.query import make_filter, make_query
from usagetop.model.spending import Threshold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from usagetop.model.query import Query

NOW = moment("2026-11-20") + DAY // 2
MONTH = moment("2026-11-01")
Row = tuple[str | None, str | None, str, str]
DAILY: tuple[Row, ...] = (
    ("proj_1", "gpt-5.5, input", "usd", "10.000000000000000000000000000001"),
    ("proj_1", "gpt-5.5, output", "usd", "5"),
    ("proj_2", "web search tool calls", "usd", "1.25"),
    ("proj_2", "gpt-5.5, input", "eur", "2"),
    (None, "credit", "usd", "-0.25"),
)


def asked(by: str = "project_id,line_item") -> Query:
    """The costs that a forecast stands on."""
    return make_query("costs", f"{day_text(history_start(NOW))}..", now=NOW, by=by)[0]


def bucket_of(
    start: int, rows: Sequence[Row] = DAILY, dims: Iterable[str] = ("project_id", "line_item")
) -> Bucket:
    """One day."""
    columns = dict(
        zip(("project_id", "line_item", "currency", "amount"), zip(*rows, strict=True), strict=True)
    )
    return pack(
        start,
        start + DAY,
        len(rows),
        dims={name: list(columns[name]) for name in (*dims, "currency")},
        counts={},
        amounts={"amount": [Decimal(amount) for amount in columns["amount"]]},
    )


def view(
    *thresholds: Threshold, buckets: Sequence[Bucket] | None = None, by: str = "project_id,line_item"
) -> BudgetView:
    """The view of days that are all alike, fetched now."""
    query = asked(by)
    days = [bucket_of(start) for start in query.starts()] if buckets is None else buckets
    return budget(query, days, [NOW] * len(days), thresholds, now=NOW)


def limit(amount: str, **fields: object) -> Threshold:
    """A limit of that amount."""
    return Threshold("limit", Decimal(amount), **fields)  # type: ignore[arg-type]


def test_each_threshold_is_held_against_its_own_scope_to_the_last_digit() -> None:
    """Organization, project, filters, another currency: twenty days of each."""
    rows = view(
        limit("400"),
        limit("600", project_id="proj_1"),
        limit("50", filters=(make_filter("model", ["gpt-5.5"], ()),)),
        limit(
            "50", filters=(make_filter("line_item", (), ["credit"]), make_filter("project_id", [None], ()))
        ),
        limit("100", currency="eur"),
        limit("100", currency="gbp"),
    ).rows
    assert [row.spent for row in rows] == [
        Decimal("320.00000000000000000000000000002"),
        Decimal("300.00000000000000000000000000002"),
        Decimal("300.00000000000000000000000000002"),
        0,
        40,
        0,
    ]
    assert rows[0].share == Decimal("0.8")
    assert [row.passed for row in rows] == [False, False, True, False, False, False]
    assert rows[4].share == Decimal("0.4")


def test_the_day_of_running_out_is_known_or_foreseen_or_none() -> None:
    """Passed on the 4th, likely to be passed on the 25th, never."""
    passed, coming, holds = view(limit("50"), limit("395"), limit("481")).rows
    assert passed.exceeded_on == MONTH + 3 * DAY
    assert coming.exceeded_on == MONTH + 24 * DAY
    assert holds.exceeded_on is None
    assert holds.band is not None
    assert holds.band.low <= Decimal(480) <= holds.band.high


def test_totals_are_the_whole_organization_by_currency() -> None:
    """Spent, forecast, month and full days; usd first."""
    totals = view(limit("1")).totals
    assert list(totals) == ["usd", "eur"]
    assert totals["usd"].spent == Decimal("320.00000000000000000000000000002")
    assert totals["eur"].spent == 40
    assert (totals["eur"].month, totals["eur"].full_days) == ("2026-11", 17)
    assert view().totals == totals


def test_what_cannot_be_told_is_unknown_never_zero() -> None:
    """A grouping that was refused, an interval that is no month, a project that nobody knows."""
    days = [bucket_of(start, dims=("project_id",)) for start in asked().starts()]
    rows = view(
        limit("9", filters=(make_filter("line_item", ["credit"], ()),)),
        limit("9", interval="week"),
        limit("9", trouble="no project has the name or id 'x'"),
        limit("9", project_id="proj_2"),
        buckets=days,
        by="project_id",
    ).rows
    assert [row.spent for row in rows] == [None, None, None, 25]
    assert [row.trouble for row in rows] == [
        "costs are not known by line_item",
        "it is by week, not by month",
        "no project has the name or id 'x'",
        "",
    ]
    assert {(row.share, row.exceeded_on, row.band) for row in rows[:3]} == {(None, None, None)}


def test_a_project_filter_is_never_taken_for_applied() -> None:
    """Costs that were not grouped by project say nothing of one."""
    query = asked("none")
    days = [bucket_of(start, dims=()) for start in query.starts()]
    made = budget(query, days, [NOW] * len(days), [limit("9", project_id="proj_1")], now=NOW)
    assert made.rows[0].spent is None


def test_the_dimensions_that_scopes_need() -> None:
    """Each once, the model by its line item, none for the organization."""
    assert dimensions_of([]) == dimensions_of([limit("1")]) == ()
    scopes = [
        limit("1", project_id="proj_1"),
        limit("1", filters=(make_filter("model", ["m"], ()), make_filter("api_key_id", ["k"], ()))),
    ]
    assert dimensions_of(scopes) == ("api_key_id", "line_item", "project_id")


def test_names_and_scopes_read_as_they_are_called() -> None:
    """Rows say what they are."""
    own = Threshold(
        "budget", Decimal(1), name="team", filters=(make_filter("project_id", ["p", None], ["q"]),)
    )
    rows = view(limit("1"), Threshold("alert", Decimal(1), project_id="proj_1"), own).rows
    assert [(row.name, row.threshold.scope) for row in rows] == [
        ("spend limit", "organization"),
        ("spend alert", "proj_1"),
        ("team", "project_id=p project_id= project_id!=q"),
    ]


def test_a_threshold_of_nothing_has_no_share() -> None:
    """Zero cents are a threshold all the same."""
    (row,) = view(limit("0")).rows
    assert row.share is None
    assert row.exceeded_on == MONTH


money = st.decimals(min_value=-100, max_value=10**6, places=6).map(str)
rows_of_a_day = st.lists(
    st.tuples(
        st.sampled_from(["p", "q", None]), st.sampled_from(["a", "b"]), st.sampled_from(["usd", "eur"]), money
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=25, deadline=None)
@given(st.lists(rows_of_a_day, min_size=1, max_size=76))
def test_projects_add_up_to_the_organization(days: list[list[Row]]) -> None:
    """The projects' sums and that without a project are the organization's, in each currency, exactly."""
    query = asked()
    starts = list(query.starts())[-len(days) :]
    buckets = [bucket_of(start, rows) for start, rows in zip(starts, days, strict=True)]
    parts = [limit("1", filters=(make_filter("project_id", [key], ()),)) for key in ("p", "q", None)]
    made = budget(query, buckets, [NOW] * len(buckets), [limit("1"), *parts], now=NOW)
    whole, *split = made.rows
    assert whole.spent == total(row.spent for row in split if row.spent is not None)
    month = [bucket for bucket in buckets if bucket.start >= MONTH]
    assert whole.spent == rollup(asked(), month).totals.amounts.get("usd", 0)
    for row in made.rows:
        assert row.spent is not None
        assert row.passed == (row.spent > 1)
        assert not row.passed or row.exceeded_on is not None
