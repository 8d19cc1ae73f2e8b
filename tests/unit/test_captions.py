"""The words around the numbers: header, totals, status and chart title say what holds, and fit the line."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from tests.unit.analysis.rows import TODAY, Row, bucket_of
from tests.unit.model.moments import DAY, NOW
from usagetop.model.answer import Answer, Notice, Source
from usagetop.model.query import make_filter
from usagetop.model.text import label
from usagetop.screens import captions, titles
from usagetop.screens.sheet_captions import as_fits, wrapped
from usagetop.store.outcome import Outcome, outcome
from usagetop.store.progress import Progress
from usagetop.store.session import View
from usagetop.widgets.line import Piece, fitting

COSTS = View("costs", range_text="5d", group_by=("line_item",))
USAGE = View("completions", range_text="5d", width="1d", group_by=("model",))


def answered(view: View, days: dict[int, Sequence[Row]], *notices: str, requests: int = 1) -> Outcome:
    """The view with the rows of these days (0 is today, still open)."""
    costs = view.about.is_costs
    dims = ("line_item", "project_id", "currency", "quantity_unit") if costs else ("model", "project_id")
    metrics = ("amount", "quantity") if costs else ("input_tokens", "output_tokens", "num_model_requests")
    buckets = [bucket_of(ago, rows, dims, metrics) for ago, rows in sorted(days.items(), reverse=True)]
    told = tuple(Notice(code, f"a sentence about {code}") for code in notices)
    source = Source("https://api.openai.com/v1", requests=requests, fetched_at=TODAY + 3_660)
    return outcome(view, Answer(view.query(NOW), tuple(buckets), told, source))


def cost(amount: str, currency: str = "usd", item: str = "gpt, input") -> Row:
    """One row of costs."""
    return {"line_item": item, "currency": currency, "amount": Decimal(amount)}


def _raw(_: str, value: str | None) -> str:
    return str(value)


def read(*sides: Sequence[Piece]) -> str:
    """What the pieces say."""
    return "".join(piece.text for side in sides for piece in side)


def status(result: Outcome, view: View | None = None, **options: object) -> str:
    """The status line's words."""
    given: dict[str, object] = {
        "shown_rows": len(result.frame),
        "holding": captions.words(result, demo=False, offline=False),
        "progress": None,
        **options,
    }
    return read(*captions.status(result, view or result.view, **given))  # type: ignore[arg-type]


def test_header_names_the_way_here_the_range_and_where_the_numbers_are_from() -> None:
    """Filters as a breadcrumb; one value by name, several counted."""
    view = COSTS.changed(
        group_by=("project_id",),
        filters=(make_filter("line_item", ["a\x1b"], []), make_filter("project_id", [], ["p", "q"])),
    )
    left, right = captions.header(
        view, view.query(NOW).range, "1d", "demo:spike", lambda _, value: label(str(value))
    )
    assert read(left) == " costs › line item a␛ › without project 2 projects by project"
    assert read(right) == "5d  2026-11-19 → 2026-11-23 UTC · 1d  DEMO spike "
    assert read(captions.header(COSTS.changed(group_by=()), None, "1d", "host", _raw)[0]).endswith(
        " in total"
    )


def test_a_very_long_value_leaves_the_range_on_the_line() -> None:
    """At 80 columns; beginning and end of the value stay."""
    view = COSTS.changed(filters=(make_filter("project_id", ["x" * 500], []),))
    sides = captions.header(view, view.query(NOW).range, "1d", "api.openai.com", lambda _, value: str(value))
    text = read(*fitting(*sides, 80))
    assert len(text) <= 80
    assert "5d" in text
    assert "…" in text


def test_totals_of_costs_are_by_currency_and_never_added() -> None:
    """With the mean of closed days, the last one, and the open one so far."""
    days: dict[int, Sequence[Row]] = {2: [cost("10")], 1: [cost("20"), cost("7", "eur")], 0: [cost("1.5")]}
    text = read(captions.totals(answered(COSTS, days)))
    for words in ("$31.50 total", "EUR 7.00 total", "2 currencies", "$15.00 a day on average"):
        assert words in text
    assert "$20.00 last full day" in text
    assert "$1.50 this day so far" in text


def test_many_currencies_leave_whole_numbers_and_say_how_many_there_are() -> None:
    """On the narrowest screen: digits are never cut."""
    money = [cost("123456.78", currency) for currency in ("usd", "aud", "cad", "eur", "gbp", "jpy")]
    pieces = captions.totals(answered(COSTS, {1: money}))
    text = read(fitting(pieces, (), 60)[0])
    assert text.startswith(" $123,456.78 total")
    assert "6 currencies" in text
    assert "…" not in text


def test_totals_of_usage_are_those_of_the_charted_metric() -> None:
    """And the other main ones, while there is room."""
    rows = [{"model": "m", "input_tokens": 1_000_000, "output_tokens": 5, "num_model_requests": 2}]
    text = read(captions.totals(answered(USAGE, {2: rows, 1: rows})))
    assert "2.00M input tokens" in text
    assert "1.00M a day on average" in text
    assert "10 output tokens" in text
    text = read(captions.totals(answered(USAGE.changed(metric="output_tokens"), {2: rows, 1: rows})))
    assert text.startswith(" 10 output tokens")


def test_no_amounts_is_said() -> None:
    """Not zero dollars: nobody gave any."""
    assert "no amounts" in read(captions.totals(answered(COSTS, {1: []})))


