"""Windows, cursors, and the judgement over buckets: exact where it can be known, told where not."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.unit.client.support import (
    DAY,
    FIRST,
    FIXTURES,
    Server,
    answer,
    bucket,
    completion,
    cost,
    gateway,
    page,
)
from usagetop.client.faults import AnswerTooLarge
from usagetop.client.paging import Fetched, fetch_window
from usagetop.client.plan import Window
from usagetop.errors import KeyRefused, NetworkFailed, ServerFailed
from usagetop.model.query import Query, make_query

NOW = FIRST + 23 * DAY


def ask(name: str = "completions", days: int = 3, by: str = "model", **options: Any) -> tuple[Query, Window]:
    """A question about the first days of November, and its window."""
    end = f"2026-11-{days:02d}"
    query, _ = make_query(name, f"2026-11-01..{end}", now=NOW, by=by, width="1d", **options)
    return query, Window(query.range.start, query.range.asked_until, query.about.limits["1d"])


async def fetch(*pages: Any, days: int = 3, name: str = "completions") -> tuple[Fetched, Server]:
    """What a server with these pages gives for the first days of November."""
    server = Server(*(each if isinstance(each, httpx.Response) else answer(each) for each in pages))
    query, window = ask(name, days, by="none")
    return await fetch_window(gateway(server), query, window), server


def total(fetched: Fetched, metric: str = "input_tokens") -> int:
    """The sum of a metric."""
    return sum(number or 0 for each in fetched.buckets if each.rows for number in each.counts(metric))


def codes(fetched: Fetched) -> list[str]:
    """The codes of its notices."""
    return [notice.code for notice in fetched.notices]


def whole(count: int = 3) -> list[Any]:
    """The buckets of the first days, 10, 20, 30 … input tokens in them."""
    return [bucket(day, completion(input_tokens=10 * (day + 1))) for day in range(count)]


async def test_parameters_have_the_form_of_the_official_sdk() -> None:
    """Arrays with brackets, booleans in lower case, frozen bounds, always the largest limit."""
    server = Server(answer(page(*whole(), next_page="page_B=")), answer(page()))
    query, window = ask(
        by="model,project_id", filters=["project_id=p1", "project_id=p2", "batch=false", "model!=x"]
    )
    await fetch_window(gateway(server), query, window)
    expected = [
        ("start_time", str(FIRST)),
        ("end_time", str(FIRST + 3 * DAY)),
        ("bucket_width", "1d"),
        ("limit", "31"),
        ("group_by[]", "model"),
        ("group_by[]", "project_id"),
        ("batch", "false"),
        ("project_ids[]", "p1"),
        ("project_ids[]", "p2"),
    ]
    assert server.params == [expected, [*expected, ("page", "page_B=")]]
    assert server.asked[0].url.path == "/v1/organization/usage/completions"


async def test_a_whole_window() -> None:
    """Every bucket once, in time order, all of them good to store."""
    heard: list[int] = []
    query, window = ask(by="none")
    server = Server(answer(page(*whole()), headers={"Date": "Tue, 24 Nov 2026 08:00:00 GMT"}))
    fetched = await fetch_window(gateway(server), query, window, on_buckets=heard.append)
    assert (total(fetched), codes(fetched), fetched.requests, heard) == (60, [], 1, [3])
    assert fetched.good == {FIRST, FIRST + DAY, FIRST + 2 * DAY}
    assert fetched.date == 1_795_507_200


async def test_pages_are_joined() -> None:
    """The recorded first page and a made-up second one."""
    first = json.loads((FIXTURES / "completions_by_model_paged.json").read_text(encoding="utf-8"))
    starts = [each["start_time"] for each in first["data"]]
    last = {"object": "bucket", "start_time": starts[-1] + DAY, "end_time": starts[-1] + 2 * DAY}
    server = Server(answer(first), answer(page(last | {"results": [completion()]})))
    query, _ = make_query("completions", "2025-08-12..2025-08-14", now=NOW, by="model", width="1d")
    fetched = await fetch_window(gateway(server), query, Window(starts[0], starts[-1] + 2 * DAY, 31))
    expected = sum(row["input_tokens"] for each in first["data"] for row in each["results"])
    assert (total(fetched), codes(fetched), fetched.requests) == (expected + 10, [], 2)
    assert ("page", first["next_page"]) in server.params[1]


async def test_an_unaligned_recording_fills_its_days() -> None:
    """Clipped first and last buckets stand for their day."""
    form = json.loads((FIXTURES / "completions_ungrouped_30d.json").read_text(encoding="utf-8"))
    query, _ = make_query("completions", "2025-01-11..2025-02-10", now=NOW, by="none", width="1d")
    server = Server(answer(form))
    fetched = await fetch_window(gateway(server), query, Window(query.range.start, query.range.end, 31))
    expected = sum(row["input_tokens"] for each in form["data"] for row in each["results"])
    assert total(fetched) == expected
    assert codes(fetched) == ["unknown_fields"]  # the note of whoever kept the recording
    assert len(fetched.good) == 31


@pytest.mark.fault("shape", "cursors that repeat, also in a circle", "ended, INCOMPLETE, exit 5")
async def test_a_repeated_cursor_ends_the_reading() -> None:
    """A server that repeats for ever is asked twice, and nothing of it is stored as complete."""
    fetched, server = await fetch(page(*whole(), next_page="again"))
    assert (len(server.asked), total(fetched), codes(fetched)) == (2, 60, ["paging"])
    assert fetched.good == frozenset()


@pytest.mark.fault("shape", "ever new cursors", "at most as many pages as buckets and sixteen; INCOMPLETE")
async def test_ever_new_cursors_end_too() -> None:
    """A page holds a bucket: more pages than buckets, with some patience, are too many."""
    number = iter(range(1_000_000))
    query, window = ask(by="none")

    def ever_more(_: httpx.Request) -> httpx.Response:
        return answer(page(next_page=f"page_{next(number)}"))

    server = Server(ever_more)
    fetched = await fetch_window(gateway(server), query, window)
    assert len(server.asked) == 3 + 16
    assert codes(fetched) == ["paging", "missing_bucket"]


@pytest.mark.fault(
    "shape", "more is said to be there, without a cursor (missing, empty, no text)", "INCOMPLETE"
)
async def test_more_without_a_cursor() -> None:
    """Something is said to be there, and cannot be asked for."""
    fetched, _ = await fetch(page(*whole(), has_more=True) | {"has_more": True})
    assert (total(fetched), codes(fetched)) == (60, ["paging"])


@pytest.mark.fault("shape", "a cursor although there is no more", "followed, INCOMPLETE")
async def test_a_cursor_although_there_is_no_more() -> None:
    """It is followed, for rows may be there, and told."""
    first = page(*whole(2), next_page="b") | {"has_more": False}
    fetched, server = await fetch(first, page(whole()[2]))
    assert (len(server.asked), total(fetched), codes(fetched)) == (2, 60, ["paging"])


@pytest.mark.parametrize("more", [None, "yes"])
async def test_a_cursor_without_a_word_about_more(more: object) -> None:
    """Left out, it is followed without ado; unreadable, it is told."""
    fetched, _ = await fetch(page(*whole(2), next_page="b") | {"has_more": more}, page(whole()[2]))
    assert total(fetched) == 60
    assert codes(fetched) == ([] if more is None else ["paging", "unreadable_values"])


@pytest.mark.fault("shape", "an error beside the rows of a page", "INCOMPLETE, with the server's words")
async def test_an_error_beside_the_rows_is_told() -> None:
    """What it left out nobody can know."""
    fetched, _ = await fetch(page(*whole()) | {"error": {"message": "one shard timed out"}})
    assert total(fetched) == 60
    assert codes(fetched)[0] == "paging"
    assert "one shard timed out" in fetched.notices[0].message
    assert fetched.good == frozenset()


@pytest.mark.fault("shape", "cursors that repeat, also in a circle", "ended, INCOMPLETE, exit 5")
async def test_a_cycle_of_two_cursors_ends() -> None:
    """Each is new once."""
    pages = [page(*whole(2), next_page="a"), page(whole()[2], next_page="b"), page(next_page="a")]
    fetched, server = await fetch(*pages)
    assert (len(server.asked), total(fetched), codes(fetched)) == (3, 60, ["paging"])


async def test_empty_pages_are_gone_through() -> None:
    """No bucket on a page is no end."""
    fetched, _ = await fetch(page(next_page="b"), page(next_page="c"), page(*whole()))
    assert (total(fetched), codes(fetched), fetched.requests) == (60, [], 3)


@pytest.mark.fault("shape", "buckets in any order", "sorted, exact")
async def test_unordered_buckets_are_sorted() -> None:
    """Order is ours."""
    fetched, _ = await fetch(page(*reversed(whole())))
    assert ([each.start for each in fetched.buckets], codes(fetched)) == (
        [FIRST, FIRST + DAY, FIRST + 2 * DAY],
        [],
    )


@pytest.mark.fault("shape", "a bucket is missing", "named, never zero; INCOMPLETE, exit 5")
async def test_missing_buckets_are_named() -> None:
    """Never filled with zero; three names and a count."""
    fetched, _ = await fetch(page(whole()[1]), days=6)
    assert total(fetched) == 20
    (notice,) = fetched.notices
    assert notice.code == "missing_bucket"
    assert notice.message == (
        "5 days are missing from the answer: 2026-11-01, 2026-11-03, 2026-11-04 and 2 more"
    )
    assert fetched.good == {FIRST + DAY}


@pytest.mark.fault("shape", "a bucket comes twice alike", "counted once, exact")
async def test_identical_doubles_count_once() -> None:
    """Also when their rows come in another order."""
    rows = [completion(model="a"), completion(model="b", input_tokens=7)]
    first, again = bucket(0, *rows), bucket(0, *reversed(rows))
    server = Server(answer(page(first, again, *whole()[1:])))
    query, window = ask()
    fetched = await fetch_window(gateway(server), query, window)
    assert (total(fetched), codes(fetched)) == (67, [])


@pytest.mark.fault("shape", "a bucket comes twice and differs", "one counts, INCOMPLETE")
async def test_different_doubles_are_contradictory() -> None:
    """One of them counts, and the answer is incomplete."""
    fetched, _ = await fetch(page(*whole(), bucket(1, completion(input_tokens=25))))
    assert (total(fetched), codes(fetched)) == (10 + 25 + 30, ["conflicting_bucket"])
    assert fetched.notices[0].message.endswith("2026-11-02")
    assert fetched.good == {FIRST, FIRST + 2 * DAY}


@pytest.mark.fault("shape", "a bucket comes twice and differs", "one counts, INCOMPLETE")
async def test_one_bucket_on_two_pages_is_not_added_up() -> None:
    """A server that splits a bucket's rows over pages breaks the contract: never a sum that looks right."""
    fetched, _ = await fetch(page(*whole(), next_page="b"), page(bucket(2, completion(input_tokens=1))))
    assert codes(fetched) == ["conflicting_bucket"]


