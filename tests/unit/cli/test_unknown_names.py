"""A word of a filter that may be a name, when the lists of names cannot be read."""

from __future__ import annotations

import pytest

from usagetop.cli.naming import refuse_unseen, unknown_words
from usagetop.client.names import NO_NAMES, Name, Names
from usagetop.errors import UsageError
from usagetop.model.answer import Answer, Source
from usagetop.model.columns import pack
from usagetop.model.query import make_query

NOW = 1_795_509_020
DAY = 86_400


def answer(by: str, text: str) -> Answer:
    """An answer with one row of project Beta."""
    query, _ = make_query("completions", "1d", now=NOW, by=by, width="1d", filters=[text])
    start = NOW - NOW % DAY
    dims = {name: ["Beta"] if name == "project_id" else ["m"] for name in query.grain}
    bucket = pack(start, start + DAY, 1, dims=dims, counts={"input_tokens": [1]}, amounts={})
    return Answer(query, (bucket,), (), Source("https://api.example/v1"))


def test_a_word_is_unknown_when_no_list_could_be_read() -> None:
    """A name that the rows themselves gave is known."""
    names = Names({("project_id", "proj_1"): Name("Alpha")})
    pairs = [("project_id", "Alpha"), ("project_id", "Beta")]
    assert unknown_words(names, pairs) == [("project_id", "Beta")]
    assert unknown_words(names._replace(listed=frozenset({"project_id"})), pairs) == []
    assert unknown_words(NO_NAMES, pairs) == pairs


def test_an_unknown_word_that_finds_nothing_is_no_zero() -> None:
    """A budget check on a misspelt project would pass for ever."""
    with pytest.raises(UsageError, match="Alpha"):
        refuse_unseen([("project_id", "Alpha")], answer("model", "project_id=Alpha"), empty=True)
    refuse_unseen([("project_id", "Alpha")], answer("model", "project_id=Alpha"), empty=False)


def test_an_unknown_word_that_excludes_nothing_is_told() -> None:
    """Nothing would be left out, and the total would be that of all."""
    with pytest.raises(UsageError, match="Alpha"):
        refuse_unseen([("project_id", "Alpha")], answer("model", "project_id!=Alpha"), empty=False)
    refuse_unseen([("project_id", "Beta")], answer("model", "project_id!=Beta"), empty=False)
