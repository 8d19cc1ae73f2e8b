"""``usagetop completion bash|zsh|fish``: shell completion, made from the same tables as the parsers."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from usagetop.cli import COMMANDS, cache, check, doctor, explore, show
from usagetop.cli.grammar import Grammar
from usagetop.cli.output import print_text
from usagetop.errors import EXIT_GOOD
from usagetop.model.categories import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from usagetop.cli.options import Option
    from usagetop.cli.parsing import Parser

SHELLS = ("bash", "zsh", "fish")
GRAMMAR = Grammar(
    "usagetop completion",
    "Print the completion script of a shell.",
    {},
    place="shell",
    place_help="the shell",
    choices=SHELLS,
)
# Command (empty: the explorer) → its options, and what may follow it as a word.
_GRAMMARS: Mapping[str, Grammar] = {
    "": explore.GRAMMAR,
    "show": show.GRAMMAR,
    "check": check.GRAMMAR,
    "doctor": doctor.GRAMMAR,
    "cache": cache.GRAMMAR,
    "completion": GRAMMAR,
}
OPTIONS: Mapping[str, tuple[Option, ...]] = {name: grammar.options for name, grammar in _GRAMMARS.items()}
WORDS: Mapping[str, tuple[str, ...]] = {
    "": (*COMMANDS, *BY_NAME),
    "show": tuple(BY_NAME),
    **{name: grammar.choices for name, grammar in _GRAMMARS.items() if grammar.choices},
}
_LAST_EMPTY = sorted(OPTIONS, key=lambda name: name == "")  # in a shell's case the catch-all comes last


def parser() -> Parser:
    """The parser of the command."""
    from usagetop.cli.parsing import examples

    return GRAMMAR.parser(
        examples(
            "usagetop completion bash > ~/.local/share/bash-completion/completions/usagetop",
            'usagetop completion zsh > "${fpath[1]}/_usagetop"',
            "usagetop completion fish > ~/.config/fish/completions/usagetop.fish",
        )
    )


def run(words: Sequence[str]) -> int:
    """Print the script."""
    shell = GRAMMAR.read(words, parser).shell
    print_text({"bash": bash, "zsh": zsh, "fish": fish}[shell]())
    return EXIT_GOOD


def _flags(command: str) -> list[str]:
    return [option.flag for option in OPTIONS[command]] + ["--help", "--version"]


def bash() -> str:
    """The script for bash: one case for values after an option, one for what the command takes."""
    cases = [
        _bash_case(command, option)
        for command in _LAST_EMPTY
        for option in OPTIONS[command]
        if option.metavar
    ]
    taken = [
        f'    {command or "*"}) words="{" ".join([*WORDS.get(command, ()), *_flags(command)])}" ;;'
        for command in _LAST_EMPTY
    ]
    return "\n".join(
        [
            "# usagetop completion for bash",
            "_usagetop() {",
            '  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" words',
            '  case "${COMP_WORDS[1]} $prev" in',
            *cases,
            "  esac",
            '  case "${COMP_WORDS[1]}" in',
            *taken,
            "  esac",
            '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
            "}",
            "complete -F _usagetop usagetop",
            "",
        ]
    )


def _bash_case(command: str, option: Option) -> str:
    """What stands after an option of a command; the explorer's options stand after any other word."""
    offered = "-f" if option.files else "-W '" + " ".join(option.values) + "'"
    place = f'"{command} {option.flag}"' if command else f'*" {option.flag}"'
    return f'    {place}) COMPREPLY=($(compgen {offered} -- "$cur")); return ;;'


def zsh() -> str:
    """The script for zsh: options with their help, by command."""
    cases = []
    for command in _LAST_EMPTY:
        specs = [_zsh_option(option) for option in OPTIONS[command]]
        specs += ["'--help[help]'", "'--version[version]'"]
        offered = WORDS.get(command, ())
        # After a command its name is the first word.
        place = "2" if command else "1"
        specs += [f"'{place}:word:({' '.join(offered)})'"] if offered else []
        cases.append(f"    {command or '*'}) _arguments {' '.join(specs)} ;;")
    return "\n".join(
        [
            "#compdef usagetop",
            "_usagetop() {",
            '  case "$words[2]" in',
            *cases,
            "  esac",
            "}",
            '_usagetop "$@"',
            "",
        ]
    )


def _zsh_option(option: Option) -> str:
    about = option.help.replace("%(default)s", "as usual")
    for character in "[]:'":
        about = about.replace(character, " ")
    text = f"{'*' if option.repeat else ''}{option.flag}[{about}]"
    if option.files:
        text += ":file:_files"
    elif option.metavar:
        text += f":value:({' '.join(option.values)})"
    return f"'{text}'"


def fish() -> str:
    """The script for fish: one line an option and command."""
    lines = ["# usagetop completion for fish", "complete -c usagetop -f"]
    first = f"not __fish_seen_subcommand_from {' '.join(COMMANDS)}"
    for command, about in COMMANDS.items():
        lines.append(f"complete -c usagetop -n __fish_use_subcommand -a {command} -d {shlex.quote(about)}")
    for command, options in OPTIONS.items():
        where = shlex.quote(f"__fish_seen_subcommand_from {command}" if command else first)
        offered = [word for word in WORDS.get(command, ()) if word not in COMMANDS]
        if offered:
            lines.append(f"complete -c usagetop -n {where} -a {shlex.quote(' '.join(offered))}")
        for option in options:
            about = shlex.quote(option.help.replace("%(default)s", "as usual"))
            takes = (
                " -rF"
                if option.files
                else f" -x -a {shlex.quote(' '.join(option.values))}"
                if option.metavar
                else ""
            )
            lines.append(f"complete -c usagetop -n {where} -l {option.flag[2:]} -d {about}{takes}")
    return "\n".join([*lines, ""])
