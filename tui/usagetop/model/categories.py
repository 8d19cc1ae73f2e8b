"""The registry of the twelve categories: what each measures, groups, filters and limits.

The order is that of the tabs. Facts are those of the official SDK ``openai`` 3.54.0
(``resources/admin/organization/usage.py``); ``tests/contract`` holds this table against it.
A new category is one entry here and one fixture.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from usagetop.errors import UsageError
from usagetop.model import dimensions as d
from usagetop.model import metrics as m

if TYPE_CHECKING:
    from collections.abc import Mapping

    from usagetop.model.dimensions import Dimension
    from usagetop.model.metrics import Metric

SECONDS_OF: Mapping[str, int] = MappingProxyType({"1m": 60, "1h": 3600, "1d": 86400})
# The largest ``limit`` (buckets a page) the API takes; its own defaults are 60, 24 and 7.
USAGE_LIMITS: Mapping[str, int] = MappingProxyType({"1m": 1440, "1h": 168, "1d": 31})
COSTS_LIMITS: Mapping[str, int] = MappingProxyType({"1d": 180})
# How long after its end (seconds) a bucket may still be filled (API.md, "Freshness").
LAG_USAGE, LAG_COSTS = 15 * 60, 48 * 3600


class Category(NamedTuple):
    """One category of the API.

    ``name`` is the API's own path name; ``path`` follows the base URL; ``object`` is the type name of its
    result rows. ``metrics[0]`` is charted and sorted by default. ``dimensions`` are the group_by values the
    API takes, ``filters`` those of them it also filters by; ``derived`` are dimensions that usagetop reads
    from another one (costs: model from line_item). ``limits`` maps each bucket width to the largest limit.
    """

    name: str
    title: str
    path: str
    object: str
    metrics: tuple[Metric, ...]
    dimensions: tuple[Dimension, ...]
    filters: frozenset[str]
    default_by: str
    limits: Mapping[str, int]
    derived: tuple[Dimension, ...] = ()

    @property
    def is_costs(self) -> bool:
        """Whether rows are money (amounts by currency) and not counts."""
        return self.name == "costs"

    @property
    def widths(self) -> tuple[str, ...]:
        """The bucket widths, finest first."""
        return tuple(self.limits)

    @property
    def main_metrics(self) -> tuple[Metric, ...]:
        """The metrics that stand in every row and total."""
        return tuple(metric for metric in self.metrics if metric.main)

    @property
    def groupable(self) -> tuple[Dimension, ...]:
        """What a person may group by: the API's dimensions, the derived ones, and ``bucket``."""
        return (*self.dimensions, *self.derived, d.BUCKET)

    def metric(self, name: str) -> Metric:
        """The metric of that name; raises UsageError and names the choices."""
        for metric in self.metrics:
            if metric.name == name:
                return metric
        choices = ", ".join(metric.name for metric in self.metrics)
        message = f"{self.name} has no such metric"
        raise UsageError(message, mend=f"Metrics of {self.name}: {choices}")

    def has_dimension(self, name: str) -> bool:
        """Whether a person may group or filter by this name."""
        return any(dimension.name == name for dimension in self.groupable)


def _usage(
    name: str,
    title: str,
    *,
    metrics: tuple[Metric, ...],
    dimensions: tuple[Dimension, ...],
    row: str = "",
    unfiltered: tuple[Dimension, ...] = (),
) -> Category:
    """A usage category: path and row object follow from the name unless ``row`` says otherwise."""
    names = [dimension.name for dimension in dimensions]
    return Category(
        name=name,
        title=title,
        path=f"/organization/usage/{name}",
        object=f"organization.usage.{row or name}.result",
        metrics=metrics,
        dimensions=dimensions,
        filters=frozenset(names) - {dimension.name for dimension in unfiltered},
        default_by="model" if "model" in names else "project_id",
        limits=USAGE_LIMITS,
    )


_FOUR = (d.PROJECT_ID, d.USER_ID, d.API_KEY_ID, d.MODEL)
_TOKENS = (m.INPUT_TOKENS, m.OUTPUT_TOKENS, m.NUM_MODEL_REQUESTS, *m.TOKEN_BREAKDOWN)
_COMPLETIONS_BY = (*_FOUR, d.BATCH, d.SERVICE_TIER, d.API_SOURCE)
_NO_FILTER = (d.SERVICE_TIER, d.API_SOURCE)

CATEGORIES: tuple[Category, ...] = (
    Category(
        name="costs",
        title="costs",
        path="/organization/costs",
        object="organization.costs.result",
        metrics=(m.AMOUNT, m.QUANTITY),
        dimensions=(d.PROJECT_ID, d.USER_ID, d.LINE_ITEM, d.API_KEY_ID, d.API_SOURCE),
        filters=frozenset({"project_id", "api_key_id", "line_item"}),
        default_by="line_item",
        limits=COSTS_LIMITS,
        derived=(d.MODEL,),
    ),
    _usage("completions", "completions", metrics=_TOKENS, dimensions=_COMPLETIONS_BY, unfiltered=_NO_FILTER),
    _usage("embeddings", "embeddings", metrics=(m.INPUT_TOKENS, m.NUM_MODEL_REQUESTS), dimensions=_FOUR),
    _usage("moderations", "moderations", metrics=(m.INPUT_TOKENS, m.NUM_MODEL_REQUESTS), dimensions=_FOUR),
    _usage(
        "images",
        "images",
        metrics=(m.IMAGES, m.NUM_MODEL_REQUESTS),
        dimensions=(*_FOUR, d.SIZE, d.SOURCE),
    ),
    _usage("audio_speeches", "speeches", metrics=(m.CHARACTERS, m.NUM_MODEL_REQUESTS), dimensions=_FOUR),
    _usage(
        "audio_transcriptions",
        "transcriptions",
        metrics=(m.SECONDS, m.NUM_MODEL_REQUESTS),
        dimensions=_FOUR,
    ),
    _usage("vector_stores", "vector stores", metrics=(m.USAGE_BYTES,), dimensions=(d.PROJECT_ID,)),
    _usage(
        "code_interpreter_sessions",
        "code interpreter",
        metrics=(m.NUM_SESSIONS,),
        dimensions=(d.PROJECT_ID,),
    ),
    _usage(
        "file_search_calls",
        "file search",
        metrics=(m.NUM_REQUESTS,),
        dimensions=(d.PROJECT_ID, d.USER_ID, d.API_KEY_ID, d.VECTOR_STORE_ID),
        row="file_searches",
    ),
    _usage(
        "web_search_calls",
        "web search",
        metrics=(m.NUM_REQUESTS, m.NUM_MODEL_REQUESTS),
        dimensions=(*_FOUR, d.CONTEXT_LEVEL, d.API_SOURCE),
        row="web_searches",
        unfiltered=(d.API_SOURCE,),
    ),
    _usage("decisions", "decisions", metrics=_TOKENS, dimensions=_COMPLETIONS_BY, unfiltered=_NO_FILTER),
)

BY_NAME: Mapping[str, Category] = MappingProxyType({category.name: category for category in CATEGORIES})


def category(name: str) -> Category:
    """The category of that name; raises UsageError and names the choices."""
    found = BY_NAME.get(name)
    if found is None:
        message = "no such category"
        raise UsageError(message, mend="Categories: " + " ".join(BY_NAME))
    return found
