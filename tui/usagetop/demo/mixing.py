"""Repeatable numbers: integers mixed into integers, the same in every process and on every machine.

Python's own ``hash`` is salted and ``random`` depends on the order of calls; here a number depends on its
arguments alone, so any day can be computed without the days before it.
"""

from __future__ import annotations

from binascii import crc32

MASK = 0xFFFF_FFFF_FFFF_FFFF
# The odd multipliers of splitmix64.
GOLDEN = 0x9E37_79B9_7F4A_7C15
_FIRST = 0xBF58_476D_1CE4_E5B9
_SECOND = 0x94D0_49BB_1331_11EB
_LETTERS_IN_64_BITS = 10
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def mix(*numbers: int) -> int:
    """64 well-spread bits from any integers (splitmix64's finish, once per number)."""
    state = 0
    for number in numbers:
        state = (state ^ number) + GOLDEN & MASK
        state = (state ^ state >> 30) * _FIRST & MASK
        state = (state ^ state >> 27) * _SECOND & MASK
        state ^= state >> 31
    return state


def seed_of(text: str) -> int:
    """64 bits that follow from a text: what a cell, a key or a cursor is numbered by."""
    data = text.encode()
    return mix(crc32(data), len(data))


def identifier(kind: str, text: str, length: int = 24) -> str:
    """An id as the API makes them: ``kind`` and ``length`` letters and digits that follow from ``text``."""
    state = seed_of(kind + text)
    letters: list[str] = []
    while len(letters) < length:
        state = rest = mix(state)
        for _ in range(_LETTERS_IN_64_BITS):
            rest, place = divmod(rest, len(_LETTERS))
            letters.append(_LETTERS[place])
    return kind + "".join(letters[:length])