@pytest.mark.fault(
    "shape", "buckets that overlap or are cut", "INCOMPLETE; no time is counted twice, no part for the whole"
)
@pytest.mark.parametrize(
    ("day", "start", "end"),
    [
        (1, 3600, DAY),
        (1, 0, DAY // 2),
        (1, 0, 2 * DAY),
        (0, 0, 2 * DAY),
        (2, 0, 3 * DAY),
        (1, 0, 0),
        (0, 0, -5),
    ],
    ids=["begins late", "ends early", "overlaps", "first overlaps", "last overlaps", "empty", "backwards"],
)
async def test_buckets_with_other_edges_are_left_out(day: int, start: int, end: int) -> None:
    """What such a bucket holds is not what its day holds."""
    buckets = whole()
    at = FIRST + day * DAY
    buckets[day] |= {"start_time": at + start, "end_time": at + end}
    fetched, _ = await fetch(page(*buckets))
    assert (total(fetched), codes(fetched)) == (60 - 10 * (day + 1), ["conflicting_bucket"])


@pytest.mark.fault("shape", "buckets of another width", "INCOMPLETE")
async def test_hours_given_for_days_do_not_pass() -> None:
    """A server that ignores bucket_width gives buckets that are none of the answer's."""
    hours = [
        {"object": "bucket", "start_time": FIRST + 3600 * hour, "end_time": FIRST + 3600 * (hour + 1)}
        | {"results": [completion()]}
        for hour in range(72)
    ]
    fetched, _ = await fetch(page(*hours))
    assert codes(fetched) == ["conflicting_bucket"]
    assert fetched.good == frozenset()


async def test_buckets_outside_the_window_are_not_of_it() -> None:
    """A server that gives more than was asked changes nothing."""
    fetched, _ = await fetch(page(bucket(-1, completion()), *whole(5)))
    assert (total(fetched), codes(fetched)) == (60, [])


async def test_the_open_bucket_ends_where_was_asked() -> None:
    """The last bucket is clipped to now; its identity is the day."""
    query, _ = make_query("completions", "2026-11-22..", now=NOW + 5000, by="none", width="1d")
    now = query.range.asked_until
    days = [bucket(21, completion()), bucket(22, completion()), bucket(23, completion(), end_time=now)]
    server = Server(answer(page(*days)))
    fetched = await fetch_window(gateway(server), query, Window(query.range.start, now, 31))
    assert (len(fetched.buckets), codes(fetched)) == (3, [])
    assert fetched.buckets[-1].end == FIRST + 24 * DAY
    assert dict(server.params[0])["end_time"] == str(now)


@pytest.mark.fault("network", "a part of a load fails", "the rest is shown, INCOMPLETE, exit 5")
async def test_a_later_page_that_fails_leaves_what_was_read() -> None:
    """With a word that it is not all, and nothing to store."""
    fetched, server = await fetch(page(*whole(2), next_page="b"), answer({"error": "boom"}, 500))
    assert (len(server.asked), total(fetched)) == (4, 30)
    assert codes(fetched) == ["paging", "missing_bucket"]
    assert "the server failed (500): boom" in fetched.notices[0].message
    assert fetched.good == frozenset()
    assert fetched.requests == 4, "what was asked in vain counts too"


async def test_a_first_page_that_fails_is_an_error() -> None:
    """Nothing was read, so there is nothing to show; the error knows how often it was asked."""
    with pytest.raises(ServerFailed) as failed:
        await fetch(answer({"error": "boom"}, 500))
    assert failed.value.requests == 3
    with pytest.raises(NetworkFailed):
        await fetch(answer(b'{"data": ['))


@pytest.mark.fault("network", "a key that expires in mid-session", "said at once, exit 3; nobody asks on")
async def test_a_key_that_expires_is_an_error_always() -> None:
    """Half an answer is no reason to hide that."""
    with pytest.raises(KeyRefused):
        await fetch(page(*whole(2), next_page="b"), answer({"error": "expired"}, 401))


@pytest.mark.fault("network", "answers past 32 MB", "asked in smaller pages")
async def test_an_answer_too_large_is_asked_in_smaller_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half the limit, and half again, down to one bucket a page."""
    monkeypatch.setattr("usagetop.client.live.MOST_BODY", 1_000)

    def serve(request: httpx.Request) -> httpx.Response:
        params = dict(request.url.params.multi_items())
        begin, limit = int(params.get("page", "0")), int(params["limit"])
        days = [bucket(day, completion(), note="x" * 100) for day in range(begin, min(begin + limit, 8))]
        body = page(*days, next_page=str(begin + limit) if begin + limit < 8 else None)
        return answer(json.dumps(body).encode())

    server = Server(serve)
    query, window = ask(days=8, by="none")
    fetched = await fetch_window(gateway(server), query, window)
    limits = [dict(params)["limit"] for params in server.params]
    assert limits[:4] == ["31", "15", "7", "3"]
    assert (total(fetched), codes(fetched)) == (80, [])
    assert fetched.requests == len(server.asked)


@pytest.mark.fault("network", "answers past 32 MB, whatever the page size", "a sentence, exit 4")
async def test_a_bucket_too_large_is_an_error() -> None:
    """One bucket a page is the least that can be asked."""
    huge = httpx.Response(200, stream=httpx.ByteStream(b" " * 33_000_000))
    query, window = ask(by="none")
    with pytest.raises(AnswerTooLarge) as caught:
        await fetch_window(gateway(Server(huge)), query, window)
    assert len(caught.value.lines()) == 2


@pytest.mark.fault("shape", "several currencies", "never added")
async def test_currencies_stay_apart() -> None:
    """Costs carry the currency as a dimension."""
    rows = [cost("1"), cost("2", "EUR"), cost("3", "USD")]
    query, window = ask("costs", 1, by="line_item")
    fetched = await fetch_window(gateway(Server(answer(page(bucket(0, *rows))))), query, window)
    codes_, values = fetched.buckets[0].dimension("currency")
    assert [values[code] for code in codes_] == ["usd", "eur", "usd"]