@pytest.mark.parametrize(
    ("notices", "words"),
    [
        ((), ()),
        (("partial_bucket",), ("PARTIAL",)),
        (("stale", "partial_bucket"), ("STALE", "PARTIAL")),
        (("missing_bucket",), ("INCOMPLETE",)),
        (("paging", "stale"), ("STALE", "INCOMPLETE")),
        (("missing_values", "unknown_fields"), ()),
    ],
)
def test_the_words_of_the_status_line_stand_when_they_hold(
    notices: tuple[str, ...], words: tuple[str, ...]
) -> None:
    """DEMO and OFFLINE are the desk's."""
    result = answered(COSTS, {1: [cost("1")]}, *notices)
    assert captions.words(result, demo=False, offline=False) == words
    assert captions.words(result, demo=True, offline=True) == ("DEMO", "OFFLINE", *words)
    assert captions.words(None, demo=True, offline=False) == ("DEMO",)
    for word in words:
        assert word in status(result)


def test_status_proves_itself() -> None:
    """Buckets, requests, when, notices, rows and the sort in force."""
    result = answered(COSTS, {1: [cost("1"), cost("2", item="o3")]}, "unknown_fields", "partial_bucket")
    text = status(result)
    for words in ("1/5 days", "1 request ", "last bucket open", "fetched 01:01Z", "1 notice (!)", "2 rows"):
        assert words in text + " ", words
    assert text.rstrip().endswith("amount ▼")
    assert "from cache" in status(answered(COSTS, {1: [cost("1")]}, requests=0))
    assert "2 requests" in status(answered(COSTS, {1: [cost("1")]}, requests=2))
    assert "1 of 2 rows" in status(result, shown_rows=1)


@pytest.mark.parametrize(
    ("sort", "descending", "words"),
    [
        ("", True, "amount ▼"),
        ("line_item", False, "line item ▲"),
        ("share", True, "share ▼"),
        ("of another version", True, "of another version ▼"),
    ],
)
def test_status_tells_the_sort_in_force_and_not_that_of_the_load(
    sort: str, *, descending: bool, words: str
) -> None:
    """Rows are sorted without loading anything."""
    result = answered(COSTS, {1: [cost("1")]})
    view = result.view.changed(sort=sort, descending=descending)
    assert status(result, view).rstrip().endswith(words)


def test_status_while_loading_and_after_a_failure() -> None:
    """How far, why it waits, and how to end it."""
    result = answered(COSTS, {1: [cost("1")]})
    assert "loading 3/5 · esc cancels" in status(result, progress=Progress(3, 5))
    assert "loading · esc" in status(result, progress=Progress(0, 0))
    waiting = Progress(3, 5)._replace(note="asking again in 4 s")
    assert "3/5 · asking again in 4 s · esc" in status(result, progress=waiting)
    assert "the last load failed (!)" in status(result, failed=True)
    alone = captions.status(None, COSTS, shown_rows=0, holding=("DEMO",), progress=None)
    assert read(*alone) == " DEMO "


def test_a_bucket_is_told_with_its_total_and_its_largest_group() -> None:
    """And says when it is open, or missing: nothing is not zero."""
    days: dict[int, Sequence[Row]] = {2: [cost("1"), cost("5", item="o3, output")], 0: [cost("2")]}
    result = answered(COSTS, days)
    starts = list(result.series.starts)
    assert titles.bucket_title(result, starts.index(TODAY - 2 * DAY)) == (
        "2026-11-21 UTC · $6.00 · most: o3, output $5.00"
    )
    assert titles.bucket_title(result, starts.index(TODAY)).endswith("· still open")
    assert titles.bucket_title(result, starts.index(TODAY - DAY)).endswith("missing from the answer")


def test_the_chart_says_what_it_shows() -> None:
    """The currency where it is another, the groups without the bucket."""
    assert titles.chart_title(answered(COSTS, {1: [cost("1")]}), "bars") == "amount a day by line item · bars"
    euros = answered(COSTS.changed(group_by=("bucket",)), {1: [cost("1", "eur")]})
    assert titles.chart_title(euros, "lines") == "amount in eur a day · lines"


def test_a_sentence_above_a_sheet_breaks_between_words_and_never_in_silence() -> None:
    """What has no room is named with the key that shows all of it; no amount is cut in two."""
    sentence = "NOT EXPLAINED by any usage: credit, service disruption -$48.00, evals $7.62"
    assert wrapped(sentence, 80, 1) == [sentence]
    assert " ".join(wrapped(sentence, 30, 9)) == sentence
    assert wrapped(sentence, 66, 1) == ["NOT EXPLAINED by any usage: credit, service disruption … !"]
    assert all(len(line) <= 30 for line in wrapped(sentence, 30, 2))
    assert wrapped(sentence, 30, 2)[-1].endswith("… !")


def test_a_title_leaves_out_whole_parts() -> None:
    """Never half a number."""
    said = ("$1.00 of $2.00", "holds", "month's end $1.50")
    assert as_fits(said, 80, "limit: ") == "limit: $1.00 of $2.00 · holds · month's end $1.50"
    assert as_fits(said, 40, "limit: ") == "limit: $1.00 of $2.00 · holds"
    assert as_fits(said, 18, "limit: ") == "lim…$1.00 of $2.00"
    assert as_fits(said, 5) == said[0]
