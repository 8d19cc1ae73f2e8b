"""The vertical axis: how much a row of cells stands for, and which values its marks name.

A mark stands on the edge between two rows, where a bar of exactly that value ends: so steps are chosen
together with the number of rows between marks, and the top is the first edge that holds the highest value.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from usagetop.analysis import numbers

if TYPE_CHECKING:
    from usagetop.model.metrics import Unit

_FEW_ROWS = 4
_MOST_BETWEEN = 8
_MOST_MARKS = 6
_ROWS_A_MARK = 3
# A mark too many or too few costs as much as leaving this part of the height empty.
_MANY_COST, _FEW_COST = 0.1, 0.15
_SLACK = 1e-9
# Below this floats lose their digits, and no step is round any more.
_NOTHING = 1e-290
_MANTISSAS = (1.0, 2.0, 2.5, 4.0, 5.0, 10.0)
_TIMES = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200)
_HOUR = 3600.0


class Scale(NamedTuple):
    """``rows`` rows of ``per_row`` each, ``below`` of them under the zero line.

    ``marks`` are (edge, text): edge 0 is the lower edge of the lowest row, ``rows`` the upper of the highest.
    """

    rows: int
    below: int
    per_row: float
    marks: tuple[tuple[int, str], ...]

    @property
    def low(self) -> float:
        """The value at the lower edge."""
        return -self.below * self.per_row

    @property
    def high(self) -> float:
        """The value at the upper edge."""
        return (self.rows - self.below) * self.per_row


def scale(low: float, high: float, rows: int, unit: Unit, *, currency: str = "", width: int = 6) -> Scale:
    """The scale for values from ``low`` (≤ 0) to ``high`` (≥ 0) on ``rows`` rows; texts aim at ``width`` cells."""
    low, high = min(0.0, low), max(0.0, high)
    if rows <= 0 or high - low < _NOTHING:
        return Scale(max(0, rows), 0, 1.0, ((0, "0"),))
    if rows <= _FEW_ROWS:
        return _exact(low, high, rows, unit, currency=currency, width=width)
    wanted = min(_MOST_MARKS, max(2, round(rows / _ROWS_A_MARK)))
    best: tuple[float, int, float, int] | None = None
    for between in range(2, min(rows, _MOST_BETWEEN) + 1):
        step, below = _step(low, high, rows, between, unit)
        used = (high - low) / (rows * step / between)
        excess = rows // between - wanted
        score = used - (_MANY_COST * excess if excess > 0 else -_FEW_COST * excess)
        if best is None or score > best[0]:
            best = (score, between, step, below)
    if best is None:  # cannot be: there are more than four rows
        return _exact(low, high, rows, unit, currency=currency, width=width)
    _, between, step, below = best
    edges = range(below % between, rows + 1, between)
    marks = [(edge, (edge - below) // between * step) for edge in edges]
    texts = tuple((edge, _text(value, step, unit, currency, width)) for edge, value in marks)
    return Scale(rows, below, step / between, texts)


def _exact(low: float, high: float, rows: int, unit: Unit, *, currency: str, width: int) -> Scale:
    """For few rows: the highest value (or the lowest, of credits only) fills the height and is marked."""
    if not high:
        text = numbers.short(low, unit, currency=currency, width=width)
        return Scale(rows, rows, -low / rows, ((0, text), (rows, "0")))
    below, per_row = 0, high / rows
    if low < 0 and rows > 1:
        choices = ((max(high / (rows - under), -low / under), under) for under in range(1, rows))
        per_row, below = min(choices)
    text = numbers.short(high, unit, currency=currency, width=width)
    return Scale(rows, below, per_row, ((below, "0"), (rows, text)))


def _step(low: float, high: float, rows: int, between: int, unit: Unit) -> tuple[float, int]:
    """The smallest round step that holds all values with ``between`` rows a step; and the rows below zero."""
    step = 0.0
    least = (high - low) * between / rows
    while True:
        step = round_step(max(least, step * 1.01), unit)
        per_row = step / between
        above, below = (math.ceil(value / per_row * (1 - _SLACK)) for value in (high, -low))
        if above + below <= rows:
            return step, below


def round_step(least: float, unit: Unit) -> float:
    """The smallest round number that is at least ``least``: of the decimal, clock or binary kind."""
    if unit == "bytes":
        return 2.0 ** max(0, math.ceil(math.log2(least) - _SLACK))
    if unit == "seconds":
        for time in _TIMES:
            if time >= least * (1 - _SLACK):
                return float(time)
        return _HOUR * round_step(least / _HOUR, "units")
    counted = unit not in {"usd", "units"}
    power = math.floor(math.log10(least)) if least > 0 else 0
    for exponent in (power - 1, power, power + 1):
        for mantissa in _MANTISSAS:
            # Through text: 10.0 ** -2 * 2.5 is not the number that 0.025 names.
            number = float(f"{mantissa:g}e{exponent}")
            if number >= least * (1 - _SLACK) and (not counted or number == int(number)):
                return number
    return 1.0


def _text(value: float, step: float, unit: Unit, currency: str, width: int) -> str:
    """The text of a mark; where the round form is too long, the short one."""
    number = float(f"{value:.12g}")
    text = numbers.tick(number, step, unit, currency=currency)
    return text if len(text) <= width else numbers.short(number, unit, currency=currency, width=width)
