"""How values are drawn: names, ids, missing values and buckets; never two values alike, never anything that acts."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.analysis.rows import TODAY, bucket_of, query
from usagetop.analysis.frame import Frame, rollup
from usagetop.client.names import Name, Names
from usagetop.store.labels import Labels, Resolve, bucket_text, by_names, no_names


def of_projects(*projects: str | None) -> Frame:
    """Costs by these projects."""
    rows = [{"project_id": each, "currency": "usd", "amount": Decimal(1)} for each in projects]
    return rollup(query("costs", "project_id"), [bucket_of(1, rows, ("project_id", "currency"), ("amount",))])


def drawn(frame: Frame, resolve: Resolve = no_names) -> list[str]:
    """The label of every row's project."""
    labels = Labels(frame, resolve)
    return [labels.of("project_id", key[0]) for key in frame.keys]


def test_a_missing_value_has_a_word_of_its_dimension() -> None:
    """Not an empty cell."""
    labels = Labels(of_projects(None))
    assert labels.of("project_id", None) == "(no project)"
    assert labels.of("api_key_id", None) == "(no key)"


def test_two_projects_of_one_name_are_told_apart_by_their_ids() -> None:
    """The first keeps the bare name, in the order of the ids."""
    names = {"proj_aaa111": "same", "proj_bbb222": "same"}
    frame = of_projects("proj_bbb222", "proj_aaa111", "proj_ccc333")
    assert drawn(frame, lambda _, value: names.get(value)) == ["same (bbb222)", "same", "proj_ccc333"]


def test_even_ids_with_the_same_end_are_told_apart() -> None:
    """So is a project that is called like the word for none, like an id, or like such a suffix."""
    projects = ["a-123456", "b-123456", "c-123456", "d", "e", None, "(no project)"]
    names = {
        "a-123456": "same",
        "b-123456": "same",
        "c-123456": "same",
        "d": "(no project)",
        "e": "same (123456)",
    }
    texts = drawn(of_projects(*projects), lambda _, value: names.get(value))
    assert len(set(texts)) == len(projects)
    assert texts[5] == "(no project)"


@given(
    st.lists(st.none() | st.text(max_size=8) | st.sampled_from(["(no project)", "x"]), unique=True),
    st.dictionaries(
        st.text(max_size=8), st.sampled_from(["x", "(no project)", "x (x)", "\x1b[0m", ""]), max_size=6
    ),
)
def test_labels_are_one_to_one_and_drawable(values: list[str | None], names: dict[str, str]) -> None:
    """Whatever the API gives: an empty text is null for it, so it is left out here."""
    frame = of_projects(*[value for value in values if value != ""])
    known = Names({("project_id", key): Name(text) for key, text in names.items()})
    texts = drawn(frame, by_names(known))
    assert len(set(texts)) == len(frame)
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
    assert resolve("project_id", "r\x1b") == "r␛ (deleted)"
    assert resolve("user_id", "u") is None


def test_a_value_that_is_in_no_row_keeps_its_name() -> None:
    """The breadcrumb names what was excluded, and what was kept one level up."""
    labels = Labels(of_projects("p"), lambda _, value: {"gone": "the gone one"}.get(value))
    assert labels.of("project_id", "gone") == "the gone one"
    assert labels.of("user_id", "gone") == "the gone one"
    assert labels.of("user_id", "u\x07") == "u␇"


@pytest.mark.parametrize(
    ("width", "text"), [("1d", "2026-11-23"), ("1h", "2026-11-23 00:00"), ("1m", "2026-11-23 00:00")]
)
def test_a_bucket_is_a_date_in_utc(width: str, text: str) -> None:
    """Hours and minutes where there are several a day."""
    assert bucket_text(TODAY, width) == text
    assert Labels(of_projects("p"), width=width).of("bucket", TODAY) == text


def test_a_line_names_the_currency_only_where_it_is_another() -> None:
    """And a view without dimensions has a total."""
    labels = Labels(of_projects("p"))
    assert labels.line(("project_id", "currency"), ("p", "usd")) == "p"
    assert labels.line(("project_id", "currency"), ("p", "eur")) == "p · eur"
    assert labels.line(("bucket", "currency"), (TODAY, "usd")) == "total"
    assert labels.line((), ()) == "total"
