"""The error tree: what can go wrong, the exit code it has, and the sentence it says.

::

    UsagetopError                  1  a fault of the program
    ├── UsageError                 2  wrong words on the command line or in a picker
    │   ├── ConfigError            2  a configuration file or variable that cannot be used
    │   ├── RequestRefused         2  the server calls the request wrong (400)
    │   │   └── GroupingRefused    2  … because of its group_by
    │   └── NoTerminal             2  the explorer was started without a terminal
    ├── AccessError                3  key missing, refused, or without the scope
    │   ├── KeyMissing             3
    │   ├── KeyRefused             3  401
    │   └── ScopeMissing           3  403
    └── ServiceError               4  network or server failure
        ├── NetworkFailed          4  no connection, TLS, cut or silent answers
        ├── ServerFailed           4  5xx after all tries, or an answer that is not the API's
        ├── RateLimited            4  429 after all tries, or a wait that is too long
        ├── NotServed              4  404: this server has no such endpoint
        ├── NotCached              4  ``--offline`` and nothing stored
        └── CacheUnusable          4  the disk cache cannot be opened (never fatal by itself)

Every error has three parts: *what* happened, *why* (often the server's own words, already drawable),
and *what to do* about it. They are printed as at most two lines and never hold a key.
"""

from __future__ import annotations

from typing import ClassVar

EXIT_GOOD = 0
EXIT_FAULT = 1
EXIT_USAGE = 2
EXIT_ACCESS = 3
EXIT_SERVICE = 4
EXIT_INCOMPLETE = 5
EXIT_ABOVE_LIMIT = 6
EXIT_INTERRUPTED = 130


class UsagetopError(Exception):
    """Anything that usagetop says to its user instead of showing a traceback.

    ``what``, ``why`` and ``mend`` are drawable text: the raiser has sanitised what came from outside.
    ``requests`` counts what was asked in vain before it was raised.
    """

    exit_code: ClassVar[int] = EXIT_FAULT
    requests: int = 0

    def __init__(self, what: str, *, why: str = "", mend: str = "") -> None:
        """Keep the three parts; ``why`` and ``mend`` may be empty."""
        super().__init__(what)
        self.what = what
        self.why = why
        self.mend = mend

    def __str__(self) -> str:
        """The first line: what, and why where it is known."""
        return f"{self.what}: {self.why}" if self.why else self.what

    def lines(self) -> tuple[str, ...]:
        """One or two lines for stderr or a message pane: what and why, then what to do."""
        return (str(self), self.mend) if self.mend else (str(self),)


class UsageError(UsagetopError):
    """Wrong words: an option, a range, a dimension or a combination that cannot be."""

    exit_code = EXIT_USAGE


class ConfigError(UsageError):
    """A configuration file, an environment variable or a key file that cannot be used."""


class NoTerminal(UsageError):
    """The explorer needs a terminal and there is none."""


class RequestRefused(UsageError):
    """The server answered 400: it understood the request and calls it wrong."""

    def __init__(self, what: str, *, why: str = "", mend: str = "", param: str = "") -> None:
        """``param`` is the parameter that the server names, or empty."""
        super().__init__(what, why=why, mend=mend)
        self.param = param


class GroupingRefused(RequestRefused):
    """The server refuses this group_by for this range or organization."""


class AccessError(UsagetopError):
    """The key is missing, refused, or lacks a scope."""

    exit_code = EXIT_ACCESS


class KeyMissing(AccessError):
    """No admin key was given in any of the places where one is looked for."""


class KeyRefused(AccessError):
    """The server does not accept the key (401)."""


class ScopeMissing(AccessError):
    """The key is good but may not read this (403); ``scopes`` are the missing ones where named."""

    def __init__(self, what: str, *, why: str = "", mend: str = "", scopes: tuple[str, ...] = ()) -> None:
        """``scopes`` come from the server's sentence ``Missing scopes: …``."""
        super().__init__(what, why=why, mend=mend)
        self.scopes = scopes


class ServiceError(UsagetopError):
    """The network or the server failed."""

    exit_code = EXIT_SERVICE


class NetworkFailed(ServiceError):
    """No connection, a TLS fault, a deadline, or an answer that was cut."""


class ServerFailed(ServiceError):
    """The server failed after all tries, or answered something that is not this API."""


class RateLimited(ServiceError):
    """The server asks to wait; ``retry_after`` is in seconds where it said how long."""

    def __init__(self, what: str, *, why: str = "", mend: str = "", retry_after: float | None = None) -> None:
        """``retry_after`` is None where the server did not say."""
        super().__init__(what, why=why, mend=mend)
        self.retry_after = retry_after


class NotServed(ServiceError):
    """This server has no such endpoint (404)."""


class NotCached(ServiceError):
    """Offline, and nothing of the view is stored."""


class CacheUnusable(ServiceError):
    """The disk cache cannot be opened; the program goes on without it and says so once."""
