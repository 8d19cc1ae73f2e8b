"""How the program ends: every way out has its exit code and at most two lines on stderr.

Nothing the world can cause shows a traceback. ``USAGETOP_DEBUG=1`` shows the one of a fault of the program.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from usagetop.errors import EXIT_FAULT, EXIT_GOOD, EXIT_INTERRUPTED, UsageError, UsagetopError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import FrameType

    from usagetop.model.answer import Notice

_SIGNAL_BASE = 128
_MOST_NAME = 60


def ended(run: Callable[[], int]) -> int:
    """Run a command and return its exit code, whatever it raises."""
    try:
        with _signals():
            try:
                code = run()
            except SystemExit as end:  # argparse after --help and --version, and our signals
                code = end.code if isinstance(end.code, int) else EXIT_GOOD
            return _flushed(code)
    except StdoutFailed as error:
        _close_pipe()
        tell(*error.lines())
        return error.exit_code
    except UsagetopError as error:
        tell(*error.lines())
        return error.exit_code
    except BrokenPipeError:
        _close_pipe()
        return EXIT_GOOD
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last place where a fault can become a sentence
        return _fault(error)


class StdoutFailed(UsageError):
    """Stdout cannot be written to: a full disk, or nothing there."""

    def __init__(self, why: str) -> None:
        """``why`` is the system's word for it."""
        super().__init__(
            "cannot write to stdout", why=why.lower(), mend="Use --output FILE, or another place"
        )


def _flushed(code: int) -> int:
    """The same code, once what was printed has left the program."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StdoutFailed(error.strerror or "no reason given") from None
    return code


def tell(*lines: str) -> None:
    """Print lines on stderr, each with the program's name before it; what cannot be printed is escaped."""
    stream = sys.stderr
    if stream is None:
        return
    with suppress(OSError, ValueError):  # nobody listens: there is nobody left to tell
        for at, line in enumerate(lines):
            # A key that somebody put on the command line is not repeated into a log.
            text = ("usagetop: " if at == 0 else "  ") + _without_key(line)
            encoding = stream.encoding or "ascii"
            print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream)
        stream.flush()


def _without_key(line: str) -> str:
    if "sk-" not in line:
        return line
    from usagetop.model.secret import hidden

    return hidden(line, least=12)


def tell_notices(notices: Iterable[Notice]) -> None:
    """A line on stderr for each notice of what is wrong around a good answer."""
    from usagetop.model.answer import TOLD_CODES

    for notice in notices:
        if notice.code in TOLD_CODES:
            tell(notice.message)


def _fault(error: Exception) -> int:
    """A fault of the program: its kind and place, without values that may be private."""
    if os.environ.get("USAGETOP_DEBUG") == "1":
        import traceback

        traceback.print_exception(error)
    place = ""
    step = error.__traceback__
    while step is not None:
        name = step.tb_frame.f_globals.get("__name__", "")
        if str(name).startswith("usagetop"):
            place = f" in {name} line {step.tb_lineno}"
        step = step.tb_next
    tell(
        f"a fault of the program: {type(error).__name__[:_MOST_NAME]}{place}",
        "Please report it; USAGETOP_DEBUG=1 shows more",
    )
    return EXIT_FAULT


def _close_pipe() -> None:
    """Point stdout at nothing, so that the interpreter's last flush says nothing either."""
    with suppress(OSError, ValueError, AttributeError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
        os.close(nothing)


@contextmanager
def _signals() -> Iterator[None]:
    """SIGTERM and SIGHUP end the program by its own way out (temporary files go); ignored ones stay so."""
    before = {}
    for number in (signal.SIGTERM, signal.SIGHUP):
        with suppress(ValueError):  # not in the main thread: whoever runs us there has handlers of their own
            if signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.signal(number, _leave)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the shape of a handler
    raise SystemExit(_SIGNAL_BASE + number)
