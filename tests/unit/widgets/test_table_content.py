"""What stands in the table's cells: exact or honestly short, shares that say something, widths that hold."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.widgets.tables import column, content, cost, costs, usage
from usagetop.model.cells import width_of
from usagetop.widgets.table_widths import Widths


def test_the_charted_metric_and_its_share_come_first() -> None:
    """After the dimensions; a single currency has no column."""
    rows = [{"model": "m", "input_tokens": 1, "output_tokens": 2}]
    names = [each.name for each in content(usage(*rows), "output_tokens").columns]
    assert names[:4] == ["model", "output_tokens", "share", "input_tokens"]
    names = [each.name for each in content(costs(cost("a", "1"), cost("b", "2"))).columns]
    assert names[:3] == ["line_item", "amount", "share"]
    names = [each.name for each in content(costs(cost("a", "1"), cost("b", "2", "eur"))).columns]
    assert names[:3] == ["line_item", "currency", "amount"]


def test_a_cell_is_short_and_its_copy_is_exact() -> None:
    """Every digit goes to the clipboard."""
    table = content(costs(cost("a", "1234.567890123456789012345678901234")))
    amount = table.columns[1]
    assert table.text(0, amount) == "$1,234.57"
    assert table.exact(0, amount) == "1234.567890123456789012345678901234"
    assert table.exact(0, table.columns[0]) == "a"


def test_what_the_api_did_not_give_is_empty() -> None:
    """Not zero."""
    table = content(costs(cost("a", None), cost("b", "0")))
    assert column(table, "amount") == ["$0.00", ""]
    assert column(table, "share") == ["", ""]
    assert table.exact(1, table.columns[1]) == ""


def test_a_quantity_stands_beside_its_unit() -> None:
    """The unit comes from outside: drawn, not obeyed."""
    rows = [
        cost("a", "2", quantity=Decimal(5), quantity_unit="to\x1bkens"),
        cost("b", "1", quantity=Decimal(1), quantity_unit=None),
    ]
    table = content(costs(*rows))
    assert column(table, "quantity") == ["5", "1"]
    assert column(table, "quantity_unit") == ["to␛kens~30040db5", ""]


@pytest.mark.parametrize(
    ("amounts", "shares"),
    [
        (("3", "1"), ["75.0%", "25.0%"]),
        (("1",), ["100.0%"]),
        (("100000", "1"), ["100.0%", "<0.1%"]),
        # A refund has no share of what is left, and can make others larger than the whole.
        (("30", "-10"), ["150.0%", ""]),
        (("1000000", "-999999.99"), [">999%", ""]),
        (("-1", "-2"), ["", ""]),
        (("1", "-1"), ["", ""]),
    ],
)
def test_a_share_says_how_much_of_the_total(amounts: tuple[str, ...], shares: list[str]) -> None:
    """Never wider than 100.0%, never 0.0% for something."""
    frame = costs(*(cost(f"item {place}", amount) for place, amount in enumerate(amounts)))
    texts = column(content(frame), "share")
    assert texts == shares
    assert all(len(text) <= len("100.0%") for text in texts)


def test_shares_are_of_the_row_s_own_currency_and_bars_compare_shares() -> None:
    """A thousand yen do not make a dollar's bar vanish."""
    frame = costs(cost("a", "6"), cost("b", "4"), cost("c", "100000", "jpy"), cost("d", "900000", "jpy"))
    table = content(frame)
    assert column(table, "share") == ["60.0%", "40.0%", "90.0%", "10.0%"]
    assert table.largest_share == pytest.approx(0.9)


@given(st.lists(st.decimals(-(10**6), 10**6, places=4, allow_nan=False), min_size=1, max_size=8))
def test_no_bar_is_longer_than_its_cell(amounts: list[Decimal]) -> None:
    """The largest share fills it; every other is a part of that."""
    table = content(costs(*(cost(f"item {n}", str(amount)) for n, amount in enumerate(amounts))))
    shares = [share for row in range(len(table.rows)) if (share := table.share(row)) is not None]
    assert table.largest_share > 0
    assert all(share <= table.largest_share * (1 + 1e-9) for share in shares)


def test_widths_hold_the_head_with_its_sort_mark_and_the_widest_cell() -> None:
    """Wide letters take two cells."""
    table = content(costs(cost("日本語" * 5, "1")))
    widths = dict(zip([each.name for each in table.columns], Widths(table).natural, strict=True))
    assert widths["line_item"] == 30
    assert widths["amount"] == len("amount ▼")
    assert widths["share"] == len("100.0%")


def test_widths_of_money_leave_room_for_the_longest_currency() -> None:
    """``JPY 1,234.00`` is wider than ``$1,234.00``."""
    table = content(costs(cost("a", "1234"), cost("b", "1234", "jpy")))
    at = [each.name for each in table.columns].index("amount")
    assert max(map(width_of, column(table, "amount"))) <= Widths(table).natural[at]


def test_a_number_beyond_the_sample_is_shortened_into_its_column() -> None:
    """Widths are measured on some rows and on both ends; what lies between may be wider."""
    table = content(usage({"model": "m", "input_tokens": 9_999_999_999}))
    tokens = next(each for each in table.columns if each.name == "input_tokens")
    assert table.text(0, tokens) == "9,999,999,999"
    assert table.text(0, tokens, 6) == "10.00B"


def test_opening_many_rows_measures_few() -> None:
    """A million rows open as a thousand do."""
    rows = [{"model": f"m{number}", "input_tokens": number} for number in range(5_000)]
    asked = []

    def resolve(dimension: str, value: str) -> None:
        asked.append((dimension, value))

    table = content(usage(*rows), resolve=resolve)
    calls = 0
    text = type(table).text

    def counted(self: object, *arguments: object) -> str:
        nonlocal calls
        calls += 1
        return text(self, *arguments)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(table), "text", counted)
        assert Widths(table).natural
    assert calls < 500 * len(table.columns)


def test_an_empty_frame_has_columns_and_no_rows() -> None:
    """Nothing to measure is no fault."""
    table = content(costs())
    assert [each.name for each in table.columns][:2] == ["line_item", "amount"]
    assert len(Widths(table).natural) == len(table.columns)
    assert table.largest_share == 1.0
