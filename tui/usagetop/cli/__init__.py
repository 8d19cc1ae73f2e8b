"""The command line: ``usagetop [CATEGORY]`` opens the explorer, ``usagetop COMMAND`` does one thing and ends.

A command is one file with ``run(words) -> exit code``; it is imported only when it is asked for. No command
but ``explore`` loads Textual.
"""

from __future__ import annotations

import atexit
import gc
import sys
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from usagetop.cli.ending import StdoutFailed, ended

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Command → what it does, for help and completion; its file is cli/<command>.py.
COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "show": "print one view and end",
        "check": "costs against a limit, for scripts and alerts",
        "doctor": "whether key, scopes, network, clock, cache and terminal are fit",
        "cache": "the disk cache: info, clear, path",
        "completion": "shell completion for bash, zsh, fish",
    }
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program with these words (default: the command line's); returns the exit code of INTERFACE.md."""
    words = list(sys.argv[1:] if argv is None else argv)
    # Modules, a view from the cache and the first screen make things that stay: looking through them for garbage
    # takes an eighth of a warm show. Whoever goes on from there (a request, the explorer) turns it on again.
    gc.disable()
    atexit.register(gc.freeze)  # nor is anything looked through when the interpreter ends
    try:
        return ended(lambda: _run(words))
    finally:
        gc.enable()


def _run(words: list[str]) -> int:
    if words == ["--version"]:
        from usagetop import __version__

        try:
            print(f"usagetop {__version__}", flush=True)  # noqa: T201 - the answer
        except BrokenPipeError:
            raise
        except OSError as error:
            raise StdoutFailed(error.strerror or "no reason given") from None
        return 0
    command = words[0] if words and words[0] in COMMANDS else None
    module = import_module(f"usagetop.cli.{command or 'explore'}")
    return int(module.run(words[1:] if command else words))
