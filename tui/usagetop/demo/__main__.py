"""``python -m usagetop.demo``: serve the demo organization on 127.0.0.1 until SIGINT or SIGTERM."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from usagetop.demo.api import DEFAULT_SCENARIO, SCENARIOS
from usagetop.demo.server import running
from usagetop.errors import EXIT_SERVICE


def main(arguments: list[str] | None = None) -> int:
    """Print the base URL on one line when listening, serve until a signal, and return the exit code."""
    options = _parser().parse_args(arguments)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    try:
        with running(
            scenario=options.scenario,
            now=options.now,
            require_key=options.require_key,
            latency_ms=options.latency_ms,
            port=options.port,
            seed=options.seed,
        ) as base_url:
            sys.stdout.write(base_url + "\n")
            sys.stdout.flush()
            ended.wait()
    except OSError as error:
        sys.stderr.write(f"cannot listen on 127.0.0.1 port {options.port}: {error.strerror}\n")
        return EXIT_SERVICE
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m usagetop.demo", description=__doc__)
    parser.add_argument("--port", type=_port, default=0, help="0 (the default) takes a free one")
    parser.add_argument("--scenario", choices=SCENARIOS, default=DEFAULT_SCENARIO)
    parser.add_argument("--now", type=int, metavar="SECONDS", help="a fixed clock, in UTC seconds")
    parser.add_argument("--require-key", metavar="KEY", help="answer 401 to any other key (for made-up keys)")
    parser.add_argument(
        "--latency-ms",
        type=_milliseconds,
        default=0,
        metavar="N",
        help="let every answer take so long at least",
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="another year of the same organization"
    )
    return parser


def _port(text: str) -> int:
    """A port number; raises ValueError for anything else."""
    port = int(text)
    if not 0 <= port < 1 << 16:
        raise ValueError(text)
    return port


def _milliseconds(text: str) -> int:
    """A wait of at most a minute; raises ValueError for anything else."""
    wait = int(text)
    if not 0 <= wait <= 60_000:  # noqa: PLR2004 - a minute
        raise ValueError(text)
    return wait


if __name__ == "__main__":
    sys.exit(main())
