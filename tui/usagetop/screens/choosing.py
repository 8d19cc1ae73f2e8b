"""Choosing what is shown: range, width, group_by, filters, metric, chart, sort, names, maximised pane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagetop.charts import KINDS
from usagetop.errors import UsagetopError
from usagetop.messages import SortChosen
from usagetop.model import period as periods
from usagetop.screens.moving import MovingExplorer
from usagetop.store.outcome import relabelled

if TYPE_CHECKING:
    from usagetop.model.query import Filter


# What the key for comparing goes on to.
_AGAINST = {"": "previous", "previous": "month", "month": ""}


class ChoosingExplorer(MovingExplorer):
    """The commands that change the view; dialogs answer through callbacks."""

    # -- time

    def action_range(self) -> None:
        """Pick the time range."""
        from usagetop.screens.dialogs.range_picker import RangePicker

        picker = RangePicker(self.view.range_text, self.view.width, self.view.about, self.desk.clock)
        self.app.push_screen(picker, self._take_range)

    def _take_range(self, text: str | None) -> None:
        if text:
            self._go(range_text=text)

    def _go(self, **changes: object) -> None:
        """Go on to a changed view, if it can be asked at all."""
        self.keep_place()
        view = self.view.changed(**changes)
        try:
            view.query(self.now())
        except UsagetopError as error:
            self.notify(str(error), severity="warning", markup=False)
            return
        self.show(view)

    def action_shift(self, direction: int) -> None:
        """The range moved by its own length; never beyond the open day."""
        try:
            text = periods.shift(self.view.query(self.now()).range, direction)
            periods.parse_range(text, self.now())
        except UsagetopError as error:
            self.notify(str(error), severity="warning", markup=False)
            return
        self._go(range_text=text)

    def action_zoom(self, direction: int) -> None:
        """Half or twice the range."""
        try:
            text = periods.zoom(self.view.query(self.now()).range, narrower=direction > 0)
        except UsagetopError as error:
            self.notify(str(error), severity="warning", markup=False)
            return
        self._go(range_text=text)

    def action_now(self) -> None:
        """The default range, which reaches now."""
        self._go(range_text=periods.DEFAULT_RANGE)

    def action_width(self) -> None:
        """Choose the bucket width."""
        from usagetop.screens.dialogs.choice import Choice, ChoiceDialog

        notes = {"auto": "up to 3 hours 1m, up to 3 days 1h, else 1d"}
        widths = (*self.view.about.widths, "auto") if len(self.view.about.widths) > 1 else ("1d",)
        choices = [Choice(width, width, notes.get(width, "")) for width in widths]
        self.app.push_screen(ChoiceDialog("Bucket width", choices, self.view.width), self._take_width)

    def _take_width(self, width: str | None) -> None:
        if width:
            self._go(width=width)

    # -- dimensions and filters

    def action_group_by(self) -> None:
        """Pick dimensions."""
        from usagetop.screens.dialogs.group_picker import GroupPicker

        refused = self.desk.loader.refused(self.view.category)
        self.app.push_screen(GroupPicker(self.view.about, self.view.group_by, refused), self._take_group_by)

    def _take_group_by(self, group_by: tuple[str, ...] | None) -> None:
        if group_by is not None:
            self._go(group_by=group_by, sort="", descending=True, search="")

    def action_filters(self) -> None:
        """Edit the filters."""
        from usagetop.screens.dialogs.filter_editor import FilterEditor

        self.app.push_screen(FilterEditor(self.view.about, self.view.filters), self._take_filters)

    def _take_filters(self, filters: tuple[Filter, ...] | None) -> None:
        if filters is not None:
            self._go(filters=filters)

    # -- metric, chart, sort

    def action_metric(self) -> None:
        """Choose the metric that is charted and gives the shares."""
        from usagetop.screens.dialogs.choice import Choice, ChoiceDialog

        given = self.outcome.frame.columns if self.outcome else {}
        choices = [
            Choice(metric.name, metric.label, metric.name)
            for metric in self.view.about.metrics
            if metric.name != "quantity" and (metric.main or metric.name in given)
        ]
        self.app.push_screen(ChoiceDialog("Metric", choices, self.view.charted), self._take_metric)

    def _take_metric(self, metric: str | None) -> None:
        if metric:
            self._go(metric=metric, sort="", descending=True)

    def action_chart(self) -> None:
        """The next kind of chart."""
        kinds = list(KINDS)
        kind = kinds[(kinds.index(self.view.chart) + 1) % len(kinds)]
        self.session = self.session.adjust(self.view.changed(chart=kind))
        self.draw()

    def action_sort(self) -> None:
        """Sort by the column under the cursor; again reverses."""
        self._sort(self.table.chosen_column())

    def on_sort_chosen(self, message: SortChosen) -> None:
        """A head was clicked."""
        self._sort(message.column)

    def action_sort_list(self) -> None:
        """Pick the column to sort by."""
        from usagetop.screens.dialogs.choice import Choice, ChoiceDialog

        content = self.table.content
        if content is not None:
            choices = [
                Choice(column.name, column.title, column.name)
                for column in content.columns
                if column.kind not in {"unit", "trend"}
            ]
            self.app.push_screen(ChoiceDialog("Sort by", choices, self.view.sorted_by), self._take_sort)

    def _take_sort(self, column: str | None) -> None:
        if column:
            self._sort(column)

    def _sort(self, column: str) -> None:
        """Numbers start with the largest, names with a."""
        if column in {"", "quantity_unit", "trend"} or self.outcome is None:
            return
        again = column == self.view.sorted_by
        content = self.table.content
        kinds = {each.name: each.kind for each in content.columns} if content else {}
        descending = not self.view.descending if again else kinds.get(column) != "dimension"
        self.session = self.session.adjust(self.view.changed(sort=column, descending=descending))
        self.draw_table()
        self.table.go_to(0)

    def action_compare(self) -> None:
        """Beside the period before, then the same days of last month, then alone again."""
        self._go(compare=_AGAINST[self.view.compare], sort="", descending=True)

    # -- names, panes

    def action_names(self) -> None:
        """Names or ids."""
        self.session = self.session.adjust(self.view.changed(show_ids=not self.view.show_ids))
        outcome = self.outcome
        if outcome is not None:
            # While another view loads, these numbers still answer their own.
            view = outcome.view.changed(show_ids=self.view.show_ids)
            self.outcomes[self.view.category] = relabelled(outcome, view, self.resolve)
        self.draw()

    def action_maximise(self) -> None:
        """The focused pane takes the whole screen, and back."""
        wanted = "-max-chart" if self.chart.has_focus else "-max-table"
        if self.has_class("-max-chart") or self.has_class("-max-table"):
            self.remove_class("-max-chart", "-max-table")
        else:
            self.add_class(wanted)
