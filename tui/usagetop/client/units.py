"""Units as they are stored: their keys, their sealed bytes, and what a store of them can do.

Two answers share a unit only when host, path, key, category, width, grain and server-side filters are equal.
The bytes of a unit begin with a keyed digest over key and content: a row that was damaged, exchanged, or made
by somebody who does not know the API key is never taken for a value. Nothing here pickles.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from usagetop.client import plan
from usagetop.errors import CacheUnusable
from usagetop.model.columns import Bucket, decode
from usagetop.model.digests import blake2b
from usagetop.model.query import Query
from usagetop.model.secret import Secret

# Part of every key: a change of the layout below, of packed buckets or of what goes with them, finds no older
# row.
SCHEMA = 3
_DIGEST_BYTES = 32
# start, fetched_at, until (UTC seconds), number of buckets
_HEAD = struct.Struct(">qqqI")
_SIZE = struct.Struct(">I")
_FETCHED = struct.Struct(">q")
# The last word of a note's tag.
NOTE = "note"


class Scope(NamedTuple):
    """Whose data it is: the normalised base URL, and the fingerprint of the key that asked.

    The fingerprint is ``settings.key_fingerprint``; empty for no key.
    """

    base_url: str
    fingerprint: str = ""

    @classmethod
    def of(cls, base_url: str, key: Secret | None) -> Scope:
        """The scope of a key at a server."""
        if key is None:
            return cls(base_url)
        from usagetop.settings.scopes import key_fingerprint

        return cls(base_url, key_fingerprint(key, base_url))


class Grain(NamedTuple):
    """What the stored units of one question have in common; only their start differs.

    ``dimensions`` is the API's group_by, sorted; ``filters`` what the server filtered, sorted.
    """

    scope: Scope
    category: str
    width: str
    dimensions: tuple[str, ...]
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @classmethod
    def of(cls, scope: Scope, query: Query) -> Grain:
        """The grain that answers a query exactly."""
        return cls(scope, query.category, query.width, query.grain, query.pushed_filters)

    def key(self, start: int) -> str:
        """The key of the unit that begins at ``start``: 64 hexadecimal digits."""
        return digest("unit", self.scope, self.category, self.width, self.dimensions, self.filters, start)

    @property
    def tag(self) -> str:
        """A text that tells grains apart in the file: whole grains are dropped by it."""
        by = ",".join(self.dimensions) or "none"
        filters = digest("filters", self.scope, self.filters)[:8] if self.filters else ""
        return f"{self.scope.base_url} {self.category} {self.width} {by} {filters}".rstrip()

    @property
    def mark(self) -> str:
        """A short name of the grain within its scope and category: 16 hexadecimal digits."""
        return digest("grain", self.scope, self.category, self.width, self.dimensions, self.filters)[:16]


def note_tag(scope: Scope) -> str:
    """The tag of notes: they are no units."""
    return f"{scope.base_url} {NOTE}"


def digest(kind: str, scope: Scope, *parts: object) -> str:
    """BLAKE2b over the schema version, the scope and the parts, each in its place."""
    text = json.dumps([SCHEMA, kind, scope.base_url, scope.fingerprint, *parts], separators=(",", ":"))
    return blake2b(text.encode("ascii"), digest_size=_DIGEST_BYTES).hexdigest()


class Unit(NamedTuple):
    """The buckets of one unit, complete as of ``fetched_at``.

    ``start`` is its start, ``until`` the second (exclusive) until which it was asked: earlier than its end
    while it was open. Incomplete units are never made.
    """

    start: int
    fetched_at: int
    until: int
    buckets: tuple[Bucket, ...]

    def holds(self, starts: Sequence[int]) -> bool:
        """Whether it was asked late enough to hold the buckets of these starts."""
        return not starts or starts[-1] < self.until


Notes = Mapping[str, bytes]
# From the notes that are stored now (those that are) to those that shall be.
Amend = Callable[[Notes], Notes]


class Stored(NamedTuple):
    """What a look into a store found: units by grain and start, notes by name with when they were written."""

    units: Mapping[Grain, Mapping[int, Unit]]
    notes: Mapping[str, tuple[int, bytes]]


class UnitStore(Protocol):
    """Keeps units and notes. Every method may block for a moment, may be called from any thread, never raises.

    Notes are small texts under a name, one set a scope.
    """

    def look(self, scope: Scope, wanted: Mapping[Grain, Sequence[int]], names: Sequence[str]) -> Stored:
        """The stored units among these starts of each grain, and the notes of these names."""

    def read(self, grain: Grain, starts: Sequence[int]) -> dict[int, Unit]:
        """The stored units among these starts."""

    def write(
        self, grain: Grain, units: Iterable[Unit], *, names: Sequence[str] = (), amend: Amend | None = None
    ) -> None:
        """Store complete units in place of older ones, and with them what ``amend`` makes of the named notes.

        All of it or nothing, and nobody else writes in between. ``amend`` never raises.
        """

    def read_note(self, scope: Scope, name: str) -> tuple[int, bytes] | None:
        """A small text stored under a name, and when it was fetched."""

    def write_note(self, scope: Scope, name: str, fetched_at: int, text: bytes) -> None:
        """Store a small text under a name."""

    def take_trouble(self) -> CacheUnusable | None:
        """What went wrong since the last call; told once."""

    def close(self) -> None:
        """Let go of files and threads."""


def seal(scope: Scope, key: str, content: bytes) -> bytes:
    """``content`` with its digest before it, bound to the key of its row and to the API key."""
    return _digest(scope, key, content) + content


def unseal(scope: Scope, key: str, data: bytes) -> bytes:
    """The content of sealed bytes; raises ValueError when they are not what was sealed for this key."""
    content = data[_DIGEST_BYTES:]
    if _digest(scope, key, content) != data[:_DIGEST_BYTES]:
        message = "the digest does not fit"
        raise ValueError(message)
    return content


def _digest(scope: Scope, key: str, content: bytes) -> bytes:
    secret = scope.fingerprint.encode()
    hashed = blake2b(key.encode(), key=secret, digest_size=_DIGEST_BYTES)
    hashed.update(content)
    return hashed.digest()


def encode_unit(grain: Grain, unit: Unit) -> bytes:
    """The bytes of a unit's row."""
    from usagetop.analysis.summary import with_summary  # who only reads does without

    parts = [_HEAD.pack(unit.start, unit.fetched_at, unit.until, len(unit.buckets))]
    for bucket in unit.buckets:
        data = with_summary(bucket, grain.category).encode()
        parts += (_SIZE.pack(len(data)), data)
    return seal(grain.scope, grain.key(unit.start), b"".join(parts))


