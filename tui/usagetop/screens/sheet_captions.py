"""The words around a sheet: header, what stands above its rows, status and footer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from usagetop.analysis.sheet_text import value_text
from usagetop.commands import BY_ID, shown
from usagetop.model.cells import fit, width_of
from usagetop.model.dimensions import DIMENSIONS
from usagetop.model.period import span_text
from usagetop.screens.captions import around
from usagetop.widgets.line import Piece

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from usagetop.analysis.sheet import Field, Sheet, Value
    from usagetop.model.query import Query
    from usagetop.store.views import SheetView

# What the footer names, the dearest first; help and the first three stay on every screen.
_FOOTER = ("drill", "views", "back", "sort", "range", "compare", "copy-view", "help")
_ALWAYS = 3

Bar = tuple[tuple[Piece, ...], tuple[Piece, ...]]


def header(
    about: SheetView,
    query: Query | None,
    sheet: Sheet | None,
    origin: str,
    value_label: Callable[[str, str | None], str],
) -> Bar:
    """``costs › drivers › project search-api``; the range, and the period that it is held against."""
    left = [
        Piece(" "),
        Piece("costs", "quiet"),
        Piece(" › ", "quiet"),
        Piece(about.title, "strong"),
    ]
    right: list[Piece] = []
    if query is not None:
        for one in () if about.fixed else query.filters:
            for values, word in ((one.keep, " › "), (one.drop, " › without ")):
                if values:
                    dimension = DIMENSIONS[one.dimension]
                    only = value_label(one.dimension, values[0])
                    left += [
                        Piece(f"{word}{dimension.short} ", "quiet"),
                        Piece(only if len(values) == 1 else f"{len(values)} {dimension.plural}"),
                    ]
        shown_query = sheet.query if sheet is not None else query
        right.append(Piece(f"{span_text(shown_query.range.start, shown_query.range.end)} UTC", "strong"))
    if sheet is not None and sheet.compared is not None:
        earlier = sheet.compared.range
        right.append(Piece(f"  against {span_text(earlier.start, earlier.end)}", weight=2))
    name = f"DEMO {origin.removeprefix('demo:')}" if origin.startswith("demo:") else origin
    right.append(Piece(f"  {name} ", "word" if origin.startswith("demo:") else "quiet", weight=3))
    return tuple(left), tuple(right)


def figure_lines(sheet: Sheet, width: int) -> list[list[tuple[str, str]]]:
    """The totals as pairs of a quiet name and a figure, in lines of at most ``width`` cells; a currency begins one."""
    lines: list[list[tuple[str, str]]] = []
    for currency, totals in sheet.totals.items():
        lines.append([])
        taken = 1
        for one in sheet.total_fields:
            pair = (one.title, _figure(one, totals.get(one.name), currency))
            wide = width_of(pair[0]) + width_of(pair[1]) + 4
            if lines[-1] and taken + wide > width:
                lines.append([])
                taken = 1
            lines[-1].append(pair)
            taken += wide
    return lines


def _figure(about: Field, value: Value, currency: str) -> str:
    if isinstance(value, Mapping):
        return "  ".join(f"{name} {value_text(about, part, currency)}" for name, part in value.items())
    return value_text(about, value, currency) or "–"


def wrapped(sentence: str, width: int, most: int) -> list[str]:
    """A sentence in at most ``most`` lines of ``width`` cells, broken between words.

    Where there is more of it, the last line ends with the key that shows it whole.
    """
    lines = [""]
    more = f" … {shown(BY_ID['messages'].keys[0])}"
    for word in sentence.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if not lines[-1] or width_of(joined) <= width:
            lines[-1] = joined
        else:
            lines.append(word)
    if len(lines) > most:
        last = lines[most - 1].split(" ")
        while len(last) > 1 and width_of(" ".join(last) + more) > width:
            last.pop()
        lines = [*lines[: most - 1], " ".join(last) + more]
    return [fit(line, width) for line in lines]


def as_fits(said: Sequence[str], width: int, named: str = "") -> str:
    """``named`` and as many of the parts, in one line, as fit ``width`` cells; the first stands always.

    For it the name is shortened.
    """
    line = fit(named, max(1, width - width_of(said[0]))) + said[0] if named else said[0]
    for part in said[1:]:
        if width_of(f"{line} · {part}") <= width:
            line = f"{line} · {part}"
    return line


def status(sheet: Sheet | None, *, rows: int, holding: tuple[str, ...], loading: str, failed: bool) -> Bar:
    """Words and source to the left, rows to the right; ``loading`` stands instead while a load runs."""
    left = [Piece(" ")]
    left += [Piece(f"{word} ", "alarm" if word in {"INCOMPLETE", "STALE"} else "word") for word in holding]
    if loading:
        return (*left, Piece(f"{loading} · esc cancels", "word")), ()
    if failed:
        left.append(Piece("the last load failed · ", "alarm"))
    if sheet is None:
        return tuple(left), ()
    source = sheet.source
    asked = (
        "from cache" if not source.requests else f"{source.requests:,} request{'s' * (source.requests != 1)}"
    )
    left.append(Piece(f"{source.cached_buckets + source.fetched_buckets:,} buckets · {asked}", "quiet"))
    if source.fetched_at is not None:
        left.append(
            Piece(f" · fetched {datetime.fromtimestamp(source.fetched_at, UTC):%H:%M}Z", "quiet", weight=3)
        )
    told = [notice for notice in sheet.notices if notice.code not in {"partial_bucket", "derived_dimension"}]
    left += around(sheet.notices)
    if told:
        left.append(Piece(f" · {len(told)} notice{'s' * (len(told) != 1)} (!)", "word", weight=2))
    return tuple(left), (Piece(f"{rows:,} row{'s' * (rows != 1)} ", "quiet", weight=7),)


def footer(keys: Mapping[str, str], about: SheetView) -> Bar:
    """The keys that matter on a sheet; a click runs the command."""
    left = [Piece(" ")]
    idle = {"compare": not about.compares, "range": about.fixed}
    names = [name for name in _FOOTER if not idle.get(name)]
    for place, name in enumerate(names):
        weight = 0 if place < _ALWAYS or name == "help" else place + 1
        left.append(Piece(shown(keys[name]), "key", name, weight))
        left.append(Piece(f" {BY_ID[name].word}  ", "quiet", name, weight))
    return tuple(left), (
        Piece(shown(keys["quit"]), "key", "quit"),
        Piece(" quit ", "quiet", "quit"),
    )
