"""What every group of rows shares: a measured row, its verdict, and interleaved runs."""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass
from math import ceil
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

RUNS = 7


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    ``measured`` and ``baseline`` are in ``unit``; where there is a baseline, the ratio of both is held against
    ``budget``, else ``measured`` itself is. Without a budget nothing is judged. ``note`` says what was measured
    exactly.
    """

    what: str
    measured: float
    unit: str
    budget: float | None
    baseline: float | None = None
    against: str = ""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many baselines it took."""
        return None if self.baseline is None else self.measured / self.baseline

    @property
    def is_met(self) -> bool:
        """Whether the budget holds, without any rounding."""
        ratio = self.ratio
        return self.budget is not None and (self.measured if ratio is None else ratio) <= self.budget

    @property
    def verdict(self) -> str:
        """``met`` or ``missed``; empty without a budget."""
        if self.budget is None:
            return ""
        return "met" if self.is_met else "missed"

    def as_json(self) -> dict[str, str | float | None]:
        """The row for ``--json``."""
        return {
            "what": self.what,
            "measured": self.measured,
            "unit": self.unit,
            "baseline": self.baseline,
            "against": self.against,
            "ratio": self.ratio,
            "budget": self.budget,
            "verdict": self.verdict,
            "note": self.note,
        }


class Spent(NamedTuple):
    """What a program took: seconds on the clock and seconds of processor time, its own and the system's for it."""

    clock: float
    processor: float


def seconds(run: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def busy_seconds(run: Callable[[], object]) -> float:
    """How long one call keeps a processor busy, for what waits for nothing: others beside it count less."""
    start = time.process_time()
    run()
    return time.process_time() - start


def interleaved(*runs: Callable[[], float], times: int = RUNS) -> list[float]:
    """The median of each of several measurements, taken in turn, so that a busy moment hits all of them."""
    taken: list[list[float]] = [[] for _ in runs]
    for _ in range(times):
        for run, values in zip(runs, taken, strict=True):
            gc.collect()
            values.append(run())
    return [median(values) for values in taken]


def spent(*runs: Callable[[], Spent], times: int = RUNS) -> list[Spent]:
    """The medians of several programs' times, run in turn."""
    taken: list[list[Spent]] = [[] for _ in runs]
    for _ in range(times):
        for run, values in zip(runs, taken, strict=True):
            values.append(run())
    return [Spent(*map(median, zip(*values, strict=True))) for values in taken]


def percentile(values: Sequence[float], part: float) -> float:
    """The smallest value that ``part`` (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, ceil(part * len(ordered)) - 1)]


def spread(values: Sequence[Spent]) -> str:
    """The median on the clock, and the processor's median and p95, which other programs disturb less."""
    work = [each.processor for each in values]
    half = median(each.clock for each in values)
    return (
        f"p50 {half * 1e3:.2f} ms; processor {median(work) * 1e3:.2f}, p95 {percentile(work, 0.95) * 1e3:.2f}"
    )
