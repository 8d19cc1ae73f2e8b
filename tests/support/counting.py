"""The demo organization behind a transport that counts its questions, and can hold some of them back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence

from tests.support.explorer import NOW
from usagetop.client.memory import MemoryCache
from usagetop.client.origin import Origin
from usagetop.demo.api import respond
from usagetop.screens.desk import Desk, make_desk
from usagetop.store.loader import Loader
from usagetop.store.session import Session, View

Params = Sequence[tuple[str, str]]


class Transport:
    """Answers for a scenario; ``asked`` are the paths and parameters of the questions for data.

    Questions about usage that begin before ``held_before`` (UTC seconds) wait for ``go``.
    """

    def __init__(self, scenario: str = "steady", *, held_before: int = 0) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.go = threading.Event()
        self._scenario = scenario
        self._held_before = held_before

    def __call__(self, path: str, params: Params) -> tuple[int, Mapping[str, str], bytes]:
        """One response."""
        asked = dict(params)
        if "start_time" in asked:
            self.asked.append((path, asked))
            if "/usage/" in path and int(asked["start_time"]) < self._held_before:
                self.go.wait(30)
        response = respond(self._scenario, path, params, now=NOW)
        return response.status, response.headers, response.body

    def desk(self, view: View, *, ahead: bool = True, lattice: bool = True) -> Callable[[str | None], Desk]:
        """What ``at_the_explorer`` opens the explorer with."""
        loader = Loader(
            Origin(f"demo:{self._scenario}", None, self),
            store=MemoryCache(),
            clock=lambda: float(NOW),
            fallback=True,
            lattice=lattice,
        )
        return lambda _: make_desk(loader, Session(view), clock=lambda: float(NOW), auto=False, ahead=ahead)
