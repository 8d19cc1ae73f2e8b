"""The admin key as a value that cannot be printed by accident."""

from __future__ import annotations

from typing import NoReturn


class Secret:
    """A text that masks itself wherever it is drawn, logged or shown in a traceback."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        """Keep the text; nothing else holds it."""
        self._value = value

    def reveal(self) -> str:
        """The text itself; only the Authorization header and the fingerprint ask for it."""
        return self._value

    def __repr__(self) -> str:
        """A mask of fixed length."""
        return "Secret('****')"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        """The same mask, whatever the format."""
        return repr(self)

    def __reduce__(self) -> NoReturn:
        """A secret is never pickled."""
        message = "a Secret cannot be pickled"
        raise TypeError(message)
