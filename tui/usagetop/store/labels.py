"""How the values of dimensions are drawn: names or ids, missing values, buckets as dates.

Different values of one dimension never look the same, and yet no label needs to know the other values of its
view: what is drawn as it is, is its own label; what is changed for drawing ends in a digest of the raw value;
and which name is borne by several ids, the directory of names knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeGuard, cast

from usagetop.model.digests import blake2b
from usagetop.model.dimensions import DIMENSIONS
from usagetop.model.text import MOST_CHARACTERS, label

if TYPE_CHECKING:
    from usagetop.analysis.grouping import Key
    from usagetop.client.names import Names

# (dimension, id) → the drawable name, or None where none is known. Names of different ids look different.
Resolve = Callable[[str, str], str | None]

# So much of an id tells two things of one name apart.
_ENDING = 6
_DIGEST_BYTES = 4
# What ends in a digest: a raw value that looks so must not pass for one that was changed.
_MARKED = re.compile(f"~[0-9a-f]{{{2 * _DIGEST_BYTES}}}$")
_ENDED = re.compile(r"(.*) \([A-Za-z0-9_-]+\)$", re.DOTALL)
_PLAIN = re.compile(r"[A-Za-z0-9_-]+$")


def no_names(dimension: str, value: str) -> None:
    """Knows no name: every value is drawn by its id."""


class Directory:
    """Drawable names of ids, told apart: two ids of one name are drawn with the ends of their ids.

    ``texts`` are the drawable names by dimension and id. Ids of the dimensions in ``listed`` that have none are
    deleted.
    """

    def __init__(self, texts: Mapping[str, Mapping[str, str]], listed: frozenset[str] = frozenset()) -> None:
        self._texts = texts
        self._listed = listed
        self._bearers: dict[str, dict[str, list[str]]] = {}

    def __call__(self, dimension: str, value: str) -> str | None:
        """How an id is drawn by its name; None where it is drawn as any other value."""
        text = self._texts.get(dimension, {}).get(value)
        if text:
            return self._told_apart(dimension, value, text)
        own = own_label(dimension, value)
        if dimension in self._listed:
            text = f"{own} (deleted)"
            return text if text not in self._of(dimension) else _marked(text, value)
        return _marked(own, value) if self._passes_for_a_name(dimension, own) else None

    def knows(self, dimension: str) -> bool:
        """Whether any value of a dimension is drawn by a name."""
        return dimension in self._listed or dimension in self._texts

    def _of(self, dimension: str) -> Mapping[str, list[str]]:
        """The ids by their names."""
        if dimension not in self._bearers:
            bearers: dict[str, list[str]] = {}
            for value, text in self._texts.get(dimension, {}).items():
                bearers.setdefault(text, []).append(value)
            self._bearers[dimension] = bearers
        return self._bearers[dimension]

    def _told_apart(self, dimension: str, value: str, text: str) -> str:
        bearers = self._of(dimension)[text]
        if len(bearers) == 1:
            return text if _is_own(dimension, text) else _marked(text, value)
        endings = [bearer[-_ENDING:] for bearer in bearers]
        ended = f"{text} ({value[-_ENDING:]})"
        unique = endings.count(value[-_ENDING:]) == 1 and _PLAIN.match(value[-_ENDING:]) is not None
        return ended if unique and ended not in self._of(dimension) else _marked(text, value)

    def _passes_for_a_name(self, dimension: str, own: str) -> bool:
        """Whether an id without a name looks like the name of another id."""
        names = self._of(dimension)
        ended = _ENDED.match(own)
        return own in names or (ended is not None and ended[1] in names)


def by_names(names: Names) -> Directory:
    """Draws names; what was archived or deleted says so, and what is unknown keeps its id."""
    texts: dict[str, dict[str, str]] = {}
    for (dimension, value), name in names.entries.items():
        if name.text:
            state = f" ({name.state})" if name.state in {"archived", "deleted"} else ""
            texts.setdefault(dimension, {})[value] = label(name.text) + state
    return Directory(texts, names.listed)


def raw_names(names: Names | None, wanted: Mapping[str, Iterable[str]]) -> dict[str, dict[str, str]]:
    """Names as the API gave them by dimension and id, of what is wanted and known: not for screens."""
    result: dict[str, dict[str, str]] = {}
    for dimension, ids in wanted.items() if names is not None else ():
        for identity in ids:
            name = names.name_of(dimension, identity) if names is not None else None
            if name is not None:
                result.setdefault(dimension, {})[identity] = name
    return result


class Labels:
    """Drawable text of the dimension values of one view, each made when it is drawn."""

    def __init__(self, resolve: Resolve = no_names, *, width: str = "1d") -> None:
        """``resolve`` gives names; ``width`` is the bucket width, which decides how a bucket is written."""
        self.resolve = resolve
        self.width = width

    def of(self, dimension: str, value: str | int | None) -> str:
        """The drawable text of one value; missing values read ``(no key)`` and the like."""
        if value is None:
            return DIMENSIONS[dimension].missing
        if isinstance(value, int):
            return bucket_text(value, self.width)
        return self.resolve(dimension, value) or own_label(dimension, value)

    def of_many(self, dimension: str, values: Sequence[str | int | None]) -> Sequence[str]:
        """The drawable texts of many values; where all can be drawn as they are, that is seen at once."""
        resolve = self.resolve
        nameless = resolve is no_names or (isinstance(resolve, Directory) and not resolve.knows(dimension))
        if nameless and _are_own(values, dimension):
            return values
        return [self.of(dimension, value) for value in values]

    def line(self, dims: tuple[str, ...], key: Key) -> str:
        """A whole key as one text for legends and titles; the currency only where it is not usd."""
        parts = [
            self.of(dimension, value)
            for dimension, value in zip(dims, key, strict=True)
            if dimension != "bucket" and not (dimension == "currency" and value in {"usd", None})
        ]
        return " · ".join(parts) or "total"


def own_label(dimension: str, value: str) -> str:
    """The label of a raw value without a name: itself where it can be drawn as it is, else with a digest."""
    drawn = label(value)
    return drawn if drawn == value and _is_own(dimension, drawn) else _marked(drawn, value)


def _is_own(dimension: str, drawn: str) -> bool:
    """Whether a text passes neither for a missing value nor for one that was changed for drawing."""
    if "~" in drawn and _MARKED.search(drawn):
        return False
    about = DIMENSIONS.get(dimension)
    return about is None or drawn != about.missing


def _are_own(values: Sequence[str | int | None], dimension: str) -> TypeGuard[Sequence[str]]:
    """Whether all values are plain texts, each its own label: a look at all together, which may err to no."""
    if not all(isinstance(value, str) for value in values):
        return False
    text = "\n".join(cast("Sequence[str]", values))
    plain = text.isascii() and text.count("\n") == len(values) - 1 and text.replace("\n", "").isprintable()
    missing = DIMENSIONS[dimension].missing if dimension in DIMENSIONS else "\n"
    if not plain or "~" in text or missing in text:
        return False
    return max(map(len, cast("Sequence[str]", values))) <= MOST_CHARACTERS


def _marked(drawn: str, value: str) -> str:
    """A text that is not the value itself, with a digest of the value at its end."""
    digest = blake2b(value.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).hexdigest()
    suffix = f"~{digest}"
    return drawn[: MOST_CHARACTERS - len(suffix)] + suffix


def bucket_text(start: int, width: str) -> str:
    """A bucket's start: ``2026-11-01`` for days, ``2026-11-01 08:00`` for hours and minutes (UTC)."""
    moment = datetime.fromtimestamp(start, UTC)
    return moment.strftime("%Y-%m-%d") if width == "1d" else moment.strftime("%Y-%m-%d %H:%M")
