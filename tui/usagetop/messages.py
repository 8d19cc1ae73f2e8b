"""What widgets tell the screen. Widgets never touch one another: attributes go down, messages come up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from usagetop.analysis.sheet import Sheet
    from usagetop.charts.picture import Picture
    from usagetop.client.directory import Resolved
    from usagetop.errors import UsagetopError
    from usagetop.store.odd import Odd
    from usagetop.store.outcome import Outcome
    from usagetop.store.progress import Progress
    from usagetop.store.session import View


class CategoryChosen(Message):
    """A tab was clicked."""

    def __init__(self, category: str) -> None:
        """``category`` is the API's name."""
        super().__init__()
        self.category = category


class SortChosen(Message):
    """A column header was clicked."""

    def __init__(self, column: str) -> None:
        """``column`` is a dimension or metric name."""
        super().__init__()
        self.column = column


class RowOpened(Message):
    """A row was double-clicked: the same as the drill key."""


class RowReached(Message):
    """The cursor came to another row of a table that tells so."""


class CommandChosen(Message):
    """A key in the footer was clicked: run that command."""

    def __init__(self, command: str) -> None:
        """``command`` is the id in the registry of commands."""
        super().__init__()
        self.command = command


class SearchChanged(Message):
    """The text of the row search changed; ``done`` when it was confirmed or left."""

    def __init__(self, text: str, *, done: bool = False) -> None:
        """``text`` is what the rows must contain."""
        super().__init__()
        self.text = text
        self.done = done


class RowsAwaited(Message):
    """Sorting or searching many rows takes a while."""

    def __init__(self, view: View) -> None:
        """``view`` is what they are sorted and searched for."""
        super().__init__()
        self.view = view


class RowsMade(Message):
    """Many rows were sorted or searched in a thread, and can be drawn."""


class Loaded(Message):
    """A load ended well."""

    def __init__(self, outcome: Outcome, *, quiet: bool, picture: ChartBuilt | None = None) -> None:
        """``quiet`` says that it was a refresh behind the reader's back; ``picture`` is its chart, where built."""
        super().__init__()
        self.outcome = outcome
        self.quiet = quiet
        self.picture = picture


class LoadFailed(Message):
    """A load ended with an error of the tree."""

    def __init__(self, view: View, error: UsagetopError, *, quiet: bool) -> None:
        """``view`` is what was asked for."""
        super().__init__()
        self.view = view
        self.error = error
        self.quiet = quiet


class LoadProgress(Message):
    """Buckets came in; only the newest count matters."""

    def __init__(self, view: View, progress: Progress) -> None:
        """``progress`` counts buckets."""
        super().__init__()
        self.view = view
        self.progress = progress

    def can_replace(self, message: Message) -> bool:
        """A newer count replaces an older one that was not handled yet."""
        return isinstance(message, LoadProgress)


class PartArrived(Message):
    """Some of the buckets of a load are in, rolled up; only the newest part matters."""

    def __init__(self, outcome: Outcome) -> None:
        """``outcome`` is incomplete."""
        super().__init__()
        self.outcome = outcome

    def can_replace(self, message: Message) -> bool:
        """A newer part replaces an older one that was not handled yet."""
        return isinstance(message, PartArrived)


class BucketChosen(Message):
    """The reader stands on another bucket of the chart, or on none."""

    def __init__(self, bucket: int | None) -> None:
        """``bucket`` counts from the first bucket of the range."""
        super().__init__()
        self.bucket = bucket


class ChartBuilt(Message):
    """A chart's picture was built in a thread; ``token`` names the series, kind and size it is for."""

    def __init__(self, token: object, picture: Picture) -> None:
        """``picture`` is drawable rows."""
        super().__init__()
        self.token = token
        self.picture = picture


class NamesFound(Message):
    """Names came in, and what kept others away."""

    def __init__(self, found: Resolved) -> None:
        """``found`` holds the names and its notices."""
        super().__init__()
        self.found = found


class SheetLoaded(Message):
    """A view beyond the table came in."""

    def __init__(self, sheet: Sheet) -> None:
        """``sheet`` holds its rows."""
        super().__init__()
        self.sheet = sheet


class SheetFailed(Message):
    """A view beyond the table could not be answered."""

    def __init__(self, error: UsagetopError) -> None:
        """``error`` says why."""
        super().__init__()
        self.error = error


class OtherSideFound(Message):
    """Where a row leads on the other side; None where there is nothing of it."""

    def __init__(self, before: View, view: View | None) -> None:
        """``before`` is the view whose row it was."""
        super().__init__()
        self.before = before
        self.view = view


class OddFound(Message):
    """The odd days of an outcome are known."""

    def __init__(self, outcome: Outcome, odd: Odd) -> None:
        """``outcome`` is the one that was looked through."""
        super().__init__()
        self.outcome = outcome
        self.odd = odd
