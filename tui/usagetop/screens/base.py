"""The explorer's spine: its state, its widgets, and the one way from a view to the screen.

A view is put into the session, a worker asks the loader, a message brings the outcome back, and only the
handlers here give widgets new values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from usagetop.errors import UsagetopError
from usagetop.messages import LoadFailed, Loaded, LoadProgress, NamesFound
from usagetop.model.dimensions import DIMENSIONS
from usagetop.model.text import label
from usagetop.screens import captions
from usagetop.store.labels import no_names
from usagetop.store.outcome import load_outcome, relabelled
from usagetop.store.rows import ordered_rows
from usagetop.widgets.bars import FooterBar, HeaderBar, StatusBar, TotalsBar
from usagetop.widgets.chart import ChartPane
from usagetop.widgets.search import SearchField
from usagetop.widgets.table import FrameTable
from usagetop.widgets.table_content import TableContent
from usagetop.widgets.tabs import TabStrip

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.app import ComposeResult

    from usagetop.analysis.grouping import Key
    from usagetop.charts.picture import Look
    from usagetop.store.labels import Resolve
    from usagetop.store.loader import Loader, Mode, Progress
    from usagetop.store.outcome import Outcome
    from usagetop.store.session import Session, View

# Loads that take no longer leave the old numbers undimmed: a flash tells nothing.
_QUIET_SECONDS = 0.15
_MOST_LOG = 500
_MOST_NAME_REQUESTS = 20


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the messages pane: when (UTC seconds), how grave, and the drawable text."""

    at: int
    grade: str
    text: str


@dataclass(frozen=True)
class Desk:
    """What the explorer is opened with.

    ``mode`` is how views are loaded (normal, offline, no-cache, refresh). ``origin`` is the drawable host or
    ``demo:NAME``. ``keys`` maps command ids to the key that the footer shows.
    """

    loader: Loader
    session: Session
    clock: Callable[[], float]
    look: Look
    mode: Mode = "normal"
    origin: str = ""
    auto: bool = True
    with_names: bool = True
    keys: Mapping[str, str] = field(default_factory=dict)


