"""The query: what the server is asked for, what is kept here, and its one text form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.model.moments import MINUTE, NOW, moment, nows, typed
from usagetop.errors import UsageError
from usagetop.model.categories import CATEGORIES, Category, category
from usagetop.model.query import Filter, Query, make_filter, make_query, parse_filters, parse_group_by
from usagetop.model.text import label


def query(name: str, by: str | None = None, *filters: str, now: int = NOW, width: str = "auto") -> Query:
    """A query of seven days."""
    return make_query(name, "7d", now=now, by=by, width=width, filters=filters)[0]


@pytest.mark.parametrize(
    ("name", "by", "filters", "grain", "pushed"),
    [
        ("completions", None, [], ("model",), ()),
        ("completions", "none", [], (), ()),
        ("completions", "bucket", [], (), ()),
        ("completions", "user_id,bucket,model", [], ("model", "user_id"), ()),
        # what the server filters need not be grouped
        ("completions", "model", ["user_id=u"], ("model",), (("user_id", ("u",)),)),
        ("completions", "model", ["model=b", "model=a"], ("model",), (("model", ("a", "b")),)),
        ("completions", "none", ["batch=TRUE"], (), (("batch", ("true",)),)),
        # what it does not filter is grouped and kept here
        ("completions", "none", ["batch=true", "batch=false"], ("batch",), ()),
        ("completions", "none", ["service_tier=flex"], ("service_tier",), ()),
        ("completions", "none", ["user_id!=u"], ("user_id",), ()),
        ("completions", "none", ["user_id="], ("user_id",), ()),
        ("completions", "none", ["user_id=u", "user_id="], ("user_id",), ()),
        ("completions", "none", ["user_id=u", "user_id!=v"], ("user_id",), ()),
        ("completions", "model", ["project_id=p", "user_id!="], ("model", "user_id"), (("project_id", ("p",)),)),
        # costs: users are not filtered by the server, models are read from line items
        ("costs", None, [], ("line_item",), ()),
        ("costs", "model", [], ("line_item",), ()),
        ("costs", "model,line_item", [], ("line_item",), ()),
        ("costs", "project_id", ["model=gpt-5.5"], ("line_item", "project_id"), ()),
        ("costs", "none", ["user_id=u"], ("user_id",), ()),
        ("costs", "none", ["line_item=gpt-5.5, input"], (), (("line_item", ("gpt-5.5, input",)),)),
        ("costs", "none", ["api_source=x", "api_key_id=k"], ("api_source",), (("api_key_id", ("k",)),)),
        ("images", None, ["size=1x1"], ("model",), (("size", ("1x1",)),)),
        ("web_search_calls", None, ["api_source=x", "context_level=l"], ("api_source", "model"),
         (("context_level", ("l",)),)),
        ("file_search_calls", None, ["vector_store_id=v"], ("project_id",), (("vector_store_id", ("v",)),)),
    ],
)  # fmt: skip
def test_what_the_server_is_asked_for(
    name: str, by: str | None, filters: list[str], grain: tuple[str, ...], pushed: object
) -> None:
    """The grain is the API's group_by, sorted; pushed filters are those that its parameters can say."""
    asked = query(name, by, *filters)
    assert asked.grain == grain
    assert asked.pushed_filters == pushed


@given(st.data())
def test_the_api_can_answer_every_query(data: st.DataObject) -> None:
    """Grain and filters hold only the category's own; what is not pushed is in the grain."""
    about = data.draw(st.sampled_from(CATEGORIES))
    asked = data.draw(queries(about))
    api = {dimension.name for dimension in about.dimensions}
    assert set(asked.grain) <= api
    assert list(asked.grain) == sorted(set(asked.grain))
    pushed = dict(asked.pushed_filters)
    assert set(pushed) <= about.filters
    for filter_ in asked.filters:
        source = "line_item" if (about.is_costs and filter_.dimension == "model") else filter_.dimension
        assert source in asked.grain or filter_.dimension in pushed
    assert all(pushed.values())


values = st.none() | st.text(st.characters(), min_size=1, max_size=12) | st.sampled_from(
    ["=", "!=", "a=b", "!", " ", " a ", "a,b", "-x", "\n", "\x1b", "\udc80", "none", "true"]
)  # fmt: skip


