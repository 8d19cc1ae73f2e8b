"""The registry of categories, against the table of INTERFACE.md and what the API documents."""

from __future__ import annotations

import pytest

from usagetop.errors import UsageError
from usagetop.model.categories import BY_NAME, CATEGORIES, SECONDS_OF, Category, category
from usagetop.model.dimensions import DIMENSIONS

# The order of the tabs, and of the keys 1 … 9, 0.
ORDER = [
    *(
        "costs",
        "completions",
        "embeddings",
        "moderations",
        "images",
        "audio_speeches",
        "audio_transcriptions",
    ),
    *("vector_stores", "code_interpreter_sessions", "file_search_calls", "web_search_calls", "decisions"),
]
FOUR = {"project_id", "user_id", "api_key_id", "model"}
COMPLETIONS = FOUR | {"batch", "service_tier", "api_source"}
# name: main metrics, group_by, filters
TABLE: dict[str, tuple[list[str], set[str], set[str]]] = {
    "costs": (
        ["amount"],
        {"project_id", "user_id", "line_item", "api_key_id", "api_source"},
        {"project_id", "api_key_id", "line_item"},
    ),
    "completions": (["input_tokens", "output_tokens", "num_model_requests"], COMPLETIONS, FOUR | {"batch"}),
    "decisions": (["input_tokens", "output_tokens", "num_model_requests"], COMPLETIONS, FOUR | {"batch"}),
    "embeddings": (["input_tokens", "num_model_requests"], FOUR, FOUR),
    "moderations": (["input_tokens", "num_model_requests"], FOUR, FOUR),
    "images": (["images", "num_model_requests"], FOUR | {"size", "source"}, FOUR | {"size", "source"}),
    "audio_speeches": (["characters", "num_model_requests"], FOUR, FOUR),
    "audio_transcriptions": (["seconds", "num_model_requests"], FOUR, FOUR),
    "vector_stores": (["usage_bytes"], {"project_id"}, {"project_id"}),
    "code_interpreter_sessions": (["num_sessions"], {"project_id"}, {"project_id"}),
    "file_search_calls": (
        ["num_requests"],
        {"project_id", "user_id", "api_key_id", "vector_store_id"},
        {"project_id", "user_id", "api_key_id", "vector_store_id"},
    ),
    "web_search_calls": (
        ["num_requests", "num_model_requests"],
        FOUR | {"context_level", "api_source"},
        FOUR | {"context_level"},
    ),
}
OBJECTS = {
    "costs": "organization.costs.result",
    "file_search_calls": "organization.usage.file_searches.result",
    "web_search_calls": "organization.usage.web_searches.result",
}

every = pytest.mark.parametrize("about", CATEGORIES, ids=lambda about: about.name)


def test_the_order_is_that_of_the_tabs() -> None:
    """Scripts and fingers hold on to it."""
    assert [about.name for about in CATEGORIES] == ORDER == list(BY_NAME)


@every
def test_what_a_category_measures_groups_and_filters(about: Category) -> None:
    """The API's own lists; filters are dimensions and have a parameter."""
    metrics, dimensions, filters = TABLE[about.name]
    assert [metric.name for metric in about.main_metrics] == metrics
    assert {dimension.name for dimension in about.dimensions} == dimensions
    assert about.filters == filters
    assert all(DIMENSIONS[name].filter_param for name in about.filters)
    assert all(not DIMENSIONS[name].filter_param for name in ("service_tier", "api_source"))
    assert all(DIMENSIONS[dimension.name] is dimension for dimension in about.groupable)


@every
def test_where_a_category_is_asked_for(about: Category) -> None:
    """Path and row object, also the two that are named otherwise."""
    usage = f"/organization/usage/{about.name}"
    assert about.path == ("/organization/costs" if about.is_costs else usage)
    assert about.object == OBJECTS.get(about.name, f"organization.usage.{about.name}.result")


@every
def test_widths_and_limits(about: Category) -> None:
    """The largest limits the API takes; widths run from the finest to the coarsest."""
    expected = {"1d": 180} if about.is_costs else {"1m": 1440, "1h": 168, "1d": 31}
    assert dict(about.limits) == expected
    assert list(about.widths) == sorted(expected, key=SECONDS_OF.__getitem__)


@every
def test_defaults(about: Category) -> None:
    """Costs by line item, else by model where there is one, else by project; and what one may group by."""
    has_model = "model" in TABLE[about.name][1]
    assert about.default_by == ("line_item" if about.is_costs else "model" if has_model else "project_id")
    names = [dimension.name for dimension in about.groupable]
    assert len(set(names)) == len(names)
    assert names[-1] == "bucket"
    assert all(about.has_dimension(name) for name in names)
    assert not about.has_dimension("currency")
    assert [dimension.name for dimension in about.derived] == (["model"] if about.is_costs else [])


@every
def test_metrics_have_names_of_their_own(about: Category) -> None:
    """By which they are found; only stored bytes are a level."""
    for metric in about.metrics:
        assert about.metric(metric.name) is metric
        assert (metric.kind == "level") == (metric.name == "usage_bytes")
        assert (metric.unit == "tokens") == metric.name.endswith("_tokens")
    for names in zip(*((metric.name, metric.short, metric.label) for metric in about.metrics), strict=True):
        assert len(set(names)) == len(names)


def test_what_is_not_there_is_refused_with_the_choices() -> None:
    """The typed word is not drawn."""
    with pytest.raises(UsageError) as caught:
        category("\x1b[31mcost")
    assert caught.value.lines() == ("no such category", "Categories: " + " ".join(ORDER))
    with pytest.raises(UsageError) as caught:
        category("images").metric("\x1b[31m")
    assert caught.value.lines() == (
        "images has no such metric",
        "Metrics of images: images, num_model_requests",
    )
