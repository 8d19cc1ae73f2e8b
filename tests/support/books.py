"""An organization whose rows and names a test writes down, behind a loader: no network, no waiting."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.support.explorer import NOW
from usagetop.client.http import Gateway
from usagetop.client.memory import MemoryCache
from usagetop.client.origin import Origin
from usagetop.errors import UsagetopError
from usagetop.screens.desk import Desk, make_desk
from usagetop.store.loader import Loader, Mode
from usagetop.store.session import Session, View

DAY = 86_400
TODAY = NOW - NOW % DAY
Row = Mapping[str, Any]
Params = Sequence[tuple[str, str]]
Response = tuple[int, Mapping[str, str], bytes]


async def _at_once(_: float) -> None:
    """Waiting takes no time here."""


@dataclass
class Books:
    """``rows`` are those of every day up to yesterday, whatever is grouped by; today has none.

    ``projects`` are names by id; without any, each project is called by its id. ``fault`` may raise in the
    server's place; ``late`` leaves out so many of the days asked for, which makes answers incomplete.
    ``clock`` is UTC seconds.
    """

    rows: Sequence[Row]
    projects: Mapping[str, str] = field(default_factory=dict)
    fault: UsagetopError | None = None
    late: int = 0
    clock: float = NOW
    asked: int = 0

    def __call__(self, path: str, params: Params) -> Response:
        """Answer a question about costs or usage, or for the list of projects."""
        if self.fault is not None:
            raise self.fault
        kind = path.rpartition("/")[2]
        if kind == "projects":
            ids = dict.fromkeys(row["project_id"] for row in self.rows if row["project_id"] is not None)
            names = self.projects or {id_: id_ for id_ in ids}
            listed = [
                {"object": "organization.project", "id": id_, "name": name, "status": "active"}
                for id_, name in names.items()
            ]
            return _page(listed, object="list")
        self.asked += 1
        asked = dict(params)
        start, end = int(asked["start_time"]), int(asked["end_time"])
        starts = range(start, end, DAY)[self.late :][: int(asked["limit"])]
        return _page([self._bucket(kind, each, end) for each in starts], object="page")

    def _bucket(self, kind: str, start: int, end: int) -> dict[str, Any]:
        name = "organization.costs.result" if kind == "costs" else f"organization.usage.{kind}.result"
        rows = [] if start >= TODAY else [{"object": name, **row} for row in self.rows]
        return {
            "object": "bucket",
            "start_time": start,
            "end_time": min(start + DAY, end),
            "results": rows,
        }

    def desk(
        self, view: View, mode: Mode = "normal", *, with_names: bool = True
    ) -> Callable[[str | None], Desk]:
        """What ``at_the_explorer`` opens the explorer with."""
        origin = Origin("https://api.openai.com/v1", None, self)
        gateway = Gateway(origin, sleep=_at_once, clock=lambda: 0.0, wall=lambda: self.clock)
        loader = Loader(origin, store=MemoryCache(), clock=lambda: self.clock, gateway=gateway, fallback=True)

        def opened(_: str | None) -> Desk:
            return make_desk(
                loader,
                Session(view),
                clock=lambda: self.clock,
                mode=mode,
                auto=False,
                with_names=with_names,
            )

        return opened


def _page(data: Sequence[Any], **fields: Any) -> Response:
    body = {**fields, "data": data, "has_more": False, "next_page": None}
    return 200, {}, json.dumps(body).encode()


def cost(project: str | None, amount: str, currency: str = "usd", line_item: str = "gpt-5.5, input") -> Row:
    """One row of costs."""
    value = {"value": amount, "currency": currency}
    return {"project_id": project, "line_item": line_item, "amount": value}
