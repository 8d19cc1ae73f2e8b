"""The chart pane: a title line and a picture, built once for each series, size, kind and theme."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip

from usagetop.charts import KINDS
from usagetop.charts.picture import Look, Picture, Size
from usagetop.messages import BucketChosen, ChartBuilt
from usagetop.model.cells import fit
from usagetop.widgets.styled import Styled

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.geometry import Size as TextualSize

    from usagetop.analysis.series import Series
    from usagetop.charts.picture import Span


# How far a dimmed ground goes towards the background: as far as Textual takes a dimmed glyph.
_DIMMED = 0.5
# So many pictures are kept: tabs and drill levels that one goes back and forth between.
_KEPT = 8


class _Token(NamedTuple):
    """What a picture is of."""

    series: Series | None
    kind: str
    size: TextualSize

    def is_same(self, other: _Token) -> bool:
        """Whether both are of one series (the same, not an equal one: that would cost a look at all values)."""
        return self.series is other.series and self[1:] == other[1:]


def _room(size: TextualSize) -> Size:
    """What the title leaves to the picture."""
    return Size(size.width, max(1, size.height - 1))


class ChartPane(Styled, can_focus=True):
    """Draws a series; ``series``, ``kind`` and ``title`` are set from above.

    Kinds that are quick are built when they are drawn; the others (plotext) in a thread, and drawn when the
    picture has come back as a message.
    """

    series: reactive[Series | None] = reactive(None, init=False)
    kind: reactive[str] = reactive("bars", init=False)
    title: reactive[str] = reactive("", init=False)
    stale: reactive[bool] = reactive(False, init=False)
    # The bucket that the reader stands on while the pane has the focus; None: none.
    bucket: reactive[int | None] = reactive(None, init=False)

    def __init__(self, look: Look, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        """``look`` says whether the terminal has Unicode and colour."""
        super().__init__(id=id)
        self._look = look
        self._pictures: list[tuple[_Token, Picture]] = []
        self._building: _Token | None = None
        self._styles: dict[tuple[object, ...], Style] = {}

    @property
    def is_building(self) -> bool:
        """Whether a picture is still being built in a thread."""
        return self._building is not None and self._known(self._building) is None

    def watch_series(self) -> None:
        """Another series needs another picture, and has other buckets."""
        self.bucket = None
        self.refresh()

    def watch_bucket(self) -> None:
        """Tell the screen, which knows the exact numbers of the bucket."""
        self.post_message(BucketChosen(self.bucket))

    def maker(self, kind: str) -> Callable[[Series], ChartBuilt | None]:
        """What builds a quick picture in a thread, in the size that the pane has now: see ``keep``.

        None where there is nothing to build, or the picture is known.
        """
        size, look, known = self.size, self._look, tuple(self._pictures)

        def make(series: Series) -> ChartBuilt | None:
            token = _Token(series, kind, size)
            is_known = any(built.is_same(token) for built, _ in known)
            if is_known or not (KINDS[kind].quick and series.starts and size.height > 1):
                return None
            return ChartBuilt(token, KINDS[kind].build(series, _room(size), look))

        return make

    def keep(self, built: ChartBuilt) -> None:
        """Remember a picture: what is drawn from it later builds nothing."""
        assert isinstance(built.token, _Token)  # noqa: S101 - the pane made it
        self._pictures = [*self._pictures[1 - _KEPT :], (built.token, built.picture)]

    def step(self, buckets: int) -> None:
        """Move the bucket cursor; it starts at the last bucket."""
        count = len(self.series.starts) if self.series else 0
        if count:
            place = (
                count if self.bucket is None and buckets < 0 else -1 if self.bucket is None else self.bucket
            )
            self.bucket = max(0, min(count - 1, place + buckets))

    def on_blur(self) -> None:
        """The bucket cursor belongs to the focus."""
        self.bucket = None

    def render_line(self, y: int) -> Strip:
        """The title, or a row of the picture."""
        width = self.size.width
        base = self.style_of()
        if y == 0:
            part = "key" if self.has_focus else "quiet"
            text = Segment(fit(f" {self.title}", width), self.style_of(part))
            return Strip([text]).adjust_cell_length(width, base)
        picture = self._picture()
        if picture is None or y - 1 >= len(picture.rows):
            return Strip.blank(width, base)
        segments = [Segment(span.text, self._style(span)) for span in picture.rows[y - 1]]
        return Strip(segments).adjust_cell_length(width, base)

    def _token(self) -> _Token:
        return _Token(self.series, self.kind, self.size)

    def _known(self, token: _Token) -> Picture | None:
        """A picture that was built already."""
        return next((picture for built, picture in self._pictures if built.is_same(token)), None)

    def _picture(self) -> Picture | None:
        """The picture for what is set now; None while it is built: an older one would show other numbers."""
        series = self.series
        if series is None or not series.starts:
            return None
        token = self._token()
        known = self._known(token)
        if known is not None:
            return known
        kind = KINDS[self.kind]
        size = _room(self.size)
        if kind.quick:
            self._building = None
            picture = kind.build(series, size, self._look)
            self.keep(ChartBuilt(token, picture))
            return picture
        if self._building is None or not self._building.is_same(token):
            self._building = token
            self.run_worker(self._build(token, series, size), exclusive=True, exit_on_error=False)
        return None

    async def _build(self, token: _Token, series: Series, size: Size) -> None:
        picture = await asyncio.to_thread(KINDS[self.kind].build, series, size, self._look)
        self.post_message(ChartBuilt(token, picture))

    def on_chart_built(self, message: ChartBuilt) -> None:
        """A picture came back; it is drawn if it is still the one that is wanted."""
        message.stop()
        if isinstance(message.token, _Token) and message.token.is_same(self._token()):
            self.keep(message)
            self.refresh()

    def _style(self, span: Span) -> Style:
        """A span's colours; kept, because a picture has few styles and many spans."""
        key = (self.app.theme, self.stale, span.tone, span.ground, span.dim, span.bold)
        if key not in self._styles:
            self._styles[key] = self._made(span)
        return self._styles[key]

    def _made(self, span: Span) -> Style:
        part = "quiet" if span.tone is None else f"tone-{span.tone}"
        style = self.style_of("quiet" if self.stale else part)
        if span.ground is not None and not self.stale:
            ground = self.colour_of(f"tone-{span.ground}")
            # Terminals dim the glyph only; the cell behind it is blended here.
            if span.dim and ground.ansi is None:
                ground = ground.blend(self.background_colors[1], _DIMMED)
            style += Style(bgcolor=ground.rich_color)
        if span.dim or span.bold:
            style += Style(dim=span.dim or None, bold=span.bold or None)
        return style
