"""Repeatable numbers: integers mixed into integers, the same in every process and on every machine.

Python's own ``hash`` is salted and ``random`` depends on the order of calls; here a number depends on its
arguments alone, so any day can be computed without the days before it.
"""

from __future__ import annotations

MASK = 0xFFFF_FFFF_FFFF_FFFF
# The odd multipliers of splitmix64.
GOLDEN = 0x9E37_79B9_7F4A_7C15
_FIRST = 0xBF58_476D_1CE4_E5B9
_SECOND = 0x94D0_49BB_1331_11EB
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
    """The 64 bits of a text: what a cell, a key or a workload is numbered by."""
    data = text.encode()
    return mix(*(int.from_bytes(data[at : at + 8], "big") for at in range(0, len(data), 8)), len(data))


def identifier(kind: str, text: str, length: int = 24) -> str:
    """An id as the API makes them: ``kind`` and ``length`` letters and digits that follow from ``text``."""
    state = seed_of(f"{kind}{text}")
    letters = []
    for _ in range(length):
        state = mix(state)
        letters.append(_LETTERS[state % len(_LETTERS)])
    return kind + "".join(letters)
