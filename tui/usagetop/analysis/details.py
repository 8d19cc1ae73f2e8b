"""Every field behind one row of a frame, also those that usagetop has no use for."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

from usagetop.analysis.grouping import Grouping
from usagetop.model import money
from usagetop.model.text import label

if TYPE_CHECKING:
    from collections.abc import Iterable

    from usagetop.analysis.frame import Frame
    from usagetop.analysis.grouping import Key
    from usagetop.model.columns import Bucket
    from usagetop.model.query import Query

_MOST_VALUES = 5


def details(query: Query, buckets: Iterable[Bucket], frame: Frame, key: Key) -> list[tuple[str, str]]:
    """Drawable (field, text) pairs of one group: dimensions, exact metrics, then the fields beside them.

    A field with several values over the rows lists the first few and counts the rest.
    """
    index = frame.keys.index(key)
    pairs = [
        (name, "null" if value is None else label(str(value)))
        for name, value in zip(frame.dims, key, strict=True)
    ]
    for name, column in frame.columns.items():
        value = column[index]
        if value is not None:
            pairs.append((name, money.plain(Decimal(value))))
    if frame.units is not None and frame.units[index] is not None:
        pairs.append(("quantity_unit", label(str(frame.units[index]))))
    found, rows, held = _beside(query, buckets, key)
    pairs.append(("rows", f"{rows:,} in {held:,} bucket{'' if held == 1 else 's'}"))
    for name in sorted(found):
        texts = list(found[name])
        more = f" … and {len(texts) - _MOST_VALUES} more" if len(texts) > _MOST_VALUES else ""
        pairs.append((label(name), ", ".join(texts[:_MOST_VALUES]) + more))
    return pairs


def _beside(query: Query, buckets: Iterable[Bucket], key: Key) -> tuple[dict[str, dict[str, None]], int, int]:
    """The extra fields' distinct values (drawable), and in how many rows and buckets the group stands."""
    grouping = Grouping(query)
    found: dict[str, dict[str, None]] = {}
    rows = held = 0
    for bucket in buckets:
        placed = grouping.assign(bucket)
        if key not in grouping.keys:
            continue
        group = grouping.keys.index(key)
        wanted = {code for code, each in enumerate(placed.groups) if each == group}
        rows_of = zip(placed.chosen(range(bucket.rows)), placed.codes, strict=True)
        mine = [place for place, code in rows_of if code in wanted]
        rows += len(mine)
        held += bool(mine)
        for name in bucket.extras:
            codes, values = bucket.extra(name)  # noqa: S610 - no Django here
            for place in mine:
                value = values[codes[place]]
                if value is not None and value != "null":
                    found.setdefault(name, {})[_text(value)] = None
    return found, rows, held


def _text(value: str) -> str:
    """A JSON text as a person reads it: strings without quotes."""
    try:
        parsed = json.loads(value)
    except ValueError:
        return label(value)
    return label(parsed) if isinstance(parsed, str) else label(value)
