"""The table alone: from a key to the painted step, and from new content to the first paint."""

from __future__ import annotations

import asyncio
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.widgets import DataTable

from tests.bench.inside import NotingDriver, watched
from tests.bench.timing import RUNS, Row, percentile
from usagetop import paths
from usagetop.analysis.frame import Frame, Totals
from usagetop.charts.picture import Look
from usagetop.model.categories import category
from usagetop.store.labels import Labels
from usagetop.theme import THEMES, default_theme, defaults
from usagetop.widgets.table import FrameTable
from usagetop.widgets.table_content import TableContent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult

    from tests.bench.inside import Watched

_FEW, _MANY, _MOST = 1_000, 100_000, 1_000_000
_STEPS = 12  # down and up again, within what is visible: nothing scrolls
_ROUNDS = 4
_HEADS = ("model", "input", "share", "output", "cached", "requests")


class Ours(App[None]):
    """Our table, with nothing around it."""

    CSS_PATH: ClassVar[list[str]] = [str(paths.styles_dir() / "app.tcss")]  # type: ignore[assignment]
    BINDINGS: ClassVar[list[BindingType]] = [Binding("down", "rows(1)"), Binding("up", "rows(-1)")]

    def __init__(self, content: TableContent) -> None:
        """Open on ``content``."""
        super().__init__(driver_class=NotingDriver)
        self._content = content

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The variables of our styles."""
        return defaults()

    def compose(self) -> ComposeResult:
        """The table."""
        yield FrameTable(Look())

    def on_mount(self) -> None:
        """Theme, content and focus."""
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = default_theme()
        self.table.content = self._content
        self.table.focus()

    @property
    def table(self) -> FrameTable:
        """The table."""
        return self.query_one(FrameTable)

    def action_rows(self, rows: int) -> None:
        """Move the cursor."""
        self.table.move(rows)


class Stock(App[None]):
    """Textual's own table, over the same texts."""

    def __init__(self, content: TableContent) -> None:
        """Open on the texts of ``content``."""
        super().__init__(driver_class=NotingDriver)
        self._content = content

    def compose(self) -> ComposeResult:
        """The table."""
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        """Every cell of it, as DataTable wants it."""
        table = self.query_one(DataTable)
        content = self._content
        table.add_columns(*(column.title for column in content.columns))
        for row in range(len(content.rows)):
            table.add_row(*(content.text(row, column) for column in content.columns))
        table.focus()


def made(rows: int) -> TableContent:
    """So many groups of completions, largest first."""
    metrics = ("input_tokens", "output_tokens", "num_model_requests")
    numbers = [(rows - row) * 977 for row in range(rows)]
    frame = Frame(
        category=category("completions"),
        group_by=("model",),
        dims=("model",),
        keys=[(f"model-{row:07}",) for row in range(rows)],
        columns={name: list(numbers) for name in metrics},
        totals=Totals(counts={name: sum(numbers) for name in metrics}),
        buckets=(),
    )
    return TableContent(frame, Labels(), range(rows), "input_tokens", "input_tokens", descending=True)


def rows() -> Iterator[Row]:
    """The rows of the table."""
    return iter(asyncio.run(_rows()))


async def _rows() -> list[Row]:
    few, many = made(_FEW), made(_MANY)
    async with watched(Ours(few)) as ours, watched(Stock(few)) as stock, watched(Ours(many)) as large:
        apps = (ours, stock, large)
        taken: list[list[float]] = [[], [], []]
        for _ in range(_ROUNDS):
            for one, values in zip(apps, taken, strict=True):
                values.extend(await _walk(one))
    base = median(taken[1]) * 1e3
    result = [
        Row(
            f"key → painted: cursor step, {count:,} rows",
            percentile(values, 0.95) * 1e3,
            "ms",
            1.0,
            base,
            "DataTable p50 at 1,000 rows",
            f"p95; p50 {median(values) * 1e3:.2f} ms",
        )
        for count, values in ((_FEW, taken[0]), (_MANY, taken[2]))
    ]
    result.append(await _opened(few))
    return result


async def _walk(one: Watched) -> list[float]:
    """Some steps down, and back."""
    values = []
    for key in ["down"] * _STEPS + ["up"] * _STEPS:
        values.append(await one.press(key))
        await one.rest()
    return values


async def _opened(few: TableContent) -> Row:
    """New content into a table that stands, to its first paint: a million rows against a thousand."""
    most = made(_MOST)
    app = Ours(few)
    short: list[float] = []
    long: list[float] = []
    async with watched(app) as one:
        for _ in range(RUNS):
            for content, values in ((few, short), (most, long)):
                # A content of its own, which has measured nothing yet.
                fresh = TableContent(
                    content.frame, Labels(), content.rows, content.metric, content.sort, True
                )
                values.append(await one.painted(partial(setattr, app.table, "content", fresh)))
                await one.rest()
    return Row(
        "table load, 1,000,000 rows",
        median(long) * 1e3,
        "ms",
        1.2,
        median(short) * 1e3,
        "the same at 1,000 rows",
        "rolled-up frame → painted",
    )
