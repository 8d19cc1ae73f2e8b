"""Dimensions: what result rows can be grouped and filtered by."""

from __future__ import annotations

from typing import NamedTuple


class Dimension(NamedTuple):
    """One dimension.

    ``name`` is the API's group_by value. ``short`` heads a column, ``plural`` counts groups. ``missing`` is
    what a null value reads on the screen. ``filter_param`` is the API's query parameter where one exists
    (whether a category takes it stands in the category). ``names`` is the key of the JSON that carries the
    resolved name, or empty for a dimension without names.
    """

    name: str
    short: str
    plural: str
    missing: str
    filter_param: str = ""
    names: str = ""


PROJECT_ID = Dimension("project_id", "project", "projects", "(no project)", "project_ids", "project_name")
USER_ID = Dimension("user_id", "user", "users", "(no user)", "user_ids", "user_name")
API_KEY_ID = Dimension("api_key_id", "API key", "API keys", "(no key)", "api_key_ids", "api_key_name")
MODEL = Dimension("model", "model", "models", "(no model)", "models")
LINE_ITEM = Dimension("line_item", "line item", "line items", "(no line item)", "line_items")
BATCH = Dimension("batch", "batch", "batch values", "(not said)", "batch")
SERVICE_TIER = Dimension("service_tier", "service tier", "service tiers", "(no tier)")
API_SOURCE = Dimension("api_source", "API source", "API sources", "(no source)")
SIZE = Dimension("size", "size", "sizes", "(no size)", "sizes")
SOURCE = Dimension("source", "source", "sources", "(no source)", "sources")
VECTOR_STORE_ID = Dimension(
    "vector_store_id", "vector store", "vector stores", "(no store)", "vector_store_ids"
)
CONTEXT_LEVEL = Dimension("context_level", "context level", "context levels", "(no level)", "context_levels")
# Not the API's: one row per bucket and group. Its value is the bucket's start.
BUCKET = Dimension("bucket", "bucket", "buckets", "(no bucket)")
# Not the API's: costs are always kept apart by currency, because amounts never add across currencies.
CURRENCY = Dimension("currency", "currency", "currencies", "(no currency)")
QUANTITY_UNIT = Dimension("quantity_unit", "unit", "units", "(no unit)")

DIMENSIONS: dict[str, Dimension] = {
    dimension.name: dimension
    for dimension in (
        PROJECT_ID,
        USER_ID,
        API_KEY_ID,
        MODEL,
        LINE_ITEM,
        BATCH,
        SERVICE_TIER,
        API_SOURCE,
        SIZE,
        SOURCE,
        VECTOR_STORE_ID,
        CONTEXT_LEVEL,
        BUCKET,
        CURRENCY,
        QUANTITY_UNIT,
    )
}
