"""What the terminal sends: bytes in, keys and pastes out.

A paste is taken out here, whole, before anything in it could be taken for a key: what was copied may hold escape
sequences, and a ``q`` in it is a letter. Bytes that are no text (a terminal that is not UTF-8, noise on a line)
become the replacement character; a paste that never ends is over after a while.
"""

from __future__ import annotations

from codecs import getincrementaldecoder
from typing import NamedTuple

from usagetop.model.text import label

BEGIN, END = "\x1b[200~", "\x1b[201~"
# More than any field takes; the rest of a larger paste is left out.
MOST_PASTED = 100_000
# After so many seconds without a byte nothing more of a paste will come.
_PATIENCE = 3.0


class Pasted(NamedTuple):
    """A text that was pasted: lines of drawable characters."""

    text: str


class Incoming:
    """Splits the stream. ``now`` is monotonic seconds."""

    def __init__(self) -> None:
        """Outside of a paste."""
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._before = ""  # the end of what was passed on: a mark may come in two reads
        self._kept: list[str] | None = None  # the paste so far
        self._size = 0
        self._heard = 0.0

    def feed(self, data: bytes, now: float) -> list[str | Pasted]:
        """The pieces that a read holds, in order; texts are for the parser of keys."""
        self._heard = now
        text = self._decode(data)
        pieces: list[str | Pasted] = []
        while text:
            text = self._outside(text, pieces) if self._kept is None else self._inside(text, pieces)
        return pieces

    def tick(self, now: float) -> list[str | Pasted]:
        """Nothing came: a paste that has been silent for long is over."""
        if self._kept is None or now - self._heard < _PATIENCE:
            return []
        return [self._ended()]

    def _outside(self, text: str, pieces: list[str | Pasted]) -> str:
        """Pass on what stands before a paste; returns what stands in it."""
        held = len(self._before)
        joined = self._before + text
        at = joined.find(BEGIN)
        if at < 0:
            pieces.append(text)
            self._before = joined[-(len(BEGIN) - 1) :]
            return ""
        if at > held:
            pieces.append(joined[held:at])
        self._kept, self._size, self._before = [], 0, ""
        return joined[at + len(BEGIN) :]

    def _inside(self, text: str, pieces: list[str | Pasted]) -> str:
        """Keep what stands in a paste; returns what stands after it."""
        joined = self._before + text
        at = joined.find(END)
        if at < 0:
            cut = max(0, len(joined) - len(END) + 1)
            self._keep(joined[:cut])
            self._before = joined[cut:]
            return ""
        self._keep(joined[:at])
        self._before = ""
        pieces.append(self._ended())
        return joined[at + len(END) :]

    def _keep(self, text: str) -> None:
        if self._kept is not None and self._size < MOST_PASTED:
            self._kept.append(text[: MOST_PASTED - self._size])
            self._size += len(text)

    def _ended(self) -> Pasted:
        text = "".join(self._kept or ()) + self._before
        self._kept, self._before = None, ""
        lines = (label(line, most=MOST_PASTED) for line in text.replace("\t", " ").splitlines())
        return Pasted("\n".join(lines))
