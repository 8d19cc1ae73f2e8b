"""Where a command's answer goes: stdout, as the bytes of its format, or a file."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from usagetop.cli.ending import StdoutFailed
from usagetop.errors import UsageError

if TYPE_CHECKING:
    from usagetop.exports import Format, Printable

# For terminals that are not UTF-8: what stands between words keeps its sense.
_PLAIN = str.maketrans({"·": "|", "…": "...", "–": "-", "—": "-", "×": "x", "\u2421": "?", "\ufffd": "?"})


def put(report: Printable, form: Format, *, output: str | None, force: bool) -> None:
    """Write a report to ``output`` (a file name, empty or None: stdout), in one go.

    The whole text is made first, so that a fault leaves stdout empty. Raises UsageError for a file that cannot
    be written, StdoutFailed, and BrokenPipeError when the reader of stdout has gone.
    """
    if output is not None:
        if not output:
            raise UsageError("--output needs a file name", mend="Write it like --output costs.csv")
        from pathlib import Path

        from usagetop.exports.files import write_file

        write_file(Path(output), form.render(report), force=force)
        return
    print_text(form.render(report, colour=coloured()), exact=form.name not in {"table", "markdown"})


def coloured() -> bool:
    """Whether stdout is a terminal that may be coloured."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or sys.stdout is None:
        return False
    return sys.stdout.isatty()


def print_text(text: str, *, exact: bool = False) -> None:
    """Print on stdout. ``exact`` texts are UTF-8 whatever the locale; others are fitted to its encoding."""
    stream = sys.stdout
    if stream is None:
        raise StdoutFailed("it is closed")
    encoding = stream.encoding or "ascii"
    if exact or encoding.lower().replace("-", "") == "utf8":
        encoding = "utf-8"
        data = text.encode("utf-8", "backslashreplace")
    else:
        data = text.translate(_PLAIN).encode(encoding, "backslashreplace")
    raw = getattr(stream, "buffer", None)
    if raw is None:  # a test or a host program put a text stream there
        stream.write(data.decode(encoding))
        return
    try:
        stream.flush()
        raw.write(data)
        raw.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StdoutFailed(error.strerror or "no reason given") from None
