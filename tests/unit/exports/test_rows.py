"""Rows of a report: orders, the rest, and sums that hold whatever the format."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

import pytest

from tests.unit.exports.samples import NASTY, completions, costs, empty
from usagetop.exports import FORMATS
from usagetop.exports.delimited import _line, _text
from usagetop.exports.report import Sort
from usagetop.exports.to_json import dumps
from usagetop.model.money import total

# What a terminal obeys or what is not there for the eye (categories Cc but for LF, Cf, Cs).
FORBIDDEN = set("\x1b\u202e\u200d\udc80\t\r")


@pytest.mark.fault(
    "text",
    "a name that is a terminal command, in every export format",
    "no character of it reaches the terminal as one",
)
@pytest.mark.parametrize("form", [name for name in FORMATS if name != "tsv"])
def test_nothing_that_a_terminal_obeys(form: str) -> None:
    """Names and line items from outside are harmless in every format (a tab separates in tsv)."""
    assert FORBIDDEN.isdisjoint(FORMATS[form].render(costs()))


def test_tsv_has_as_many_tabs_as_columns() -> None:
    """No tab of a value is one of the format."""
    lines = FORMATS["tsv"].render(costs()).splitlines()
    assert {line.count("\t") for line in lines} == {6}


@pytest.mark.fault("text", "odd characters in JSON", "escapes for the eye; a reader gets the raw value back")
def test_json_gives_the_raw_value_back() -> None:
    """Escapes are for the eye only: a reader gets every character."""
    rows = json.loads(FORMATS["json"].render(costs()))["rows"]
    assert NASTY in {row["line_item"] for row in rows}
    assert json.loads(dumps("\U000e0041\x7f\u2028")) == "\U000e0041\x7f\u2028"
    assert dumps("\U000e0041").isascii()


def test_a_sum_over_a_csv_column_is_the_total() -> None:
    """With and without the rest row, per currency, to the last digit."""
    for top in (None, 1, 3):
        lines = list(csv.DictReader(io.StringIO(FORMATS["csv"].render(costs(top=top)))))
        for currency, amount in costs().frame.totals.amounts.items():
            assert total(Decimal(line["amount"]) for line in lines if line["currency"] == currency) == amount


@pytest.mark.fault(
    "text",
    "a name or line item that a spreadsheet would run as a formula",
    "csv and tsv put an apostrophe before it; numbers, negative ones too, stay numbers",
)
def test_formulas_are_text() -> None:
    """A text that a spreadsheet would run has an apostrophe before it; numbers have none."""
    lines = list(csv.DictReader(io.StringIO(FORMATS["csv"].render(costs()))))
    assert {line["line_item"] for line in lines if "SUM" in line["line_item"]} == {'\'=SUM(1,"2")'}
    assert "-1.50" in {line["amount"] for line in lines}


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "\uff1d", "\uff0b", "\uff0d", "\uff20"]
)
def test_every_beginning_of_a_formula_is_guarded(start: str) -> None:
    """Also the wide forms, and what would follow a semicolon, which parts cells in some languages."""
    line = _line([_text(f"{start}1+1"), _text(f"a;{start}1+1"), "-1.50"], ",")
    first, second, number = next(csv.reader([line]))
    assert first.startswith("'")
    assert second.startswith("a;")
    assert '"a;' in line
    assert number == "-1.50"


def test_usd_stands_first() -> None:
    """However large the other currency is."""
    rows = costs("project_id").rows
    assert [list(row.amounts) for row in rows] == [["usd"], ["usd", "eur"], ["usd"]]
    assert [row.key for row in rows] == [("proj_1",), ("proj_2",), (None,)]


def test_a_sort_column_that_the_answer_lacks_falls_back() -> None:
    """After a fallback grouping the dimension may be gone: the metric orders."""
    report = costs("project_id")
    assert report._replace(sort=Sort("api_key_id", descending=False)).rows == report.rows


def test_without_dimensions_there_is_one_row() -> None:
    """Also when nothing was given."""
    assert [row.amounts for row in costs("none").rows] == [costs().frame.totals.amounts]
    report = empty()
    assert report.rows == ()


def test_top_larger_than_the_rows_changes_nothing() -> None:
    """No rest of nothing."""
    assert costs(top=100).rows == costs().rows
    assert costs(top=7).rows == costs().rows
    assert costs(top=6).rows[-1].groups == 1


def test_a_breakdown_that_no_row_gave_is_absent() -> None:
    """Absent in rows, present in those that gave it."""
    rows = json.loads(FORMATS["json"].render(completions()))["rows"]
    assert [row.get("input_cached_tokens") for row in rows] == [7, None, None, None]
    assert all("input_audio_tokens" not in row for row in rows)


def test_colour_only_when_asked() -> None:
    """And the text is the same without its styles."""
    import re

    plain = FORMATS["table"].render(costs())
    coloured = FORMATS["table"].render(costs(), colour=True)
    assert coloured != plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
