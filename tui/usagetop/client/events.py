"""What a gateway tells while it works, so that a wait can be seen and cancelled."""

from __future__ import annotations

from typing import NamedTuple


class Retrying(NamedTuple):
    """A request failed and is asked again in ``seconds``; ``attempt`` is the try that failed (1, 2).

    ``reason`` is drawable: ``429``, ``503``, ``no connection``. A 429 holds back all requests.
    """

    reason: str
    seconds: float
    attempt: int


class Resumed(NamedTuple):
    """A request that had failed was answered, after ``attempts`` tries."""

    attempts: int


Event = Retrying | Resumed
