"""A frame in, the bytes for the terminal out."""

from __future__ import annotations

from usagetop.driver.encoder import Encoder
from usagetop.driver.errors import Strange
from usagetop.driver.frames import Reader
from usagetop.driver.pens import Pens
from usagetop.driver.shadow import Shadow


class Painter:
    """Keeps what the terminal shows, and says what is to be written to change it."""

    def __init__(self) -> None:
        """At first nothing is known of the terminal."""
        self._begin()

    def _begin(self) -> None:
        self._pens = Pens()
        self._reader = Reader(self._pens)
        self._encoder = Encoder(self._pens)
        self._shadow: Shadow | None = None

    def forget(self) -> None:
        """The terminal was written to by others, or has another size: nothing is known of it any longer."""
        self._shadow = None

    def paint(self, data: str, width: int, height: int) -> str:
        """The bytes that show what ``data`` shows on a screen of a size; what is strange is passed on as it is."""
        if self._pens.is_full():
            self._begin()
        shadow = self._shadow
        if shadow is None or (shadow.width, shadow.height) != (width, height):
            shadow = self._shadow = Shadow(width, height)
        try:
            return self._encoder.encode(self._reader.read(data), shadow)
        except Strange:
            self._shadow = None
            return data
