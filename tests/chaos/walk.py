"""A walk of random keys, sizes and faults through the explorer, and what must hold all along and at its end."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.chaos import faulty
from tests.support.house import SOURCE
from tests.support.terminal import Terminal
from usagetop.model.period import DAY

KEY = "sk-admin-canary-chaos-0123456789"
_KEYS = (
    *"1234567890[],.jkhlgGHLbfxFtT<>-+imvsSnrRyYedzca o!?:/",
    *("\x1b", "\r", "\t", "\x7f", "\x10", "\x04", "\x15", "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"),
    *("\x1b[5~", "\x1b[6~", "\x1b[H", "\x1b[F", "abc", "\x1b[<0;40;12M\x1b[<0;40;12m", "\x1b[<64;40;12M"),
    "\x1b[200~pasted \x1b]52;c;x\x07 \x00 text\x1b[201~",
    "\x1b[999;999R\x1b]11;rgb:ffff/ffff/ffff\x07",
)
# Out of dialogs and fields, and to what must be asked for.
_ASKING = ("\x1b", "\x1b", *"1234567890<>+-RrHL", "]", "\r")
_SIZES = ((120, 40), (80, 24), (200, 60), (60, 15), (20, 5), (1, 1), (300, 90))
_MOST_MEGABYTES = 600


class Walk:
    """One walk from a seed, lasting so many seconds, with a cache in ``home``."""

    def __init__(self, seed: int, seconds: float, home: Path) -> None:
        self._dice = random.Random(seed)  # noqa: S311 - a walk that can be repeated
        self._seed = seed
        self._seconds = seconds
        self._environ = {
            "HOME": str(home),
            **{f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "CACHE", "STATE")},
            "OPENAI_ADMIN_KEY": KEY,
            "TERM": self._dice.choice(["xterm-256color", "tmux-256color", "linux"]),
        }
        self._home = home

    def run(self) -> dict[str, int]:
        """Walk; returns how often each fault was met. Raises AssertionError for whatever does not hold.

        Somebody who presses keys at random may quit, by the palette: then the explorer is opened again.
        """
        with faulty.running(self._seed) as server:
            self._environ["OPENAI_BASE_URL"] = server.base_url
            ends = time.monotonic() + self._seconds
            while time.monotonic() < ends:
                server.honest = True
                self._sit_down(server, ends)
            self._cache_is_true()
            return dict(server.kinds)

    def _sit_down(self, server: faulty.Faulty, ends: float) -> None:
        """One session, until that time or until the program is left."""
        plain = ["--plain-driver"] if self._dice.random() < 0.2 else []
        program = (sys.executable, "-m", "usagetop", "costs", *plain)
        # What it exports stays in its home.
        command = ("/bin/sh", "-c", 'cd "$HOME" && exec "$@"', "sh", *program)
        with Terminal(command=command, before=None, **self._environ) as terminal:
            terminal.shows("total")
            if self._stray(terminal, server, ends):
                server.honest = True
                self._answers(terminal)
                terminal.type("\x03\x03")
            code = terminal.ended()
            assert code in {0, 130}, f"it ended with {code}: {terminal.sent[-600:]!r}"
            assert terminal.left_on == []
            self._nothing_told(terminal)

    def _stray(self, terminal: Terminal, server: faulty.Faulty, ends: float) -> bool:
        """Random keys, sizes and faults until that time; whether the program still runs then."""
        turns = 0
        while time.monotonic() < ends:
            server.honest = self._dice.random() < 0.2
            terminal.type(self._dice.choice(_ASKING if self._dice.random() < 0.4 else _KEYS))
            if self._dice.random() < 0.05:
                terminal.resize(*self._dice.choice(_SIZES))
            if not terminal.read(self._dice.choice([0.005, 0.03, 0.15])):
                return False
            turns += 1
            if turns % 100 == 0:
                self._alive(terminal)
        return True

    def _alive(self, terminal: Terminal) -> None:
        """It runs, and takes no more memory than it may."""
        status = Path(f"/proc/{terminal.pid}/status")
        if status.exists():
            sizes = [line.split() for line in status.read_text().splitlines() if line.startswith("VmRSS")]
            assert sizes, f"it has ended:\n{terminal.text}"
            assert int(sizes[0][1]) < _MOST_MEGABYTES * 1024, "too much memory"

    def _answers(self, terminal: Terminal) -> None:
        """After all that, escape leads out of everything and the help opens."""
        terminal.resize(120, 40)
        for _ in range(6):
            terminal.type("\x1b")
            terminal.read(0.4)  # or two escapes were one key with alt
        terminal.type("?")
        terminal.shows("One row up.")

    def _nothing_told(self, terminal: Terminal) -> None:
        """No traceback and no key: not in what was sent to the terminal, not in a file."""
        places = [path for path in self._home.rglob("*") if path.is_file()]
        for where, data in (("the terminal", terminal.sent), *((str(p), p.read_bytes()) for p in places)):
            assert KEY.encode() not in data, f"the key is in {where}"
            assert b"Traceback" not in data, f"a traceback is in {where}"
        assert b"\x1b]52;c;aGVsbG8=" not in terminal.sent, "a name wrote the clipboard"

    def _cache_is_true(self) -> None:
        """What was cached in the storm gives the numbers that an honest server gives without a cache."""
        with faulty.running(self._seed) as server:
            self._environ["OPENAI_BASE_URL"] = server.base_url
            for category in ("costs", "completions"):
                cached, asked = (self._shown(category, *mode) for mode in ((), ("--no-cache",)))
                assert cached["totals"] == asked["totals"], category
                assert cached["rows"] == asked["rows"], category

    def _shown(self, category: str, *mode: str) -> dict[str, Any]:
        today = int(time.time()) // DAY * DAY
        # Days that are over: today grows between one question and the next.
        days = (datetime.fromtimestamp(today - ago * DAY, tz=UTC).date().isoformat() for ago in (30, 1))
        command = [sys.executable, "-m", "usagetop", "show", category, "--no-names", "--format", "json"]
        done = subprocess.run(
            [*command, "--range", "..".join(days), *mode],
            env={**os.environ, "PYTHONPATH": str(SOURCE), **self._environ},
            check=False,
            capture_output=True,
        )
        assert done.returncode == 0, done.stderr.decode()
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer
