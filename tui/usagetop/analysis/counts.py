"""Running sums of usage by group: flows, which add up, and levels, of which the last one counts."""

from __future__ import annotations

from collections import Counter
from itertools import compress
from typing import TYPE_CHECKING

from usagetop.analysis.totals import Number, Summed, Sums, Totals
from usagetop.analysis.woven import WovenSums

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from usagetop.analysis.grouping import Placed
    from usagetop.analysis.totals import BucketTotals
    from usagetop.model.columns import Bucket
    from usagetop.model.metrics import Metric


class Counts(Sums):
    """Sums of flows."""

    def __init__(self, metrics: Sequence[Metric], charted: str) -> None:
        super().__init__(charted)
        self._metrics = metrics
        self._woven = WovenSums()
        # Sums of what does not come in planes, by metric and group: there are negative and very large numbers.
        self._others: dict[str, dict[int, int]] = {}
        # The groups in which metrics were given; those that were given together are noted together.
        self._given: dict[tuple[str, ...], set[int]] = {}

    def add(self, bucket: Bucket, placed: Placed) -> Totals:
        """Add a bucket's rows; returns the bucket's own totals."""
        present = [metric.name for metric in self._metrics if metric.name in bucket.columns]
        columns = {name: bucket.planes(name) for name in present} if placed.groups else {}
        planes = {name: column for name, column in columns.items() if column is not None}
        sums = self._woven.add(planes, bucket.rows, placed)
        self._note([name for name, column in planes.items() if not column.given], placed.groups)
        whole = sum(sums)
        found = {name: self._woven.column(name, whole) for name in planes}
        drawn: Iterable[int] = [0] * len(sums)
        if self.charted in planes:
            drawn = (self._woven.column(self.charted, number) for number in sums)
        for name, column in columns.items():
            if column is None:
                numbers = self._add_list(name, bucket.counts(name), placed)
                if numbers is not None:
                    found[name] = sum(numbers)
                    drawn = numbers if name == self.charted else drawn
            elif column.given:
                codes = set(compress(placed.codes, placed.chosen(column.given)))
                self._note([name], [placed.groups[code] for code in codes])
                if not codes:
                    del found[name]
        if self.charted:
            self.draw(bucket.start, placed.groups, drawn)
        return Totals(counts=_in_order(self._metrics, found))

    def _add_list(self, name: str, numbers: Iterable[int | None], placed: Placed) -> list[int] | None:
        """Add one number a row; returns their sums, one a code, or None when no kept row gave one."""
        sums = [0] * len(placed.groups)
        given = set()
        for code, number in zip(placed.codes, placed.chosen(numbers), strict=True):
            if number is not None:
                sums[code] += number
                given.add(code)
        self._note([name], [placed.groups[code] for code in given])
        others = self._others.setdefault(name, {})
        for group, number in zip(placed.groups, sums, strict=True):
            others[group] = others.get(group, 0) + number
        return sums if given else None

    def _note(self, names: Sequence[str], groups: Iterable[int]) -> None:
        if names:
            self._given.setdefault(tuple(names), set()).update(groups)

    def result(self, groups: int, points: Sequence[BucketTotals]) -> Summed:
        """The sums of each metric; of a breakdown None where it was not given."""
        columns: dict[str, list[Number | None]] = {}
        for metric in self._metrics:
            numbers = self._woven.sums(metric.name, groups)
            for group, number in self._others.get(metric.name, {}).items():
                numbers[group] += number
            if metric.main:
                columns[metric.name] = [*numbers]
                continue
            given = {group for names, met in self._given.items() if metric.name in names for group in met}
            if given:
                columns[metric.name] = [
                    number if group in given else None for group, number in enumerate(numbers)
                ]
        whole: Counter[str] = Counter()
        for point in points:
            whole.update(point.totals.counts)
        return Summed(columns, Totals(counts=_in_order(self._metrics, whole)))


class Levels(Sums):
    """Levels: added up within a bucket; a newer value takes the place of the older one."""

    def __init__(self, metrics: Sequence[Metric], charted: str) -> None:
        super().__init__(charted)
        self._metrics = metrics
        # The start of the bucket that a group's value is from, or, before it has one, where it was met.
        self._as_of: list[int] = []
        self._last: dict[str, dict[int, int]] = {metric.name: {} for metric in metrics}
        self._latest: dict[str, int] = {}

    def add(self, bucket: Bucket, placed: Placed) -> Totals:
        """Put a bucket's values in the place of older ones; returns the bucket's own totals."""
        self._as_of += [bucket.start] * (1 + max(placed.groups, default=-1) - len(self._as_of))
        found: dict[str, int] = {}
        for metric in self._metrics:
            own: dict[int, int] = {}
            if placed.groups and metric.name in bucket.columns:
                numbers = placed.chosen(bucket.counts(metric.name))
                for code, number in zip(placed.codes, numbers, strict=True):
                    if number is not None:
                        group = placed.groups[code]
                        own[group] = own.get(group, 0) + number
            if own:
                found[metric.name] = self._latest[metric.name] = sum(own.values())
            self._last[metric.name].update(own)
            for group in own:
                self._as_of[group] = bucket.start
            if metric.name == self.charted:
                self.draw(bucket.start, own, own.values())
        return Totals(counts=_in_order(self._metrics, found))

    def result(self, groups: int, points: Sequence[BucketTotals]) -> Summed:  # noqa: ARG002 - nothing adds up
        """Each group's last value, and as totals those of the last bucket that gave one."""
        columns: dict[str, list[Number | None]] = {
            name: [last.get(group, 0) for group in range(groups)] for name, last in self._last.items()
        }
        totals = Totals(counts=_in_order(self._metrics, self._latest))
        return Summed(columns, totals, as_of=self._as_of)


def _in_order(metrics: Sequence[Metric], found: Mapping[str, int]) -> dict[str, int]:
    """Totals in the order of the metrics; 0 for a main metric that no row gave."""
    return {
        metric.name: found.get(metric.name, 0) for metric in metrics if metric.main or metric.name in found
    }
