"""Faults that the client itself reacts to. Each is also an error with a sentence, should it reach a person."""

from __future__ import annotations

from usagetop.errors import NetworkFailed, ServerFailed, UsagetopError


class BrokenBody(NetworkFailed):
    """The body is cut or is not JSON: a fault of the transport, so it is asked again and never stored."""

    def __init__(self, why: str) -> None:
        super().__init__(
            "the answer came broken", why=why, mend="Try again; if it stays, look at the network or proxy"
        )


class AnswerTooLarge(ServerFailed):
    """The body passed the cap; the same range asked in smaller pages may fit."""

    def __init__(self, most: int) -> None:
        super().__init__(
            "the answer is too large",
            why=f"more than {most // 1_000_000} MB for one page",
            mend="Ask for a shorter range or fewer dimensions (--range, --by)",
        )


class Transient(Exception):
    """Worth another try: ``error`` is what to raise when there is none left.

    ``wait`` is what the server asked for in seconds, or None. ``limited`` holds back every other request too.
    """

    def __init__(
        self, error: UsagetopError, reason: str, *, wait: float | None = None, limited: bool = False
    ) -> None:
        super().__init__(reason)
        self.error = error
        self.reason = reason
        self.wait = wait
        self.limited = limited
