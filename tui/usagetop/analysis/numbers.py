"""Numbers for screens: how an amount, a count, a duration or a size is written in the room that it has.

A number is shortened by rounding to a unit it names (``22.3M``, ``1.2 GiB``, ``3h 05m``), never by cutting
digits, and what is not zero never reads as zero (``<$0.01``). Money stays Decimal on its whole way; floats
are taken for the axes of charts, by their shortest decimal text.

Every unit has its *forms*, longest first: exact, then rounded ever more coarsely. ``full`` is the first form,
``short`` the one that reads best, ``cell`` the longest that fits.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from usagetop.model.text import label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from usagetop.model.metrics import Unit

Number = int | Decimal | float

# Never the default context: it would round to 28 digits, in abs() already.
_WIDE = Context(prec=400, rounding=ROUND_HALF_UP)
_SUFFIXES = ("", "K", "M", "B", "T")
_BINARY = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
_MONEY_PLACES = 2
# Up to here the short form is the exact one: it takes no more room than "99.9K" would.
_EXACT_COUNT = Decimal(100_000)
_EXACT_MONEY = Decimal(1_000_000)
_THOUSAND, _KIBI, _MINUTE, _HOUR = 1000, 1024, 60, 3600
_MOST_WHOLE_HOURS = 100
_MOST_CURRENCY = 8
_FEW_BYTES = 100


def full(number: Number, unit: Unit, *, currency: str = "") -> str:
    """Every digit, with thousands separators: ``$1,234.5678``, ``22,312,345``, ``11,100 s``, ``512 B``."""
    value = _decimal(number)
    places = max(_places(value), _MONEY_PLACES if unit == "usd" else 0)
    text = _write(value, places, _symbol(unit, currency))
    return text + {"seconds": " s", "bytes": " B"}.get(unit, "")


def short(number: Number, unit: Unit, *, currency: str = "", width: int | None = None) -> str:
    """The form that reads best: ``$1,234.56``, ``22.3M``, ``3h 05m``, ``1.2 GiB``.

    With ``width`` (cells): the first of the coarser forms that fits; where none does, the shortest of all.
    """
    value = _decimal(number)
    symbol = _symbol(unit, currency)
    if unit not in {"seconds", "bytes"} and value.copy_abs() >= (
        _EXACT_MONEY if unit == "usd" else _EXACT_COUNT
    ):
        return _fit(_scaled_forms(value, symbol), width)
    return _fit(_forms(value, unit, symbol), width)


def cell(number: Number, unit: Unit, width: int, *, currency: str = "") -> str:
    """The longest form that fits ``width`` cells, for the cells of a table: ``22,312,345`` before ``22.3M``.

    Money has two decimals, so that right-aligned amounts stand with their points below one another.
    """
    if isinstance(number, int) and unit not in {"usd", "seconds", "bytes"}:
        text = f"{number:,}"  # by far the most cells
        if len(text) <= width:
            return text
    value = _decimal(number)
    return _fit(_forms(value, unit, _symbol(unit, currency)), width)


def signed(number: Number, unit: Unit, *, currency: str = "", width: int | None = None) -> str:
    """``short`` of a difference: with its sign also when it is positive (``+$3.10``, ``-22.3M``, ``0``)."""
    value = _decimal(number)
    if value <= 0:
        return short(value, unit, currency=currency, width=width)
    # The mirror image: what -3.10 looks like, with the other sign.
    return (
        short(value.copy_negate(), unit, currency=currency, width=width).replace("-", "+").replace(">", "<")
    )


def signed_cell(number: Number, unit: Unit, width: int, *, currency: str = "") -> str:
    """``cell`` of a difference, with its sign: ``+$1,234.56``, ``-$3.10``, ``$0.00``."""
    value = _decimal(number)
    text = cell(value.copy_abs(), unit, width - bool(value), currency=currency)
    return text if not value else ("+" if value > 0 else "-") + text


def percent(share: float) -> str:
    """A share as ``42%``, ``4.2%``: ``<0.1%`` is not nothing, and ``>99.9%`` not all."""
    magnitude = abs(Decimal(repr(share)) * 100)
    sign = "-" if share < 0 else ""
    tenth, ten, hundred = Decimal("0.1"), Decimal(10), Decimal(100)
    if magnitude in {Decimal(0), hundred}:
        return f"{sign}{magnitude:.0f}%"
    if magnitude < tenth:
        return f">{sign}0.1%" if sign else "<0.1%"
    if hundred - tenth < magnitude < hundred:
        return f"<{sign}99.9%" if sign else ">99.9%"
    places = 1 if magnitude < ten or 0 < hundred - magnitude < 1 else 0
    return f"{sign}{_digits(magnitude, places)}%"


def change(now: Number, before: Number) -> str:
    """The change against an earlier number: ``+12%``, ``-3.4%``, ``×12`` (above +900%), ``new``, ``0%``."""
    current, previous = _decimal(now), _decimal(before)
    if not previous:
        return "new" if current else "0%"
    if previous < 0 or current < 0:
        return "–"  # a share of a negative amount says nothing
    ratio = _WIDE.divide(current, previous)
    if ratio > 10:  # noqa: PLR2004 - from here a factor reads better than a percentage
        return f"×{_digits(ratio, 0) if ratio < _THOUSAND else _scaled(ratio, 2)}"
    text = percent(float(ratio - 1))
    return text if ratio <= 1 else f"<+{text[1:]}" if text[0] == "<" else f"+{text}"


def tick(value: Number, step: Number, unit: Unit, *, currency: str = "") -> str:
    """A mark of an axis whose marks are ``step`` apart: no more digits than the step needs; ``0`` is bare."""
    number, apart = _decimal(value), _decimal(step)
    if not number:
        return "0"
    if unit == "seconds":
        return _duration(number, compact=True)
    if unit == "bytes":
        return _size(number, 1).replace(".0", "").replace(" ", "")
    symbol = _symbol(unit, currency)
    if number.copy_abs() < _THOUSAND:
        places = _places(apart.normalize(_WIDE))
        return _write(number, max(places, _MONEY_PLACES) if places and unit == "usd" else places, symbol)
    return _money(number < 0, "", _scaled(number.copy_abs(), 4, strip=True), symbol)


def _fit(forms: Iterator[str], width: int | None) -> str:
    """The first form of at most ``width`` cells, else the shortest; coarser ones are not even made."""
    shortest = ""
    for form in forms:
        if width is None or len(form) <= width:
            return form
        shortest = form if not shortest or len(form) < len(shortest) else shortest
    return shortest


def _forms(value: Decimal, unit: Unit, symbol: str) -> Iterator[str]:
    """The forms of a number, longest first."""
    if unit == "seconds":
        yield _duration(value)
        yield _duration(value, compact=True)
        yield _duration(value, compact=True, coarse=True)
    elif unit == "bytes":
        yield _size(value, 1)
        coarse = _size(value, 0)
        yield coarse
        yield coarse.replace(" ", "")
        yield coarse.replace(" ", "").removesuffix("iB")
    else:
        yield from _plain_forms(value, symbol, _MONEY_PLACES if unit == "usd" else min(_places(value), 3))


def _plain_forms(value: Decimal, symbol: str, places: int) -> Iterator[str]:
    """Forms of money, counts and quantities: with decimals, whole, then with three, two, one digits."""
    yield _write(value, places, symbol)
    if places and (value.copy_abs() < 1 or value.copy_abs() >= 10):  # noqa: PLR2004 - $1.23 as $1 would say too little
        yield _write(value, 0, symbol)
    elif places:
        yield _write(value, 1, symbol)
        yield _write(value, 0, symbol)
    if value.copy_abs() >= _THOUSAND:
        yield from _scaled_forms(value, symbol)


def _scaled_forms(value: Decimal, symbol: str) -> Iterator[str]:
    """``22.3M``, ``22M``: with three, two and one significant digits."""
    for digits in (3, 2, 1):
        yield _money(value < 0, "", _scaled(value.copy_abs(), digits), symbol)


def _write(value: Decimal, places: int, symbol: str) -> str:
    """Sign, symbol and digits; what would round to zero becomes less than the last place."""
    digits = _digits(value.copy_abs(), places)
    if value and not digits.strip("0.,"):
        quantum = _digits(Decimal(1).scaleb(-places), places)
        return _money(value < 0, ">" if value < 0 else "<", quantum, symbol)
    return _money(value < 0, "", digits, symbol)


def _money(negative: bool, mark: str, digits: str, symbol: str) -> str:  # noqa: FBT001 - the sign
    """``-$1.20``, ``EUR -1.20``, ``<$0.01``, ``>-$0.01``, and without a symbol ``-1.2``."""
    minus = "-" if negative else ""
    return f"{mark}{symbol}{minus}{digits}" if symbol.endswith(" ") else f"{mark}{minus}{symbol}{digits}"


@lru_cache(maxsize=64)
def _symbol(unit: Unit, currency: str) -> str:
    """``$``, or the currency's code and a blank; empty for what is not money."""
    if unit != "usd":
        return ""
    return "$" if currency in {"", "usd"} else label(currency, most=_MOST_CURRENCY).upper() + " "


