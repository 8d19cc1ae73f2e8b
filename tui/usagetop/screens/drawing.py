"""The explorer's state and how it is drawn: the only place that gives widgets their values."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual.screen import Screen
from textual.widgets import Static

from usagetop.errors import UsagetopError
from usagetop.messages import RowsAwaited, RowsMade
from usagetop.model.dimensions import DIMENSIONS
from usagetop.model.text import label
from usagetop.screens import captions, states, titles
from usagetop.screens.desk import Told
from usagetop.store.labels import no_names
from usagetop.widgets.bars import FooterBar, HeaderBar, StatusBar, TotalsBar
from usagetop.widgets.chart import ChartPane
from usagetop.widgets.table import FrameTable
from usagetop.widgets.table_content import TableContent
from usagetop.widgets.tabs import TabStrip

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from usagetop.analysis.grouping import Key
    from usagetop.screens.desk import Desk
    from usagetop.store.arranging import Arranger
    from usagetop.store.labels import Resolve
    from usagetop.store.outcome import Outcome
    from usagetop.store.progress import Progress
    from usagetop.store.session import View

# What takes no longer leaves the old undimmed, and is not told: a flash tells nothing.
QUIET_SECONDS = 0.15
_MOST_LOG = 500
# Below this a sentence stands instead of the explorer; below the others the chart gives way to rows.
_LEAST_WIDTH, _LEAST_HEIGHT = 60, 15
_NARROW, _LOW, _TINY = 100, 30, 20
# From here on the table has room for trends.
_WIDE = 120


class DrawingExplorer(Screen[None]):
    """State, composition and drawing; loading and the commands are in the classes that extend it."""

    AUTO_FOCUS: ClassVar[str | None] = ""  # the table takes it, once
    _is_styled = False

    def __init__(self, desk: Desk) -> None:
        """Open on the session's current view."""
        super().__init__()
        self.desk = desk
        self.chart = ChartPane(desk.look)
        self.table = FrameTable(desk.look)
        self.session = desk.session
        self.outcomes: dict[str, Outcome] = {}
        self.errors: dict[str, UsagetopError] = {}
        self.told: list[Told] = []
        self.marks: frozenset[Key] = frozenset()
        self.progress: Progress | None = None
        self.awaited: View | None = None
        self.resolve: Resolve = no_names
        self.drawn_category = ""
        # Whether what is drawn is older than what is asked for, and has been so for a while.
        self.dimmed = False
        # What is being done to many rows: ``sorting``, ``searching``.
        self.arranging = ""

    # -- composition

    def compose(self) -> ComposeResult:
        """One strip, one chart, one table, and the lines around them."""
        yield HeaderBar()
        yield TabStrip()
        yield TotalsBar()
        yield self.chart
        yield self.table
        yield Static(id="state")
        yield Static("usagetop needs 60x15", id="too-small")
        yield StatusBar()
        yield FooterBar()

    @property
    def view(self) -> View:
        """The current view."""
        return self.session.current

    @property
    def outcome(self) -> Outcome | None:
        """The last good outcome of the current category."""
        return self.outcomes.get(self.view.category)

    def now(self) -> int:
        """UTC seconds."""
        return int(self.desk.clock())

    def tell(self, grade: str, text: str) -> None:
        """Keep a drawable line for the messages pane."""
        self.told = [*self.told[-_MOST_LOG:], Told(self.now(), grade, text)]

    # -- drawing

    def draw(self) -> None:
        """Give every widget its value."""
        view, outcome = self.view, self.outcome
        self.drawn_category = view.category
        self.query_one(TabStrip).current = view.category
        self.query_one(TabStrip).failed = frozenset(self.errors)
        self.draw_captions()
        self._draw_state()
        self.query_one(TotalsBar).left = captions.totals(outcome) if outcome is not None else ()
        self.chart.stale = self.table.stale = self.dimmed
        if outcome is None:
            # Nothing of another tab is left for a key to act on.
            self.chart.series = self.table.content = None
            return
        self.chart.kind = view.chart
        self.chart.series = outcome.series
        self.draw_chart_title(self.chart.bucket)
        self.draw_table()

    def draw_chart_title(self, bucket: int | None) -> None:
        """The chart's title, or the words for the bucket under the reader's cursor."""
        outcome = self.outcome
        if outcome is not None:
            chosen = bucket is not None and bucket < len(outcome.series.starts)
            self.chart.title = (
                titles.bucket_title(outcome, bucket or 0)
                if chosen
                else titles.chart_title(outcome, self.view.chart)
            )

    def draw_table(self) -> None:
        """The table's content: rows in the view's order, with the chart's tones and the marks."""
        outcome = self.outcome
        if outcome is None:
            return
        view = self.view
        rows = outcome.arranger.ready(view)
        if rows is None:
            self._arrange(outcome.arranger, view)
            if self.table.content is not None and self.table.content.source[0] is outcome.frame:
                return
            # Rows of another frame must not stand under these totals: until then as they come.
            rows = range(len(outcome.frame))
        tones: dict[Key, int] = {
            line.key: number for number, line in enumerate(outcome.series.lines) if line.key is not None
        }
        content = TableContent(
            outcome.frame,
            outcome.labels,
            rows,
            view.charted,
            view.sorted_by,
            view.descending,
            tones if "bucket" not in outcome.frame.dims else {},
            self.marks,
            outcome.earlier,
            outcome.trends if self.app.size.width >= _WIDE else None,
            outcome.odd.keys if outcome.odd is not None else frozenset(),
        )
        if self.table.content is None or not content.draws_like(self.table.content):
            self.table.content = content
        self.draw_status()

    # -- many rows

    def _arrange(self, arranger: Arranger, view: View) -> None:
        """Sort and search many rows in a thread; they are drawn when they come."""
        self.run_worker(self._make_rows(arranger, view), group="rows", exclusive=True)

    async def _make_rows(self, arranger: Arranger, view: View) -> None:
        wanted = True
        made = asyncio.ensure_future(asyncio.to_thread(arranger.rows, view, is_wanted=lambda: wanted))
        try:
            done, _ = await asyncio.wait([made], timeout=QUIET_SECONDS)
            if not done:
                self.post_message(RowsAwaited(view))
            await made
        finally:
            wanted = False
            made.cancel()
        self.post_message(RowsMade())

    def on_rows_awaited(self, message: RowsAwaited) -> None:
        """It takes a while: say so."""
        self.arranging = "searching" if message.view.search else "sorting"
        self.draw_status()

    def on_rows_made(self) -> None:
        """Draw the rows; if the view has changed meanwhile, they are made anew."""
        self.arranging = ""
        self.draw_table()

    def draw_captions(self) -> None:
        """Header and status."""
        view, outcome = self.view, self.outcome
        try:
            query = view.query(self.now())
        except UsagetopError:
            query = None
        bar = self.query_one(HeaderBar)
        span = query.range if query else None
        earlier = outcome.earlier.query.range if outcome is not None and outcome.earlier is not None else None
        if earlier is not None and outcome is not None and view.compare:
            span = outcome.answer.query.range  # closed buckets only
        bar.left, bar.right = captions.header(
            view,
            span,
            query.width if query else view.width,
            self.desk.origin,
            outcome.labels.of if outcome is not None else _plain_label,
            earlier=earlier if view.compare else None,
        )
        self.draw_status()

    def draw_status(self) -> None:
        """The status line."""
        outcome = self.outcome
        holding = captions.words(
            outcome, demo=self.desk.origin.startswith("demo:"), offline=self.desk.mode == "offline"
        )
        shown = self.table.rows
        bar = self.query_one(StatusBar)
        loading = self.progress if self.awaited is not None else None
        bar.left, bar.right = captions.status(
            outcome,
            self.view,
            shown_rows=shown,
            holding=holding,
            progress=loading,
            failed=self.view.category in self.errors,
            arranging=self.arranging,
        )

    def _draw_state(self) -> None:
        """Instead of chart and table: the first load, an error without older numbers, or emptiness."""
        text = states.instead(
            self.view,
            self.outcome,
            self.errors.get(self.view.category),
            is_awaited=self.awaited is not None,
            keys=self.desk.keys,
        )
        self.set_class(text is not None, "-state")
        if text is not None:
            self.query_one("#state", Static).update(text)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Coming back asks for all styles anew; those of a screen that was only just made are new."""
        event.refresh_styles = self._is_styled
        self._is_styled = True

    def on_resize(self) -> None:
        """Small screens give the chart's room to the rows first."""
        width, height = self.app.size
        self.set_class(width < _LEAST_WIDTH or height < _LEAST_HEIGHT, "-too-small")
        self.set_class(width < _NARROW or height < _LOW, "-low")
        self.set_class(height < _TINY, "-tiny")
        self.draw_table()


def _plain_label(dimension: str, value: str | None) -> str:
    """A filter's value before an outcome knows names."""
    return label(value) if value is not None else DIMENSIONS[dimension].missing
