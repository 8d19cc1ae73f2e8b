"""The drawable text of a sheet's fields, in the room that there is; what is not known is an en dash."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from usagetop.analysis.numbers import cell, full, percent, signed_cell
from usagetop.model.dimensions import DIMENSIONS
from usagetop.model.period import day_text
from usagetop.model.text import label

if TYPE_CHECKING:
    from usagetop.analysis.sheet import Field, Kind, SheetRow, Value

# Wide enough that no number is ever shortened.
WHOLE = 400
# More digits than any price list has.
_PRICE_DIGITS = 6
_MOST_CHANGES = 3
# (dimension, raw value) → its drawable text, by name where one is known.
LabelOf = Callable[[str, str | None], str]


def field_text(about: Field, row: SheetRow, label_of: LabelOf, room: int = WHOLE) -> str:
    """The text of a row's field in ``room`` cells: a dimension by name where one is known."""
    value = row.get(about.name)
    if about.kind == "dimension":
        if about.name not in row:
            return "–"
        return label_of(about.name, None if value is None else str(value))
    if about.kind == "cause":
        return _cause(row)
    if about.kind == "scope" and isinstance(project := row.get("project_id"), str):
        return label_of("project_id", project)
    return value_text(about, value, str(row.get("currency") or ""), room)


def _cause(row: SheetRow) -> str:
    """Why a driver moved: its status, and where both periods have it the larger of its two parts."""
    volume, price = row.get("volume"), row.get("price")
    if isinstance(volume, Decimal) and isinstance(price, Decimal):
        if not volume and not price:
            return "same"
        return "price" if abs(price) > abs(volume) else "volume"
    return str(row.get("status") or "")


def value_text(about: Field, value: Value, currency: str, room: int = WHOLE) -> str:
    """The text of one value; ``currency`` is that of its row."""
    if value is None or (about.kind == "money" and not currency and not value):
        # Where no amount was given there is no currency either: it is not known, and no zero.
        return "–" if about.number else ""
    write = _WRITERS.get(about.kind)
    return label(str(value)) if write is None else write(about, value, currency, room)


def price_text(price: Decimal, currency: str) -> str:
    """A unit price: ``$1.25``, ``$0.0000153``, with six significant digits at most."""
    if price:
        places = max(2, _PRICE_DIGITS - 1 - price.adjusted())
        price = round(price, places).normalize()
    return full(price, "usd", currency=currency or "?")


def _money(about: Field, value: Value, currency: str, room: int) -> str:
    assert isinstance(value, Decimal)  # noqa: S101 - a field of money holds nothing else; mypy cannot know
    if about.signed:
        return signed_cell(value, "usd", room, currency=currency or "?")
    return cell(value, "usd", room, currency=currency or "?")


def _count(_about: Field, value: Value, _currency: str, room: int) -> str:
    assert isinstance(value, Decimal | int)  # noqa: S101 - as above
    return cell(value, "units", room)


def _price(_about: Field, value: Value, currency: str, _room: int) -> str:
    assert isinstance(value, Decimal)  # noqa: S101 - as above
    return price_text(value, currency)


def _share(_about: Field, value: Value, _currency: str, _room: int) -> str:
    assert isinstance(value, Decimal | float | int)  # noqa: S101 - as above
    return percent(float(value))


def _day(_about: Field, value: Value, _currency: str, _room: int) -> str:
    assert isinstance(value, int)  # noqa: S101 - as above
    return day_text(value)


def _changes(_about: Field, value: Value, currency: str, _room: int) -> str:
    """The last changes of a price: ``11-10 $1.25, 11-17 $1.50``."""
    assert isinstance(value, tuple)  # noqa: S101 - as above
    return ", ".join(
        f"{day_text(start)[5:]} {price_text(price, currency)}" for start, price in value[-_MOST_CHANGES:]
    )


def _models(_about: Field, value: Value, _currency: str, _room: int) -> str:
    """Names, or that there are none."""
    assert isinstance(value, tuple)  # noqa: S101 - as above
    return ", ".join(label(str(name or DIMENSIONS["model"].missing)) for name in value) or "none"


_WRITERS: dict[Kind, Callable[[Field, Value, str, int], str]] = {
    "money": _money,
    "quantity": _count,
    "count": _count,
    "price": _price,
    "share": _share,
    "day": _day,
    "changes": _changes,
    "models": _models,
}
