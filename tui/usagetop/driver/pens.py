"""Pens: the colours and attributes of a cell, and the shortest way from one to the next.

A pen is known by one character, so that the pens of a row are a string, which compares as fast as its text.
Source of the codes: ECMA-48 (SGR), and ``console_codes(4)`` for what the Linux console lacks.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from usagetop.driver.errors import Strange

_ATTRIBUTES = (1, 2, 3, 4, 5, 6, 7, 8, 9, 21, 51, 52, 53)
_BIT = {code: 1 << place for place, code in enumerate(_ATTRIBUTES)}
_BOLD_DIM = _BIT[1] | _BIT[2]
# What turns off attributes alone, everywhere; the others go by a reset, which no terminal lacks.
_OFF = ((_BOLD_DIM, "22"), (_BIT[4], "24"), (_BIT[7], "27"))
_COLOUR = re.compile(r"(?:([34])(8;(?:5;\d{1,3}|2;\d{1,3};\d{1,3};\d{1,3})|[0-79])|(9|10)([0-7]))(?:;|$)")
_ATTRIBUTE = re.compile(r"(\d{1,2})(?:;|$)")
_FIRST = 32  # ids begin here; below are the marks of cells
_MOST = 8_192


class Pen(NamedTuple):
    """Attributes as bits, colours as SGR parameters; an empty one is the terminal's own.

    ``ink`` None is any: a blank shows only its paper, unless an attribute draws on it.
    """

    attributes: int
    ink: str | None
    paper: str


class Pens:
    """All pens seen so far, by their ids."""

    def __init__(self) -> None:
        self._pens: list[Pen] = []
        self._ids: dict[Pen, str] = {}
        self._read: dict[str, tuple[str, str]] = {}
        self._turns: dict[str, tuple[str, str]] = {}
        self._blanks: dict[str, str] = {}
        self.plain = self._id(Pen(0, "", ""))
        self.blank = self._id(Pen(0, None, ""))

    def is_full(self) -> bool:
        """Whether so many were seen that it is time to begin anew."""
        return len(self._pens) > _MOST

    def read(self, codes: str) -> tuple[str, str]:
        """The ids of the pen that SGR parameters set from a reset on: for signs, and for blanks.

        Raises Strange where a parameter means something unknown.
        """
        known = self._read.get(codes)
        if known is None:
            pen = _parsed(codes)
            known = self._read[codes] = (self._id(pen), self._id(_blank(pen)))
        return known

    def blank_of(self, pen: str) -> str:
        """The pen of blanks among signs of this one."""
        known = self._blanks.get(pen)
        if known is None:
            known = self._blanks[pen] = self._id(_blank(self._pens[ord(pen) - _FIRST]))
        return known

    def order(self, pen: str) -> tuple[str, int, str]:
        """Pens sorted by it are little apart from one to the next."""
        attributes, ink, paper = self._pens[ord(pen) - _FIRST]
        return paper, attributes, ink or ""

    def turn(self, held: str, wanted: str) -> tuple[str, str]:
        """What to write so that a cell of pen ``wanted`` comes out right, and the id of the pen held then."""
        key = held + wanted
        known = self._turns.get(key)
        if known is None:
            known = self._turns[key] = self._turned(held, wanted)
        return known

    def _turned(self, held: str, wanted: str) -> tuple[str, str]:
        before, after = self._pens[ord(held) - _FIRST], self._pens[ord(wanted) - _FIRST]
        fresh = after
        if after.ink is None:
            after = Pen(before.attributes & _BOLD_DIM, before.ink, after.paper)
            fresh = Pen(0, "", after.paper)
        if before == after:
            return "", held
        codes, pen = _anew(fresh), fresh
        if (step := _step(before, after)) is not None and len(step) <= len(codes):
            codes, pen = step, after
        return f"\x1b[{codes}m", self._id(pen)

    def _id(self, pen: Pen) -> str:
        known = self._ids.get(pen)
        if known is None:
            known = self._ids[pen] = chr(_FIRST + len(self._pens))
            self._pens.append(pen)
        return known


def _parsed(codes: str) -> Pen:
    """The pen of SGR parameters after a reset."""
    attributes, ink, paper = 0, "", ""
    place = 0
    if codes.endswith(";"):
        raise Strange(f"SGR {codes[:40]!r}")
    while place < len(codes):
        if colour := _COLOUR.match(codes, place):
            place = colour.end()
            kind, value, bright, hue = colour.groups()
            code = f"{kind}{value}" if kind else f"{bright}{hue}"
            if kind == "3" or bright == "9":
                ink = "" if code == "39" else code
            else:
                paper = "" if code == "49" else code
        elif (attribute := _ATTRIBUTE.match(codes, place)) and int(attribute[1]) in _BIT:
            place = attribute.end()
            attributes |= _BIT[int(attribute[1])]
        elif codes == "0":
            break
        else:
            raise Strange(f"SGR {codes[:40]!r}")
    return Pen(attributes, ink, paper)


def _blank(pen: Pen) -> Pen:
    """The pen of a blank among signs of a pen: of its ink nothing is seen, unless an attribute draws."""
    return pen if pen.attributes & ~_BOLD_DIM else Pen(0, None, pen.paper)


def _on(bits: int) -> list[str]:
    return [str(code) for code, bit in _BIT.items() if bits & bit]


def _anew(pen: Pen) -> str:
    """From a reset on."""
    parts = ["0", *_on(pen.attributes), pen.ink or "", pen.paper]
    codes = ";".join(part for part in parts if part)
    return "" if codes == "0" else codes


def _step(before: Pen, after: Pen) -> str | None:
    """Only what differs; None where an attribute must go that has no safe code of its own."""
    gone, come = before.attributes & ~after.attributes, after.attributes & ~before.attributes
    parts = []
    for bits, code in _OFF:
        if gone & bits:
            parts.append(code)
            come |= after.attributes & bits
            gone &= ~bits
    if gone:
        return None
    parts += _on(come)
    if before.ink != after.ink:
        parts.append(after.ink or "39")
    if before.paper != after.paper:
        parts.append(after.paper or "49")
    return ";".join(parts)
