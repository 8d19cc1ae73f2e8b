"""How values are drawn: names, ids, missing values and buckets; never two values alike, never anything that acts."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.analysis.rows import TODAY
from usagetop.client.names import Name, Names
from usagetop.model.text import MOST_CHARACTERS
from usagetop.store.labels import Directory, Labels, Resolve, bucket_text, by_names, no_names


def drawn(values: Iterable[str | None], resolve: Resolve = no_names) -> list[str]:
    """The label of every project."""
    labels = Labels(resolve)
    return [labels.of("project_id", value) for value in values]


def projects(names: dict[str, str], *listed: str) -> Directory:
    """A directory of these projects."""
    known = Names({("project_id", key): Name(text) for key, text in names.items()}, frozenset(listed))
    return by_names(known)


def test_a_missing_value_has_a_word_of_its_dimension() -> None:
    """Not an empty cell."""
    assert Labels().of("project_id", None) == "(no project)"
    assert Labels().of("api_key_id", None) == "(no key)"


def test_what_can_be_drawn_as_it_is_is_its_own_label() -> None:
    """Ids, models and the like, readable to the last letter."""
    values = ["gpt-5.5, input", "proj_abc", "日本語", "a~b", "~2"]
    assert drawn(values) == values


def test_what_is_changed_for_drawing_is_told_apart_by_a_digest() -> None:
    """Two long names of one beginning, two invisible signs; and the word for a missing value is taken."""
    values = ["a" * 300 + "b", "a" * 300 + "c", "x\u200b", "x\u200c", "(no project)", None]
    texts = drawn(values)
    assert len(set(texts)) == len(values)
    assert all(len(text) <= MOST_CHARACTERS for text in texts)
    assert [text[:2] for text in texts[2:4]] == ["x\ufffd", "x\ufffd"]
    assert texts[4].startswith("(no project)~")
    # A value that looks like one that was changed is not taken for it.
    assert drawn(texts[:4]) != texts[:4]


@given(
    st.lists(
        st.none()
        | st.integers(0, 10**9)
        | st.text(max_size=6)
        | st.sampled_from(["a", "(no project)", "b\nc", "x~0123abcd", "n" * 300])
    ),
    st.booleans(),
)
def test_many_labels_are_those_of_each(values: list[str | int | None], named: bool) -> None:  # noqa: FBT001
    """However quickly they are made."""
    labels = Labels(projects({"a": "the name"}) if named else no_names)
    for dimension in ("project_id", "user_id"):
        assert list(labels.of_many(dimension, values)) == [labels.of(dimension, value) for value in values]


def test_two_projects_of_one_name_are_told_apart_by_their_ids() -> None:
    """Also where only one of them is in view: the name alone would not say which."""
    known = projects({"proj_aaa111": "same", "proj_bbb222": "same", "proj_ddd444": "other"})
    assert drawn(["proj_bbb222", "proj_aaa111", "proj_ccc333", "proj_ddd444"], known) == [
        "same (bbb222)",
        "same (aaa111)",
        "proj_ccc333",
        "other",
    ]


def test_even_ids_with_the_same_end_are_told_apart() -> None:
    """So is a project that is called like the word for none, like an id, or like such a suffix."""
    names = {
        "a-123456": "same",
        "b-123456": "same",
        "c-654321": "same",
        "d": "(no project)",
        "e": "same (654321)",
        "f": "g",
    }
    texts = drawn([*names, None, "(no project)", "g", "same (123456)"], projects(names))
    assert len(set(texts)) == len(texts)
    assert texts[6] == "(no project)"
    assert texts[4:6] == ["same (654321)", "g"]


@given(
    st.lists(
        st.text(min_size=1, max_size=8) | st.sampled_from(["(no project)", "x", "x (x)", "x (deleted)"]),
        unique=True,
    ),
    st.dictionaries(
        st.text(min_size=1, max_size=8),
        st.sampled_from(["x", "(no project)", "x (x)", "x (deleted)", "\x1b[0m", ""]),
        max_size=6,
    ),
    st.booleans(),
)
def test_labels_are_one_to_one_and_drawable(values: list[str], names: dict[str, str], listed: bool) -> None:  # noqa: FBT001
    """Whatever the API gives: every value beside every other, without looking at the others."""
    known = projects(names, *(["project_id"] if listed else []))
    shown = {*values, *names, None}
    texts = drawn(shown, known)
    assert len(set(texts)) == len(shown)
    assert not any(unicodedata.category(sign) in {"Cc", "Cf", "Cs"} for text in texts for sign in text)


def test_a_deleted_or_archived_thing_says_so() -> None:
    """A whole list that does not hold an id tells that it is gone."""
    known = Names(
        {("project_id", "p"): Name("old", "archived"), ("project_id", "q"): Name("new")},
        frozenset({"project_id"}),
    )
    resolve = by_names(known)
    assert resolve("project_id", "p") == "old (archived)"
    assert resolve("project_id", "q") == "new"
    assert resolve("project_id", "r") == "r (deleted)"
    assert resolve("project_id", "r\x1b") not in {None, "r␛ (deleted)", resolve("project_id", "r␛")}
    assert resolve("user_id", "u") is None


def test_a_value_that_is_in_no_row_keeps_its_name() -> None:
    """The breadcrumb names what was excluded, and what was kept one level up."""
    labels = Labels(projects({"gone": "the gone one"}))
    assert labels.of("project_id", "gone") == "the gone one"
    assert labels.of("user_id", "gone") == "gone"


@pytest.mark.parametrize(
    ("width", "text"), [("1d", "2026-11-23"), ("1h", "2026-11-23 00:00"), ("1m", "2026-11-23 00:00")]
)
def test_a_bucket_is_a_date_in_utc(width: str, text: str) -> None:
    """Hours and minutes where there are several a day."""
    assert bucket_text(TODAY, width) == text
    assert Labels(width=width).of("bucket", TODAY) == text


def test_a_line_names_the_currency_only_where_it_is_another() -> None:
    """And a view without dimensions has a total."""
    labels = Labels()
    assert labels.line(("project_id", "currency"), ("p", "usd")) == "p"
    assert labels.line(("project_id", "currency"), ("p", "eur")) == "p · eur"
    assert labels.line(("bucket", "currency"), (TODAY, "usd")) == "total"
    assert labels.line((), ()) == "total"
