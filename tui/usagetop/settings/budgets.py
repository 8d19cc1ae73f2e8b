"""Own budgets of the configuration: what each is called, how much a month, and of what.

::

    [[budgets]]
    name = "everything"
    amount = "20000.00"               # a month, exact; in usd unless currency says otherwise

    [[budgets]]
    name = "search"
    amount = 4000
    scope = "search-api"              # a project by id or name

    [[budgets]]
    name = "images of two projects"
    amount = 300
    scope = ["project_id=image-studio", "project_id=mobile-app", "model=gpt-image-2"]   # filters, as of --filter

A mistake is named with its line, and with what was probably meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from usagetop.errors import ConfigError, UsageError
from usagetop.model import money
from usagetop.model.text import label
from usagetop.settings.config import Budget

ORGANIZATION = "organization"
_KNOWN = ("name", "amount", "scope", "currency")
_CURRENCY = re.compile(r"[a-z]{1,8}")
_QUIET = re.compile(r"\"(?:\\.|[^\"\\])*\"|'[^']*'|#[^\n]*")
_HEADER = re.compile(r"^[ \t]*\[[^\[\],]*\]|^[ \t]*\[\[", re.MULTILINE)
Table = Mapping[str, Any]


class _Wrong(Exception):
    """A mistake in one budget: the setting, why, and what to do."""

    def __init__(self, name: str, why: str, mend: str = "") -> None:
        super().__init__(why)
        self.name, self.why, self.mend = name, why, mend


def read_budgets(entries: object, *, at: str, mend: str, source: Callable[[], str]) -> tuple[Budget, ...]:
    """The budgets of a profile (``at``: ``profile.work``) or of the defaults (empty).

    ``mend`` is said where nothing better is known; ``source`` gives the file's text, for line numbers. Raises
    ConfigError.
    """
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        wrong = _Wrong("", "it must be a list of tables", "Write [[budgets]], and below it name and amount")
        raise _error(wrong, at, None, mend)
    found: list[Budget] = []
    for number, entry in enumerate(entries):
        try:
            budget = _budget(entry, {one.name for one in found})
        except _Wrong as wrong:
            raise _error(wrong, at, line_of(source(), at, number, wrong.name), mend) from None
        found.append(budget)
    return tuple(found)


def _error(wrong: _Wrong, at: str, line: int | None, mend: str) -> ConfigError:
    where = label(".".join(filter(None, (at, "budgets", wrong.name))), most=80)
    said = f" (line {line})" if line else ""
    return ConfigError(f"the setting {where} cannot be used{said}", why=wrong.why, mend=wrong.mend or mend)


def _budget(entry: Table, taken: Collection[str]) -> Budget:
    """One budget, whose name is none of those taken; raises _Wrong."""
    for key in entry:
        if key not in _KNOWN:
            raise _Wrong(key, "there is no such setting", _meant(key, _KNOWN, "Settings of a budget"))
    amount = money.read(entry.get("amount"))
    if amount is None or amount <= 0:
        raise _Wrong("amount", "it must be an amount above 0", 'Write it like amount = "500.00"')
    name = _line(entry, "name").strip()
    if not name:
        raise _Wrong("name", "a budget needs a name")
    if name in taken:
        raise _Wrong("name", f"two budgets are called {label(name, most=40)}")
    currency = _line(entry, "currency").strip().lower() or "usd"
    if not _CURRENCY.fullmatch(currency):
        raise _Wrong("currency", "it is no currency", 'Write its code, like currency = "usd"')
    scope, filters = _scope(entry)
    return Budget(name, amount, scope, currency, filters)


def _scope(entry: Table) -> tuple[str, tuple[str, ...]]:
    """The project (id or name; empty: all) and the filters that a budget is about."""
    given = entry.get("scope", "")
    words = given if isinstance(given, list) else [given]
    if not words or not all(isinstance(word, str) and word.isprintable() for word in words):
        raise _Wrong(
            "scope", "it must be a project, or a list of filters", 'Write it like scope = "search-api"'
        )
    filters = [word for word in words if "=" in word]
    if not filters and len(words) == 1:
        word = words[0].strip()
        return ("" if word.lower() == ORGANIZATION else word), ()
    for word in words:
        _check_filter(word)
    return "", tuple(filters)


def _check_filter(word: str) -> None:
    """Whether costs can be filtered so; raises _Wrong with what can be."""
    from usagetop.model.categories import category
    from usagetop.model.query import parse_filters

    costs = category("costs")
    try:
        parse_filters(costs, [word])
    except UsageError as error:
        names = [dimension.name for dimension in costs.groupable if dimension.name != "bucket"]
        dimension = word.partition("=")[0].rstrip("!").strip()
        raise _Wrong("scope", error.what, _meant(dimension, names, "Dimensions of costs")) from None


def _line(entry: Table, name: str) -> str:
    value = entry.get(name, "")
    if not isinstance(value, str) or not value.isprintable():
        raise _Wrong(name, "it must be one line of text")
    return value


def _meant(word: str, names: Iterable[str], what: str) -> str:
    """``Did you mean amount?``, or all that there is."""
    from difflib import get_close_matches

    choices = sorted(names)
    near = get_close_matches(word, choices, n=1)
    return f"Did you mean {near[0]}?" if near else f"{what}: {' '.join(choices)}"


def line_of(text: str, at: str, number: int, name: str) -> int | None:
    """The line (from 1) of a setting of the budget of that number (from 0); None where it cannot be told.

    It is the line on which the budget begins where the setting is not there. ``at`` is ``profile.work`` or empty.
    """
    # What stands in texts and comments is no setting.
    bare = _QUIET.sub(lambda match: re.sub(r"[^\n]", "~", match[0]), text)
    path = rf"{re.escape(at)}\.budgets" if at else "budgets"
    tables = list(re.finditer(rf"^[ \t]*\[\[\s*{path}\s*\]\]", bare, re.MULTILINE))
    if number < len(tables):
        begin = tables[number].end()
        following = _HEADER.search(bare, begin)
        end = following.start() if following else len(bare)
    else:
        found = _inline(bare, at, number)
        if found is None:
            return None
        begin, end = found
    setting = re.search(rf"(?:^|[{{,])\s*{re.escape(name)}\s*=", bare[begin:end], re.MULTILINE)
    return bare.count("\n", 0, begin + (setting.end() if setting else 0)) + 1


def _inline(bare: str, at: str, number: int) -> tuple[int, int] | None:
    """Where the table of that number stands in ``budgets = [{ … }, …]``."""
    begin = 0
    if at:
        header = re.search(rf"^[ \t]*\[\s*{re.escape(at)}\s*\]", bare, re.MULTILINE)
        if header is None:
            return None
        begin = header.end()
    following = _HEADER.search(bare, begin)
    end = following.start() if following else len(bare)
    setting = re.compile(r"^[ \t]*budgets\s*=", re.MULTILINE).search(bare, begin, end)
    if setting is None:
        return None
    opened = [match.start() for match in re.compile("{").finditer(bare, setting.end(), end)]
    if number >= len(opened):
        return None
    closed = bare.find("}", opened[number])
    return opened[number], closed if closed >= 0 else end
