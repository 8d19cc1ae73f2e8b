"""Charts: a series in, a picture of styled text out. One file a chart, one line in the registry.

A chart's module is imported when it is first drawn: plotext is not loaded for a chart that does not need it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from usagetop.analysis.series import Key, Series
    from usagetop.charts.picture import Look, Picture, Size

DEFAULT_KIND = "bars"


class ChartKind(NamedTuple):
    """One kind of chart: ``name`` on the command line and in the session, ``label`` on the screen.

    ``quick``: its picture takes under 3 ms and may be built on the event loop; the others take up to 30 ms and
    import plotext first, so they belong in a worker.
    """

    name: str
    label: str
    quick: bool = False

    def build(self, series: Series, size: Size, look: Look, highlight: Key | None = None) -> Picture:
        """Draw ``series`` into exactly ``size`` cells; groups other than ``highlight`` step back."""
        builder: Callable[[Series, Size, Look, Key | None], Picture]
        builder = import_module(f"{__name__}.{self.name}").build
        return builder(series, size, look, highlight)


KINDS: dict[str, ChartKind] = {
    kind.name: kind
    for kind in (
        ChartKind("bars", "stacked bars", quick=True),
        ChartKind("lines", "lines"),
        ChartKind("cumulative", "cumulative"),
    )
}
