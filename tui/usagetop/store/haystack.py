"""Searching very many values: what is read of them, put together into long texts that are quickly scanned."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Value = str | int | None

# Values a long text: scanning one takes well below a millisecond.
_TOGETHER = 4_096
# Labels have no line breaks, and nobody types one into a search.
_END = "\n"


class _Piece(NamedTuple):
    """Some values and what is searched of them: ``begins[n]`` is where the text of the n-th begins."""

    values: Sequence[Value]
    text: str
    begins: Sequence[int]

    def holding(self, wanted: str) -> Iterator[Value]:
        """The values whose text holds ``wanted``."""
        at = self.text.find(wanted)
        while at >= 0:
            number = bisect_right(self.begins, at) - 1
            yield self.values[number]
            if number + 1 == len(self.begins):
                return
            at = self.text.find(wanted, self.begins[number + 1])


class Haystack:
    """Values of one dimension, searched by label and by raw value, upper and lower case alike."""

    def __init__(
        self,
        values: Sequence[Value],
        labels: Callable[[Sequence[Value]], Sequence[str]],
        between: Callable[[], None] = lambda: None,
    ) -> None:
        """``labels`` draws some values; ``between`` is called now and then, and may raise to end it."""
        self._pieces: list[_Piece] = []
        for begin in range(0, len(values), _TOGETHER):
            between()
            some = values[begin : begin + _TOGETHER]
            texts = list(map(_searched, some, labels(some)))
            begins = list(accumulate(map(len, texts), initial=0))[:-1]
            self._pieces.append(_Piece(some, "".join(texts), begins))

    def holding(self, wanted: str) -> frozenset[Value]:
        """The values that hold ``wanted``, which is folded already."""
        return frozenset(value for piece in self._pieces for value in piece.holding(wanted))


def _searched(value: Value, drawn: str) -> str:
    """What is searched of a value: its label, and where that is another text its raw value."""
    if isinstance(value, str) and value != drawn:
        return f"{drawn}{_END}{value.replace(_END, ' ')}".casefold() + _END
    return drawn.casefold() + _END
