"""From what the terminal shows to what it shall show, in few bytes.

Most bytes of a frame are colours, and a change of colour is longer than a move of the cursor: so all that one pen
writes is written together, pens of one paper one after the other.
"""

from __future__ import annotations

import re
from operator import ne
from typing import TYPE_CHECKING

from usagetop.driver import scrolling
from usagetop.driver.cells import REST, UNKNOWN
from usagetop.driver.shadow import Line, Shadow
from usagetop.driver.tape import Tape, forward

if TYPE_CHECKING:
    from usagetop.driver.frames import Frame
    from usagetop.driver.pens import Pens

_ONE_PEN = re.compile(r"(.)\1*", re.DOTALL)
_CHANGED = re.compile(b"\x01+")
_LONGEST_BRIDGE = 4  # a move over so many cells is as long as their text
# So many cells are worth erasing; within a row, the way past what was erased is to be paid too.
_TO_END, _WITHIN = 4, 11

Stretch = tuple[int, int, int]
"""A row, the first column of a stretch in it, and the column after its last."""


class Encoder:
    """Writes frames into a shadow, and the bytes that do the same to the terminal."""

    def __init__(self, pens: Pens) -> None:
        """``pens`` are those of the frames."""
        self._pens = pens

    def encode(self, frame: Frame, shadow: Shadow) -> str:
        """The bytes of a frame; the shadow is then what it leaves. Raises Strange, and changes nothing then."""
        lines, odd = shadow.after(frame)
        tape = Tape(self._pens, shadow.width, shadow.cursor)
        now = shadow.lines
        changed = {y: line for y, line in lines.items() if line != now[y]}
        scroll = scrolling.found(now, changed, odd)
        if scroll is not None:
            tape.scroll(*scroll)
            wanted = {y: changed.get(y, now[y]) for y in range(scroll.top, scroll.bottom + 1)}
            blank = Line(" " * shadow.width, self._pens.blank * shadow.width)
            now = scroll.applied(now, blank)
            changed = {y: line for y, line in {**changed, **wanted}.items() if line != now[y]}
        for runs in odd.values():
            tape.pass_on("".join([run.raw for run in runs]))
        self._write(tape, now, changed)
        tape.end(frame.cursor)
        shadow.lines = [changed.get(y, line) for y, line in enumerate(now)]
        for y in odd:
            shadow.forget(y)
        shadow.cursor = frame.cursor
        return tape.text

    def _write(self, tape: Tape, now: list[Line], changed: dict[int, Line]) -> None:
        """The cells that differ, by pens."""
        work: dict[str, list[Stretch]] = {}
        for y in sorted(changed):
            for pen, start, end in self._stretches(now[y], changed[y]):
                work.setdefault(pen, []).append((y, start, end))
        for pen in sorted(work, key=self._pens.order):
            # What is erased takes the colour of the paper in some terminals only, and names do not tell which:
            # ``xterm-256color`` is also what kitty is called over SSH. So only where both are the same.
            may_erase = pen == self._pens.blank
            for y, start, end in work[pen]:
                tape.move(y, start)
                to_end = end == len(changed[y].cells)
                if (
                    may_erase
                    and end - start >= (_TO_END if to_end else _WITHIN)
                    and _is_whole(now[y], start, end)
                ):
                    tape.erase(pen, 0 if to_end else end - start)
                else:
                    tape.write(changed[y].cells[start:end], pen)

    def _stretches(self, old: Line, new: Line) -> list[tuple[str, int, int]]:
        """What of a row is to be written: a pen, the first column, the column after the last.

        Blanks go along with the text beside them where its pen draws them right.
        """
        blank_of = self._pens.blank_of
        found: list[tuple[str, int, int]] = []
        places: dict[str, int] = {}
        for begin, stop in _spans(old, new):
            for piece in _ONE_PEN.finditer(new.pens, begin, stop):
                pen = piece[1]
                start, end = piece.span()
                if found and found[-1][2] == start:
                    held, first, _ = found[-1]
                    if blank_of(held) == pen:
                        found[-1] = held, first, end
                        continue
                    if held == blank_of(pen):
                        del found[-1], places[held]
                        start = first
                at = places.get(pen)
                if (
                    at is not None
                    and start - found[at][2] <= _LONGEST_BRIDGE
                    and self._is_bridged(new, pen, found[at][2], start)
                ):
                    found[at] = pen, found[at][1], end
                    continue
                places[pen] = len(found)
                found.append((pen, start, end))
        return found

    def _is_bridged(self, line: Line, pen: str, last: int, start: int) -> bool:
        """Whether writing the cells between two stretches of a pen is no longer than moving over them."""
        if line.pens[last:start].strip(pen + self._pens.blank_of(pen)):
            return False  # cells of another pen, or unknown ones
        between = line.cells[last:start]
        return len(between.replace(REST, "").encode()) <= len(forward(start - last))


def _is_whole(old: Line, start: int, end: int) -> bool:
    """Whether no half of a wide character can be left when a stretch is erased: not every terminal mends that."""
    around = old.cells[max(0, start - 1) : end + 1]
    return (start == 0 and end == len(old.cells)) or (REST not in around and UNKNOWN not in around)


def _spans(old: Line, new: Line) -> list[tuple[int, int]]:
    """Where two rows differ, in whole characters: the second half of a wide one never differs alone."""
    width = len(new.cells)
    # One byte a cell, 1 where it differs, made without a step of Python's for each.
    cells, pens = (
        int.from_bytes(bytes(map(ne, mine, theirs))) for mine, theirs in zip(old, new, strict=True)
    )
    spans = [span.span() for span in _CHANGED.finditer((cells | pens).to_bytes(width))]
    if REST not in new.cells:
        return spans
    return [(start, end + (new.cells[end : end + 1] == REST)) for start, end in spans]
