"""What a model's tokens cost in a period, as billed: prices by kind, and differences between them.

A line item is one *variant* of one kind: at a tier, of a modality, with or without long context. Prices of
different variants are never mixed: a difference is taken within each variant, and the variants are weighed by
the tokens that were billed in them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from usagetop.analysis.matching import related
from usagetop.analysis.units import unit_of
from usagetop.analysis.uses import TIERS
from usagetop.model.line_items import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from usagetop.analysis.bill import Line
    from usagetop.analysis.grouping import Key

_TOKEN_KINDS = frozenset({"input", "cached", "written", "output"})


@dataclass(frozen=True, slots=True)
class Variant:
    """In which way tokens of one kind were billed."""

    tier: str = ""
    modality: str = ""
    rest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Billed:
    """Tokens and what was paid for them, exactly."""

    tokens: Fraction
    amount: Fraction


@dataclass(frozen=True)
class Tariff:
    """What one model was billed in one currency: tokens and money by kind and variant."""

    kinds: Mapping[str, Mapping[Variant, Billed]]

    def price(self, kind: str, variant: Variant) -> Fraction | None:
        """The price of a token, None where none was billed in this way."""
        billed = self.kinds.get(kind, {}).get(variant)
        return billed.amount / billed.tokens if billed and billed.tokens else None

    def tokens(self, kind: str, tiers: frozenset[str]) -> Fraction:
        """How many tokens of a kind were billed at these tiers."""
        return sum((billed.tokens for _, billed in self._at(kind, tiers)), Fraction())

    def less_than(self, other: str, kind: str, tiers: frozenset[str]) -> Fraction | None:
        """By how much a token of ``kind`` was cheaper than one of ``other`` at these tiers; None where unknown."""
        return _difference((billed, self.price(other, each)) for each, billed in self._at(kind, tiers))

    def less_than_default(self, kind: str, tier: str) -> Fraction | None:
        """By how much a token of ``kind`` was cheaper at ``tier`` than at the default one; None where unknown."""
        return _difference(
            (billed, self.price(kind, replace(each, tier="")))
            for each, billed in self._at(kind, frozenset({tier}))
        )

    def _at(self, kind: str, tiers: frozenset[str]) -> list[tuple[Variant, Billed]]:
        return [(each, billed) for each, billed in self.kinds.get(kind, {}).items() if each.tier in tiers]


def _difference(priced: Iterable[tuple[Billed, Fraction | None]]) -> Fraction | None:
    """(other price − own price) of a token, the mean over the tokens billed."""
    tokens = saved = Fraction()
    for billed, other in priced:
        if not billed.tokens:
            continue
        if other is None:
            return None
        tokens += billed.tokens
        saved += billed.tokens * other - billed.amount
    return saved / tokens if tokens else None


class Tariffs:
    """The tariffs of a bill: by scope, billed model and currency."""

    def __init__(self, lines: Iterable[Line]) -> None:
        """Read lines of the bill; what is no tokens, or a credit, has no part in it."""
        kinds: dict[tuple[Key, str, str], dict[str, dict[Variant, Billed]]] = {}
        for line in lines:
            reading = read(line.line_item)
            unit = unit_of(line.quantity_unit, line.line_item)
            if reading is None or reading.kind not in _TOKEN_KINDS or unit.base != "tokens":
                continue
            if reading.tier not in TIERS:
                continue  # evaluations have prices of their own, and no usage
            if line.amount is None or line.quantity is None or line.amount < 0 or line.quantity < 0:
                continue
            variant = Variant(reading.tier, reading.modality, reading.rest)
            new = Billed(Fraction(line.quantity) * unit.size, Fraction(line.amount))
            # A line counts for its own scope and for the whole bill.
            for scope in dict.fromkeys([line.scope, ()]):
                of_kind = kinds.setdefault((scope, reading.model, line.currency), {}).setdefault(
                    reading.kind, {}
                )
                old = of_kind.get(variant, Billed(Fraction(), Fraction()))
                of_kind[variant] = Billed(old.tokens + new.tokens, old.amount + new.amount)
        self._tariffs: dict[Key, dict[str, dict[str, Tariff]]] = {}
        for (scope, model, currency), of_model in kinds.items():
            self._tariffs.setdefault(scope, {}).setdefault(model, {})[currency] = Tariff(of_model)

    def of(self, model: str | None, scope: Key = ()) -> Mapping[str, Tariff]:
        """By currency, what a model of usage was billed in this scope (empty: anywhere); empty where it was not.

        The same name goes before one of the same family.
        """
        models = self._tariffs.get(scope, {})
        if model is None or model in models:
            return models[model] if model is not None else {}
        return next((models[name] for name in sorted(models) if related(name, model)), {})