@st.composite
def queries(draw: st.DrawFn, about: Category) -> Query:
    """A query of a category with any of its dimensions, and filters of any values."""
    names = [dimension.name for dimension in about.groupable]
    group_by = draw(st.lists(st.sampled_from(names), unique=True, max_size=4))
    filters = []
    for name in sorted(draw(st.sets(st.sampled_from([n for n in names if n != "bucket"]), max_size=3))):
        allowed = st.sampled_from([None, "true", "false"]) if name == "batch" else values
        keep, drop = draw(st.lists(allowed, max_size=3)), draw(st.lists(allowed, max_size=3))
        if keep or drop:
            filters.append(make_filter(name, keep, drop))
    now = draw(nows)
    width = draw(st.sampled_from(["auto", about.widths[-1]]))
    found, _ = make_query(about.name, draw(typed(now)), now=now, by=",".join(group_by) or "none", width=width)
    return Query(found.category, found.range, found.width, found.group_by, tuple(filters))


def reparsed(words: list[str], now: int) -> Query:
    """What the words of a command line ask for, read as ``usagetop show`` reads them."""
    options: dict[str, list[str]] = {}
    for name, value in zip(words[1::2], words[2::2], strict=True):
        options.setdefault(name, []).append(value)
    assert set(options) <= {"--range", "--by", "--width", "--filter"}
    width = options.get("--width", ["auto"])[0]
    return make_query(
        words[0],
        options["--range"][0],
        now=now,
        by=options["--by"][0],
        width=width,
        filters=options.get("--filter", []),
    )[0]


@given(st.data())
def test_the_text_form_asks_the_same_query(data: st.DataObject) -> None:
    """Any query, with any values in its filters, comes back from its own words at the same moment."""
    asked = data.draw(queries(data.draw(st.sampled_from(CATEGORIES))))
    again = reparsed(asked.arguments(), asked.range.now)
    assert again == asked
    assert hash(again) == hash(asked)


def test_the_text_form() -> None:
    """It reads as one would type it."""
    asked = query("completions", "project_id,model", "model=gpt-5.5", "user_id!=", "project_id=a=b c")
    assert asked.arguments() == [
        *("completions", "--range", "7d", "--by", "project_id,model", "--width", "1d"),
        *("--filter", "model=gpt-5.5", "--filter", "project_id=a=b c", "--filter", "user_id!="),
    ]
    assert query("costs", "none").arguments() == ["costs", "--range", "7d", "--by", "none"]


@pytest.mark.parametrize(
    ("texts", "filters"),
    [
        ([], ()),
        (["model=a"], (Filter("model", keep=("a",)),)),
        (["model=b", "model=a", "model=b", "model="], (Filter("model", keep=("a", "b", None)),)),
        (["model!=a", "model!="], (Filter("model", drop=("a", None)),)),
        (["user_id=u", "model=a"], (Filter("model", keep=("a",)), Filter("user_id", keep=("u",)))),
        ([" model =a=b"], (Filter("model", keep=("a=b",)),)),
        (["model= a "], (Filter("model", keep=(" a ",)),)),
        (["model==a"], (Filter("model", keep=("=a",)),)),
        (["model=!a"], (Filter("model", keep=("!a",)),)),
        (["batch=True"], (Filter("batch", keep=("true",)),)),
        (["batch!="], (Filter("batch", drop=(None,)),)),
    ],
)
def test_the_grammar_of_filters(texts: list[str], filters: tuple[Filter, ...]) -> None:
    """``D=VALUE``, ``D!=VALUE``, ``D=``, ``D!=``; the first sign counts, values are taken as they are."""
    assert parse_filters(category("completions"), texts) == filters


@pytest.mark.parametrize(
    "text",
    ["", "=", "!=", "=a", "!=a", "!!=a", "model", "model!", "model!!=a", "bucket=1", "currency=usd", "line_item=a",
     "MODEL=a", "nope=a", "\x1b[31m=a", "batch=maybe", "batch!=1", "mo\u200bdel=a"],
)  # fmt: skip
def test_filters_that_cannot_be(text: str) -> None:
    """Refused with what can be, and without drawing what was typed."""
    with pytest.raises(UsageError) as caught:
        parse_filters(category("completions"), [text])
    assert all(label(line, most=1000) == line for line in caught.value.lines())
    assert caught.value.mend


