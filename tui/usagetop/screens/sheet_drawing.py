"""A sheet on a screen of its own: how it is asked for and drawn.

A worker asks and posts; the handlers here draw.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content
from textual.widgets import Static

from usagetop.errors import UsagetopError
from usagetop.messages import NamesFound, RowReached, SheetFailed, SheetLoaded
from usagetop.model.text import label
from usagetop.screens import sheet_captions as captions
from usagetop.screens.table_screen import TableScreen
from usagetop.store.labels import Labels, by_names, no_names
from usagetop.store.session import Place
from usagetop.store.views import VIEWS
from usagetop.store.views.asker import Asker, Question
from usagetop.widgets.bars import FooterBar, HeaderBar, StatusBar
from usagetop.widgets.chart import ChartPane
from usagetop.widgets.sheet_content import SheetContent
from usagetop.widgets.table import FrameTable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    from textual.app import ComposeResult

    from usagetop.analysis.sheet import Sheet
    from usagetop.client.names import Names
    from usagetop.model.columns import Bucket
    from usagetop.screens.desk import Desk
    from usagetop.store.session import View

_MOST_NAME_REQUESTS = 20
# A sentence above the rows has so many lines on a screen of so many; on a lower one it has one line.
_MOST_LINES, _HIGH = 3, 30
# A lower one has no room for a chart beside the rows.
_LEAST_HEIGHT = 20


class SheetState(NamedTuple):
    """A sheet as a reader left it: what was answered, in which order, under which names, and the place in it."""

    name: str
    view: View
    sheet: Sheet
    names: Names | None
    compare: str
    sorted_by: str
    descending: bool
    shows_ids: bool
    place: Place


class DrawnSheet(TableScreen["View | None"]):
    """Asks for a sheet and draws it; the keys are in the class that extends it."""

    def __init__(self, desk: Desk, view: View, name: str, names: Names | None = None) -> None:
        """``view`` is the explorer's view of costs; ``name`` is one of the registry's."""
        super().__init__()
        self.desk = desk
        self.view = view
        self.about = VIEWS[name]
        self.known = names
        self.sheet: Sheet | None = None
        self.error: UsagetopError | None = None
        self.compare = "previous"
        self.sorted_by = ""
        self.descending = True
        self.is_loading = False
        self.shows_ids = False
        self._place = Place()
        self.left: SheetState | None = None  # once a row led on

    @property
    def state(self) -> SheetState | None:
        """What is needed to come back to it as it is now; None before it was answered."""
        if self.sheet is None:
            return None
        place = Place(self.table.row, self.table.top, self.table.column)
        order = (self.sorted_by, self.descending, self.shows_ids)
        return SheetState(self.about.name, self.view, self.sheet, self.known, self.compare, *order, place)

    @classmethod
    def again(cls, desk: Desk, state: SheetState) -> Self:
        """The screen as it was left; nothing is asked for."""
        screen = cls(desk, state.view, state.name, state.names)
        screen.sheet, screen.compare, screen.shows_ids = state.sheet, state.compare, state.shows_ids
        screen.sorted_by, screen.descending = state.sorted_by, state.descending
        screen._place = state.place
        return screen

    # -- composition and drawing

    def compose(self) -> ComposeResult:
        """Header, figures, rows, status and footer."""
        yield HeaderBar()
        yield Static(id="figures")
        chart = ChartPane(self.desk.look)
        chart.can_focus = False
        yield chart
        yield FrameTable(self.desk.look, tells_rows=True)
        yield Static(id="sheet-state")
        yield StatusBar()
        yield FooterBar()

    def on_mount(self) -> None:
        """Ask at once, unless it was answered before."""
        self.draw_footer()
        self.table.focus()
        if self.sheet is None:
            self.ask()
            return
        self.draw()
        self.call_after_refresh(self.table.restore, *self._place)
        self.run_worker(self._find_names(self.sheet), group="sheet", exclusive=True, exit_on_error=False)

    def draw_footer(self) -> None:
        """The keys of the view that is shown."""
        bar = self.query_one(FooterBar)
        bar.left, bar.right = captions.footer(self.desk.keys, self.about)

    def draw(self) -> None:
        """Give every widget its value."""
        sheet = self.sheet
        try:
            query = self.view.query(int(self.desk.clock()))
        except UsagetopError:
            query = None
        bar = self.query_one(HeaderBar)
        bar.left, bar.right = captions.header(self.about, query, sheet, self.desk.origin, self._labels.of)
        self.query_one("#figures", Static).update(self._figures())
        self.table.stale = self.is_loading and sheet is not None
        if sheet is None:
            self.table.content = None
        else:
            rows = sheet.order(self.sorted_by, descending=self.descending)
            self.table.content = SheetContent(sheet, rows, self._labels, self.sorted_by, self.descending)
        self._draw_course()
        self._draw_state()
        status = self.query_one(StatusBar)
        status.left, status.right = captions.status(
            sheet,
            rows=self.table.rows,
            holding=self._holding(),
            loading="asking" if self.is_loading else "",
            failed=self.error is not None and sheet is not None,
        )

    def _draw_course(self) -> None:
        """The month of the row under the cursor, where rows have one and the screen has room."""
        courses = self.sheet.courses if self.sheet is not None else ()
        content = self.table.content
        at = content.rows[self.table.row] if content is not None and self.table.rows else -1
        course = courses[at] if courses else None
        self.set_class(course is not None and self.app.size.height >= _LEAST_HEIGHT, "-course")
        if course is not None:
            chart = self.query_one(ChartPane)
            chart.stale = self.table.stale
            chart.series = course.series
            chart.title = captions.as_fits(course.said, self.app.size.width - 2, self._named(self.table.row))

    def _named(self, row: int) -> str:
        """``spend alert, search-api: ``: what leads a row, before what is said of it; empty without rows."""
        content = self.table.content
        if content is None or not content.rows or self.sheet is None:
            return ""
        leads = [column for column in content.columns if self.sheet.field(column.name).lead]
        return ", ".join(content.text(row, column) for column in leads) + ": "

    def on_row_reached(self, _: RowReached) -> None:
        """Each row has a month of its own."""
        if self.sheet is not None and self.sheet.courses:
            self._draw_course()

    def _figures(self) -> Content:
        """Totals of each currency, and what the view says beside its rows."""
        if self.sheet is None:
            return Content("")
        lines = []
        for line in captions.figure_lines(self.sheet, self.app.size.width):
            parts: list[str | tuple[str, str]] = [" "]
            for name, figure in line:
                parts += [(f"{name} ", "$quiet"), (f"{figure}   ", "bold $strong")]
            lines.append(Content.assemble(*parts))
        size = self.app.size
        most = _MOST_LINES if size.height >= _HIGH else 1
        lines += [
            Content.styled(f" {line}", "$foreground")
            for sentence in self.sheet.said
            for line in captions.wrapped(sentence, size.width - 2, most)
        ]
        return Content("\n").join(lines)

    def on_resize(self) -> None:
        """Figures are laid out anew in the new width."""
        if self.sheet is not None:
            self.query_one("#figures", Static).update(self._figures())
            self._draw_course()

    def _draw_state(self) -> None:
        """Instead of rows: asking, an error, or nothing to show."""
        text: Content | None = None
        if self.sheet is None and self.error is not None:
            text = Content.assemble((f"{self.error}\n\n", "bold $error"), self.error.mend or "")
        elif self.sheet is None:
            text = Content.styled("asking…", "$quiet")
        elif not self.sheet.rows:
            text = Content.assemble((f"{self.about.none}\n\n", "bold"), self.about.help)
        self.set_class(text is not None, "-state")
        if text is not None:
            self.query_one("#sheet-state", Static).update(text)

    def _holding(self) -> tuple[str, ...]:
        sheet = self.sheet
        codes = {notice.code for notice in sheet.notices} if sheet is not None else set()
        holding = {
            "DEMO": self.desk.origin.startswith("demo:"),
            "OFFLINE": self.desk.mode == "offline",
            "STALE": "stale" in codes,
            "INCOMPLETE": sheet is not None and not sheet.complete,
            "PARTIAL": "partial_bucket" in codes,
        }
        return tuple(word for word, holds in holding.items() if holds)

    @property
    def _labels(self) -> Labels:
        names = None if self.shows_ids else self.known
        return Labels(no_names if names is None else by_names(names))

    # -- asking

    def ask(self, *, refresh: bool = False) -> None:
        """Ask for the sheet; the older load of this screen ends."""
        self.is_loading, self.error = True, None
        self.draw()
        self.run_worker(self._load(refresh=refresh), group="sheet", exclusive=True, exit_on_error=False)

    async def _load(self, *, refresh: bool) -> None:
        """The worker: it touches no widget, it posts."""
        now = int(self.desk.clock())
        asker = Asker(self.desk.loader, "refresh" if refresh else self.desk.mode)
        try:
            question = Question(self.view.query(now), now, self.compare, budgets=self.desk.budgets)
            sheet = await self.about.ask(asker, question)
        except UsagetopError as error:
            self.post_message(SheetFailed(error))
            return
        except Exception as fault:  # noqa: BLE001 - a fault of one view must not take the explorer along
            own = UsagetopError("a fault of usagetop", why=label(f"{type(fault).__name__}: {fault}"))
            self.post_message(SheetFailed(own))
            return
        account = asker.account()
        self.post_message(SheetLoaded(replace(sheet, source=account.source, notices=account.notices)))
        await self._find_names(sheet, asker.buckets())

    async def _find_names(self, sheet: Sheet, buckets: Iterable[Bucket] = ()) -> None:
        """The names of the rows; no number waits for them. ``buckets`` may bring some."""
        wanted = sheet.ids()
        if wanted and self.desk.with_names:
            found = await self.desk.loader.names(
                wanted, most_requests=_MOST_NAME_REQUESTS, mode=self.desk.mode, buckets=buckets, states=True
            )
            self.post_message(NamesFound(found))

    def on_sheet_loaded(self, message: SheetLoaded) -> None:
        """Show it."""
        self.sheet, self.is_loading = message.sheet, False
        self.draw()

    def on_sheet_failed(self, message: SheetFailed) -> None:
        """Say what went wrong; an older sheet stays."""
        self.error, self.is_loading = message.error, False
        self.draw()

    def on_names_found(self, message: NamesFound) -> None:
        """Draw the same rows under their names."""
        found = message.found.names
        self.known = found if self.known is None else found.over(self.known)
        self.draw()
