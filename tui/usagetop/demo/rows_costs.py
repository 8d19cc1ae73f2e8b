"""Result rows of the costs endpoint, as JSON text: usage × prices, in whole pico-dollars.

Costs lie a few hours behind usage, so the newest day with money is partial.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from usagetop.demo import scenarios
from usagetop.demo.grouping import fields, keeps, shuffled
from usagetop.demo.organization import ORGANIZATION_ID, ORGANIZATION_NAME, organization
from usagetop.demo.portfolio import portfolio
from usagetop.demo.prices import PICO
from usagetop.demo.volume import DAY, MINUTES, factor, level_mib, part_total, requests_on, spread
from usagetop.demo.workloads import REQUESTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from usagetop.demo.paging import Bucket
    from usagetop.demo.prices import Line
    from usagetop.demo.queries import Question
    from usagetop.demo.scenarios import Scenario
    from usagetop.demo.workloads import Cell, Value, Workload

# What a cell adds: (place of the part or REQUESTS, average, price, place of the group).
Charges = tuple[tuple[int, int, int, int], ...]
# Base units and pico-dollars by group.
Sums = dict[int, list[int]]
_HEAD = '{"object":"organization.costs.result","amount":{"value":'
_CURRENCY = ',"currency":"usd"}'
_DIGITS = 34
_NUMBER_DAY = 5  # one day of seven has amounts as number literals, as the API has at times


class CostsBook:
    """What a costs question adds up: its groups, and the charges of every cell that it keeps."""

    def __init__(self, question: Question, scenario: Scenario) -> None:
        asked = question.group_by
        # As recorded: rows by line item alone are split by project all the same.
        split = asked == ("line_item",) and not scenario.refusing
        self.names = ("project_id", "line_item") if split else asked
        self.scenario = scenario
        self.groups: dict[tuple[Value, ...], int] = {}
        self.lines: dict[int, Line] = {}
        self._wanted = question.kept.get("line_item")
        self._kept = {name: values for name, values in question.kept.items() if name != "line_item"}
        self.members: list[tuple[Workload, list[tuple[Cell, Charges]]]] = []
        for workload in portfolio(huge=scenario.huge, leak=scenario.leak):
            cells = [(cell, charges) for cell in workload.cells if (charges := self._charges(cell))]
            if cells:
                self.members.append((workload, cells))

    def _charges(self, cell: Cell) -> Charges:
        if not keeps(self._kept, cell.dimensions):
            return ()
        averages = dict(cell.parts)
        charges = []
        for part, line in cell.lines:
            if self._wanted is not None and line.name not in self._wanted:
                continue
            group = tuple(
                [line.name if name == "line_item" else cell.dimensions.get(name) for name in self.names]
            )
            place = self.groups.setdefault(group, len(self.groups))
            self.lines[place] = line
            charges.append((part, averages.get(part, 0), line.price, place))
        return tuple(charges)

    def day(self, day: int, today: int, minutes: int) -> Sums:
        """Sums by group of the first ``minutes`` of the day."""
        sums: Sums = {}
        for workload, members in self.members:
            rate_factor = factor(workload, day, today, self.scenario)
            if not rate_factor:
                continue
            if workload.category == "vector_stores":
                _add_storage(sums, members, day, minutes // 60)
            else:
                # Before its cut the price was a quarter higher.
                dear = "price" in workload.events and today - day > scenarios.PRICE_CUT
                active = requests_on(day, rate_factor, members, self.scenario.seed)
                _add_charges(sums, active, minutes, quarters=5 if dear else 4)
        return sums


def _add_charges(
    sums: Sums, active: Iterator[tuple[Cell, Charges, int, int]], minutes: int, *, quarters: int
) -> None:
    """Add what the cells of one workload are charged; prices are ``quarters`` fourths of the table's."""
    edges = (0, minutes)
    for cell, charges, count, bits in active:
        after = count
        if minutes < MINUTES:
            after = next((upto for _, _, upto in spread(cell, count, bits, edges)), 0)
            if not after:
                continue
        for part, average, price, place in charges:
            units = count if part == REQUESTS else part_total(count, average, part, bits)
            if after != count:
                units = units * after // count
            sum_ = sums.get(place)
            if sum_ is None:
                sums[place] = [units, units * price * quarters // 4]
            else:
                sum_[0] += units
                sum_[1] += units * price * quarters // 4


def _add_storage(sums: Sums, members: Sequence[tuple[Cell, Charges]], day: int, hours: int) -> None:
    """Add what is stored: the size at the end of the day, for every hour so far."""
    for cell, charges in members:
        for _, _, price, place in charges:
            units = level_mib(cell, (day + 1) * MINUTES) * hours
            sum_ = sums.setdefault(place, [0, 0])
            sum_[0] += units
            sum_[1] += units * price


def costs_rows(
    question: Question, scenario: Scenario, buckets: Sequence[Bucket], now: int
) -> Iterator[list[str]]:
    """The rows of each bucket, as JSON texts, one bucket at a time."""
    book = CostsBook(question, scenario)
    by_line = "line_item" in question.group_by
    tails = [
        _tail(question, dict(zip(book.names, group, strict=True)), book.lines[place], scenario)
        for group, place in book.groups.items()
    ]
    known_until = (now - scenarios.COSTS_LAG) // 60
    for bucket in buckets:
        day = bucket.start // DAY
        minutes = min(MINUTES, max(0, known_until - day * MINUTES))
        sums = book.day(day, now // DAY, minutes) if minutes else {}
        quote = "" if day % 7 == _NUMBER_DAY else '"'
        written = []
        for place in shuffled(list(sums), day):
            units, pico = sums[place]
            quantity = quantity_text(book.lines[place], units) if by_line else ""
            written.append(f"{_HEAD}{quote}{amount_text(pico)}{quote}{_CURRENCY}{quantity}{tails[place]}")
        yield written


def _tail(question: Question, values: Mapping[str, Value], line: Line, scenario: Scenario) -> str:
    """What stands behind the amount and the quantity of a group's rows, names included."""
    asked, omit = question.group_by, scenario.refusing
    unit = f',"quantity_unit":{json.dumps(line.unit)}' if "line_item" in asked else ""
    if not unit and not omit:
        unit = ',"quantity":null,"quantity_unit":null'
    all_names = [dimension.name for dimension in question.category.dimensions]
    dimensions = fields(all_names, tuple(values), tuple(values.values()), omit=omit)
    project_names, emails = _free_names(huge=scenario.huge)
    extra = {
        "organization_id": ORGANIZATION_ID,
        "organization_name": ORGANIZATION_NAME,
        "project_name": project_names.get(values.get("project_id")),
        "user_email": emails.get(values.get("user_id")),
    }
    return unit + dimensions + ("}" if omit else f",{json.dumps(extra, separators=(',', ':'))[1:]}")


@cache
def _free_names(*, huge: bool) -> tuple[dict[Value, str], dict[Value, str | None]]:
    """Names of projects and addresses of users by id: what rows carry beyond the contract."""
    everybody = organization(huge=huge)
    projects: dict[Value, str] = {project.id: project.name for project in everybody.projects}
    return projects, {user.id: user.email for user in everybody.people}


def amount_text(pico: int) -> str:
    """Pico-dollars as the API writes dollars: 34 significant digits, and zero as ``0E-6176``."""
    if not pico:
        return "0E-6176"
    digits = str(abs(pico))
    sign = "-" if pico < 0 else ""
    more = "0" * (_DIGITS - len(digits))
    if len(digits) <= PICO:
        return f"{sign}0.{digits.zfill(PICO)}{more}"
    return f"{sign}{digits[:-PICO]}.{digits[-PICO:]}{more}"


def quantity_text(line: Line, units: int) -> str:
    """The quantity member of a row: base units in the line item's unit, as a finite decimal."""
    if line.price < 0:
        return ',"quantity":null'
    whole, rest = divmod(units * line.multiply, line.divide)
    fraction = ""
    while rest:
        digit, rest = divmod(rest * 10, line.divide)
        fraction += str(digit)
    return f',"quantity":{whole}.{fraction or "0"}'
