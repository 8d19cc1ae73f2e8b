"""Reports that hold what formats stumble over: currencies, nulls, names, bad characters, levels, open buckets."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from usagetop.analysis.frame import rollup
from usagetop.exports.report import Report, Sort
from usagetop.model.answer import Notice, Source
from usagetop.model.columns import Bucket, Value, pack
from usagetop.model.query import make_query

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# 2026-11-03T09:30:00Z
NOW = 1_793_698_200
DAY = 86_400
FIRST = 1_793_491_200  # 2026-11-01T00:00:00Z
SOURCE = Source("https://api.openai.com/v1", requests=1, name_requests=1, fetched_buckets=3, fetched_at=NOW)
PARTIAL = Notice("partial_bucket", "the last bucket is still open")
# ESC, a bidi override, a zero-width joiner, a lone surrogate, a musical symbol beyond the basic plane.
NASTY = "bad\x1b[31m\u202e\u200d\udc80 | `x` <b>"

Row = tuple[Value, Value, str | None, str | None, str | None, str | None]
ROWS: Mapping[int, Sequence[Row]] = {
    0: [
        ("proj_1", "gpt-5.5, input", "10.05", "usd", "2010000", "tokens"),
        ("proj_1", "gpt-5.5, output", "0.000000000000000000000000000000001", "usd", "1", "tokens"),
        ("proj_2", "gpt-5.5, input", "3.5", "eur", "700000", "tokens"),
        (None, None, "-1.5", "usd", None, None),
    ],
    1: [],
    2: [
        ("proj_1", "gpt-5.5, input", "2.30", "usd", "460000", "tokens"),
        ("proj_1", "storage", "1", "usd", "4", "gibibyte_hours"),
        ("proj_1", "storage", "1", "usd", "2", "tokens"),
        ("proj_2", NASTY, "7", "usd", "0.50", "images"),
        ("proj_2", '=SUM(1,"2")', None, None, None, None),
    ],
}


def costs_buckets() -> tuple[Bucket, ...]:
    """Three days of costs in two currencies; the second is empty, the third still open."""
    buckets = []
    for day, rows in ROWS.items():
        start = FIRST + day * DAY
        buckets.append(
            pack(
                start,
                start + DAY,
                len(rows),
                dims={
                    "project_id": [row[0] for row in rows],
                    "line_item": [row[1] for row in rows],
                    "currency": [row[3] for row in rows],
                    "quantity_unit": [row[5] for row in rows],
                },
                counts={},
                amounts={
                    "amount": [Decimal(row[2]) if row[2] is not None else None for row in rows],
                    "quantity": [Decimal(row[4]) if row[4] is not None else None for row in rows],
                },
            )
        )
    return tuple(buckets)


def costs(by: str = "project_id,line_item", *, top: int | None = None, filters: Sequence[str] = ()) -> Report:
    """Costs from 2026-11-01 to the open day."""
    query, _ = make_query("costs", "mtd", now=NOW, by=by, filters=filters)
    frame = rollup(query, costs_buckets())
    return Report(
        query=query,
        frame=frame,
        notices=(PARTIAL, Notice("mixed_units", "1 row was billed in several units")),
        source=SOURCE,
        complete=True,
        metric="amount",
        sort=Sort("amount"),
        top=top,
        names={"project_id": {"proj_1": "search-api", "proj_2": "@home\t\u202e"}},
    )


def completions() -> Report:
    """Two hours of completions by batch and bucket, incomplete; an older row lacks the breakdown."""
    hour = FIRST + 2 * DAY + 8 * 3600
    first = pack(
        hour,
        hour + 3600,
        3,
        dims={"batch": ["true", "false", None]},
        counts={
            "input_tokens": [10, 20, 2**70],
            "output_tokens": [1, None, 3],
            "num_model_requests": [1, 2, 3],
            "input_cached_tokens": [None, 7, None],
        },
        amounts={},
    )
    second = pack(
        hour + 3600,
        hour + 7200,
        1,
        dims={"batch": ["false"]},
        counts={"input_tokens": [5], "output_tokens": [0], "num_model_requests": [1]},
        amounts={},
    )
    query, _ = make_query(
        "completions", "2h", now=NOW, by="batch,bucket", width="1h", filters=["batch!=false"]
    )
    everything = query._replace(filters=())
    frame = rollup(everything, (first, second))
    return Report(
        query=query,
        frame=frame,
        notices=(PARTIAL, Notice("unreadable_values", "1 value could not be read and stands in no total")),
        source=SOURCE._replace(base_url="demo:spike"),
        complete=False,
        metric="input_tokens",
        sort=Sort("bucket", descending=False),
    )


def stores() -> Report:
    """A level: a store that is gone keeps its own last value, the total is the last day's."""
    query, _ = make_query("vector_stores", "mtd", now=NOW, width="1d")
    days = [["proj_1", "proj_2"], ["proj_1"], []]
    sizes = [[1000, 2_000_000_000], [512], []]
    buckets = [
        pack(
            FIRST + day * DAY,
            FIRST + (day + 1) * DAY,
            len(rows),
            dims={"project_id": rows},
            counts={"usage_bytes": sizes[day]},
            amounts={},
        )
        for day, rows in enumerate(days)
    ]
    return Report(
        query=query,
        frame=rollup(query, buckets),
        notices=(Notice("stale", "old"), Notice("offline", "no network")),
        source=SOURCE,
        complete=True,
        metric="usage_bytes",
        sort=Sort("usage_bytes"),
    )


def empty() -> Report:
    """Costs of days on which nothing was."""
    query, _ = make_query("costs", "mtd", now=NOW, by="line_item")
    buckets = [
        pack(FIRST + day * DAY, FIRST + (day + 1) * DAY, 0, dims={}, counts={}, amounts={})
        for day in range(3)
    ]
    report = costs()
    return report._replace(query=query, frame=rollup(query, buckets), notices=(PARTIAL,), names={})


SAMPLES = {
    "costs": costs,
    "costs_top": lambda: costs(top=2),
    "completions": completions,
    "stores": stores,
    "empty": empty,
}
