"""What caching, batches and service tiers saved, at the prices that the same period was billed at.

Of a model: cached · (p_input − p_cached) − written · (p_write − p_input), with tokens from usage and prices
from costs (``tariffs``), never from a list. Where a price that is needed was not billed in the period, what
was saved is unknown: None, never 0. What is known is rounded to ten decimal places, half to even, once a row.
``input_tokens`` hold the cached and the written ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING

from usagetop.analysis.bill import lines_of, rank, text_of
from usagetop.analysis.shares import rounded
from usagetop.analysis.tariffs import Tariffs
from usagetop.analysis.uses import tiers_of
from usagetop.model import money

if TYPE_CHECKING:
    from decimal import Decimal

    from usagetop.analysis.frame import Frame
    from usagetop.analysis.grouping import Key
    from usagetop.analysis.tariffs import Tariff

# What rows are not by: prices are taken apart by these, and what was saved is added up again.
_FOLDED = frozenset({"batch", "service_tier", "bucket"})
_SCOPE = ("bucket", "project_id")


@dataclass(frozen=True, slots=True)
class Tokens:
    """Exact counts of a group; ``cached`` and ``written`` are None where the API gave none."""

    requests: int = 0
    input: int = 0
    cached: int | None = None
    written: int | None = None
    output: int = 0

    @property
    def hit_rate(self) -> Fraction | None:
        """Cached ÷ input tokens; None without input, or where cached tokens were not told."""
        return Fraction(self.cached, self.input) if self.input and self.cached is not None else None

    @property
    def by_kind(self) -> tuple[int, int, int, int]:
        """Uncached input, cached, written and output tokens: the kinds that are billed, in the order of KINDS."""
        cached, written = self.cached or 0, self.written or 0
        return max(0, self.input - cached - written), cached, written, self.output

    def plus(self, other: Tokens) -> Tokens:
        """The sum; what neither says stays None."""
        return Tokens(
            self.requests + other.requests,
            self.input + other.input,
            _plus(self.cached, other.cached),
            _plus(self.written, other.written),
            self.output + other.output,
        )


@dataclass(frozen=True, slots=True)
class Saving:
    """What one group saved, in one currency (empty: nothing was billed that would name one).

    ``key`` are its values of ``Savings.dims``, raw. In a view of tiers ``tier`` is the one it ran at: ``default batch
    flex priority`` or the API's own word, None where usage does not tell them apart. A model that is billed
    in two currencies has a row for each, with the same tokens.
    """

    key: Key
    model: str | None
    tokens: Tokens
    saved: Decimal | None
    currency: str
    tier: str | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """The totals of one currency: Σ ``saved`` of the rows that know it, and the models of those that do not.

    ``saved`` is None where no row knows of anything saved, and some do not know.
    """

    saved: Decimal | None
    unknown_models: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Savings:
    """Rows by ``dims``: what saved most first, unknown last (usd before other currencies); totals by currency."""

    dims: tuple[str, ...]
    rows: tuple[Saving, ...]
    totals: dict[str, Saved]


def cache_savings(usage: Sequence[Frame], costs: Frame) -> Savings:
    """What the cache saved, by the dimensions of the usage frames (completions, decisions).

    All frames are of the same dimensions, ``model`` among them; tiers and ``bucket`` are added up in the rows.
    ``costs`` is the bill (``bill.bill``) of the same period. Where both sides have ``bucket`` or
    ``project_id``, the prices of each bucket and project count, else (or where those lack one) the whole bill's.
    """
    return _savings(usage, costs, by_tier=False)


def tier_savings(usage: Sequence[Frame], costs: Frame) -> Savings:
    """What ran at which tier, and what that saved against the default tier (negative: what it cost more).

    As ``cache_savings``, with frames by ``batch`` or ``service_tier``. A model that was billed nothing at the
    default tier has nothing to be held against: None.
    """
    return _savings(usage, costs, by_tier=True)


def of_models(found: Savings, keep: Callable[[str | None], bool]) -> Savings:
    """Only the rows of models that ``keep`` accepts, and their totals."""
    rows = tuple(row for row in found.rows if keep(row.model))
    return Savings(found.dims, rows, _totals(rows))


KINDS = ("input", "cached", "written", "output")
_METRICS = (
    "num_model_requests",
    "input_tokens",
    "input_cached_tokens",
    "input_cache_write_tokens",
    "output_tokens",
)
_Group = tuple["Key", "str | None"]
# The tariffs of a group's own scope and those of the whole bill, its tiers, its tokens.
_Part = tuple[tuple["_Tariffs", "_Tariffs"], frozenset[str], Tokens]
_Tariffs = Mapping[str, "Tariff"]
_Worth = dict[str, Fraction]


def _savings(usage: Sequence[Frame], costs: Frame, *, by_tier: bool) -> Savings:
    dims = tuple(name for name in usage[0].dims if name not in _FOLDED) if usage else ("model",)
    scope = tuple(name for name in _SCOPE if usage and name in usage[0].dims and name in costs.dims)
    tariffs = Tariffs(lines_of(costs, scope))
    groups: dict[_Group, list[_Part]] = {}
    for frame in usage:
        for named, tokens in _groups(frame):
            tiers = tiers_of(named)
            group = (tuple(named[name] for name in dims), _name_of(tiers) if by_tier else None)
            model = text_of(named["model"])
            own = tariffs.of(model, tuple(named[name] for name in scope))
            groups.setdefault(group, []).append(((own, tariffs.of(model)), tiers, tokens))
    rows: list[Saving] = []
    main = next(iter(costs.totals.amounts), "")
    for (key, tier), parts in groups.items():
        model = text_of(key[dims.index("model")])
        tokens = reduce(Tokens.plus, (part for _, _, part in parts), Tokens())
        worth = _sum(_first_known(_tier_saved if by_tier else _cache_saved, *part) for part in parts)
        if worth is None:
            rows.append(Saving(key, model, tokens, None, main, tier))
            continue
        # Nothing was saved where no price was needed.
        for currency, saved in (worth or {main: Fraction()}).items():
            rows.append(Saving(key, model, tokens, rounded(saved), currency, tier))
    rows.sort(key=_order)
    return Savings(dims, tuple(rows), _totals(rows))


def _groups(frame: Frame) -> Iterator[tuple[dict[str, str | int | None], Tokens]]:
    """Each group of a frame: its values by dimension, and its tokens."""
    columns = [frame.columns.get(name) or [None] * len(frame) for name in _METRICS]
    for key, requests, given, cached, written, output in zip(frame.keys, *columns, strict=True):
        tokens = Tokens(
            int(requests or 0), int(given or 0), _whole(cached), _whole(written), int(output or 0)
        )
        yield dict(zip(frame.dims, key, strict=True)), tokens


def _whole(value: Decimal | int | None) -> int | None:
    return None if value is None else int(value)


def _plus(one: int | None, other: int | None) -> int | None:
    return other if one is None else one + (other or 0)


def _name_of(tiers: frozenset[str]) -> str | None:
    """The tier's name where there is but one."""
    return next(iter(tiers)) or "default" if len(tiers) == 1 else None


