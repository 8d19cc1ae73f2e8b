"""The admin key as a value that cannot be printed by accident."""

from __future__ import annotations

from typing import NoReturn

# A key, also one that the server has shortened (``sk-admin***abcd``); the long forms wherever they stand.
_KEYLIKE = r"(sk-(?:admin|proj|svcacct)|\b(?:sk|sess|rk|pk)(?=-))[A-Za-z0-9_*.\-]"


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


def hidden(text: str, *, least: int = 4) -> str:
    """A text with a mask for whatever looks like a key of OpenAI's, of at least so many characters after ``sk``."""
    import re  # few who know a secret need it

    return re.sub(f"{_KEYLIKE}{{{least},}}", r"\1-****", text)
