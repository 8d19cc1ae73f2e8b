"""Hours as a day: the same rows as if the day had been asked for by the day."""

from __future__ import annotations

from collections.abc import Sequence

from tests.unit.client.buckets import DAY, FIRST
from usagetop.client.folding import day_of
from usagetop.client.units import Unit
from usagetop.model.columns import Bucket, Problem, Value, pack

HOUR = 3600
Row = tuple[Value, Value, int | None, int | None]


def hour(at: int, *rows: Row, extras: dict[str, Sequence[Value]] | None = None, problems: int = 0) -> Bucket:
    """The at-th hour with rows of (model, project, input tokens, cached tokens)."""
    models, projects, tokens, cached = zip(*rows, strict=True) if rows else ((), (), (), ())
    return pack(
        FIRST + at * HOUR,
        FIRST + at * HOUR + HOUR,
        len(rows),
        dims={"model": models, "project_id": projects},
        counts={"input_tokens": tokens, "input_cached_tokens": cached} if rows else {},
        amounts={},
        extras=extras,
        problems=[Problem("missing_values", "input_tokens", problems)] if problems else [],
    )


def folded(*hours: Bucket, by: Sequence[str] = ("model", "project_id")) -> Bucket:
    """The day of these hours."""
    made = day_of(Unit(FIRST, FIRST + 9 * DAY, FIRST + DAY, hours), by)
    assert (made.start, made.fetched_at, made.until) == (FIRST, FIRST + 9 * DAY, FIRST + DAY)
    (bucket,) = made.buckets
    assert (bucket.start, bucket.end) == (FIRST, FIRST + DAY)
    return bucket


def rows_of(bucket: Bucket, *names: str) -> dict[tuple[Value, ...], tuple[int | None, ...]]:
    """The metrics that the bucket has, by the values of its dimensions."""
    columns = []
    for name in names:
        codes, values = bucket.dimension(name)
        columns.append([values[code] for code in codes])
    keys = list(zip(*columns, strict=True)) if columns else [()] * bucket.rows
    assert len(set(keys)) == bucket.rows
    numbers = [list(bucket.counts(name)) for name in bucket.metrics]
    return dict(zip(keys, zip(*numbers, strict=True), strict=True))


def test_rows_of_equal_values_become_one() -> None:
    """Whatever the hour; null is a value."""
    bucket = folded(
        hour(0, ("a", "p", 1, 0), ("a", None, 2, 0)), hour(1), hour(2, ("a", "p", 10, 5), ("b", "p", 7, 0))
    )
    assert rows_of(bucket, "model", "project_id") == {
        ("a", "p"): (11, 5),
        ("a", None): (2, 0),
        ("b", "p"): (7, 0),
    }


def test_only_the_dimensions_that_are_asked_for_are_kept() -> None:
    """Fewer rows for the same sums; also in total."""
    hours = (hour(0, ("a", "p", 1, 0), ("a", "q", 2, 0)), hour(5, ("a", "p", 4, 1)))
    assert rows_of(folded(*hours, by=["model"]), "model") == {("a",): (7, 1)}
    assert rows_of(folded(*hours, by=[])) == {(): (7, 1)}


def test_what_no_row_gave_is_not_made_a_zero() -> None:
    """A metric without a number in a group stays without; one that nobody gave has no column."""
    bucket = folded(hour(0, ("a", "p", 1, None), ("b", "p", None, 3)), hour(1, ("a", "p", 1, None)))
    assert rows_of(bucket, "model", "project_id") == {("a", "p"): (2, None), ("b", "p"): (None, 3)}
    assert folded(hour(0, ("a", "p", 1, None))).metrics == ("input_tokens",)


def test_large_numbers_stay_whole() -> None:
    """Beyond 64 bits."""
    bucket = folded(hour(0, ("a", "p", 2**64, 0)), hour(1, ("a", "p", 1, 0)))
    assert rows_of(bucket, "model", "project_id") == {("a", "p"): (2**64 + 1, 0)}


def test_fields_without_a_use_and_problems_are_not_lost() -> None:
    """The details of a row show every field; what could not be read is counted over the day."""
    bucket = folded(
        hour(0, ("a", "p", 1, 0), extras={"hue": ['"red"']}, problems=1),
        hour(1, ("a", "p", 1, 0), problems=2),
        hour(2, ("a", "p", 1, 0), extras={"hue": ['"red"']}),
    )
    codes, texts = bucket.extra("hue")  # noqa: S610 - not Django's
    assert sorted(str(texts[code]) for code in codes) == ['"red"', "None"]
    assert sum(bucket.counts("input_tokens")) == 3  # type: ignore[arg-type]
    assert bucket.problems == (Problem("missing_values", "input_tokens", 3),)


def test_an_empty_day_is_empty() -> None:
    """And can be stored and read like any other."""
    assert folded(hour(0), hour(1)).rows == 0
    assert folded(hour(0), by=[]).rows == 0
