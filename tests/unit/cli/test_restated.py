"""``show`` on a bill that was restated: told by the run that sees it, and by every one after it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.cli.server import Answer, Asked, Server

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.cli.conftest import Ran

# Settled long ago.
SHOW = ("show", "costs", "--range", "2026-05-15..2026-05-16", "--format", "json")
DAY = 86_400


def bill(**items: str) -> Callable[[Asked], Answer]:
    """Every day with these line items, in dollars, by line item or in total."""

    def answer(asked: Asked) -> Answer:
        params = dict(asked.params)
        by = params.get("group_by[]")
        rows = [(name.replace("_", ", "), amount) for name, amount in items.items()]
        results = [
            {
                "object": "organization.costs.result",
                "line_item": name if by else None,
                "amount": {"value": amount, "currency": "usd"},
            }
            for name, amount in rows
        ]
        starts = range(int(params["start_time"]), int(params["end_time"]), DAY)
        data = [
            {"object": "bucket", "start_time": start, "end_time": start + DAY, "results": results}
            for start in starts
        ]
        page = {"object": "page", "data": data, "has_more": False, "next_page": None}
        return Answer(json.dumps(page).encode())

    return answer


def restated(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The notices about restated numbers."""
    return [notice for notice in document["notices"] if notice["code"] == "restated"]


def test_which_bucket_which_group_and_by_how_much(server: Server, run: Callable[..., Ran]) -> None:
    """In words and exactly; a run that asks nobody, at another grain, in a table, tells it too."""
    server.answer = bill(**{"gpt-5.5_input": "10.00", "gone": "1.00"})
    first = run(*SHOW, "--by", "line_item").document
    assert restated(first) == []
    server.answer = bill(**{"gpt-5.5_input": "13.1000000001"})
    seen = restated(run(*SHOW, "--by", "line_item", "--refresh").document)
    assert len(seen) == 4
    (told,) = (one for one in seen if one["group"]["line_item"] != "gone" and "16 May" in one["message"])
    assert told["message"].startswith("16 May gpt-5.5, input +$3.10 (was $10.00, read ")
    assert (told["start"], told["end"]) == ("2026-05-16T00:00:00Z", "2026-05-17T00:00:00Z")
    assert told["group"] == {"line_item": "gpt-5.5, input"}
    assert (told["metric"], told["currency"], told["old"], told["new"]) == (
        "amount",
        "usd",
        "10.00",
        "13.1000000001",
    )
    gone = next(one for one in seen if one["group"]["line_item"] == "gone")
    assert (gone["old"], gone["new"]) == ("1.00", None)
    asked = len(server.asked)
    for words in (("--by", "line_item"), ("--by", "none"), ("--by", "line_item", "--offline")):
        assert restated(run(*SHOW, *words).document) == seen
    assert len(server.asked) == asked
    table = run("show", "costs", *SHOW[2:4], "--by", "line_item").out
    assert "note: 16 May gpt-5.5, input +$3.10" in table


@pytest.mark.parametrize("words", [("--no-cache",), ("--range", "2026-05-17..2026-05-18")])
def test_what_was_not_compared_and_other_days_tell_nothing(
    server: Server, run: Callable[..., Ran], words: tuple[str, ...]
) -> None:
    """Nor is anything kept for later by a run without the cache."""
    server.answer = bill(a="10.00")
    run(*SHOW, "--by", "line_item")
    server.answer = bill(a="11.00")
    if words != ("--no-cache",):
        run(*SHOW, "--by", "line_item", "--refresh")
    assert restated(run(*SHOW, "--by", "line_item", *words).document) == []