def _decimal(number: Number) -> Decimal:
    """The exact Decimal; of a float the one that its shortest text names."""
    if isinstance(number, Decimal):
        return number
    return Decimal(number) if isinstance(number, int) else Decimal(repr(number))


def _places(value: Decimal) -> int:
    """How many decimals the number has, trailing zeros left out."""
    exponent = value.normalize(_WIDE).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _digits(magnitude: Decimal, places: int) -> str:
    """``1,234.50``: rounded half up to that many decimals."""
    return f"{_WIDE.quantize(magnitude, Decimal(1).scaleb(-places)):,f}"


def _scaled(magnitude: Decimal, digits: int, *, strip: bool = False) -> str:
    """``22.3M``: at most ``digits`` significant digits before K, M, B, T; beyond them ``1.27e30``."""
    power = 0
    scaled = magnitude
    while power < len(_SUFFIXES) - 1 and _round(scaled, digits) >= _THOUSAND:
        power += 1
        scaled = _WIDE.scaleb(magnitude, -3 * power)
    if _round(scaled, digits) >= _THOUSAND:
        mantissa = _WIDE.scaleb(magnitude, -magnitude.adjusted())
        return f"{_digits(mantissa, max(0, digits - 1))}e{magnitude.adjusted()}"
    text = _digits(scaled, max(0, digits - 1 - max(0, scaled.adjusted())))
    return (text.rstrip("0").rstrip(".") if strip and "." in text else text) + _SUFFIXES[power]