@pytest.mark.parametrize(
    ("keep", "drop", "accepted"),
    [
        ((), (), {"a", "b", None}),
        (("a",), (), {"a"}),
        (("a", None), (), {"a", None}),
        ((None,), (), {None}),
        ((), ("a",), {"b", None}),
        ((), (None,), {"a", "b"}),
        ((), ("a", None), {"b"}),
        (("a", "b"), ("a",), {"b"}),
        (("a",), ("a",), set()),
        (("",), (), {None}),
    ],
)
def test_what_a_filter_accepts(
    keep: tuple[str | None, ...], drop: tuple[str | None, ...], accepted: set[str]
) -> None:
    """Alternatives are kept, exclusions keep null rows, and an empty text means null."""
    filter_ = make_filter("model", keep, drop)
    assert {value for value in ("a", "b", None) if filter_.accepts(value)} == accepted


@pytest.mark.parametrize(
    ("name", "text", "group_by"),
    [
        ("costs", None, ("line_item",)),
        ("completions", None, ("model",)),
        ("vector_stores", None, ("project_id",)),
        ("file_search_calls", None, ("project_id",)),
        ("costs", "none", ()),
        ("costs", "model", ("model",)),
        ("costs", " project_id , bucket ", ("project_id", "bucket")),
    ],
)
def test_group_by(name: str, text: str | None, group_by: tuple[str, ...]) -> None:
    """The order is kept; left out, it is the category's own."""
    assert parse_group_by(category(name), text) == group_by


@pytest.mark.parametrize(
    "text", ["", ",", "model,", "none,model", "model,model", "line_item", "currency", "\x1b[2J", "x" * 5000]
)
def test_group_by_that_cannot_be(text: str) -> None:
    """Refused with the choices, and without drawing what was typed."""
    with pytest.raises(UsageError) as caught:
        parse_group_by(category("completions"), text)
    assert all(label(line, most=1000) == line for line in caught.value.lines())


def test_dimensions_with_names_tell_where_the_name_stands() -> None:
    """Only what can be resolved has one, and it is the JSON's key."""
    named = {dimension.name: dimension.names for about in CATEGORIES for dimension in about.groupable}
    assert {name: names for name, names in named.items() if names} == {
        "project_id": "project_name",
        "user_id": "user_name",
        "api_key_id": "api_key_name",
    }


def test_hours_of_costs_are_widened() -> None:
    """And that is told."""
    found, widened = make_query("costs", "24h", now=NOW)
    assert widened
    assert (found.range.start, found.range.end) == (moment("2026-11-22"), moment("2026-11-24"))
    assert not make_query("completions", "24h", now=NOW)[1]


@pytest.mark.parametrize(("category_name", "width"), [("costs", "1h"), ("completions", "2h"), ("nope", "1d")])
def test_what_a_category_has_not(category_name: str, width: str) -> None:
    """A width or a category that is not there is a wrong word."""
    with pytest.raises(UsageError):
        make_query(category_name, "7d", now=NOW, width=width)


@given(nows.flatmap(lambda now: st.tuples(st.just(now), typed(now))))
def test_no_bucket_is_asked_for_that_has_not_begun(asked: tuple[int, str]) -> None:
    """Starts are aligned, within the range, and before now floored to the minute."""
    now, text = asked
    found, _ = make_query("completions", text, now=now)
    starts = found.starts()
    assert all(found.range.start <= start < found.range.end for start in (starts[:1] or starts))
    assert len(starts) == 0 or starts[-1] < now // MINUTE * MINUTE
    if not found.range.is_open:
        assert len(starts) == found.range.seconds // starts.step


def test_queries_are_values() -> None:
    """Equal queries are equal, in whatever order their filters were typed."""
    one = query("completions", "model", "user_id=u", "user_id=v", "model!=a")
    other = query("completions", "model", "model!=a", "user_id=v", "user_id=u")
    assert one == other
    assert len({one, other, one.with_group_by(("model",))}) == 1
    assert one.with_group_by(("user_id",)).group_by == ("user_id",)
