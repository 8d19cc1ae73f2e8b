"""Reading the words of a command: plain ones at once, all others with argparse, which knows help and mistakes.

argparse and a parser of thirty options cost more than all the rest of reading does, so the words that need
nothing but looking up in the table of options never get there. Both ways give the same values (tested).
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from usagetop.cli.options import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from usagetop.cli.options import Option
    from usagetop.cli.parsing import Parser


class Grammar:
    """What a command takes: one word at most (``place``), and options in groups that help names.

    ``choices`` are the values of the place, where only those are right; ``needed`` says that it must be there.
    ``defaults`` come before those of the options.
    """

    def __init__(
        self,
        prog: str,
        about: str,
        groups: Mapping[str, Sequence[Option]],
        *,
        place: str = "",
        place_help: str = "",
        needed: bool = True,
        choices: Sequence[str] = (),
        defaults: Mapping[str, str] | None = None,
    ) -> None:
        """``prog`` is how the command is called, ``about`` its one sentence."""
        self.prog = prog
        self.about = about
        self.groups = groups
        self.place = place
        self.place_help = place_help
        self.needed = needed
        self.choices = tuple(choices)
        self.defaults = {**DEFAULTS, **(defaults or {})}

    @property
    def options(self) -> tuple[Option, ...]:
        """All options, in the order of help."""
        return tuple(option for group in self.groups.values() for option in group)

    def parser(self, epilog: str) -> Parser:
        """The argparse parser, for help and for words that are not plain."""
        from usagetop.cli.parsing import Parser

        return Parser(self, epilog)

    def read(self, words: Sequence[str], parser: Callable[[], Parser]) -> SimpleNamespace:
        """The values of the words by option and place; raises UsageError, or SystemExit after printing help."""
        return self.plain(words) or SimpleNamespace(**vars(parser().parse_args(words)))

    def plain(self, words: Sequence[str]) -> SimpleNamespace | None:
        """The values of plain words; None where one of them needs argparse (also to say what is wrong)."""
        known = {option.flag: option for option in self.options}
        values: dict[str, object] = {option.dest: self.default(option) for option in known.values()}
        found: list[str] = []
        rest = iter(words)
        for word in rest:
            if not word.startswith("-"):
                found.append(word)
                continue
            flag, equals, value = word.partition("=")
            option = known.get(flag)
            if option is None:
                return None
            taken = _taken(option, value if equals else None, rest)
            if taken is None:
                return None
            values[option.dest] = [*_list(values[option.dest]), taken] if option.repeat else taken
        if not self._fits(found):
            return None
        if self.place:
            values[self.place] = found[0] if found else None
        return SimpleNamespace(**values)

    def _fits(self, found: Sequence[str]) -> bool:
        """Whether these words may stand at the place."""
        if not found:
            return not (self.place and self.needed)
        return bool(self.place) and len(found) == 1 and (not self.choices or found[0] in self.choices)

    def default(self, option: Option) -> object:
        """What an option is when it is not given."""
        if not option.metavar:
            return False
        return [] if option.repeat else self.defaults.get(option.dest)


def _taken(option: Option, value: str | None, rest: Iterator[str]) -> str | bool | None:
    """The value of an option, from behind its ``=`` or from the words that follow; None where it is not plain."""
    if not option.metavar:
        return True if value is None else None
    if value is None:
        value = next(rest, "-")
        if value.startswith("-"):  # a missing value, or a negative number: argparse tells them apart
            return None
    return None if option.strict and value not in option.values else value


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
