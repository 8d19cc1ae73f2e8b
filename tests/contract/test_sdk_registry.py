"""The registry of categories against the official SDK's own parameter and response types."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from openai.resources.admin.organization.usage import Usage

from usagetop.model.categories import CATEGORIES, Category

COMMON = {"start_time", "end_time", "bucket_width", "group_by", "limit", "page"}
TYPES = "openai.types.admin.organization"
# What the SDK tells of the unit of a quantity is not a metric of its own.
NOT_METRICS = {"object", "quantity_unit"}


def parameters(category: Category) -> dict[str, Any]:
    """The types of the query parameters, by name."""
    module = import_module(f"{TYPES}.usage_{category.name}_params")
    (name,) = module.__all__
    return get_type_hints(getattr(module, name))


def literals(hint: Any) -> set[str]:  # noqa: ANN401 - any type there is
    """The values of the Literal somewhere in a type."""
    if get_origin(hint) is Literal:
        return set(get_args(hint))
    return {value for argument in get_args(hint) for value in literals(argument)}


def row_fields(category: Category) -> set[str]:
    """The fields of the category's own result row."""
    module = import_module(f"{TYPES}.usage_{category.name}_response")
    for name in module.__all__:
        model = getattr(module, name)
        fields = getattr(model, "model_fields", {})
        if "object" in fields and get_args(fields["object"].annotation) == (category.object,):
            return set(fields)
    raise AssertionError(category.object)


def of(category: Category) -> str:
    """The name of a category, as a test id."""
    return category.name


def test_the_registry_has_the_calls_of_the_sdk() -> None:
    """Twelve calls, twelve categories, by the same names."""
    calls = {name for name in vars(Usage) if not name.startswith(("_", "with_"))}
    assert {category.name for category in CATEGORIES} == calls
    assert len(calls) == 12


@pytest.mark.parametrize("category", CATEGORIES, ids=of)
def test_dimensions_and_widths(category: Category) -> None:
    """Dimensions are the values of group_by, widths those of bucket_width."""
    hints = parameters(category)
    assert {dimension.name for dimension in category.dimensions} == literals(hints["group_by"])
    assert set(category.widths) == literals(hints["bucket_width"])


@pytest.mark.parametrize("category", CATEGORIES, ids=of)
def test_filters(category: Category) -> None:
    """Filters are the remaining parameters."""
    filters = {one.filter_param for one in category.dimensions if one.name in category.filters}
    assert filters == parameters(category).keys() - COMMON
    assert category.filters <= {dimension.name for dimension in category.dimensions}


@pytest.mark.parametrize("category", CATEGORIES, ids=of)
def test_rows(category: Category) -> None:
    """The row has the registry's object name, metrics and dimensions, and no other field."""
    metrics = {metric.name for metric in category.metrics}
    dimensions = {dimension.name for dimension in category.dimensions}
    assert row_fields(category) - NOT_METRICS == metrics | dimensions


@pytest.mark.parametrize("category", CATEGORIES, ids=of)
def test_paths_and_limits(category: Category) -> None:
    """Paths stand in the SDK's code, largest limits in its documentation."""
    method = getattr(Usage, category.name)
    assert category.path in method.__code__.co_consts
    text = " ".join((method.__doc__ or "").split())
    limits = {
        width: int(most)
        for width, most in re.findall(r"`bucket_width=(\w+)`: default: \d+, max: (\d+)", text)
    }
    if category.is_costs:
        assert "between 1 and 180" in text
        limits = {"1d": 180}
    assert dict(category.limits) == limits
