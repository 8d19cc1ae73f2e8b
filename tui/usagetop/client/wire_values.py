"""Reading single values of an answer: exactly, or not at all.

JSON numbers become int or Decimal, never float. What cannot be a number (``NaN``, an exponent beyond all
bounds) is kept as its literal in an ``Oddity``, and so is a field that an object gives twice with two values:
which of them is meant nobody can know (RFC 8259 leaves it open, and parsers differ).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from usagetop.client.faults import BrokenBody

# Python refuses texts of integers with more than 4,300 digits; the difference leaves room for sums.
MOST_DIGITS = 4_000
LARGEST = 10**MOST_DIGITS
# Fields that are seen but not documented [R]: names for free, kept, and nothing to worry about.
ROW_NAMES = frozenset(
    {
        "project_name",
        "user_email",
        "user_name",
        "api_key_name",
        "organization_id",
        "organization_name",
    }
)
BUCKET_NAMES = frozenset({"start_time_iso", "end_time_iso"})
BUCKET_FIELDS = frozenset({"object", "start_time", "end_time", "results", "result"})
PAGE_FIELDS = frozenset({"object", "data", "has_more", "next_page"})
# Seconds since the epoch that a bucket may have: 1970 to 2200.
_LAST_SECOND = 7_258_118_400


@dataclass(frozen=True, slots=True)
class Oddity:
    """What is no value, as JSON text.

    A number literal that is no number (``NaN``, ``-Infinity``, ``1e99999999999999999999``), or the list of the
    values of a field that was given more than once.
    """

    literal: str


def _decimal(literal: str) -> Decimal | Oddity:
    try:
        return Decimal(literal)
    except InvalidOperation:
        return Oddity(literal)


def _integer(literal: str) -> int | Decimal:
    return int(literal) if len(literal) <= MOST_DIGITS else Decimal(literal)


def _fields(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object's fields; one that came with several values is an Oddity."""
    fields = dict(pairs)
    if len(fields) == len(pairs):
        return fields
    given: dict[str, dict[str, object]] = {}
    for name, value in pairs:
        given.setdefault(name, {})[text_of(value)] = value
    return {
        name: next(iter(values.values())) if len(values) == 1 else Oddity(f"[{', '.join(values)}]")
        for name, values in given.items()
    }


def load(body: bytes) -> object:
    """The JSON value of a body with exact numbers; raises BrokenBody for what is not whole JSON."""
    try:
        return json.loads(
            body,
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=Oddity,
            object_pairs_hook=_fields,
        )
    except RecursionError:
        raise BrokenBody("it is nested too deeply") from None
    except ValueError:
        raise BrokenBody("it was cut, or is not JSON" if body else "it is empty") from None


def text_of(value: object) -> str:
    """The JSON text of a loaded value, numbers exactly as they were read."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {text_of(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(text_of, value)) + "]"
    if isinstance(value, Oddity):
        return value.literal
    return str(value) if isinstance(value, Decimal) else json.dumps(value)


def count(value: object) -> int | None:
    """An exact integer (also written as ``51584.0``), or None for anything else.

    Booleans, texts, fractions and numbers of more than 4,000 digits are not counts.
    """
    if isinstance(value, Decimal):
        if not value.is_finite() or value.adjusted() >= MOST_DIGITS:
            return None
        # The exponent first: comparing 1E-999999999 to its integral value would build it digit by digit.
        whole = value == 0 or (value.adjusted() >= 0 and value == value.to_integral_value())
        return int(value) if whole else None
    if isinstance(value, int) and not isinstance(value, bool) and -LARGEST < value < LARGEST:
        return value
    return None


def second(value: object) -> int | None:
    """A moment in UTC seconds that a bucket can have, or None."""
    moment = count(value)
    return moment if moment is not None and 0 <= moment <= _LAST_SECOND else None


def dimension(value: object) -> tuple[str | None, bool]:
    """A dimension's value and whether it was readable.

    ``""`` is null (old rows), ``batch`` comes as a boolean, anything else that is not text keeps its JSON text.
    """
    if value is None or value == "":
        return None, True
    if isinstance(value, str):
        return value, True
    return text_of(value), isinstance(value, bool)
