"""What the terminal shows, as far as it is known: a row is two strings, its cells and their pens."""

from __future__ import annotations

from typing import NamedTuple

from usagetop.driver.cells import REST, UNKNOWN
from usagetop.driver.errors import Strange
from usagetop.driver.frames import Frame, Run


class Line(NamedTuple):
    """One row of the screen; both strings are as long as it is wide."""

    cells: str
    pens: str

    def drawn_over(self, run: Run) -> Line:
        """The row once a run has been written; raises Strange where a wide character would be cut in two."""
        cells, pens = self
        start, end = run.x, run.x + len(run.cells)
        if end > len(cells):
            raise Strange("beyond the edge")
        if cells[start : start + 1] == REST or cells[end : end + 1] == REST:
            raise Strange("half of a wide character")
        return Line(cells[:start] + run.cells + cells[end:], pens[:start] + run.pens + pens[end:])


class Shadow:
    """A screen of a size in cells; the cursor is (row, column), None where nobody knows."""

    def __init__(self, width: int, height: int) -> None:
        """Nothing is known yet."""
        self.width, self.height = width, height
        self._nothing = Line(UNKNOWN * width, UNKNOWN * width)
        self.lines = [self._nothing] * height
        self.cursor: tuple[int, int] | None = None

    def forget(self, y: int) -> None:
        """Nothing is known of a row any longer."""
        self.lines[y] = self._nothing

    def after(self, frame: Frame) -> tuple[dict[int, Line], dict[int, list[Run]]]:
        """What rows become by a frame, and the rows that hold odd characters, which are written as they came.

        Changes nothing. Raises Strange for what lies outside.
        """
        lines: dict[int, Line] = {}
        odd: dict[int, list[Run]] = {run.y: [] for run in frame.runs if run.is_odd}
        row, column = frame.cursor
        if frame.lowest_feed >= self.height - 1 or not (0 <= row < self.height and 0 <= column < self.width):
            raise Strange("outside")
        for run in frame.runs:
            y = run.y
            if not (0 <= y < self.height and 0 <= run.x < self.width):
                raise Strange("outside")
            if y in odd:
                odd[y].append(run)
            else:
                lines[y] = (lines.get(y) or self.lines[y]).drawn_over(run)
        return lines, odd
