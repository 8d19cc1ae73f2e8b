"""Result rows of the usage endpoints, as JSON text.

Rows are written from templates: a page of a month by model is a few thousand of them, and building objects
for ``json.dumps`` would take most of the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from usagetop.demo import prices as p
from usagetop.demo import scenarios
from usagetop.demo.grouping import fields, plan_usage, shuffled
from usagetop.demo.volume import DAY, MINUTES, cut, factor, level_mib, part_total, requests_on, spread

if TYPE_CHECKING:
    from usagetop.demo.grouping import Members, Plan
    from usagetop.demo.paging import Bucket
    from usagetop.demo.queries import Question
    from usagetop.demo.scenarios import Scenario
    from usagetop.demo.workloads import Cell

# A cell, the place of its group, its requests, its dice of the day.
Active = Iterator[tuple["Cell", int, int, int]]
# Base units by part, requests last.
Counts = list[int]
Groups = dict[int, Counts]
_MIB = 1 << 20
_OLD_FIELDS = (
    "input_tokens",
    "output_tokens",
    "num_model_requests",
    "input_cached_tokens",
    "input_audio_tokens",
    "output_audio_tokens",
)
_NEW_DIMENSIONS = ("service_tier", "api_source")


def usage_rows(
    question: Question, scenario: Scenario, buckets: Sequence[Bucket], now: int
) -> Iterator[list[str]]:
    """The rows of each bucket, as JSON texts, one bucket at a time: a huge page would not fit twice."""
    plan = plan_usage(question, scenario)
    name = question.category.name
    parts = p.TOKEN_PARTS if name in ("completions", "decisions") else 1
    writer = Writer(question, plan, scenario)
    today = now // DAY
    for day, edges in cut(buckets):
        found: list[Groups] = [{} for _ in range(len(edges) - 1)]
        for workload, members in plan.members:
            rate_factor = factor(workload, day, today, scenario)
            if not rate_factor:
                continue
            if name == "vector_stores":
                _add_levels(found, members, day, edges)
                continue
            active = requests_on(day, rate_factor, members, scenario.seed)
            if edges == (0, MINUTES):
                _add_day(found[0], active, parts)
            else:
                _add_parts_of_day(found, active, parts, edges)
        begins = [day * MINUTES + edge for edge in edges[:-1]]
        for groups, minute in zip(found, begins, strict=True):
            yield writer.rows(groups, minute, today - day)


def _add_day(groups: Groups, active: Active, parts: int) -> None:
    """Add a whole day: the common case, without its course."""
    for cell, place, count, bits in active:
        counts = groups.get(place)
        if counts is None:
            counts = groups[place] = [0] * (parts + 1)
        counts[-1] += count
        for part, average in cell.parts:
            counts[part] += part_total(count, average, part, bits)


def _add_parts_of_day(found: list[Groups], active: Active, parts: int, edges: Sequence[int]) -> None:
    """Add the buckets between the edges."""
    for cell, place, count, bits in active:
        totals = [(part, part_total(count, average, part, bits)) for part, average in cell.parts]
        for bucket, before, after in spread(cell, count, bits, edges):
            counts = found[bucket].setdefault(place, [0] * (parts + 1))
            counts[-1] += after - before
            for part, total in totals:
                counts[part] += total * after // count - total * before // count


def _add_levels(found: list[Groups], members: Members, day: int, edges: Sequence[int]) -> None:
    """Add what is stored at the end of each bucket."""
    for groups, edge in zip(found, edges[1:], strict=True):
        for cell, place in members:
            counts = groups.setdefault(place, [0, 0])
            counts[0] += level_mib(cell, day * MINUTES + edge)


class Writer:
    """Writes groups of counts as result rows; templates and dimensions are made once for a question."""

    def __init__(self, question: Question, plan: Plan, scenario: Scenario) -> None:
        self._question = question
        self._plan = plan
        self._omit = scenario.refusing
        self._lean = scenario.huge
        self._heads: dict[bool, str] = {}
        self._tails: dict[tuple[int, bool, bool], str] = {}

    def rows(self, groups: Groups, minute: int, age: int) -> list[str]:
        """The rows of the bucket that begins at the absolute minute.

        Its ``age`` in days decides which fields the API had at that time.
        """
        old = age > scenarios.OLD_ROWS or self._lean
        ancient = age > scenarios.ANCIENT_ROWS
        template = self._template(old=old)
        measures = _MEASURES.get(self._question.category.name, _one_measure)
        if old and measures is _tokens:
            measures = _old_tokens
        return [
            template % (*measures(groups[group]), self._tail(group, old, ancient))
            for group in shuffled(list(groups), minute)
        ]

    def _template(self, *, old: bool) -> str:
        """A row with a ``%d`` for each metric and a ``%s`` for the dimensions."""
        if old not in self._heads:
            category = self._question.category
            names = tuple(metric.name for metric in category.metrics)
            if old and "input_cached_tokens" in names:
                names = _OLD_FIELDS
            text = "".join(f',"{name}":%d' for name in names)
            self._heads[old] = f'{{"object":"{category.object}"{text}%s}}'
        return self._heads[old]

    def _tail(self, group: int, old: bool, ancient: bool) -> str:  # noqa: FBT001 - a cache key
        key = (group, old, ancient)
        if key not in self._tails:
            asked = self._question.group_by
            names = [dimension.name for dimension in self._question.category.dimensions]
            if old:  # these two dimensions are younger than the rows
                names = [name for name in names if name in asked or name not in _NEW_DIMENSIONS]
            values = self._plan.groups[group]
            self._tails[key] = fields(names, asked, values, omit=self._omit, ancient=ancient)
        return self._tails[key]


def _tokens(c: Counts) -> tuple[int, ...]:
    """Metrics of a completions row, in the order of the registry, from its parts."""
    text, cached, short, long, out, *others, requests = c
    audio, cached_audio, image, cached_image, out_audio, out_image = others
    uncached = text + audio + image
    all_cached = cached + cached_audio + cached_image
    written = short + long
    return (
        uncached + all_cached + written,
        out + out_audio + out_image,
        requests,
        uncached,
        all_cached,
        written,
        short,
        long,
        text,
        audio,
        image,
        cached,
        cached_audio,
        cached_image,
        out,
        out_audio,
        out_image,
    )


def _old_tokens(c: Counts) -> tuple[int, ...]:
    """Metrics of an old completions row, in the order of ``_OLD_FIELDS``."""
    full = _tokens(c)
    return (*full[:3], full[4], full[9], full[15])


def _one_measure(c: Counts) -> tuple[int, ...]:
    """Base units and requests: embeddings, moderations, images, speeches, web searches."""
    return (c[0], c[1])


_MEASURES: dict[str, Callable[[Counts], tuple[int, ...]]] = {
    "completions": _tokens,
    "decisions": _tokens,
    "audio_transcriptions": lambda c: (c[0] * p.AUDIO_STEP, c[1]),
    "vector_stores": lambda c: (c[0] * _MIB,),
    "code_interpreter_sessions": lambda c: (c[1],),
    "file_search_calls": lambda c: (c[1],),
}