def _first_known(
    saved: Callable[[_Tariffs, frozenset[str], Tokens], _Worth | None],
    tariffs: Iterable[_Tariffs],
    tiers: frozenset[str],
    tokens: Tokens,
) -> _Worth | None:
    """What is saved at the first tariffs that say it."""
    return next((worth for each in tariffs if (worth := saved(each, tiers, tokens)) is not None), None)


def _cache_saved(tariffs: _Tariffs, tiers: frozenset[str], tokens: Tokens) -> _Worth | None:
    """What the cache saved: the module's formula, at these tiers. None: unknown."""
    if tokens.input and tokens.cached is None:
        return None
    worth: _Worth | None = {}
    for kind, count in (("cached", tokens.cached), ("written", tokens.written)):
        less = {name: tariff.less_than("input", kind, tiers) for name, tariff in tariffs.items()}
        worth = _sum([worth, _spread(count or 0, _billed(tariffs, kind, tiers), less)])
    return worth


def _tier_saved(tariffs: _Tariffs, tiers: frozenset[str], tokens: Tokens) -> _Worth | None:
    """What these tokens would have cost more at the default tier. None: unknown."""
    others = tiers - {""}
    if len(tiers) > 1:
        # Some of it may have run at other tiers, and nobody says how much.
        return None if any(sum(_billed(tariffs, kind, others).values()) for kind in KINDS) else {}
    worth: _Worth | None = {}
    for kind, count in zip(KINDS, tokens.by_kind, strict=True) if others else ():
        less = {name: tariff.less_than_default(kind, *others) for name, tariff in tariffs.items()}
        worth = _sum([worth, _spread(count, _billed(tariffs, kind, others), less)])
    return worth


def _billed(tariffs: _Tariffs, kind: str, tiers: frozenset[str]) -> dict[str, Fraction]:
    """The tokens billed in each currency."""
    return {name: tariff.tokens(kind, tiers) for name, tariff in tariffs.items()}


def _spread(count: int, billed: Mapping[str, Fraction], less: Mapping[str, Fraction | None]) -> _Worth | None:
    """What is saved with so many tokens; they fall to the currencies as they were billed in them."""
    if not count:
        return {}
    whole = sum(billed.values(), Fraction())
    result: _Worth = {}
    for currency, tokens in billed.items():
        cheaper = less[currency]
        if not tokens:
            continue
        if cheaper is None:
            return None
        result[currency] = count * tokens / whole * cheaper
    return result or None


def _sum(parts: Iterable[_Worth | None]) -> _Worth | None:
    """The sums by currency; None as soon as one part is unknown."""
    result: _Worth = {}
    for part in parts:
        if part is None:
            return None
        for currency, saved in part.items():
            result[currency] = result.get(currency, Fraction()) + saved
    return result


def _order(row: Saving) -> tuple[object, ...]:
    """Currencies apart, usd first; the largest saving first, unknown last; then by dimensions, null last."""
    currency, *dims = rank(row.currency, *row.key, row.tier)
    return currency, row.saved is None, (row.saved or money.ZERO).copy_negate(), dims


def _totals(rows: Sequence[Saving]) -> dict[str, Saved]:
    by_currency: dict[str, list[Saving]] = {}
    for row in rows:
        by_currency.setdefault(row.currency, []).append(row)
    return {currency: _saved(members) for currency, members in by_currency.items()}


def _saved(rows: Sequence[Saving]) -> Saved:
    known = [row.saved for row in rows if row.saved is not None]
    unknown = tuple(dict.fromkeys(row.model for row in rows if row.saved is None))
    # Of nothing but zeros a sum would say that nothing was saved, where in truth it is not known.
    return Saved(money.total(known) if any(known) or not unknown else None, unknown)
