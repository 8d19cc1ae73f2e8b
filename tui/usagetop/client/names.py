"""Names for ids: what the lists of the API, and the answers themselves, say that an id is called.

Identity stays the id. A name may be missing for many reasons (no scope, a deleted thing, a budget of requests
that is used up): then the id is shown, and no row is lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from usagetop.model.columns import Bucket

State = Literal["active", "archived", "deleted", "unknown"]
# Which undocumented field of a row names which dimension.
_FREE = {
    "project_name": "project_id",
    "user_email": "user_id",
    "user_name": "user_id",
    "api_key_name": "api_key_id",
}


class Name(NamedTuple):
    """A raw name (make it a label before it is drawn) and the state of what it names."""

    text: str
    state: State = "active"


class Names(NamedTuple):
    """Names by (dimension, id). ``listed`` are the dimensions whose lists were read to the end."""

    entries: Mapping[tuple[str, str], Name] = MappingProxyType({})
    listed: frozenset[str] = frozenset()

    def name_of(self, dimension: str, identity: str | None) -> str | None:
        """The raw name, or None where there is none."""
        found = self.entries.get((dimension, identity)) if identity is not None else None
        return found.text if found else None

    def state_of(self, dimension: str, identity: str) -> State:
        """What has become of it: ``deleted`` when the whole list does not hold it, ``unknown`` otherwise."""
        found = self.entries.get((dimension, identity))
        if found:
            return found.state
        return "deleted" if dimension in self.listed else "unknown"

    def is_unsure(self, dimension: str, identities: Iterable[str]) -> bool:
        """Whether of one of these nobody knows what has become of it."""
        return any(self.state_of(dimension, identity) == "unknown" for identity in identities)

    def ids_of(self, dimension: str, name: str) -> tuple[str, ...]:
        """The ids that bear this name, sorted; a name is unique when there is one."""
        return tuple(
            sorted(
                key[1] for key, entry in self.entries.items() if key[0] == dimension and entry.text == name
            )
        )

    def over(self, other: Names) -> Names:
        """These names, and those of ``other`` for what has none here."""
        return Names(MappingProxyType({**other.entries, **self.entries}), self.listed | other.listed)

    def dump(self) -> bytes:
        """A JSON form for the cache."""
        rows = [[*key, name.text, name.state] for key, name in self.entries.items()]
        return json.dumps({"names": rows, "listed": sorted(self.listed)}).encode("ascii")


NO_NAMES = Names()


def load(data: bytes) -> Names:
    """Names of a JSON form; none when it is not one."""
    try:
        form = json.loads(data)
        entries = {
            (str(dimension), str(identity)): Name(str(text), _state(state))
            for dimension, identity, text, state in form["names"]
        }
        return Names(MappingProxyType(entries), frozenset(map(str, form["listed"])))
    except (ValueError, TypeError, KeyError, RecursionError):
        return NO_NAMES


def _state(text: object) -> State:
    if text == "active" or text == "archived" or text == "deleted":  # noqa: PLR1714 - narrows for mypy
        return text
    return "unknown"


def free_names(buckets: Iterable[Bucket]) -> Names:
    """The names that rows carry beside their ids (undocumented fields, seen live [R]), for nothing.

    Rows do not say what has become of it.
    """
    entries: dict[tuple[str, str], Name] = {}
    for bucket in buckets:
        for extra in bucket.extras:
            dimension = _FREE.get(extra)
            if dimension is None or not bucket.has(dimension):
                continue
            codes, ids = bucket.dimension(dimension)
            texts_at, texts = bucket.extra(extra)  # noqa: S610 - not Django's
            for identity_at, text_at in set(zip(codes, texts_at, strict=True)):
                identity, text = ids[identity_at], _plain(texts[text_at])
                if identity and text:
                    entries[dimension, identity] = Name(text, "unknown")
    return Names(MappingProxyType(entries))


def _plain(text: str | None) -> str:
    """The text of a JSON text; empty for anything else."""
    value = json.loads(text) if text and text.startswith('"') else None
    return value if isinstance(value, str) else ""