def _round(value: Decimal, digits: int) -> Decimal:
    """Rounded to that many significant digits, but never above the whole number."""
    places = max(0, digits - 1 - max(0, value.adjusted()))
    return _WIDE.quantize(value, Decimal(1).scaleb(-places))


def _duration(value: Decimal, *, compact: bool = False, coarse: bool = False) -> str:
    """``45s``, ``12m 30s``, ``3h 05m``, ``1,234h``; compact: in one unit (``3.1h``), coarse: whole (``3h``)."""
    minus, seconds = ("-" if value < 0 else ""), value.copy_abs()
    whole = int(_WIDE.quantize(seconds, Decimal(1)))
    if whole < _MINUTE:
        return _write(value, 0 if coarse or seconds >= 10 else min(_places(value), 1), "") + "s"  # noqa: PLR2004
    minutes = int(_WIDE.quantize(_WIDE.divide(seconds, Decimal(_MINUTE)), Decimal(1)))
    size, name = (_MINUTE, "m") if whole < _HOUR else (_HOUR, "h")
    if compact or minutes >= _MOST_WHOLE_HOURS * _MINUTE:
        amount = _WIDE.divide(seconds, Decimal(size))
        if amount >= _EXACT_COUNT:
            return f"{minus}{_scaled(amount, 3)}h"
        text = _digits(amount, 0 if coarse or not compact or amount >= _MOST_WHOLE_HOURS else 1)
        return minus + text.removesuffix(".0") + name
    if whole < _HOUR:
        return f"{minus}{whole // _MINUTE}m {whole % _MINUTE:02d}s"
    return f"{minus}{minutes // _MINUTE}h {minutes % _MINUTE:02d}m"


def _size(value: Decimal, places: int) -> str:
    """``512 B``, ``1.2 GiB``: one decimal below 100, powers of 1024."""
    minus, scaled, power = ("-" if value < 0 else ""), value.copy_abs(), 0
    kept = 0
    while True:
        kept = places if power and scaled < _FEW_BYTES else 0
        if power == len(_BINARY) - 1 or _WIDE.quantize(scaled, Decimal(1).scaleb(-kept)) < _KIBI:
            break
        power += 1
        scaled = _WIDE.divide(value.copy_abs(), Decimal(_KIBI**power))
    text = minus + _digits(scaled, kept) if power else _write(value, 0, "")
    return f"{text} {_BINARY[power]}"
