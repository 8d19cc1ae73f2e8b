"""The table alone: from a key to the painted step, and from new content to the first paint."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.widgets import DataTable

from tests.bench.inside import NotingDriver, watched
from tests.bench.timing import RUNS, Row, Spent, percentile, spread
from usagetop import paths
from usagetop.analysis.frame import Frame, Totals
from usagetop.charts.picture import Look
from usagetop.model.categories import category
from usagetop.store.arranging import Arranger
from usagetop.store.labels import Labels
from usagetop.store.session import View
from usagetop.theme import THEMES, default_theme, defaults
from usagetop.widgets.table import FrameTable
from usagetop.widgets.table_content import TableContent

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

    from textual.app import ComposeResult

    from tests.bench.inside import Watched

_FEW, _MORE = 1_000, (10_000, 100_000, 1_000_000)
_STEPS = 12  # down and up again, within what is visible: nothing scrolls
_ROUNDS = 4
_BEAT = 0.002
_HOLD = 50.0
_HOLDS = 3
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


def framed(rows: int) -> Frame:
    """So many groups of completions, largest first; looked through, as the thread that rolls up does."""
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
    assert set(frame.ends) == set(metrics)
    return frame


def shown(frame: Frame) -> TableContent:
    """A content of its own over a frame, which has measured nothing yet."""
    rows = range(len(frame))
    return TableContent(frame, Labels(), rows, "input_tokens", "input_tokens", descending=True)


def rows() -> Iterator[Row]:
    """The rows of the table."""
    return iter(asyncio.run(_rows()))


async def _rows() -> list[Row]:
    frames = {count: framed(count) for count in (_FEW, *_MORE)}
    return [*await _steps(frames), *await _opened(frames), *await _arranged(frames[_MORE[-1]])]


async def _steps(frames: dict[int, Frame]) -> list[Row]:
    """Cursor steps, ours at several sizes against DataTable's at the smallest."""
    few, many, most = (shown(frames[count]) for count in (_FEW, _MORE[1], _MORE[2]))
    async with (
        watched(Ours(few)) as ours,
        watched(Stock(few)) as stock,
        watched(Ours(many)) as large,
        watched(Ours(most)) as largest,
    ):
        apps = (ours, stock, large, largest)
        taken: list[list[Spent]] = [[] for _ in apps]
        for _ in range(_ROUNDS):
            for one, values in zip(apps, taken, strict=True):
                values.extend(await _walk(one))
    base = median(each.clock for each in taken[1]) * 1e3
    work = median(each.processor for each in taken[1]) * 1e3
    return [
        Row(
            f"key → painted: cursor step, {count:,} rows",
            percentile([each.clock for each in values], 0.95) * 1e3,
            "ms",
            1.0,
            base,
            "DataTable p50 at 1,000 rows",
            f"p95; {spread(values)}, DataTable's p50 {work:.2f}",
        )
        for count, values in ((_FEW, taken[0]), (_MORE[1], taken[2]), (_MORE[2], taken[3]))
    ]


async def _walk(one: Watched) -> list[Spent]:
    """Some steps down, and back."""
    values = []
    for key in ["down"] * _STEPS + ["up"] * _STEPS:
        values.append(await one.press(key))
        await one.rest()
    return values


async def _opened(frames: dict[int, Frame]) -> list[Row]:
    """New content into a table that stands, to its first paint: the growth from a thousand rows on."""
    app = Ours(shown(frames[_FEW]))
    taken: dict[int, list[Spent]] = {count: [] for count in frames}
    async with watched(app) as one:
        for _ in range(2 * RUNS):
            for count, frame in frames.items():
                taken[count].append(await one.painted(partial(setattr, app.table, "content", shown(frame))))
                await one.rest()
    base = median(each.clock for each in taken[_FEW]) * 1e3
    work = median(each.processor for each in taken[_FEW]) * 1e3
    return [
        Row(
            f"table load, {count:,} rows",
            median(each.clock for each in taken[count]) * 1e3,
            "ms",
            1.2,
            base,
            "the same at 1,000 rows",
            f"rolled-up frame → painted; {spread(taken[count])}, at 1,000 rows p50 {work:.2f}",
        )
        for count in _MORE
    ]


async def _arranged(frame: Frame) -> list[Row]:
    """Sorting and searching in a thread: how long the event loop is held up at most."""
    view = View("completions", group_by=("model",), sort="output_tokens", descending=False)
    result = []
    for what, wanted in (("sort", view), ("search", view.changed(search="99"))):
        runs = []
        for _ in range(_HOLDS):
            frame.__dict__.pop("_ordering", None)  # it has kept no order yet
            arranger = Arranger(frame, Labels())
            start = time.perf_counter()
            held = await _longest_hold(asyncio.to_thread(arranger.rows, wanted))
            runs.append((held, time.perf_counter() - start))
        held, whole = min(runs)
        note = f"at most, best of {_HOLDS}; in a thread, the rows are there after {whole:.1f} s"
        result.append(Row(f"{what} of {len(frame):,} rows: a key waits", held * 1e3, "ms", _HOLD, note=note))
    return result


async def _longest_hold(work: Coroutine[Any, Any, object]) -> float:
    """How long the event loop was held up at most, in seconds, in what was due every two milliseconds.

    In processor time: what the thread worked between two turns of the loop.
    """
    task = asyncio.ensure_future(work)
    longest = 0.0
    while not task.done():
        start = time.process_time()
        await asyncio.sleep(_BEAT)
        longest = max(longest, time.process_time() - start)
    await task
    return longest
