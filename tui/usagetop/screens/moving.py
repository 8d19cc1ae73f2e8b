"""Moving about: rows, columns, panes, categories, drilling, the way back and the history."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from usagetop.errors import UsagetopError
from usagetop.messages import BucketChosen, CategoryChosen, OtherSideFound, RowOpened, SearchChanged
from usagetop.model.categories import CATEGORIES
from usagetop.model.dimensions import DIMENSIONS
from usagetop.screens.loading import LoadingExplorer
from usagetop.store.rows import drilled, into_buckets, with_filter
from usagetop.widgets.bars import StatusBar

if TYPE_CHECKING:
    from usagetop.store.session import View


class MovingExplorer(LoadingExplorer):
    """The commands that change where the reader is."""

    # -- inside the table

    def action_rows(self, rows: int) -> None:
        """Move the cursor by rows."""
        self.table.move(rows)

    def action_columns(self, columns: int) -> None:
        """Move the column cursor, or in the chart the bucket cursor."""
        if self.chart.has_focus:
            self.chart.step(columns)
        else:
            self.table.move_column(columns)

    def on_bucket_chosen(self, message: BucketChosen) -> None:
        """Say what the bucket under the cursor holds."""
        self.draw_chart_title(message.bucket)

    def action_edge(self, direction: int) -> None:
        """First or last row."""
        self.table.go_to(0 if direction < 0 else self.table.rows - 1)

    def action_pages(self, halves: int) -> None:
        """Move by half pages."""
        self.table.move(halves * max(1, self.table.page // 2))

    def action_pane(self, direction: int) -> None:
        """Next or previous pane."""
        if direction > 0:
            self.focus_next()
        else:
            self.focus_previous()

    # -- categories

    def action_category(self, name: str) -> None:
        """Show a category, over the range that is in force."""
        if name != self.view.category:
            self.keep_place()
            self.remove_class("-search")
            self.table.focus()
            self.show(self.session.category(name))

    def action_step(self, direction: int) -> None:
        """Previous or next category."""
        names = [category.name for category in CATEGORIES]
        place = (names.index(self.view.category) + direction) % len(names)
        self.action_category(names[place])

    def on_category_chosen(self, message: CategoryChosen) -> None:
        """A tab was clicked."""
        self.action_category(message.category)

    # -- drilling and back

    def action_drill(self) -> None:
        """Keep the row's value, or the marked rows', and break down by the next dimension."""
        outcome = self.outcome
        if outcome is None or not self.table.rows:
            return
        if self.chart.has_focus and self.chart.bucket is not None:
            start = outcome.series.starts[self.chart.bucket]
            self._drill_into(start, outcome.answer.query.width)
            return
        dims = outcome.frame.dims
        keys = [self.table.content.key(self.table.row)] if self.table.content else []
        grouped = [name for name in dims if name != "currency"]
        if self.marks and len(grouped) == 1:
            keys = sorted(self.marks, key=str)
            if grouped == ["bucket"] and len(keys) > 1:
                self.notify("a range has no gaps: the buckets between the marks are in it", markup=False)
        elif self.marks:
            self.notify("several dimensions: drilled into the row under the cursor", markup=False)
        self.keep_place()
        inner = drilled(self.view, keys, dims, outcome.answer.query.width)
        if inner is None:
            self.notify("nothing finer to break this down by", markup=False)
            return
        self.show(inner)

    def _drill_into(self, start: int, width: str) -> None:
        """The same view over one bucket of the chart, one width finer."""
        inner = into_buckets(self.view, [start], width)
        if inner is None:
            self.notify("nothing finer than this bucket", markup=False)
            return
        self.keep_place()
        self.show(inner.changed(above=self.view))

    def action_other_side(self) -> None:
        """From a line of the bill to the usage behind it, or from usage to its costs."""
        outcome, content = self.outcome, self.table.content
        if outcome is None or content is None or not self.table.rows:
            return
        row = dict(zip(outcome.frame.dims, content.key(self.table.row), strict=True))
        self.run_worker(
            self._find_other_side(self.view, row), group="side", exclusive=True, exit_on_error=False
        )

    async def _find_other_side(self, view: View, row: dict[str, str | int | None]) -> None:
        from usagetop.store.sideways import other_side

        found = None
        with suppress(UsagetopError):  # what cannot be asked has no other side
            found = await other_side(self.desk.loader, view, row, now=self.now(), mode=self.desk.mode)
        self.post_message(OtherSideFound(view, found))

    def on_other_side_found(self, message: OtherSideFound) -> None:
        """Go there; back leads to the row again."""
        if not message.before.asks_like(self.view):
            return  # the reader has gone on
        if message.view is None:
            self.notify("nothing on the other side belongs to this row", markup=False)
            return
        self.keep_place()
        self.show(message.view._replace(above=self.view))

    def on_row_opened(self, message: RowOpened) -> None:
        """A row was double-clicked."""
        message.stop()
        self.action_drill()

    def action_back(self) -> None:
        """The first that applies: end a load, leave maximised, clear the search, up one drill level."""
        if self.awaited is not None and self.progress is not None:
            self.cancel_load()
        elif self.has_class("-max-chart") or self.has_class("-max-table"):
            self.remove_class("-max-chart", "-max-table")
        elif self.view.search:
            self._search("")
        elif self.view.top is not None:
            self.session = self.session.adjust(self.view.changed(top=None))
            self.draw_table()
        elif self.view.above is not None:
            self.keep_place()
            self.go_up(self.view.above)

    def go_up(self, above: View) -> None:
        """Show the view that this one came from."""
        self.session = self.session.show(above)
        self.open_view(above)

    def action_history(self, direction: int) -> None:
        """Back or forward in the history of views."""
        self.keep_place()
        moved = self.session.step(direction)
        if moved is self.session:
            self.notify("no earlier view" if direction < 0 else "no later view", markup=False)
            return
        self.session = moved
        self.open_view(self.view)

    # -- marks and filters by cursor

    def action_mark(self) -> None:
        """Mark the row, and go one down."""
        content = self.table.content
        if content is None or not self.table.rows:
            return
        self.marks = self.marks ^ {content.key(self.table.row)}
        self.table.content = content.marked(self.marks)
        self.table.move(1)

    def action_keep(self) -> None:
        """Filter: keep the value under the cursor (the row's first dimension when on a number)."""
        self._filter_here(keep=True)

    def action_exclude(self) -> None:
        """Filter: exclude the value under the cursor."""
        self._filter_here(keep=False)

    def _filter_here(self, *, keep: bool) -> None:
        outcome, content = self.outcome, self.table.content
        if outcome is None or content is None or not self.table.rows:
            return
        dims = [name for name in outcome.frame.dims if name not in {"currency", "bucket"}]
        if not dims:
            self.notify("no dimension to filter by here: group first (b)", markup=False)
            return
        chosen = self.table.chosen_column()
        name = chosen if chosen in dims else dims[0]
        at = outcome.frame.dims.index(name)
        rows = self.marks or {content.key(self.table.row)}
        values = {value for key in rows if not isinstance(value := key[at], int)}
        self.show(with_filter(self.view, name, values, keep=keep).changed(search=""))
        word = "kept" if keep else "excluded"
        self.tell("notice", f"{DIMENSIONS[name].short}: {len(values)} {word}")

    # -- search

    async def action_search(self) -> None:
        """Open the search field, which is made when it is first asked for."""
        from usagetop.widgets.search import SearchField

        field = next(iter(self.query(SearchField)), None) or SearchField()
        if not field.is_attached:
            await self.mount(field, before=self.query_one(StatusBar))
        self.add_class("-search")
        field.value = self.view.search
        field.focus()

    def on_search_changed(self, message: SearchChanged) -> None:
        """Narrow the rows as one types; done: give the keys back to the table."""
        if message.done:
            self.remove_class("-search")
            self.table.focus()
        if message.text != self.view.search:
            self._search(message.text)

    def _search(self, text: str) -> None:
        self.session = self.session.adjust(self.view.changed(search=text))
        self.draw_table()
