"""Names on the command line: which filter values are names, and which ids they mean."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from usagetop.errors import UsageError
from usagetop.model.dimensions import DIMENSIONS
from usagetop.model.query import make_filter
from usagetop.model.text import label

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from usagetop.client.directory import Resolved
    from usagetop.client.names import Names
    from usagetop.model.answer import Answer
    from usagetop.model.query import Filter, Value
    from usagetop.store.loader import Loader, Mode

# What ids begin with: such a value is never taken for a name, and costs no request.
_ID_STARTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "project_id": ("proj_", "proj-"),
        "user_id": ("user-", "user_", "svc", "sa_", "sa-"),
        "api_key_id": ("key_", "key-"),
    }
)
MOST_NAME_REQUESTS = 20
_MOST_SHOWN = 5


def named_filters(filters: Iterable[Filter]) -> list[tuple[str, str]]:
    """The filter values that may be names: (dimension, value)."""
    return [
        (one.dimension, value)
        for one in filters
        if DIMENSIONS[one.dimension].names
        for value in (*one.keep, *one.drop)
        if value is not None and not value.startswith(_ID_STARTS[one.dimension])
    ]


async def resolved(
    loader: Loader, filters: Iterable[Filter], mode: Mode
) -> tuple[tuple[Filter, ...], Resolved]:
    """The filters with ids in the place of names, and what the look-up took.

    Raises UsageError for a name that several things bear, or none.
    """
    before = tuple(filters)
    pairs = named_filters(before)
    wanted: dict[str, list[str]] = {}
    for dimension, value in pairs:
        wanted.setdefault(dimension, []).append(value)
    found = await loader.names(wanted, most_requests=MOST_NAME_REQUESTS, mode=mode)
    ids = {pair: identified(found.names, *pair) for pair in pairs}
    return tuple(replaced(one, ids) for one in before), found


def identified(names: Names, dimension: str, text: str) -> str:
    """The id that a filter's value means: an id as it is, or the one thing of that name.

    Raises UsageError where several bear the name, or nothing does and the whole list is known.
    """
    if names.name_of(dimension, text) is not None:
        return text
    ids = names.ids_of(dimension, text)
    if len(ids) == 1:
        return ids[0]
    what = DIMENSIONS[dimension].short
    if ids:
        shown = ", ".join(label(identity, most=60) for identity in ids[:_MOST_SHOWN])
        many = f"{len(ids)} {DIMENSIONS[dimension].plural}"
        raise UsageError(f"{many} have the name '{label(text, most=60)}'", mend=f"Use an id: {shown}")
    if dimension in names.listed:
        raise UsageError(
            f"no {what} has the name or id '{label(text, most=60)}'",
            mend="Ids are taken as they are with --no-names",
        )
    return text


def unknown_words(names: Names, pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The words of which nobody knows whether they are names or ids: their list could not be read."""
    return [
        (dimension, text)
        for dimension, text in pairs
        if dimension not in names.listed
        and names.name_of(dimension, text) is None
        and not names.ids_of(dimension, text)
    ]


def refuse_unseen(words: Iterable[tuple[str, str]], answer: Answer, *, empty: bool) -> None:
    """Raise UsageError for a word that was sent as an id and that the answer knows nothing of.

    A kept word that leaves nothing, or an excluded one that no row bears, is more likely a name that could not
    be looked up than a true 0: it must not pass for one.
    """
    kept = {(one.dimension, value) for one in answer.query.filters for value in one.keep}
    for dimension, text in words:
        seen = any(
            text in bucket.dimension(dimension)[1]
            for bucket in answer.buckets
            if bucket.rows and bucket.has(dimension)
        )
        if not seen and (empty or (dimension, text) not in kept):
            raise UsageError(
                f"nothing here has the {DIMENSIONS[dimension].short} id '{label(text, most=60)}'",
                why="and names could not be read",
                mend="Use the id, or a key that may read names (api.management.read)",
            )


def replaced(one: Filter, ids: Mapping[tuple[str, str], str]) -> Filter:
    """The filter with ids in the place of names; ``ids`` maps (dimension, word) to the id."""

    def identity(value: Value) -> Value:
        return value if value is None else ids.get((one.dimension, value), value)

    return make_filter(one.dimension, map(identity, one.keep), map(identity, one.drop))
