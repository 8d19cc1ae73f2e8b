"""The key does not come back in: a server that repeats it, in whatever place, is heard with a mask instead.

Keys of gateways look like anything, so it is this session's key that is looked for, not what looks like one. JSON
may write every character of it in two ways.
"""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from usagetop.model.secret import Secret

MASK = "****"
# A shorter key, or one of digits alone, stands in answers by chance: masking it there would change what they say.
_LEAST = 8
_ESCAPED = re.compile(rb"\\u00[2-7]")


class Mask:
    """Masks one key; None masks nothing."""

    def __init__(self, key: Secret | None) -> None:
        """``key`` is the one that is sent."""
        self._key = key

    def text(self, text: str) -> str:
        """A text for a person, without the key."""
        return text.replace(self._key.reveal(), MASK) if self._key is not None else text

    def refusal(self, body: bytes) -> bytes:
        """The body of a refusal, without the key however short: no number in it counts."""
        if self._key is None:
            return body
        return self._pattern.sub(
            MASK.encode(), _utf8(body).replace(self._key.reveal().encode(), MASK.encode())
        )

    def answer(self, body: bytes) -> bytes:
        """The body of an answer, without the key. Takes some milliseconds for a large one."""
        if self._key is None:
            return body
        key = self._key.reveal()
        if len(key) < _LEAST or key.isdecimal():
            return body
        body = _utf8(body).replace(key.encode(), MASK.encode())
        if _ESCAPED.search(body) or not set('"\\/').isdisjoint(key):
            body = self._pattern.sub(MASK.encode(), body)
        return body

    @cached_property
    def _pattern(self) -> re.Pattern[bytes]:
        """The key as JSON may write it."""
        return re.compile("".join(map(_written, self._key.reveal() if self._key else "")).encode())

    def __repr__(self) -> str:
        """Nothing of the key."""
        return "Mask()"


def _written(character: str) -> str:
    """A pattern for the ways to write a character in a JSON text."""
    ways = [re.escape(character), rf"\\u00(?i:{ord(character):02x})"]
    if character in '"\\/':
        ways.append(re.escape("\\" + character))
    return f"(?:{'|'.join(ways)})"


def _utf8(body: bytes) -> bytes:
    """JSON in UTF-16 or UTF-32, which readers accept too, as UTF-8; anything else as it is."""
    if b"\0" not in body[:4]:
        return body
    try:
        return body.decode(json.detect_encoding(body), "surrogatepass").encode("utf-8", "surrogatepass")
    except ValueError:
        return body