def decode_unit(grain: Grain, start: int, data: bytes) -> Unit:
    """The unit of a row's bytes; raises ValueError for anything but the unit that was asked for."""
    content = unseal(grain.scope, grain.key(start), data)
    try:
        stored_start, fetched_at, until, count = _HEAD.unpack_from(content)
        at = _HEAD.size
        buckets = []
        for _ in range(count):
            (size,) = _SIZE.unpack_from(content, at)
            at += _SIZE.size + size
            buckets.append(decode(content[at - size : at]))
    except struct.error as error:
        message = "the row is cut"
        raise ValueError(message) from error
    starts = [bucket.start for bucket in buckets]
    if (
        stored_start != start
        or at != len(content)
        or starts != list(plan.bucket_starts(start, grain.width, until))
    ):
        message = "the row is about something else"
        raise ValueError(message)
    return Unit(start, fetched_at, until, tuple(buckets))


def encode_note(scope: Scope, key: str, fetched_at: int, text: bytes) -> bytes:
    """The bytes of a note's row."""
    return seal(scope, key, _FETCHED.pack(fetched_at) + text)


def decode_note(scope: Scope, key: str, data: bytes) -> tuple[int, bytes]:
    """When a note was fetched, and its text; raises ValueError."""
    content = unseal(scope, key, data)
    if len(content) < _FETCHED.size:
        message = "the row is cut"
        raise ValueError(message)
    (fetched_at,) = _FETCHED.unpack_from(content)
    return fetched_at, content[_FETCHED.size :]
