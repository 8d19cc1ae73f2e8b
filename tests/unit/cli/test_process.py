"""The program as a process: pipes, signals, locales, what it loads."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.house import SOURCE, run_python, run_usagetop

SHOW = ("show", "costs", "--demo", "--range", "3d")


def start(*words: str, stdout: int = subprocess.PIPE, **environment: str) -> subprocess.Popen[bytes]:
    """The program, running; its stdout is buffered, as it is in a shell."""
    return subprocess.Popen(
        [sys.executable, "-m", "usagetop", *words],
        stdout=stdout,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONUNBUFFERED": "", **environment},
    )


@pytest.mark.fault("terminal", "the reader closes the pipe (show | head)", "exit 0 without a word")
@pytest.mark.parametrize("words", [SHOW, ("--help",), ("--version",), ("completion", "bash")], ids=" ".join)
def test_a_reader_that_closes_the_pipe(words: tuple[str, ...]) -> None:
    """Exit 0 without a word, also at the interpreter's end."""
    reading, writing = os.pipe()
    os.close(reading)
    process = start(*words, stdout=writing)
    os.close(writing)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")


@pytest.mark.fault("terminal", "stdout is full (/dev/full)", "a sentence, exit 2")
@pytest.mark.parametrize("words", [SHOW, ("--version",), ("cache", "info")], ids=" ".join)
def test_stdout_that_is_full(words: tuple[str, ...]) -> None:
    """A sentence, not a traceback."""
    with Path("/dev/full").open("wb") as full:
        process = start(*words, stdout=full.fileno())
        _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert b"Traceback" not in err
    assert b"cannot write" in err.lower()


@pytest.mark.fault("terminal", "stdout is closed", "a sentence, exit 2")
def test_stdout_that_is_closed() -> None:
    """Nothing to print on: said on stderr."""
    result = run_python(
        "-c",
        "import os, sys; os.close(1); os.execv(sys.executable, [sys.executable, '-m', 'usagetop', *sys.argv[1:]])",
        *SHOW,
    )
    assert result.returncode == 2
    assert "stdout: it is closed" in result.stderr


WAITING = """
import os, signal, sys
from usagetop.cli import main, show
def wait(*_):
    sys.stdout.write("ready\\n"); sys.stdout.flush()
    signal.pause()
show.view_of = wait
sys.exit(main(["show", "costs", "--demo"]))
"""


@pytest.mark.fault("terminal", "SIGTERM, SIGHUP, SIGINT while show waits", "silently 143, 129, 130")
@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)],
    ids=["TERM", "HUP", "INT"],
)
def test_signals_have_their_codes(number: int, code: int) -> None:
    """Silently, and as exit codes."""
    process = subprocess.Popen(
        [sys.executable, "-c", WAITING],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (code, b"")


@pytest.mark.fault(
    "terminal", "show in a locale without UTF-8", "tables fit the locale, machine formats stay UTF-8"
)
@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
@pytest.mark.parametrize("form", ["table", "markdown", "json", "csv"])
def test_a_locale_without_utf8(encoding: str, form: str) -> None:
    """Tables fit the locale; machine formats are UTF-8 all the same."""
    words = ("show", "completions", "--demo", "--range", "3d", "--by", "project_id,user_id", "--format", form)
    process = start(*words, PYTHONIOENCODING=encoding)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    out.decode("utf-8" if form in {"json", "csv"} else encoding)


def test_no_terminal_no_explorer() -> None:
    """One or two lines and exit 2, without loading Textual."""
    result = run_usagetop("--demo")
    assert (result.returncode, result.stdout) == (2, "")
    assert "terminal" in result.stderr
    assert "show" in result.stderr


def test_what_a_printed_view_loads() -> None:
    """The demo needs none of the heavy packages; the version needs no argparse."""
    probe = "import sys; from usagetop.cli import main; print(main(), *sorted(sys.modules), file=sys.stderr)"
    code, *loaded = run_python("-c", probe, *SHOW).stderr.split()
    assert code == "0"
    assert {"httpx", "textual", "plotext", "diskcache"}.isdisjoint(loaded)
    code, *loaded = run_python("-c", probe, "--version").stderr.split()
    assert {"argparse", "asyncio", "json", "decimal"}.isdisjoint(loaded)


def test_the_doctor_and_the_check_print_one_line_each() -> None:
    """On the demo: fit, and a line a check."""
    result = run_usagetop("doctor", "--demo")
    assert (result.returncode, result.stderr) == (0, "")
    assert len(result.stdout.splitlines()) >= 5
    document = json.loads(run_usagetop("doctor", "--demo", "--format", "json").stdout)
    assert document["exit_code"] == 0
    assert {"key", "network", "terminal"} <= {check["name"] for check in document["checks"]}
