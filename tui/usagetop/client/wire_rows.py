"""The exact reader: row by row, for costs and for every page that is not just as documented.

Each row ends in exactly one place: in the columns, with None for what could not be read; or, when it is of
an unknown object, whole in ``strays``. What was skipped is counted as a Problem.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from usagetop.client.wire_values import BUCKET_FIELDS, BUCKET_NAMES, ROW_NAMES, count, dimension, text_of
from usagetop.model import money
from usagetop.model.categories import Category
from usagetop.model.columns import Bucket, Problem, Value, pack

UNREADABLE, MISSING = "unreadable_values", "missing_values"
STRAY, UNKNOWN = "unknown_objects", "unknown_fields"
_AMOUNT_FIELDS = frozenset({"value", "currency"})
Fields = dict[str, Any]


class Rows:
    """Collects the rows of one bucket as columns."""

    def __init__(self, category: Category, grain: tuple[str, ...]) -> None:
        self._category = category
        self._costs = category.is_costs
        self._known = frozenset(dimension.name for dimension in category.dimensions)
        self._counts = () if self._costs else tuple(category.metrics)
        names = (*grain, "currency", "quantity_unit") if self._costs else grain
        self._grain = grain
        self._rows = 0
        self._dims: dict[str, list[Value]] = {name: [] for name in names}
        self._numbers: dict[str, list[Any]] = {metric.name: [] for metric in category.metrics}
        self._extras: dict[str, dict[int, str]] = {}
        self._problems: Counter[tuple[str, str]] = Counter()
        self._strays: list[str] = []

    def add(self, row: object) -> None:
        """Read one row."""
        if not isinstance(row, dict) or not self._belongs(row):
            kind = row.get("object", "") if isinstance(row, dict) else ""
            self._note(STRAY, kind if isinstance(kind, str) else text_of(kind))
            self._strays.append(text_of(row))
            return
        for name in self._grain:
            self._add_dimension(name, name, row)
        if self._costs:
            self._add_money(row)
        else:
            for metric in self._counts:
                self._add_count(metric.name, row, main=metric.main)
        used = {"object", *self._numbers, *self._known} | ({"quantity_unit"} if self._costs else set())
        for name in row.keys() - used:
            self._keep(name, row[name])
        self._rows += 1

    def note_bucket(self, bucket: Fields) -> None:
        """Keep the fields of the bucket itself that usagetop does not know, on each of its rows."""
        for name in bucket.keys() - BUCKET_FIELDS - BUCKET_NAMES:
            self._note(UNKNOWN, f"bucket.{name}")
            text = text_of(bucket[name])
            self._extras[f"bucket.{name}"] = dict.fromkeys(range(self._rows), text)

    def packed(self, start: int, end: int) -> Bucket:
        """The bucket, with what could not be read noted."""
        given = self._numbers if self._rows else {}
        return pack(
            start,
            end,
            self._rows,
            dims=self._dims,
            counts={} if self._costs else given,
            amounts=given if self._costs else {},
            extras={
                name: [texts.get(row) for row in range(self._rows)]
                for name, texts in sorted(self._extras.items())
            },
            problems=problems(self._problems),
            strays=self._strays,
        )

    def _belongs(self, row: Fields) -> bool:
        """Whether the row is of this category; gateways that leave the name out are taken by their fields."""
        kind = row.get("object")
        if kind is None:
            return any(metric.name in row for metric in self._category.main_metrics)
        return bool(kind == self._category.object)

    def _note(self, code: str, field: str) -> None:
        self._problems[code, field] += 1

    def _keep(self, name: str, value: object) -> None:
        """Keep a field that has no column of its own."""
        if name not in ROW_NAMES:
            self._note(UNKNOWN, name)
        elif value is None:
            return
        self._extras.setdefault(name, {})[self._rows] = text_of(value)

    def _unreadable(self, field: str, value: object) -> None:
        """Note a value that could not be read, and keep what it was for the details of the row."""
        self._note(UNREADABLE, field)
        self._extras.setdefault(field, {})[self._rows] = text_of(value)

    def _add_dimension(self, column: str, field: str, row: Fields) -> None:
        value, readable = dimension(row.get(field))
        if not readable or (isinstance(row.get(field), bool) and field != "batch"):
            self._unreadable(field, row[field])
        self._dims[column].append(value)

    def _add_count(self, name: str, row: Fields, *, main: bool) -> None:
        given = row.get(name)
        number = count(given)
        if given is None:
            if main:
                self._note(MISSING, name)
        elif number is None:
            self._unreadable(name, given)
        self._numbers[name].append(number)

    def _add_money(self, row: Fields) -> None:
        """``amount`` with its currency, ``quantity`` with its unit."""
        amount, currency = self._amount(row.get("amount"))
        self._numbers["amount"].append(amount)
        self._dims["currency"].append(currency)
        given = row.get("quantity")
        quantity = money.read(given)
        if given is not None and quantity is None:
            self._unreadable("quantity", given)
        self._numbers["quantity"].append(quantity)
        self._add_dimension("quantity_unit", "quantity_unit", row)

    def _amount(self, given: object) -> tuple[object, str | None]:
        """Amount and lower-case currency; an amount without a currency is none, and is told."""
        if given is None:
            self._note(MISSING, "amount")
            return None, None
        if not isinstance(given, dict):
            self._unreadable("amount", given)
            return None, None
        for name in given.keys() - _AMOUNT_FIELDS:
            self._keep(f"amount.{name}", given[name])
        named, value = given.get("currency"), given.get("value")
        currency = named.lower() if isinstance(named, str) and named else None
        if value is None:
            self._note(MISSING, "amount")
            return None, currency
        amount = money.read(value)
        if amount is None or currency is None:
            self._unreadable("amount", given)
            return None, currency
        return amount, currency


def problems(counted: Counter[tuple[str, str]]) -> tuple[Problem, ...]:
    """Counted problems in a fixed order."""
    return tuple(Problem(code, field, rows) for (code, field), rows in sorted(counted.items()))
