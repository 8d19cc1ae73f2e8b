"""What could not be read, as notices: one a code, with the fields named and the rows counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from usagetop.model.answer import Notice
from usagetop.model.columns import Bucket, Problem
from usagetop.model.dimensions import DIMENSIONS
from usagetop.model.text import label

_MOST_NAMED = 3
# In the order in which a reader should hear of them.
# What one is, and what several are.
_SENTENCES = {
    "unreadable_values": (
        "1 value could not be read and stands in no total",
        "{:,} values could not be read and stand in no total",
    ),
    "unknown_objects": (
        "1 row of an unknown kind is kept, but stands in no total",
        "{:,} rows of an unknown kind are kept, but stand in no total",
    ),
    "missing_values": (
        "1 value was left out by the server and counts as nothing",
        "{:,} values were left out by the server and count as nothing",
    ),
    "unknown_fields": (
        "a field that usagetop does not know was seen",
        "fields that usagetop does not know were seen",
    ),
}

# A dimension's value that is no text: its row counts, under the value as it came.
_OF_DIMENSIONS = (
    "1 value could not be read as a name or id, and is shown as it came",
    "{:,} values could not be read as names or ids, and are shown as they came",
)


def bucket_notices(buckets: Iterable[Bucket]) -> tuple[Notice, ...]:
    """Notices about the rows of buckets, wherever the buckets come from (network or cache)."""
    return problem_notices(problem for bucket in buckets for problem in bucket.problems)


def problem_notices(problems: Iterable[Problem]) -> tuple[Notice, ...]:
    """One notice a code, in the order of importance, each a drawable sentence."""
    counted: dict[str, Counter[str]] = {}
    for problem in problems:
        counted.setdefault(problem.code, Counter())[problem.field] += problem.rows
    return tuple(
        Notice(code, _sentence(forms, counted[code])) for code, forms in _SENTENCES.items() if code in counted
    )


def named(names: Iterable[str]) -> str:
    """Up to three names, and how many more there are; the names become drawable."""
    every = list(names)
    shown = ", ".join(label(name, most=60) or "(no name)" for name in every[:_MOST_NAMED])
    more = len(every) - _MOST_NAMED
    return f"{shown} and {more:,} more" if more > 0 else shown


def _sentence(forms: tuple[str, str], fields: Counter[str]) -> str:
    """The sentence for so many rows, with the fields that most of them are about."""
    count = fields.total()
    if forms is _SENTENCES["unreadable_values"] and all(name in DIMENSIONS for name in fields):
        forms = _OF_DIMENSIONS
    text = forms[0] if count == 1 else forms[1].format(count)
    return f"{text}: {named(sorted(fields, key=lambda name: (-fields[name], name)))}"
