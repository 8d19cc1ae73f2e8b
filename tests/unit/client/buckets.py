"""Made-up buckets and units for tests of what is stored."""

from __future__ import annotations

from usagetop.client.units import Unit
from usagetop.model.columns import Bucket, pack

DAY = 86_400
# 2026-11-01T00:00:00Z
FIRST = 1_793_491_200


def bucket(start: int, tokens: int, seconds: int = DAY) -> Bucket:
    """One bucket of embeddings with one row of model ``m`` and project ``p``."""
    return pack(
        start,
        start + seconds,
        1,
        dims={"model": ["m"], "project_id": ["p"]},
        counts={"input_tokens": [tokens], "num_model_requests": [1]},
        amounts={},
    )


def unit(start: int, tokens: int, fetched_at: int = FIRST + 30 * DAY) -> Unit:
    """One settled day of 1d."""
    return Unit(start, fetched_at, start + DAY, (bucket(start, tokens),))