class ExplorerBase(Screen[None]):
    """State, composition, loading and drawing; the commands are in the classes that extend it."""

    def __init__(self, desk: Desk) -> None:
        """Open on the session's current view."""
        super().__init__()
        self.desk = desk
        self.session = desk.session
        self.outcomes: dict[str, Outcome] = {}
        self.errors: dict[str, UsagetopError] = {}
        self.told: list[Told] = []
        self.marks: frozenset[Key] = frozenset()
        self.progress: Progress | None = None
        self.awaited: View | None = None
        self.resolve: Resolve = no_names

    # -- composition

    def compose(self) -> ComposeResult:
        """One strip, one chart, one table, and the lines around them."""
        yield HeaderBar()
        yield TabStrip()
        yield TotalsBar()
        yield ChartPane(self.desk.look)
        yield FrameTable()
        yield Static(id="state")
        yield Static("usagetop needs 60x15", id="too-small")
        yield SearchField()
        yield StatusBar()
        yield FooterBar()

    def on_mount(self) -> None:
        """Draw what is known and ask for the rest."""
        self.query_one(FooterBar).set_keys(self.desk.keys)
        self.table.focus()
        self.draw()
        self.open_view(self.view)
        if self.desk.auto and self.desk.mode == "normal":
            self.set_interval(60, self._refresh_due)

    @property
    def view(self) -> View:
        """The current view."""
        return self.session.current

    @property
    def outcome(self) -> Outcome | None:
        """The last good outcome of the current category."""
        return self.outcomes.get(self.view.category)

    @property
    def table(self) -> FrameTable:
        """The table."""
        return self.query_one(FrameTable)

    @property
    def chart(self) -> ChartPane:
        """The chart pane."""
        return self.query_one(ChartPane)

    def now(self) -> int:
        """UTC seconds."""
        return int(self.desk.clock())

    # -- from a view to the screen

    def show(self, view: View) -> None:
        """Go on to a view: a step in the history, and a load."""
        self._keep_place()
        self.session = self.session.show(view)
        self.open_view(view)

    def open_view(self, view: View, *, mode: Mode | None = None, quiet: bool = False) -> None:
        """Ask for the current view; the older load of this screen ends."""
        self.awaited = view
        self.progress = None
        if not quiet:
            self.marks = frozenset()
            self.draw_captions()
            self.set_timer(_QUIET_SECONDS, lambda: self._dim(view))
        self.run_worker(
            self._load(view, mode or self.desk.mode, quiet=quiet),
            group="load",
            exclusive=True,
            exit_on_error=False,
        )

    async def _load(self, view: View, mode: Mode, *, quiet: bool) -> None:
        """The worker: it touches no widget, it posts."""
        try:
            outcome = await load_outcome(
                self.desk.loader,
                view,
                now=self.now(),
                mode=mode,
                resolve=self.resolve,
                on_progress=lambda progress: self._tell_progress(view, progress),
            )
        except UsagetopError as error:
            self.post_message(LoadFailed(view, error, quiet=quiet))
        except Exception as fault:  # noqa: BLE001 - one tab's fault must not take the others along
            error = UsagetopError("a fault of usagetop", why=label(f"{type(fault).__name__}: {fault}"))
            self.post_message(LoadFailed(view, error, quiet=quiet))
        else:
            self.post_message(Loaded(outcome, quiet=quiet))

    def _tell_progress(self, view: View, progress: Progress) -> None:
        self.post_message(LoadProgress(view, progress))

    def on_load_progress(self, message: LoadProgress) -> None:
        """Show how far the load is."""
        if message.view == self.awaited:
            self.progress = message.progress
            self.draw_status()

    def on_loaded(self, message: Loaded) -> None:
        """Show the outcome, if it is still the one that is wanted."""
        outcome = message.outcome
        if outcome.view != self.awaited:
            return
        self.awaited = None
        self.progress = None
        before = self.outcomes.get(outcome.view.category)
        self.errors.pop(outcome.view.category, None)
        if message.quiet and before is not None and outcome.answer.source.requests == 0:
            self.draw_status()
            return
        self.outcomes[outcome.view.category] = outcome
        used = outcome.answer.query.group_by
        if used != outcome.view.group_by:
            self.session = self.session.adjust(self.view.changed(group_by=used, sort=""))
            self._tell_fallback(outcome)
        self._tell_notices(outcome, before)
        self.draw()
        if not message.quiet:
            place = self.view.place
            self.table.restore(place.row, place.top, place.column)
        self._ask_names(outcome)

    def on_load_failed(self, message: LoadFailed) -> None:
        """Say what went wrong; the old numbers stay where there are some."""
        if message.view != self.awaited:
            return
        self.awaited = None
        self.progress = None
        for line in message.error.lines():
            self.tell("error", line)
        if not message.quiet:
            self.errors[message.view.category] = message.error
            before = self.outcome
            # Numbers of another question must not stand under this one.
            if before is not None and before.view != message.view:
                del self.outcomes[message.view.category]
        self.draw()

    def _tell_fallback(self, outcome: Outcome) -> None:
        notice = outcome.answer.notice("fallback_grouping")
        if notice is not None:
            self.notify(notice.message, title="grouping refused", severity="warning", markup=False)

    def _tell_notices(self, outcome: Outcome, before: Outcome | None) -> None:
        old = set(before.answer.notices) if before is not None else set()
        for notice in outcome.answer.notices:
            if notice not in old:
                self.tell("notice", f"{outcome.view.category}: {notice.message}")

    def tell(self, grade: str, text: str) -> None:
        """Keep a drawable line for the messages pane."""
        self.told = [*self.told[-_MOST_LOG:], Told(self.now(), grade, text)]

    # -- names

    def _ask_names(self, outcome: Outcome) -> None:
        """Resolve the names of the rows in a worker of their own; the numbers do not wait for them."""
        dims = [name for name in outcome.frame.dims if DIMENSIONS[name].names]
        if not dims or not self.desk.with_names:
            return
        rows = ordered_rows(outcome.frame, outcome.labels, outcome.view.changed(search=""))
        ids = {
            name: [
                value
                for row in rows[:_MOST_NAMED]
                if isinstance(value := outcome.frame.keys[row][outcome.frame.dims.index(name)], str)
            ]
            for name in dims
        }
        self.run_worker(self._find_names(outcome, ids), group="names", exclusive=True, exit_on_error=False)

    async def _find_names(self, outcome: Outcome, ids: Mapping[str, list[str]]) -> None:
        try:
            names = await self.desk.loader.names(
                ids, most_requests=_MOST_NAME_REQUESTS, mode=self.desk.mode, buckets=outcome.answer.buckets
            )
        except UsagetopError as error:
            self.post_message(NamesFound(None, error))
        else:
            self.post_message(NamesFound(names, None))

    def on_names_found(self, message: NamesFound) -> None:
        """Draw the same numbers under their names."""
        if message.error is not None:
            self.tell("notice", f"names: {message.error}")
            return
        names = message.names
        if names is None:
            return
        for notice in names.notices:
            if all(told.text != notice.message for told in self.told):
                self.tell("notice", notice.message)
        self.resolve = names.label_of
        outcome = self.outcome
        if outcome is not None:
            self.outcomes[self.view.category] = relabelled(outcome, outcome.view, self.resolve)
            self.draw()

    # -- drawing

    def draw(self) -> None:
        """Give every widget its value."""
        view, outcome = self.view, self.outcome
        self.query_one(TabStrip).current = view.category
        self.query_one(TabStrip).failed = frozenset(self.errors)
        self.draw_captions()
        self._draw_state()
        if outcome is None:
            return
        self.query_one(TotalsBar).left = captions.totals(outcome)
        self.chart.kind = view.chart
        self.chart.title = captions.chart_title(outcome, view.chart)
        self.chart.series = outcome.series
        self.chart.stale = self.table.stale = False
        self.draw_table()

    def draw_table(self) -> None:
        """The table's content: rows in the view's order, with the chart's tones and the marks."""
        outcome = self.outcome
        if outcome is None:
            return
        view = self.view
        rows = ordered_rows(outcome.frame, outcome.labels, view)
        tones: dict[Key, int] = {
            line.key: number for number, line in enumerate(outcome.series.lines) if line.key is not None
        }
        self.table.content = TableContent(
            outcome.frame,
            outcome.labels,
            rows,
            view.charted,
            view.sorted_by,
            view.descending,
            tones if "bucket" not in outcome.frame.dims else {},
            self.marks,
        )
        self.draw_status()

    def draw_captions(self) -> None:
        """Header and status."""
        view, outcome = self.view, self.outcome
        try:
            query = view.query(self.now())
        except UsagetopError:
            query = None
        bar = self.query_one(HeaderBar)
        bar.left, bar.right = captions.header(
            view,
            query.range if query else None,
            query.width if query else view.width,
            self.desk.origin,
            outcome.labels.of if outcome is not None else _plain_label,
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
        bar.left, bar.right = captions.status(outcome, shown_rows=shown, holding=holding, progress=loading)

    def _draw_state(self) -> None:
        """Instead of chart and table: the first load, an error without older numbers, or emptiness."""
        error = self.errors.get(self.view.category)
        outcome = self.outcome
        text: Content | None = None
        if outcome is None and error is not None:
            text = Content.assemble(
                (f"{error}\n\n", "bold $error"),
                f"{error.mend}\n\n" if error.mend else "",
                ("r", "bold $primary"),
                " try again   ",
                ("t", "bold $primary"),
                " range   ",
                ("b", "bold $primary"),
                " group by   ",
                ("!", "bold $primary"),
                " messages",
            )
        elif outcome is None:
            text = Content.styled("asking…", "$quiet")
        elif len(outcome.frame) == 0:
            text = Content.assemble(
                (f"Nothing in {self.view.category} for this range.\n\n", "bold"),
                "Every bucket came and is empty.\n\n"
                if outcome.answer.complete
                else "And not every bucket came: see the messages.\n\n",
                ("t", "bold $primary"),
                " another range   ",
                ("F", "bold $primary"),
                " filters   ",
                ("r", "bold $primary"),
                " refresh",
            )
        self.set_class(text is not None, "-state")
        if text is not None:
            self.query_one("#state", Static).update(text)

    def _dim(self, view: View) -> None:
        """Old numbers are dimmed while the new ones take their time."""
        if self.awaited == view:
            self.chart.stale = self.table.stale = True
            self.chart.refresh()
            self.table.refresh()
            self.draw_loading()

    def draw_loading(self) -> None:
        """Say that a load is under way before its first buckets are in."""
        if self.progress is None and self.awaited is not None:
            from usagetop.store.loader import Progress  # noqa: PLC0415 - named for types only above

            self.progress = Progress(0, 0)
        self.draw_status()

    def _keep_place(self) -> None:
        """Remember cursor, scroll and column in the view that is left."""
        from usagetop.store.session import Place  # noqa: PLC0415 - named for types only above

        place = Place(self.table.row, self.table.top, self.table.column)
        self.session = self.session.adjust(self.view.changed(place=place))

    def _refresh_due(self) -> None:
        """Ask again for what is due, while the range reaches now and somebody may be looking."""
        outcome = self.outcome
        idle = self.awaited is None and self.app.screen is self and self.app.app_focus
        if idle and outcome is not None and outcome.answer.query.range.is_open:
            self.open_view(self.view, quiet=True)

    def on_resize(self) -> None:
        """Small screens give the chart's room to the rows first."""
        width, height = self.app.size
        self.set_class(width < 60 or height < 15, "-too-small")  # noqa: PLR2004 - DESIGN: below 60x15 a sentence
        self.set_class(width < 100 or height < 30, "-low")  # noqa: PLR2004
        self.set_class(height < 20, "-tiny")  # noqa: PLR2004


_MOST_NAMED = 500


def _plain_label(dimension: str, value: str | None) -> str:
    """A filter's value before an outcome knows names."""
    return label(value) if value is not None else DIMENSIONS[dimension].missing
